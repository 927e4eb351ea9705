"""The region that two pictures have in common, and what of their texts lies in it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from matching.evidence import Alignment, Matrix
from matching.types import Orientation
from moderation.types import Point, Quad

Size = tuple[int, int]  # width and height in px
_WHOLE: tuple[Point, ...] = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
# A caption at the very edge may stick out of a region that was found from other parts.
_INSIDE_SHARE = 0.5
_COLUMNS, _ROWS = 9, 3
_CLEARLY_SMALLER = 0.8
# What is as near to the edge of the picture, as a share of it, may be cut off.
_EDGE = 0.0015
# The place of a text has a margin around it.
_AROUND_HEIGHTS = 0.25


@dataclass(frozen=True, slots=True)
class Region:
    """What one picture shows of it: its corners as shares of the picture, and the scale.

    `scale` is how many px of the other picture a px of this one is, over the whole region.
    """

    corners: Sequence[Point]
    size: Size
    scale: float

    def holds(self, quad: Quad) -> bool:
        """Tell whether at least half of a text lies inside."""
        points = _spread(quad)
        inside = sum(is_inside(point, self.corners) for point in points)
        return inside >= _INSIDE_SHARE * len(points)

    def cuts(self, quad: Quad) -> bool:
        """Tell whether a text reaches the edge, where a part of it may be cut off."""
        if any(not _EDGE < share < 1 - _EDGE for point in quad for share in point):
            return True
        height = self.height_px(quad)
        width = self.distance_px(*quad[:2])
        margin = min(0.5, _AROUND_HEIGHTS * height / width if width else 0.5)
        ends = [
            between(*ends, share)
            for ends in (quad[:2], (quad[3], quad[2]))
            for share in (margin, 1 - margin)
        ]
        return not all(is_inside(point, self.corners) for point in ends)

    @property
    def is_smaller_elsewhere(self) -> bool:
        """Tell whether the other picture shows the region with clearly fewer px."""
        return self.scale < _CLEARLY_SMALLER

    def height_px(self, quad: Quad) -> float:
        """Return how high a line of text is in this picture."""
        return self.distance_px(quad[0], quad[3])

    def distance_px(self, one: Point, other: Point) -> float:
        """Return how far two points are from each other in this picture."""
        return math.dist(
            *(
                [share * side for share, side in zip(each, self.size, strict=True)]
                for each in (one, other)
            )
        )

    def height_elsewhere_px(self, quad: Quad) -> float:
        """Return how high a line of this picture would be in the other one."""
        return self.height_px(quad) * self.scale


@dataclass(frozen=True)
class SharedRegion:
    """The region of both pictures, and whether one of them shows it in a mirror.

    `matrix` takes px of the query to px of the item, row by row; it is None where nobody knows how
    the one lies on the other.
    """

    query: Region
    item: Region
    is_mirrored: bool
    matrix: Matrix | None = None

    def on_item(self, point: Point) -> Point | None:
        """Return where a point of the query lies on the item, None where nobody knows."""
        return _moved(point, self.matrix, self.query.size, self.item.size)

    def on_query(self, point: Point) -> Point | None:
        """Return where a point of the item lies on the query, None where nobody knows."""
        return _moved(point, self._back, self.item.size, self.query.size)

    @cached_property
    def _back(self) -> Matrix | None:
        if self.matrix is None:
            return None
        square = np.array(self.matrix).reshape(3, 3)
        # Of a picture laid flat onto a line there is no way back.
        return tuple(np.linalg.inv(square).ravel().tolist()) if np.linalg.det(square) else None


def shared_region(
    alignment: Alignment | None, orientation: Orientation, query_size: Size, item_size: Size
) -> SharedRegion:
    """Return the region that an alignment names; without one both are wholes of each other.

    The outlines of an alignment are the query's corners taken through its matrix and cut off at
    the item's edges, and back: what lies in the one, the matrix takes into the other.
    """
    has_region = alignment is not None and min(_counts(alignment)) > 2
    if alignment is None or not has_region:
        is_upright = orientation == Orientation.IDENTITY
        matrix = _onto(query_size, item_size) if is_upright else None
        return _region(
            Region(_WHOLE, query_size, 1.0), Region(_WHOLE, item_size, 1.0), matrix,
            is_mirrored=orientation.is_mirrored,
        )  # fmt: skip
    query, item = alignment.query_outline, alignment.item_outline
    return _region(
        Region(query, query_size, 1.0), Region(item, item_size, 1.0), alignment.matrix,
        is_mirrored=_area(query) * _area(item) < 0,
    )  # fmt: skip


def _moved(point: Point, matrix: Matrix | None, size: Size, other: Size) -> Point | None:
    """Return where a point of one picture lies on another one; `matrix` takes px to px."""
    if matrix is None:
        return None
    x, y = (share * side for share, side in zip(point, size, strict=True))
    a, b, c = (matrix[row : row + 3] for row in (0, 3, 6))
    depth = c[0] * x + c[1] * y + c[2]
    if not depth:
        return None
    return (
        (a[0] * x + a[1] * y + a[2]) / depth / other[0],
        (b[0] * x + b[1] * y + b[2]) / depth / other[1],
    )


def _onto(query: Size, item: Size) -> Matrix:
    """Return the matrix that lays a whole picture on another."""
    return (item[0] / query[0], 0, 0, 0, item[1] / query[1], 0, 0, 0, 1)


def _region(
    query: Region, item: Region, matrix: Matrix | None, *, is_mirrored: bool
) -> SharedRegion:
    area = abs(_area(query.corners)) * math.prod(query.size)
    scale = math.sqrt(abs(_area(item.corners)) * math.prod(item.size) / area) if area else 1.0
    return SharedRegion(
        replace(query, scale=scale),
        replace(item, scale=1 / scale if scale else 1.0),
        is_mirrored,
        matrix,
    )


def _counts(alignment: Alignment) -> tuple[int, int]:
    return len(alignment.query_outline), len(alignment.item_outline)


def _area(corners: Sequence[Point]) -> float:
    """Return the area, below 0 for corners in the other sense of rotation."""
    following = [*corners[1:], corners[0]]
    pairs = zip(corners, following, strict=True)
    return sum(x * next_y - next_x * y for (x, y), (next_x, next_y) in pairs) / 2


def _spread(quad: Quad) -> list[Point]:
    """Return points that are spread evenly over a quadrilateral."""
    return [
        between(
            between(quad[0], quad[1], (column + 0.5) / _COLUMNS),
            between(quad[3], quad[2], (column + 0.5) / _COLUMNS),
            (row + 0.5) / _ROWS,
        )
        for column in range(_COLUMNS)
        for row in range(_ROWS)
    ]


def between(start: Point, end: Point, share: float) -> Point:
    """Return the point at a share of the way from one to another."""
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def is_inside(point: Point, corners: Sequence[Point]) -> bool:
    """Tell whether a ray from the point crosses the polygon's sides an odd number of times."""
    x, y = point
    is_inside = False
    for (ax, ay), (bx, by) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if (ay > y) != (by > y) and x < ax + (bx - ax) * (y - ay) / (by - ay):
            is_inside = not is_inside
    return is_inside
