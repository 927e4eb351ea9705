"""Do the pictures look alike, block by block, where they lie on each other?

Local features cannot tell the same photograph from the same caption, chat window or logo. So the
query is warped into the item's thumbnail, and blocks of 16 px, 8 px apart, are correlated there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from matching.evidence import Block, BlockMap
from matching.types import Grey
from matching.verify import kernels, overlay, pyramid
from matching.verify.geometry import Matrix3
from matching.verify.outline import Overlap
from matching.verify.pyramid import Pyramid

BLOCK_PX = 16
_STEP_PX = 8
# Each block may lie this far beside its place: the map is not exact.
_REACH_PX = 1
# Standard deviation in luma steps below which a block has no texture.
_MIN_DEVIATION = 3.0
AGREEING_CORRELATION = 0.6
STRONG_CORRELATION = 0.85
# Correlation of the whole region from which it is taken for a negative.
_NEGATIVE_CORRELATION = -0.5
_BLUR_PX = 2.0
_MIN_REGION_PX = 100
# Letters are looked for when some blocks agree, and not nearly all.
_LEAST_SHARE, _UNEDITED_SHARE = 0.15, 0.97
# Share of a block that must be bare, deviation in luma steps, correlation: beside letters.
_BESIDE_LIMITS = (0.3, 4.0, 0.7)
# The thumbnail is divided into this many parts a side to see where blocks agree.
_PARTS = 4

Codes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the blocks of the item's thumbnail say about a query laid over it.

    Of `textured` blocks, `agreeing` correlate, some of them strongly; the largest connected regions
    of blocks that do and that do not are counted in blocks. Of those that do not, `beside` agree
    beside letters and stickers (see `matching.verify.overlay`) and `covered` show too little else;
    `largest_bare` is the largest region of the rest. `parts` of the sixteen parts of the item have
    texture, most of it agrees in `parts_agreeing`. `block_correlation` is the mean over textured
    blocks, `region_correlation` that of the blurred pictures, both -1..1. `is_negative` says that
    dark and bright changed places. `codes` is uint8 (rows, columns), see `matching.verify.kernels`.
    """

    codes: Codes
    textured: int = 0
    agreeing: int = 0
    agreeing_strongly: int = 0
    beside: int = 0
    covered: int = 0
    largest_agreeing: int = 0
    largest_disagreeing: int = 0
    largest_bare: int = 0
    parts: int = 0
    parts_agreeing: int = 0
    block_correlation: float = 0.0
    region_correlation: float = 0.0
    is_negative: bool = False

    @property
    def share(self) -> float:
        """Return the share of textured blocks that agree."""
        return self.agreeing / max(1, self.textured)


NOTHING = Agreement(np.zeros((0, 0), np.uint8))


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Where the blocks of a thumbnail start, and both pictures on its pixels."""

    item: Floats
    query: Floats
    where: Grey
    tops: npt.NDArray[np.int32]
    lefts: npt.NDArray[np.int32]


def agree(matrix: Matrix3, region: Overlap, pictures: Pyramid, thumbnail: Grey) -> Agreement:
    """Lay the query's picture over the item's thumbnail by a map of unit squares, and compare.

    Both are luma, uint8 (height, width).
    """
    if min(thumbnail.shape) < BLOCK_PX or not region.item:
        return NOTHING
    height, width = thumbnail.shape
    warped, where = pyramid.laid(pictures, matrix, region, (height, width))
    item, query = thumbnail.astype(np.float32), warped.astype(np.float32)
    correlation = _region_correlation(item, query, where)
    is_negative = correlation < _NEGATIVE_CORRELATION
    if is_negative:
        query, correlation = 255.0 - query, -correlation
    tops, lefts = _starts(height), _starts(width)
    codes, correlations = kernels.block_correlations(
        item, query, where, tops, lefts, BLOCK_PX, _REACH_PX, _MIN_DEVIATION
    )
    is_textured = codes == kernels.DISAGREES
    codes[is_textured & (correlations > AGREEING_CORRELATION)] = kernels.AGREES
    seen = _summed(codes, np.where(is_textured, correlations, 0.0))
    return replace(seen, region_correlation=correlation, is_negative=is_negative)


def look_beside_letters(
    seen: Agreement, matrix: Matrix3, region: Overlap, pictures: Pyramid, thumbnail: Grey
) -> Agreement:
    """Look at the blocks that disagree once more, beside what was painted on the query."""
    if not _LEAST_SHARE <= seen.share <= _UNEDITED_SHARE or seen.is_negative:
        return seen
    height, width = thumbnail.shape
    warped, where = pyramid.laid(pictures, matrix, region, (height, width))
    blocks = _Blocks(
        thumbnail.astype(np.float32),
        warped.astype(np.float32),
        where,
        _starts(height),
        _starts(width),
    )
    # At twice the size letters are still flat.
    laid = pyramid.laid(pictures, matrix, region, (2 * height, 2 * width))
    return _beside_overlay(seen, blocks, *laid)


def _beside_overlay(seen: Agreement, blocks: _Blocks, query: Grey, where: Grey) -> Agreement:
    height, width = query.shape
    agreeing = np.zeros((height // 2, width // 2), np.uint8)
    for row, column in np.argwhere(seen.codes == kernels.AGREES).tolist():
        top, left = blocks.tops[row], blocks.lefts[column]
        agreeing[top : top + BLOCK_PX, left : left + BLOCK_PX] = 1
    doubled = cv2.resize(agreeing, (width, height), interpolation=cv2.INTER_NEAREST)
    item = cv2.resize(blocks.item, (width, height), interpolation=cv2.INTER_LINEAR)
    bare = overlay.bare_pixels(np.asarray(item, np.float32), query, where, doubled > 0)
    if bare is None:
        return seen
    codes = seen.codes.copy()
    kernels.look_beside(
        blocks.item,
        blocks.query,
        bare & blocks.where,
        codes,
        blocks.tops,
        blocks.lefts,
        BLOCK_PX,
        _REACH_PX,
        _BESIDE_LIMITS,
    )
    return replace(
        seen,
        codes=codes,
        beside=int((codes == kernels.AGREES_BESIDE).sum()),
        covered=int((codes == kernels.COVERED).sum()),
        largest_bare=kernels.largest_region(codes, kernels.DISAGREES),
    )


def block_map(agreement: Agreement, thumbnail: Grey) -> BlockMap:
    """Return what each 8-px cell of the thumbnail says: what most of its textured blocks say."""
    height, width = thumbnail.shape
    rows, columns = (max(1, round(side / _STEP_PX)) for side in (height, width))
    if not agreement.codes.size:
        return BlockMap(columns, rows, Block.OUTSIDE.value * (rows * columns))
    covering_rows = _covering(_starts(height), height / rows * (np.arange(rows) + 0.5))
    covering_columns = _covering(_starts(width), width / columns * (np.arange(columns) + 0.5))
    codes = agreement.codes
    agreeing, flat, disagreeing = (
        covering_rows @ blocks @ covering_columns.T
        for blocks in (
            codes == kernels.AGREES,
            codes == kernels.FLAT,
            (codes >= kernels.DISAGREES) & (codes != kernels.AGREES),
        )
    )
    cells = np.full((rows, columns), Block.OUTSIDE.value)
    cells[flat > 0] = Block.NO_TEXTURE.value
    cells[disagreeing > agreeing] = Block.EDITED.value
    cells[(agreeing > 0) & (agreeing >= disagreeing)] = Block.AGREES.value
    return BlockMap(columns, rows, "".join(cells.ravel().tolist()))


def _covering(starts: npt.NDArray[np.int32], middles: npt.NDArray[np.float64]) -> Floats:
    """Return which blocks (columns) cover each middle of a cell (rows), as 0 and 1."""
    after = middles[:, np.newaxis] - starts[np.newaxis]
    return ((after >= 0) & (after < BLOCK_PX)).astype(np.float32)


def _starts(side_px: int) -> npt.NDArray[np.int32]:
    """Return where blocks start along a side: even steps of about 8 px that reach both ends."""
    last = side_px - BLOCK_PX
    return np.round(np.linspace(0, last, round(last / _STEP_PX) + 1)).astype(np.int32)


def _region_correlation(item: Floats, query: Floats, valid: Grey) -> float:
    where = valid > 0
    if where.sum() < _MIN_REGION_PX:
        return 0.0
    a, b = (cv2.GaussianBlur(each, (0, 0), _BLUR_PX)[where] for each in (item, query))
    a, b = a - a.mean(), b - b.mean()
    return float((a @ b) / np.sqrt((a @ a) * (b @ b) + 1e-6))


def _summed(codes: Codes, correlations: Floats) -> Agreement:
    is_textured = codes >= kernels.DISAGREES
    textured = int(is_textured.sum())
    parts, parts_agreeing = _parts(codes, is_textured)
    largest_disagreeing = kernels.largest_region(codes, kernels.DISAGREES)
    return Agreement(
        codes=codes,
        textured=textured,
        agreeing=int((codes == kernels.AGREES).sum()),
        agreeing_strongly=int((correlations > STRONG_CORRELATION).sum()),
        largest_agreeing=kernels.largest_region(codes, kernels.AGREES),
        largest_disagreeing=largest_disagreeing,
        largest_bare=largest_disagreeing,
        parts=parts,
        parts_agreeing=parts_agreeing,
        block_correlation=float(correlations.sum() / max(1, textured)),
    )


def _parts(codes: Codes, is_textured: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """Count the parts of the picture with two textured blocks, and those that mostly agree."""
    rows, columns = (np.arange(side) * _PARTS // side for side in codes.shape)
    part = rows[:, np.newaxis] * _PARTS + columns[np.newaxis]
    textured = np.bincount(part[is_textured], minlength=_PARTS**2)
    agreeing = np.bincount(part[codes == kernels.AGREES], minlength=_PARTS**2)
    counts = textured >= 2
    return int(counts.sum()), int((agreeing[counts] > textured[counts] / 2).sum())
