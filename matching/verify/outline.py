"""What two pictures both show, given the map between them.

Maps here take the unit square of the query, (0, 0) at the top left and (1, 1) at the bottom right,
to the unit square of the item. They know no pixels, so they hold at every size of the pictures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.types import Orientation
from matching.verify.geometry import Matrix3

Polygon = tuple[tuple[float, float], ...]
_Line = tuple[float, float, float]

_UNIT_SQUARE: Polygon = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
# Less than this of a picture is no region.
_MIN_AREA = 1e-6

_MIRROR = np.array([[-1.0, 0.0, 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
_QUARTER_TURN = np.array([[0.0, -1.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])


@dataclass(frozen=True, slots=True)
class Overlap:
    """The region both pictures show: its corners, in the same order, and its share of each."""

    query: Polygon = ()
    item: Polygon = ()
    query_share: float = 0.0
    item_share: float = 0.0


NOTHING = Overlap()


def oriented_map(orientation: Orientation) -> Matrix3:
    """Return the map of a query that lies on the whole item once it is turned so."""
    mirrored = _MIRROR if orientation.is_mirrored else np.eye(3)
    turned = np.linalg.matrix_power(_QUARTER_TURN, orientation.degrees // 90)
    return np.asarray(turned @ mirrored)


def mirrored_query(matrix: Matrix3) -> Matrix3:
    """Return the map of the query as it lies, given that of its mirror image."""
    return np.asarray(matrix @ _MIRROR)


def scaled(
    matrix: Matrix3, query_size: tuple[float, float], item_size: tuple[float, float]
) -> Matrix3:
    """Return the same map between rectangles of these (width, height) instead of unit squares."""
    to_unit = np.diag((1.0 / query_size[0], 1.0 / query_size[1], 1.0))
    return np.asarray(np.diag((*item_size, 1.0)) @ matrix @ to_unit)


def overlap(matrix: Matrix3) -> Overlap:
    """Return the region of the query that falls into the item, and where it falls."""
    left, upper, depth = (_line(row) for row in matrix)
    right, lower = _line(matrix[2] - matrix[0]), _line(matrix[2] - matrix[1])
    polygon = _UNIT_SQUARE
    for line in (left, right, upper, lower):
        polygon = _clipped(polygon, line)
    polygon = tuple(point for point in polygon if _side(depth, point) > 1e-9)
    if len(polygon) < 3:
        return NOTHING
    image = tuple(
        (_side(left, point) / _side(depth, point), _side(upper, point) / _side(depth, point))
        for point in polygon
    )
    shares = _area(polygon), _area(image)
    return Overlap(polygon, image, *shares) if min(shares) > _MIN_AREA else NOTHING


def _line(row: Matrix3) -> _Line:
    a, b, c = row.tolist()
    return a, b, c


def _side(line: _Line, point: tuple[float, float]) -> float:
    return line[0] * point[0] + line[1] * point[1] + line[2]


def _clipped(polygon: Polygon, line: _Line) -> Polygon:
    """Cut off what lies on the negative side of the line (Sutherland and Hodgman 1974)."""
    kept: list[tuple[float, float]] = []
    for number, point in enumerate(polygon):
        before = polygon[number - 1]
        here, there = _side(line, point), _side(line, before)
        if here * there < 0:
            share = there / (there - here)
            kept.append(
                (
                    before[0] + share * (point[0] - before[0]),
                    before[1] + share * (point[1] - before[1]),
                )
            )
        if here >= 0:
            kept.append(point)
    return tuple(kept)


def _area(polygon: Polygon) -> float:
    crosses = (
        before[0] * point[1] - point[0] * before[1]
        for before, point in zip((polygon[-1], *polygon[:-1]), polygon, strict=True)
    )
    return abs(sum(crosses)) / 2
