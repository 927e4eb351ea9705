"""One picture at several sizes, so that laying it on many items need not reduce it each time."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from matching.types import Grey
from matching.verify import outline
from matching.verify.geometry import Matrix3
from matching.verify.outline import Overlap

# Each size is this share of the one before; none is reduced by more than it when warped.
_STEP = 0.7
_MIN_SIDE_PX = 24
# A picture this little larger than its place is warped as it is.
_MAX_REDUCTION = 0.75


@dataclass(frozen=True, slots=True)
class Pyramid:
    """Luma, uint8, largest first; each is reduced from the first by the mean of areas."""

    pictures: tuple[Grey, ...]


def pyramid(picture: Grey) -> Pyramid:
    """Return the picture in steps of 0.7 down to 24 px on the shorter side."""
    pictures, scale = [picture], _STEP
    while min(picture.shape) * scale >= _MIN_SIDE_PX:
        height, width = (round(side * scale) for side in picture.shape)
        reduced = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
        pictures.append(np.asarray(reduced, np.uint8))
        scale *= _STEP
    return Pyramid(tuple(pictures))


def laid(
    pictures: Pyramid, matrix: Matrix3, region: Overlap, shape: tuple[int, int]
) -> tuple[Grey, Grey]:
    """Return the picture as the map of unit squares lays it on an item of `shape`, and where: 0, 1.

    Outside, the nearest edge is repeated.
    """
    height, width = shape
    source = _of_scale(pictures, region, height * width)
    size = source.shape[1], source.shape[0]
    to_middle, from_middle = np.eye(3), np.eye(3)
    to_middle[:2, 2], from_middle[:2, 2] = 0.5, -0.5
    # OpenCV counts from the middle of the first pixel, maps of unit squares from its corner.
    in_px = from_middle @ outline.scaled(matrix, size, (width, height)) @ to_middle
    picture = cv2.warpPerspective(
        source, in_px, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    where = cv2.warpPerspective(
        np.ones(source.shape, np.uint8), in_px, (width, height), flags=cv2.INTER_NEAREST
    )
    return np.asarray(picture, np.uint8), np.asarray(where, np.uint8)


def _of_scale(pictures: Pyramid, region: Overlap, place_px: int) -> Grey:
    """Return the smallest picture that still has a pixel for each of the place, or nearly so."""
    first = pictures.pictures[0]
    region_px = max(region.query_share * first.size, 1.0)
    scale = (region.item_share * place_px / region_px) ** 0.5
    best = first
    for picture in pictures.pictures[1:]:
        if scale < _MAX_REDUCTION and picture.shape[0] >= scale * first.shape[0]:
            best = picture
    return best
