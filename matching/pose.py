"""How one picture lies on the other, in words a person would use: turned, mirrored, scaled."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from matching.types import ORIENTATIONS, Orientation
from matching.verify import geometry, outline
from matching.verify.geometry import Matrix3
from matching.verify.outline import Overlap

# How much nearer one end of the region is than the other before it is seen in perspective.
_MIN_FORESHORTENING = 1.04
_MIN_TURN_DEGREES = 1
_WHOLE_SCALE_PERCENT = 2


@dataclass(frozen=True, slots=True)
class Pose:
    """What takes the query to the item: an orientation, then a turn by `degrees`, clockwise.

    `degrees` is -45..45, `scale_percent` is the query's size as it shows the item, 100 for as
    large. `in_perspective` says that one end of the region is drawn nearer than the other.
    """

    orientation: Orientation
    degrees: int
    scale_percent: int
    in_perspective: bool

    @property
    def is_tilted(self) -> bool:
        """Tell whether the turn is by more than right angles."""
        return abs(self.degrees) >= _MIN_TURN_DEGREES

    @property
    def is_scaled(self) -> bool:
        """Tell whether the query shows the item larger or smaller than it is."""
        return abs(self.scale_percent - 100) > _WHOLE_SCALE_PERCENT


def pose_of(
    matrix: Matrix3, region: Overlap, query_size: tuple[int, int], item_size: tuple[int, int]
) -> Pose:
    """Return the pose in the middle of the region; `matrix` takes unit square to unit square."""
    in_px = outline.scaled(matrix, query_size, item_size)
    corners = np.array(region.query) * query_size
    linear = geometry.jacobian(in_px, corners.mean(axis=0))
    is_mirrored = bool(np.linalg.det(linear) < 0)
    if is_mirrored:
        linear = linear @ np.diag((-1.0, 1.0))
    angle = math.degrees(math.atan2(linear[1, 0] - linear[0, 1], linear[0, 0] + linear[1, 1]))
    right_angles = round(angle / 90)
    depths = corners @ in_px[2, :2] + in_px[2, 2]
    return Pose(
        orientation=_orientation(90 * right_angles % 360, is_mirrored=is_mirrored),
        degrees=round(angle - 90 * right_angles),
        scale_percent=round(100 / math.sqrt(max(abs(np.linalg.det(linear)), 1e-9))),
        in_perspective=bool(depths.max() / max(depths.min(), 1e-9) > _MIN_FORESHORTENING),
    )


def _orientation(degrees: int, *, is_mirrored: bool) -> Orientation:
    return next(
        each for each in ORIENTATIONS if each.degrees == degrees and each.is_mirrored == is_mirrored
    )
