from __future__ import annotations

import numpy as np
import pytest

from matching.orient import oriented
from matching.types import ORIENTATIONS, Orientation
from matching.verify.outline import mirrored_query, oriented_map, overlap, scaled


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_an_orientation_is_a_map_that_moves_pixels_as_turning_the_picture_does(
    orientation: Orientation,
) -> None:
    picture = np.zeros((4, 6), np.uint8)
    picture[1, 5] = 1
    turned = oriented(picture, orientation)
    height, width = turned.shape

    to_px = scaled(oriented_map(orientation), (6, 4), (width, height))
    # The middle of the pixel in column 5, row 1.
    x, y, _ = to_px @ (5.5, 1.5, 1)

    assert turned[int(y), int(x)] == 1
    assert (x % 1, y % 1) == (0.5, 0.5)


def test_a_copy_of_the_same_size_shares_all() -> None:
    region = overlap(np.eye(3))

    assert (region.query_share, region.item_share) == (1, 1)
    assert region.query == region.item


def test_the_right_half_of_the_item_is_outlined_in_both() -> None:
    crop = np.array([[0.5, 0, 0.5], [0, 1, 0], [0, 0, 1.0]])

    region = overlap(crop)

    assert (region.query_share, region.item_share) == pytest.approx((1, 0.5))
    assert set(region.item) == {(0.5, 0), (1, 0), (1, 1), (0.5, 1)}


def test_an_item_in_the_middle_of_a_screenshot_is_outlined_in_both() -> None:
    embedded = np.linalg.inv(np.array([[0.5, 0, 0.25], [0, 0.25, 0.5], [0, 0, 1.0]]))

    region = overlap(embedded)

    assert (region.query_share, region.item_share) == pytest.approx((0.125, 1))
    assert np.array(region.query).min(axis=0) == pytest.approx((0.25, 0.5))
    assert np.array(region.query).max(axis=0) == pytest.approx((0.75, 0.75))


def test_both_outlines_name_the_same_corners() -> None:
    matrix = np.array([[0.9, 0.3, 0.1], [-0.2, 0.8, 0.2], [0.2, 0.1, 1.0]])

    region = overlap(matrix)

    for here, there in zip(region.query, region.item, strict=True):
        x, y, depth = matrix @ (*here, 1)
        assert (x / depth, y / depth) == pytest.approx(there, abs=1e-9)
    assert all(-1e-9 <= value <= 1 + 1e-9 for point in region.item for value in point)


@pytest.mark.parametrize(
    "matrix",
    [
        np.array([[1, 0, 5], [0, 1, 0], [0, 0, 1.0]]),  # beside the item
        np.zeros((3, 3)),
        np.array([[1, 0, 0], [0, 1, 0], [0, 0, -1.0]]),  # behind the eye
        np.array([[0, 0, 0.5], [0, 0, 0.5], [0, 0, 1.0]]),  # one point
    ],
)
def test_maps_that_meet_nothing_have_no_region(matrix: np.ndarray) -> None:
    assert overlap(matrix).item_share == 0
    assert overlap(matrix).item == ()


def test_what_lies_behind_the_eye_is_cut_off() -> None:
    folding = np.array([[1, 0, 0], [0, 1, 0], [-1.5, 0, 1.0]])

    region = overlap(folding)

    assert 0 < region.query_share < 0.7
    assert max(x for x, _ in region.query) < 2 / 3


def test_the_map_of_a_mirror_image_is_undone_by_mirroring() -> None:
    left_top_of_query = mirrored_query(np.eye(3)) @ (0, 0, 1)

    assert left_top_of_query.tolist() == [1, 0, 1]
