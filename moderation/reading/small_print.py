"""Small print, which the detector does not find in a picture as it sees it.

It finds a line from about 11 px on, and letters of 8 px can be read. Looking at all of a picture
enlarged takes as long as many pictures. So the parts with most fine detail are laid beside each
other on one sheet, enlarged, and the detector looks at that; only where it finds text, the rest of
the picture is looked at in tiles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from matching.types import Rgb
from moderation.reading import rapid
from moderation.reading.places import TextPlace

_ENLARGED = 2
# Of the picture, before they are enlarged.
_PART_PX, _COLUMNS, _ROWS = 160, 4, 3
# A line across the edge of a tile lies in the next one too, if it is low.
_TILE_PX, _OVERLAP_PX = rapid.MAX_DETECTED_SIDE_PX // _ENLARGED, 64
# What is lost at half the size at the latest is fine detail.
_FINE_SCALE = 0.5
# Levels of grey that letters differ by from what is left of them, and how many such px make a few.
_LOST_LEVELS, _LEAST_LOST_PX = 24, 200


@dataclass(frozen=True, slots=True)
class PicturePart:
    """An upright part of a picture, in px, and how many of them reducing it loses."""

    left: int
    top: int
    width: int
    height: int
    lost_px: int

    def of(self, rgb: Rgb) -> Rgb:
        """Return its px."""
        return rgb[self.top : self.top + self.height, self.left : self.left + self.width]

    def place(self, confidence: float) -> TextPlace:
        """Return it as a place of text that nobody looked at."""
        right, bottom = self.left + self.width, self.top + self.height
        corners = [[self.left, self.top], [right, self.top], [right, bottom], [self.left, bottom]]
        return TextPlace(np.array(corners, np.float32), confidence)


class FineDetail:
    """Where a picture has what may be letters, too low for the scale at which it was seen."""

    def __init__(self, rgb: Rgb, seen_scale: float, known: Sequence[TextPlace]) -> None:
        """Leave out the places that are known."""
        scale = min(seen_scale, _FINE_SCALE)
        grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
        small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        seen = cv2.resize(small, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
        self._lost: npt.NDArray[np.uint8] = np.asarray(
            cv2.absdiff(grey, seen) > _LOST_LEVELS, np.uint8
        )
        for each in known:
            cv2.fillPoly(self._lost, [each.corners.round().astype(np.int32)], 0)

    def samples(self) -> list[PicturePart]:
        """Return the parts with most of it, as many as fit on a sheet."""
        return self._most(_PART_PX, _PART_PX)[: _COLUMNS * _ROWS]

    def tiles(self) -> list[PicturePart]:
        """Return the parts of the picture that have any, those with most of it first."""
        return self._most(_TILE_PX, _TILE_PX - _OVERLAP_PX)

    def _most(self, side: int, step: int) -> list[PicturePart]:
        high, wide = self._lost.shape
        parts = [
            self._part(left, top, side)
            for top in _starts(high, side, step)
            for left in _starts(wide, side, step)
        ]
        lossy = [each for each in parts if each.lost_px >= _LEAST_LOST_PX]
        return sorted(lossy, key=lambda each: -each.lost_px)

    def _part(self, left: int, top: int, side: int) -> PicturePart:
        lost = self._lost[top : top + side, left : left + side]
        return PicturePart(left, top, lost.shape[1], lost.shape[0], int(lost.sum()))


def found_on_sheet(rgb: Rgb, samples: Sequence[PicturePart]) -> list[TextPlace]:
    """Find text in parts of a picture by one look."""
    if not samples:
        return []
    sheet = np.full((_ROWS * _PART_PX, _COLUMNS * _PART_PX, 3), 127, np.uint8)
    for number, each in enumerate(samples):
        row, column = divmod(number, _COLUMNS)
        part = sheet[row * _PART_PX :, column * _PART_PX :]
        part[: each.height, : each.width] = each.of(rgb)
    on_sheet = (_back(each, samples) for each in _found_enlarged(sheet))
    return [each for each in on_sheet if each is not None]


def found_in_tile(rgb: Rgb, tile: PicturePart) -> list[TextPlace]:
    """Find text in one part of a picture, enlarged."""
    shift = np.array([[1.0, 0, tile.left], [0, 1, tile.top]])
    return [each.moved(shift) for each in _found_enlarged(tile.of(rgb))]


def _found_enlarged(rgb: Rgb) -> list[TextPlace]:
    large = cv2.resize(rgb, None, fx=_ENLARGED, fy=_ENLARGED, interpolation=cv2.INTER_LINEAR)
    back = np.array([[1 / _ENLARGED, 0, 0], [0, 1 / _ENLARGED, 0]])
    return [each.moved(back) for each in rapid.detected(np.asarray(large, np.uint8))]


def _back(place: TextPlace, samples: Sequence[PicturePart]) -> TextPlace | None:
    """Return a place on the sheet as it lies in the picture, cut off at its part's edges."""
    column, row = (place.corners.mean(axis=0) // _PART_PX).astype(int).tolist()
    number = row * _COLUMNS + column
    if not 0 <= number < len(samples):
        return None
    part = samples[number]
    inside = place.corners - np.array([column, row], np.float32) * _PART_PX
    inside = np.clip(inside, 0, [part.width, part.height])
    moved = inside + np.array([part.left, part.top])
    return TextPlace(moved.astype(np.float32), place.confidence)


def _starts(length: int, side: int, step: int) -> list[int]:
    """Return where parts begin that cover the whole length, spread evenly."""
    if length <= side:
        return [0]
    count = 1 + -(-(length - side) // step)
    return [round(each) for each in np.linspace(0, length - side, count)]
