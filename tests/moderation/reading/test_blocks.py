"""Which lines read on from each other, and in which order."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from moderation.reading.blocks import blocks_of
from moderation.reading.places import TextPlace
from moderation.reading.read_places import ReadPlace, merged


def place(left: float, top: float, width: float, height: float, degrees: float = 0) -> TextPlace:
    """Return a place that was turned clockwise about the origin."""
    corners = np.array(
        [[left, top], [left + width, top], [left + width, top + height], [left, top + height]]
    )
    matrix = np.asarray(cv2.getRotationMatrix2D((0, 0), -degrees, 1.0), np.float64)
    return TextPlace(corners.astype(np.float32), 0.9).moved(matrix)


@pytest.mark.parametrize("degrees", [0, 14, -80, 90, 180])
def test_lines_below_one_another_are_read_along_their_own_axis(degrees: float) -> None:
    second, right, left = (
        place(0, 30, 200, 20, degrees),
        place(110, 0, 90, 20, degrees),
        place(0, 2, 100, 20, degrees),
    )

    assert blocks_of([second, right, left]) == [[2, 1, 0]]


def test_columns_headings_and_what_lies_far_off_are_blocks_of_their_own() -> None:
    heading, far = place(0, 0, 300, 60), place(0, 300, 100, 20)
    left = [place(0, 70, 100, 20), place(0, 95, 100, 20)]
    right = [place(150, 70, 100, 20), place(150, 95, 100, 20)]

    assert blocks_of([*right, far, *left, heading]) == [[5], [3, 4], [0, 1], [2]]


def test_text_at_another_angle_is_another_block() -> None:
    assert len(blocks_of([place(0, 0, 100, 20), place(0, 25, 100, 20, 15)])) == 2


def test_of_two_readings_of_a_place_the_longer_sure_one_counts() -> None:
    whole = ReadPlace(place(0, 0, 200, 20), "nobody told us", 0.95)
    parts = [
        ReadPlace(place(0, 0, 90, 20), "nobody", 0.99),
        ReadPlace(place(0, 2, 200, 18), "n0b0dyt0|dus!", 0.61),
    ]
    elsewhere = ReadPlace(place(0, 60, 90, 20), "else", 0.9)

    assert merged([*parts, whole, elsewhere]) == [whole, elsewhere]
