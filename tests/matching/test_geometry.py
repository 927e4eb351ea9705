from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.verify.correspondences import Correspondences
from matching.verify.geometry import estimate, mapped

CORNERS = np.array([[0.0, 0.0], [400.0, 0.0], [400.0, 300.0], [0.0, 300.0]])


def similarity(scale: float, degrees: float, x: float = 0, y: float = 0) -> np.ndarray:
    angle = np.deg2rad(degrees)
    c, d = scale * np.cos(angle), scale * np.sin(angle)
    return np.array([[c, -d, x], [d, c, y], [0, 0, 1]])


def correspondences(
    matrix: np.ndarray, *, right: int = 60, wrong: int = 40, seed: int = 1
) -> Correspondences:
    """Return `right` pairs that obey the map and `wrong` ones that obey none, with noise."""
    chance = np.random.default_rng(seed)
    points = chance.uniform((0, 0), (400, 300), (right + wrong, 2))
    sizes, angles = chance.uniform(2, 8, len(points)), chance.uniform(0, 2 * np.pi, len(points))
    images = mapped(matrix, points) + chance.normal(0, 0.3, points.shape)
    # A keypoint turns and grows as the map does where it lies.
    tips = mapped(matrix, points + 0.01 * np.stack([np.cos(angles), np.sin(angles)], axis=1))
    arms = (tips - mapped(matrix, points)) / 0.01
    image_sizes = sizes * np.hypot(arms[:, 0], arms[:, 1])
    image_angles = np.arctan2(arms[:, 1], arms[:, 0]) % (2 * np.pi)
    images[right:] = chance.uniform((0, 0), (400, 300), (wrong, 2))
    query = np.column_stack([points, sizes, angles]).astype(np.float32)
    item = np.column_stack([images, image_sizes, image_angles]).astype(np.float32)
    return Correspondences(query, item)


def greatest_error_px(found: np.ndarray, true: np.ndarray) -> float:
    return float(np.abs(mapped(found, CORNERS) - mapped(true, CORNERS)).max())


@settings(max_examples=30)
@given(
    scale=st.floats(0.2, 4),
    degrees=st.floats(-180, 180),
    x=st.floats(-200, 200),
    seed=st.integers(0, 1000),
)
def test_a_turned_and_scaled_picture_is_laid_within_a_pixel(
    scale: float, degrees: float, x: float, seed: int
) -> None:
    true = similarity(scale, degrees, x, -x / 2)

    fit = estimate(correspondences(true, seed=seed))

    assert fit is not None
    assert greatest_error_px(fit.matrix, true) < 1
    assert fit.inliers[:60].sum() >= 58


@settings(max_examples=20)
# At 0.7 and 1.4 the best similarity spans a band of the picture, which does not grow in 0.3 % of
# cases. Within these bounds it did in 20,000 of 20,000.
@given(stretch=st.floats(0.77, 1.3), shear=st.floats(-0.15, 0.15), seed=st.integers(0, 1000))
def test_a_stretched_picture_is_laid_within_a_pixel(
    stretch: float, shear: float, seed: int
) -> None:
    true = np.array([[stretch, shear, 20], [0, 1, -10], [0, 0, 1.0]])

    fit = estimate(correspondences(true, right=100, seed=seed))

    assert fit is not None
    assert greatest_error_px(fit.matrix, true) < 1


@settings(max_examples=20)
@given(tilt=st.floats(-6e-4, 6e-4), lean=st.floats(-6e-4, 6e-4), seed=st.integers(0, 1000))
def test_a_picture_seen_in_perspective_is_laid_within_a_pixel_or_two(
    tilt: float, lean: float, seed: int
) -> None:
    true = np.array([[1, 0.05, 5], [-0.05, 1, 8], [tilt, lean, 1.0]])

    fit = estimate(correspondences(true, right=150, seed=seed))

    assert fit is not None
    inside = correspondences(true, right=150, wrong=0, seed=seed).query[:, :2].astype(float)
    away = mapped(fit.matrix, inside) - mapped(true, inside)
    assert np.median(np.abs(away)) < 1
    assert np.abs(away).max() < 4


def test_the_same_correspondences_always_give_the_same_map() -> None:
    found = correspondences(similarity(0.5, 30, 40, 50))

    first, second = estimate(found), estimate(found)

    assert first is not None
    assert second is not None
    assert np.array_equal(first.matrix, second.matrix)


def test_chance_correspondences_hardly_agree() -> None:
    fit = estimate(correspondences(np.eye(3), right=0, wrong=100))

    assert fit is None or fit.support < 8


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_correspondences_give_no_map(count: int) -> None:
    assert estimate(correspondences(np.eye(3), right=count, wrong=0)) is None


@pytest.mark.parametrize(
    "query",
    [
        np.full((40, 4), 7),  # all in one place
        np.column_stack([np.arange(40), np.zeros(40), np.ones(40), np.zeros(40)]),  # on one line
        np.zeros((40, 4)),  # without a size
        np.full((40, 4), np.inf),
    ],
)
def test_degenerate_correspondences_give_no_error(query: np.ndarray) -> None:
    points = query.astype(np.float32)

    estimate(Correspondences(points, points[::-1].copy()))


def test_many_keypoints_in_one_place_count_once() -> None:
    spread = correspondences(np.eye(3), right=40, wrong=0)
    doubled = Correspondences(np.concatenate([spread.query] * 3), np.concatenate([spread.item] * 3))

    once, thrice = estimate(spread), estimate(doubled)

    assert once is not None
    assert thrice is not None
    assert thrice.support == once.support
