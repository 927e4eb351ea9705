"""Places of text are cut out of pictures of every size."""

from __future__ import annotations

import numpy as np
import pytest

from matching.types import Rgb
from moderation.reading import places
from moderation.reading.places import TextPlace

_HIGH_PX = 40


def picture(wide: int) -> Rgb:
    """Return a picture whose columns differ."""
    row = (np.arange(wide) // 100 % 256).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(row[None, :, None], (_HIGH_PX, wide, 3)))


def place(left: float, top: float, right: float, bottom: float) -> TextPlace:
    corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
    return TextPlace(np.array(corners, np.float32), 1.0)


@pytest.mark.parametrize(("wide", "left"), [(500, 0), (500, 100), (40_000, 38_000)])
def test_what_is_cut_out_is_what_lies_there(wide: int, left: int) -> None:
    rgb = picture(wide)

    cut = places.crop(rgb, place(left, 5, left + 400, 30))

    assert np.array_equal(cut, rgb[5:30, left : left + 400])


def test_a_place_too_long_to_be_warped_is_made_smaller() -> None:
    rgb = picture(40_000)

    cut = places.crop(rgb, place(0, 0, 40_000, _HIGH_PX))

    assert cut.shape[1] < np.iinfo(np.int16).max
    assert int(cut[0, 0, 0]) == int(rgb[0, 0, 0])
    assert int(cut[0, -1, 0]) == int(rgb[0, -1, 0])


@pytest.mark.parametrize("beyond", [(490, 30, 600, 60), (600, 50, 700, 80), (-80, -40, -10, -5)])
def test_a_place_beyond_the_picture_is_cut_out_all_the_same(
    beyond: tuple[float, float, float, float],
) -> None:
    assert places.crop(picture(500), place(*beyond)).size > 0
