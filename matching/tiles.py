"""Long pages and panoramas: the overlapping tiles they are looked at in, and what these say.

Reduced to the size that features are taken from, a long page is a strip on which nothing can be
read. So it is seen as a whole and in tiles of readable size; their places follow from its size
alone. Two pictures that have a tile in common have a map in common: it tells which other tiles lie
on each other. When most of those agree the pictures show the same region; when they do not, they
only have a header or a template in common.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from matching import score
from matching.evidence import Alignment, Block, BlockMap, Comparison, Kind, Reason
from matching.score import DUPLICATE_SCORE, is_related
from matching.types import Grey, Orientation
from matching.verify import geometry, outline
from matching.verify.geometry import Matrix3
from matching.verify.outline import Overlap

# Telephones and cinemas have up to 2.4; what is longer was put together or cut from something.
LONG_ASPECT = 2.5
# A line of text or a rule has nothing to tile.
_MIN_SHORT_SIDE_PX = 32
# As shares of the shorter side: a tile is as long as a picture usually is, and what is as long as
# the shorter side lies to four fifths in one of them.
_LENGTH, _STEP = 1.5, 0.9
MAX_TILES = 24
# Maps are the same when they take a tile to the same place, but for this share of the shorter side.
_SAME_PLACE = 0.1
# Tiles face each other when they share this much of the larger one.
_FACING_SHARE = 0.25
# What a copy of a whole picture shows of it: see `matching.explain`.
_WHOLE_SHARE = 0.93
# Tiles with fewer features or px on the longer side cannot be known as different.
_MIN_FEATURES, _MIN_READABLE_PX = 20, 240
# Cells of the block map along a tile.
_CELLS_PER_TILE = 20
_WHOLE_KINDS = frozenset({Kind.NEAR, Kind.EDITED, Kind.MIRRORED})
# What is said of the regions is said anew; the fingerprints, of which no tile has any, say less.
_RETOLD = frozenset({"cropped", "inside_larger", "border_cut"})

Points = npt.NDArray[np.float64]
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Tile:
    """A window of a picture, in px of it."""

    left: int
    top: int
    width: int
    height: int

    @property
    def size(self) -> Size:
        """Return width and height."""
        return self.width, self.height

    def of(self, grey: Grey) -> Grey:
        """Return the window of the picture's luma (height, width)."""
        return grey[self.top : self.top + self.height, self.left : self.left + self.width]


@dataclass(frozen=True, slots=True)
class Look:
    """How a tile of the query, or the whole of it, compares with one of the item.

    `comparison` knows these two only, as if they were pictures; `features` are those of the one
    that has fewer.
    """

    query: Tile
    item: Tile
    comparison: Comparison
    features: int

    @property
    def is_duplicate(self) -> bool:
        """Tell whether the two show the same."""
        return self.comparison.score > DUPLICATE_SCORE and self.matrix is not None

    @property
    def is_telling(self) -> bool:
        """Tell whether there is enough to see for the two to be known as different."""
        sides_px = max(self.query.size), max(self.item.size)
        return self.features >= _MIN_FEATURES and min(sides_px) >= _MIN_READABLE_PX

    @property
    def matrix(self) -> Matrix3 | None:
        """Return the map from px of the whole query to px of the whole item."""
        in_tiles = self._matrix_in_tiles()
        if in_tiles is None:
            return None
        to_tile = np.array([[1.0, 0, -self.query.left], [0, 1, -self.query.top], [0, 0, 1]])
        to_whole = np.array([[1.0, 0, self.item.left], [0, 1, self.item.top], [0, 0, 1]])
        return np.asarray(to_whole @ in_tiles @ to_tile)

    def _matrix_in_tiles(self) -> Matrix3 | None:
        evidence = self.comparison.evidence
        if evidence.alignment is not None:
            return np.array(evidence.alignment.matrix).reshape(3, 3)
        if self.comparison.score <= DUPLICATE_SCORE:
            return None
        # Alike by their fingerprints, which are of the whole.
        laid = outline.oriented_map(evidence.orientation)
        return outline.scaled(laid, self.query.size, self.item.size)

    @property
    def corners(self) -> tuple[Points, Points]:
        """Return the corners of the region that both show, in px of the wholes; perhaps none."""
        alignment = self.comparison.evidence.alignment
        query, item = (alignment.query_outline, alignment.item_outline) if alignment else ((), ())
        return _in_px(query, self.query), _in_px(item, self.item)


def look(
    views: tuple[Tile, Tile], wholes: tuple[Size, Size], comparison: Comparison, features: int
) -> Look:
    """Return the look at views of query and item that was compared with the wholes' fingerprints.

    Those say nothing of tiles, which are alike or not by what is seen of them.
    """
    query, item = views
    if (query.size, item.size) == wholes:
        return Look(query, item, comparison, features)
    evidence = comparison.evidence
    signals = {**evidence.signals, "query_quality": 0.0, "item_quality": 0.0}
    kind = Kind.RELATED if is_related(signals) else comparison.kind
    own = replace(evidence, signals=signals)
    return Look(query, item, Comparison(score.score(signals), kind, own), features)


def whole(size: Size) -> Tile:
    """Return the tile that is the picture."""
    return Tile(0, 0, *size)


def is_long(size: Size) -> bool:
    """Tell whether a picture of this (width, height) in px shrinks to a strip."""
    return max(size) > LONG_ASPECT * min(size)


def tiles_of(size: Size) -> tuple[Tile, ...]:
    """Return the tiles of a picture of this (width, height) in px, in order; of most none."""
    shorter, longer = sorted(size)
    if shorter < _MIN_SHORT_SIDE_PX or not is_long(size):
        return ()
    count = 1 + math.ceil((longer / shorter - _LENGTH) / _STEP)
    length = _LENGTH * shorter
    if count > MAX_TILES:
        count = MAX_TILES
        length = longer / (1 + _STEP / _LENGTH * (count - 1))
    side_px = math.ceil(length)
    starts = np.rint(np.linspace(0, longer - side_px, count)).astype(int).tolist()
    if size[0] == longer:
        return tuple(Tile(start, 0, side_px, shorter) for start in starts)
    return tuple(Tile(0, start, shorter, side_px) for start in starts)


def views_of(size: Size) -> tuple[Tile, ...]:
    """Return all that a picture is looked at in: the whole, then its tiles."""
    return whole(size), *tiles_of(size)


def best_of(looks: Iterable[Look]) -> Look:
    """Return the look with the highest score, the first of equal ones."""
    return max(looks, key=lambda look: look.comparison.score)


def facing(seen: Look, query_size: Size, item_size: Size) -> list[tuple[int, int]]:
    """Return which views lie on each other by the map of a look, by their numbers in `views_of`.

    Each of the item comes at most once, with that of the query that it shares most with. The whole
    of a long picture comes with a whole only.
    """
    if seen.matrix is None:
        return []
    found = []
    query, item = views_of(query_size), views_of(item_size)
    for number, tile in enumerate(item):
        among = query[:1] if number == 0 < len(item) - 1 else query[1:] or query
        shared = [_shared(seen.matrix, each, tile) for each in among]
        if max(shared) > _FACING_SHARE:
            nearest = among[int(np.argmax(shared))]
            found.append((query.index(nearest), number))
    return found


def together(looks: Sequence[Look], query_size: Size, item_size: Size) -> Comparison:
    """Return what all looks at two pictures say of them as wholes."""
    best = best_of(looks)
    wholes = whole(query_size), whole(item_size)
    of_wholes = next((look for look in looks if (look.query, look.item) == wholes), None)
    agreeing = [look for look in looks if look.is_duplicate and _is_same_map(best, look, item_size)]
    facing_looks = [look for look in looks if _is_facing(best, look, wholes)]
    if of_wholes is not None and (of_wholes is best or of_wholes.is_duplicate):
        told = _scored_by(best.comparison, of_wholes.comparison)
    else:
        goes_on = bool(facing_looks) and all(look in agreeing for look in facing_looks)
        told = _joined(best, agreeing or [best], wholes, goes_on=goes_on)
    return _weighed(told, agreeing, facing_looks) if len(looks) > 1 else told


def _joined(
    best: Look, told_by: Sequence[Look], wholes: tuple[Tile, Tile], *, goes_on: bool
) -> Comparison:
    """Return what tiles say of the wholes.

    The region goes from the first to the last of these tiles, or on as the map says.
    """
    matrix, region = _joint_map(told_by), outline.NOTHING
    if matrix is not None:
        region = _region(matrix, wholes, wholes[1] if goes_on else _around(told_by))
    told = _told(best, region, _blocks(told_by, wholes[1].size))
    return told if matrix is None else _aligned(told, matrix, region)


def _scored_by(best: Comparison, of_wholes: Comparison) -> Comparison:
    """Return what the wholes say, with the better score and what it was made from."""
    evidence = replace(of_wholes.evidence, signals=best.evidence.signals)
    return replace(of_wholes, score=best.score, evidence=evidence)


def _weighed(
    joined: Comparison, agreeing: Sequence[Look], facing_looks: Sequence[Look]
) -> Comparison:
    """Return the comparison as worth no more than a template if most tiles in place disagree."""
    counts = {
        "tiles_facing": len(facing_looks),
        "tiles_agreeing": sum(look in agreeing for look in facing_looks),
    }
    evidence = replace(joined.evidence, signals={**joined.evidence.signals, **counts})
    if joined.kind == Kind.RELATED or not is_related(evidence.signals):
        return replace(joined, evidence=evidence)
    told = replace(evidence, reasons=(*evidence.reasons, Reason("other_content")))
    return Comparison(score.score(evidence.signals), Kind.RELATED, told)


def _is_facing(best: Look, look: Look, wholes: tuple[Tile, Tile]) -> bool:
    """Tell whether a look says anything about how the best one goes on."""
    if best.matrix is None or not (look.is_telling or look.is_duplicate):
        return False
    both = zip((look.query, look.item), wholes, strict=True)
    if any(tile == each and tiles_of(each.size) for tile, each in both):
        # Nothing can be read in the whole of a long picture.
        return False
    return _shared(best.matrix, look.query, look.item) > _FACING_SHARE


def _shared(matrix: Matrix3, query: Tile, item: Tile) -> float:
    """Return the area that both show by the map, as a share of the larger tile."""
    region = outline.overlap(_unit(matrix, query, item))
    return min(region.query_share, region.item_share)


def _unit(matrix: Matrix3, query: Tile, item: Tile) -> Matrix3:
    """Return the map between the unit squares of two tiles, given that of the wholes in px."""
    from_tile = np.array([[query.width, 0.0, query.left], [0, query.height, query.top], [0, 0, 1]])
    to_tile = np.array([[item.width, 0.0, item.left], [0, item.height, item.top], [0, 0, 1]])
    return np.asarray(np.linalg.inv(to_tile) @ matrix @ from_tile)


def _is_same_map(best: Look, look: Look, item_size: Size) -> bool:
    query, item = look.corners
    if best.matrix is None or not len(query):
        return False
    away = geometry.mapped(best.matrix, query).mean(axis=0) - item.mean(axis=0)
    return bool(np.hypot(*away) < _SAME_PLACE * min(item_size))


def _joint_map(told_by: Sequence[Look]) -> Matrix3 | None:
    """Return the map that fits all looks, which holds from one end of a long page to the other."""
    query, item = (np.concatenate(each) for each in zip(*(x.corners for x in told_by), strict=True))
    joint = geometry.fit_affine(query, item) if len(told_by) > 1 else None
    return told_by[0].matrix if joint is None else joint


def _around(looks: Sequence[Look]) -> Tile:
    """Return the window of the item around what the looks show of it."""
    corners = np.concatenate([look.corners[1] for look in looks])
    low, high = np.floor(corners.min(axis=0)), np.ceil(corners.max(axis=0))
    return Tile(*low.astype(int).tolist(), *(high - low).astype(int).clip(1).tolist())


def _region(matrix: Matrix3, wholes: tuple[Tile, Tile], window: Tile) -> Overlap:
    """Return what both pictures show within a window of the item."""
    query, item = wholes
    region = outline.overlap(_unit(matrix, query, window))
    placed = tuple(
        (
            (window.left + x * window.width) / item.width,
            (window.top + y * window.height) / item.height,
        )
        for x, y in region.item
    )
    share = region.item_share * window.width * window.height / (item.width * item.height)
    return Overlap(region.query, placed, region.query_share, share)


def _aligned(told: Comparison, matrix: Matrix3, region: Overlap) -> Comparison:
    a, b, c, d, e, f, g, h, i = (matrix / matrix[2, 2]).ravel().tolist()
    alignment = Alignment((a, b, c, d, e, f, g, h, i), region.query, region.item)
    return replace(told, evidence=replace(told.evidence, alignment=alignment))


def _told(best: Look, region: Overlap, blocks: BlockMap | None) -> Comparison:
    """Return the comparison with what it says of its tiles said of the wholes."""
    evidence = best.comparison.evidence
    shares = {"query_overlap": region.query_share, "item_overlap": region.item_share}
    rounded = {name: round(share, 4) for name, share in shares.items()}
    told = replace(
        evidence,
        signals={**evidence.signals, **rounded},
        reasons=_reasons(evidence.reasons, region),
        blocks=blocks,
    )
    return Comparison(best.comparison.score, _kind(best.comparison, region), told)


def _kind(comparison: Comparison, region: Overlap) -> Kind:
    if comparison.kind == Kind.RELATED:
        return Kind.RELATED
    if region.item_share < min(_WHOLE_SHARE, region.query_share):
        return Kind.PART
    if region.query_share < _WHOLE_SHARE:
        return Kind.CONTAINS
    if comparison.kind in _WHOLE_KINDS:
        return comparison.kind
    is_upright = comparison.evidence.orientation == Orientation.IDENTITY
    return Kind.NEAR if is_upright else Kind.MIRRORED


def _reasons(reasons: Iterable[Reason], region: Overlap) -> tuple[Reason, ...]:
    of_item, of_query = round(100 * region.item_share), round(100 * region.query_share)
    percents = {"region_percent_of_item": of_item, "region_percent_of_query": of_query}
    told = [
        Reason(each.code, {**each.params, **percents}) if each.code == "same_region" else each
        for each in reasons
        if each.code not in _RETOLD
    ]
    if region.item_share < _WHOLE_SHARE:
        told.append(Reason("cropped", {"percent": of_item}))
    if region.query_share < _WHOLE_SHARE:
        told.append(Reason("inside_larger", {"percent": of_query}))
    return tuple(told)


def _blocks(looks: Sequence[Look], item_size: Size) -> BlockMap | None:
    """Return the cells of the looks on one grid over the whole item; the first that says counts."""
    cell_px = max(looks[0].item.width, looks[0].item.height) / _CELLS_PER_TILE
    columns, rows = (max(1, round(side / cell_px)) for side in item_size)
    x = (np.arange(columns) + 0.5) * item_size[0] / columns
    y = (np.arange(rows) + 0.5) * item_size[1] / rows
    cells = np.full((rows, columns), Block.OUTSIDE.value)
    for look in looks:
        blocks = look.comparison.evidence.blocks
        if blocks is not None:
            said = _cells_at(blocks, look.item, x, y)
            cells = np.where(cells == Block.OUTSIDE.value, said, cells)
    return BlockMap(columns, rows, "".join(cells.ravel().tolist()))


def _cells_at(blocks: BlockMap, tile: Tile, x: Points, y: Points) -> npt.NDArray[np.str_]:
    """Return what the block map of a tile says at these places of the whole, (len(y), len(x))."""
    column = np.floor((x - tile.left) / tile.width * blocks.columns).astype(int)
    row = np.floor((y - tile.top) / tile.height * blocks.rows).astype(int)
    inside = ((row >= 0) & (row < blocks.rows))[:, np.newaxis] & (
        (column >= 0) & (column < blocks.columns)
    )
    table = np.array(list(blocks.cells)).reshape(blocks.rows, blocks.columns)
    said = table[row.clip(0, blocks.rows - 1)][:, column.clip(0, blocks.columns - 1)]
    return np.where(inside, said, Block.OUTSIDE.value)


def _in_px(points: Iterable[tuple[float, float]], tile: Tile) -> Points:
    shares = np.array(list(points), np.float64).reshape(-1, 2)
    return shares * (tile.width, tile.height) + (tile.left, tile.top)
