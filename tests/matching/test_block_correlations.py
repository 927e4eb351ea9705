"""The compiled correlation of blocks, against the formula written out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from matching.verify import kernels

SIDE_PX = 16
MIN_DEVIATION = 3.0

Floats = npt.NDArray[np.float32]


def deviations(block: Floats) -> npt.NDArray[np.float64]:
    luma = block.astype(np.float64)
    around_mean: npt.NDArray[np.float64] = luma - luma.mean()
    return around_mean


def best_correlation(item: Floats, query: Floats, top: int, left: int, reach: int) -> float:
    """Return the best correlation of an item's block with the query's blocks near its place."""
    one = deviations(item[top : top + SIDE_PX, left : left + SIDE_PX])
    found = [-1.0]
    for upper in range(max(0, top - reach), top + reach + 1):
        for start in range(max(0, left - reach), left + reach + 1):
            other = deviations(query[upper : upper + SIDE_PX, start : start + SIDE_PX])
            if other.shape == one.shape and (other**2).sum() >= 1:
                found.append((one * other).sum() / np.sqrt((one**2).sum() * (other**2).sum()))
    return max(found)


@pytest.mark.parametrize("reach", [0, 1, 2])
@pytest.mark.parametrize("shape", [(16, 16), (16, 61), (107, 160)])
def test_every_block_has_its_best_correlation_within_reach(
    shape: tuple[int, int], reach: int
) -> None:
    chance = np.random.default_rng(reach)
    item = chance.integers(0, 256, shape).astype(np.float32)
    moved = np.roll(item, (1, -1), axis=(0, 1)) + chance.integers(-40, 40, shape)
    query = np.clip(moved, 0, 255).astype(np.float32)
    tops, lefts = (np.arange(0, side - SIDE_PX + 1, 5, dtype=np.int32) for side in shape)

    codes, correlations = kernels.block_correlations(
        item, query, np.ones(shape, np.uint8), tops, lefts, SIDE_PX, reach, MIN_DEVIATION
    )

    assert (codes == kernels.DISAGREES).all()
    expected = [
        [best_correlation(item, query, top, left, reach) for left in lefts.tolist()]
        for top in tops.tolist()
    ]
    assert np.abs(correlations - np.array(expected)).max() < 1e-6


def test_blocks_without_texture_or_outside_have_no_correlation() -> None:
    shape = (16, 64)
    item = np.random.default_rng(1).integers(0, 256, shape).astype(np.float32)
    query, valid = item.copy(), np.ones(shape, np.uint8)
    item[:, 16:32] = query[:, 16:48] = 90
    valid[:, 48:50] = 0

    codes, correlations = kernels.block_correlations(
        item,
        query,
        valid,
        np.array([0], np.int32),
        np.array([0, 16, 32, 48], np.int32),
        SIDE_PX,
        0,
        MIN_DEVIATION,
    )

    assert codes.tolist() == [[kernels.DISAGREES, kernels.FLAT, kernels.DISAGREES, kernels.OUTSIDE]]
    assert correlations.tolist() == [[1, 0, 0, 0]]


def test_the_brightest_blocks_are_summed_without_rounding() -> None:
    item = np.full((16, 16), 255, np.float32)
    item[0, 0] = 0
    zero = np.zeros(1, np.int32)

    _, correlations = kernels.block_correlations(
        item, item, np.ones((16, 16), np.uint8), zero, zero, SIDE_PX, 0, MIN_DEVIATION
    )

    assert correlations.tolist() == [[1]]
