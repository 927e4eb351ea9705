"""Where the evidence lies on two pictures: shapes for SVG, in px of the thumbnails shown.

What is carried from one picture to the other goes through the alignment's matrix.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lists.models import Image
from matching.evidence import Alignment, Block, BlockMap, Evidence, Matrix, Point
from review.pairs.selectors import ShownPair

SHOWN_SIDE_PX = 960
# Stripes and dots repeat this often along a picture's longer side.
_PATTERNS_PER_SIDE = 56
# Corners this many pictures away come from behind the horizon of a perspective.
_FARTHEST_PICTURES = 3


@dataclass(frozen=True, slots=True)
class SideOverlay:
    """What is drawn over one picture: `outline` holds points, all other texts are path data.

    `region` are the corners of the outline as shares of the picture.
    """

    width: int
    height: int
    region: tuple[Point, ...]
    outline: str
    outside: str
    agreeing: str
    edited: str
    untextured: str
    pattern_px: str


@dataclass(frozen=True, slots=True)
class Overlay:
    """What is drawn over both pictures, and what lays the query over the item.

    `mapping` takes px of the full query to px of the full item, with a positive divisor inside the
    region.
    """

    query: SideOverlay
    item: SideOverlay
    has_blocks: bool
    mapping: Matrix

    @property
    def matrix(self) -> str:
        """Return the nine numbers of the mapping, row by row."""
        return " ".join(f"{number:.9g}" for number in self.mapping)

    def exchanged(self, image: Image) -> Overlay:
        """Return what lays the item, which is this image, over the query."""
        region = _in_px(self.item.region, image.width, image.height)
        back = _facing(inverse(self.mapping), region)
        return Overlay(self.item, self.query, self.has_blocks, back)


def overlay_of(shown: ShownPair) -> Overlay | None:
    """Return what to draw over a pair; None when its pictures were never laid on each other."""
    if shown.is_exchanged:
        drawn = overlay_of(shown.exchanged())
        return drawn and drawn.exchanged(shown.query.image)
    evidence = Evidence.from_json(shown.pair.evidence)
    alignment = evidence.alignment
    if alignment is None or not _has_regions(alignment):
        return None
    query, item = shown.query.image, shown.item.image
    matrix = _facing(alignment.matrix, _in_px(alignment.query_outline, query.width, query.height))
    blocks = evidence.blocks
    return Overlay(
        query=_side(query, alignment.query_outline, _cells_of_query(matrix, query, item, blocks)),
        item=_side(item, alignment.item_outline, _cells_of_item(item, blocks)),
        has_blocks=blocks is not None,
        mapping=matrix,
    )


def carried(matrix: Matrix, point: Point) -> Point | None:
    """Return where a matrix takes a point; None for one on or behind the horizon."""
    x, y = point
    a, b, c, d, e, f, g, h, i = matrix
    divisor = g * x + h * y + i
    if divisor <= 1e-9:
        return None
    return (a * x + b * y + c) / divisor, (d * x + e * y + f) / divisor


def inverse(matrix: Matrix) -> Matrix:
    """Return the matrix that leads back; a matrix without a way back gives one to nowhere."""
    a, b, c, d, e, f, g, h, i = matrix
    determinant = a * (e * i - f * h) + b * (f * g - d * i) + c * (d * h - e * g)
    scale = 1 / determinant if determinant else 0.0
    return (
        scale * (e * i - f * h),
        scale * (c * h - b * i),
        scale * (b * f - c * e),
        scale * (f * g - d * i),
        scale * (a * i - c * g),
        scale * (c * d - a * f),
        scale * (d * h - e * g),
        scale * (b * g - a * h),
        scale * (a * e - b * d),
    )


def _has_regions(alignment: Alignment) -> bool:
    return len(alignment.query_outline) > 2 and len(alignment.item_outline) > 2


def _facing(matrix: Matrix, region: Sequence[Point]) -> Matrix:
    """Return the same mapping with a positive divisor at the middle of the region."""
    x = sum(point[0] for point in region) / len(region)
    y = sum(point[1] for point in region) / len(region)
    return _negated(matrix) if matrix[6] * x + matrix[7] * y + matrix[8] < 0 else matrix


def _negated(matrix: Matrix) -> Matrix:
    a, b, c, d, e, f, g, h, i = matrix
    return -a, -b, -c, -d, -e, -f, -g, -h, -i


def _in_px(shares: Iterable[Point], width: int, height: int) -> list[Point]:
    return [(x * width, y * height) for x, y in shares]


def _side(image: Image, outline: tuple[Point, ...], cells: dict[str, list[str]]) -> SideOverlay:
    width, height = image.thumbnail_size(SHOWN_SIDE_PX)
    region = _in_px(outline, width, height)
    return SideOverlay(
        width=width,
        height=height,
        region=outline,
        outline=" ".join(_written(point) for point in region),
        outside=f"M0 0H{width}V{height}H0Z{_closed(region)}",
        agreeing="".join(cells.get(Block.AGREES.value, ())),
        edited="".join(cells.get(Block.EDITED.value, ())),
        untextured="".join(cells.get(Block.NO_TEXTURE.value, ())),
        pattern_px=f"{max(width, height) / _PATTERNS_PER_SIDE:.4g}",
    )


def _cells_of_item(item: Image, blocks: BlockMap | None) -> dict[str, list[str]]:
    if blocks is None:
        return {}
    width, height = item.thumbnail_size(SHOWN_SIDE_PX)
    crossings = [_in_px(row, width, height) for row in _crossings(blocks)]
    return _cells(blocks, crossings)


def _cells_of_query(
    matrix: Matrix, query: Image, item: Image, blocks: BlockMap | None
) -> dict[str, list[str]]:
    """Return the item's cells carried over to the query."""
    if blocks is None:
        return {}
    back = inverse(matrix)
    crossings = [
        [_on_thumbnail(carried(back, point), query) for point in row]
        for row in (_in_px(each, item.width, item.height) for each in _crossings(blocks))
    ]
    return _cells(blocks, crossings)


def _on_thumbnail(point: Point | None, image: Image) -> Point | None:
    if point is None:
        return None
    width, height = image.thumbnail_size(SHOWN_SIDE_PX)
    x, y = point[0] / image.width, point[1] / image.height
    if max(abs(x - 0.5), abs(y - 0.5)) > _FARTHEST_PICTURES:
        return None
    return x * width, y * height


def _crossings(blocks: BlockMap) -> list[list[Point]]:
    """Return the corners of all cells as shares, row by row, one more than cells each way."""
    return [
        [(column / blocks.columns, row / blocks.rows) for column in range(blocks.columns + 1)]
        for row in range(blocks.rows + 1)
    ]


def _cells(blocks: BlockMap, crossings: Sequence[Sequence[Point | None]]) -> dict[str, list[str]]:
    """Return the cells inside the region as closed paths, by what they say."""
    paths: dict[str, list[str]] = {}
    for number, says in enumerate(blocks.cells):
        if says == Block.OUTSIDE.value:
            continue
        row, column = divmod(number, blocks.columns)
        above, below = crossings[row], crossings[row + 1]
        corners = [above[column], above[column + 1], below[column + 1], below[column]]
        drawn = [corner for corner in corners if corner is not None]
        if len(drawn) == len(corners):
            paths.setdefault(says, []).append(_closed(drawn))
    return paths


def _closed(points: Iterable[Point]) -> str:
    return f"M{'L'.join(_written(point) for point in points)}Z"


def _written(point: Point) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"
