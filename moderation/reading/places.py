"""Places of text in a picture: quadrilaterals in px, the crops of them, and how they lie.

The corners of a place go clockwise from where its text begins, float32 (4, 2).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from matching.types import Rgb
from moderation.types import Quad

Corners = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]

# What is so much higher than wide holds a line that runs up or down.
_UPRIGHT = 1.5
_SHARE_DIGITS = 5
# OpenCV counts the px of what it warps in 16 bits; of a longer picture the part is taken, or made
# smaller.
_MAX_WARPED_PX = 32_000
# What the interpolation looks at beyond the place.
_MARGIN_PX = 4


@dataclass(frozen=True, slots=True)
class TextPlace:
    """Where text was found, with the confidence of the detector, 0..1."""

    corners: Corners
    confidence: float

    @property
    def width(self) -> float:
        """Return the length in px along the text."""
        return (_distance(self.corners, 0, 1) + _distance(self.corners, 3, 2)) / 2

    @property
    def height(self) -> float:
        """Return the length in px across the text."""
        return (_distance(self.corners, 0, 3) + _distance(self.corners, 1, 2)) / 2

    @property
    def area(self) -> float:
        """Return the area in square px."""
        return float(cv2.contourArea(self.corners))

    @property
    def axis(self) -> npt.NDArray[np.float64]:
        """Return the direction of the text, a vector of length 1 with y pointing down."""
        along = (self.corners[1] + self.corners[2] - self.corners[0] - self.corners[3]) / 2.0
        length = float(np.hypot(*along))
        return np.asarray(along / length if length else (1.0, 0.0), np.float64)

    @property
    def degrees(self) -> float:
        """Return the angle of the text, clockwise, above -180 and up to 180."""
        x, y = self.axis
        return math.degrees(math.atan2(y, x))

    def turned(self, quarters: int) -> TextPlace:
        """Return the place whose text begins as many corners later."""
        return TextPlace(np.roll(self.corners, -quarters, axis=0), self.confidence)

    def moved(self, matrix: Matrix) -> TextPlace:
        """Return the place as an affine map (2, 3) takes it."""
        corners = self.corners @ matrix[:, :2].T + matrix[:, 2]
        return TextPlace(corners.astype(np.float32), self.confidence)

    def quad(self, width: int, height: int) -> Quad:
        """Return the place in shares of a picture of this size in px."""
        shares = np.clip(self.corners / np.array([width, height]), 0, 1).tolist()
        first, second, third, fourth = (
            (round(x, _SHARE_DIGITS), round(y, _SHARE_DIGITS)) for x, y in shares
        )
        return first, second, third, fourth


def lying(place: TextPlace) -> TextPlace:
    """Return the place as its text most likely runs: what is upright is read from its foot up."""
    return place.turned(3) if place.height >= _UPRIGHT * place.width else place


def crop(rgb: Rgb, place: TextPlace, height: int | None = None) -> Rgb:
    """Cut the place out of the picture and lay it level, `height` px high or as it is."""
    rgb, corners = _around(rgb, place.corners)
    high = max(1, round(place.height)) if height is None else height
    wide = min(_MAX_WARPED_PX, max(1, round(place.width * high / max(1.0, place.height))))
    level = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, level)
    return np.asarray(
        cv2.warpPerspective(
            rgb, matrix, (wide, high), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        ),
        np.uint8,
    )


def _around(rgb: Rgb, corners: Corners) -> tuple[Rgb, Corners]:
    """Return the part of the picture that holds the corners, no larger than can be warped."""
    last = np.array([rgb.shape[1], rgb.shape[0]]) - 1
    left, top = np.clip(np.floor(corners.min(axis=0)) - _MARGIN_PX, 0, last).astype(int)
    right, bottom = np.clip(np.ceil(corners.max(axis=0)) + _MARGIN_PX, 0, last).astype(int) + 1
    part = rgb[top:bottom, left:right]
    moved = corners - np.array([left, top], np.float32)
    longer = max(part.shape[:2])
    if longer <= _MAX_WARPED_PX:
        return part, moved
    share = _MAX_WARPED_PX / longer
    small = cv2.resize(part, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), moved * np.float32(share)


def shared(one: TextPlace, other: TextPlace) -> float:
    """Return the area that both cover, as a share of the smaller one."""
    smaller = min(one.area, other.area)
    return _common_area(one, other) / smaller if smaller else 0.0


def covered(place: TextPlace, others: Sequence[TextPlace]) -> float:
    """Return the share of a place that others cover, 0..1 if they do not lie on each other."""
    common = sum(_common_area(place, each) for each in others)
    return common / place.area if place.area else 0.0


def _common_area(one: TextPlace, other: TextPlace) -> float:
    area, _ = cv2.intersectConvexConvex(one.corners, other.corners)
    return float(area)


def _distance(corners: Corners, one: int, other: int) -> float:
    return float(np.hypot(*(corners[one] - corners[other])))
