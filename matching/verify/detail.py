"""A closer look: is what is drawn on two pictures that lie on each other the same?

Blocks of a small thumbnail agree wherever two documents share a form, and differ a little where
another name or number stands. So the query is laid over the item once more, at a size at which
letters can be read, and its *ink* is compared: what stands out from the local ground, be it print
on paper or a line on a screen. Ink of the item whose place shows bare ground in the query is
erased, ink of the query on bare ground of the item is added. Encoding, noise and light do neither;
a caption, a stamp or a scribble only adds; another content of the same form does both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from matching.types import Grey
from matching.verify import bend, kernels, pyramid
from matching.verify.geometry import Matrix3
from matching.verify.outline import Overlap
from matching.verify.pyramid import Pyramid

# The longer side of what both show, in px of the frame in which they are compared.
_SIDE_PX = 640
_MIN_SIDE_PX = 24
_MIN_VALID_PX = 400
# How far places may be off after the alignment, and the blocks by which that is measured.
_REACH_PX, _PATCH_PX, _PATCHES = 5, 24, 7
_MIN_PATCH_CORRELATION, _MIN_PATCHES, _MIN_HOMOGRAPHY_PATCHES = 0.7, 6, 14
_AFFINE_PX, _HOMOGRAPHY_PX = 1.5, 1.2
_SETTLED_PX = 1.5
# Whether a picture is bent is told where so much ink is in its place. Of what is erased and added,
# at most this share is left where it was only bent.
_BEND_INK_PX, _LEFT_BY_BEND = 10_000, 0.5
# The ground is the median of this many px, of a picture of half the size.
_GROUND_PX = 15
_SOFTENED_PX = 0.7
_EDGE_PX = 5
# By how much the query may be blurred, tried one after another; each must fit this much better.
_BLURS_PX, _BLUR_GAIN = (1.0, 1.8, 3.0), 0.02
# Ink stands out by this share of what ink usually does, in luma steps at least, and times noise.
_INK_SHARE, _MIN_INK, _NOISE_TIMES = 0.4, 14.0, 5.0
_FAINT = 20
# Ink is gone where less than this share of it is left within 1 px.
_LEFT_SHARE = 0.45
# Grounds that differ by more luma steps are no same ground: something covers it.
_GROUND_STEPS = 22.0
# A change is this large, and its surroundings correlate no more than this.
_MIN_CHANGE_PX, _MIN_CHANGE_SIDE_PX, _AROUND_PX, _MAX_CORRELATION = 10, 5, 6, 0.7
# A change is bold when so many px of it stand out by so many luma steps, as print does.
_MIN_BOLD_PX, _BOLD = 30, 50.0
_MAX_BOXES = 60
# The strokes of a mark are so near each other, it is so long and wide, and stands out like print.
# Where it crosses other ink the ground seems to differ; this share of it must be on bare ground.
_MARK_GAP_PX, _MARK_SIDES_PX, _MARK_WIDTH_PX, _MARK_BARE_SHARE = 7, (10, 64), 8, 0.1
# A cell of a document has ink, and much of the rest of it is one flat ground.
_CELL_PX, _CELL_INK, _CELL_FLAT, _CELL_BETWEEN, _FLAT_STEPS = 16, 0.03, 0.35, 0.45, 8

Floats = npt.NDArray[np.float32]
Ink = npt.NDArray[np.int16]
Mask = npt.NDArray[np.bool_]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Detail:
    """What a closer look found, in px of its frame.

    Ink is `kept`, `erased` from the item, `added` by the query, or lies on grounds that differ
    (`covered`). `erased_bold` and `added_bold` are the parts of both that stand out like print.
    `contrast` is how much it stands out, in luma steps; `blur_px` by how much the
    query is blurred. Of the `cells` with ink, `document_cells` show little but ink and flat ground.
    `erased_mark` and `added_mark` are the largest single marks, such as a cross in a circle, that
    are only in the item and only in the query.
    `changes` are the boxes around the largest changes, the largest first: left, top, right and
    bottom as shares of the item.
    """

    kept: int
    erased: int
    added: int
    covered: int
    erased_bold: int
    added_bold: int
    contrast: float
    blur_px: float
    cells: int
    document_cells: int
    erased_mark: int = 0
    added_mark: int = 0
    changes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class _Frame:
    """Both pictures on the same pixels, and where both are; `window` is its place in the item."""

    item: Grey
    query: Grey
    where: Grey
    window: Box


@dataclass(frozen=True, slots=True)
class _Inks:
    """What stands out of the ground in both, int16, `gain` times as much in the query.

    `covered` is where the grounds differ.
    """

    item: Ink
    query: Ink
    valid: Mask
    covered: Mask
    ground: Grey
    gain: float
    blur_px: float

    @property
    def threshold(self) -> float:
        """Return from how many luma steps on something is ink."""
        strong = np.abs(self.item[(np.abs(self.item) > _FAINT) & self.valid])
        usual = float(np.percentile(strong, 60)) if len(strong) > 50 else 60.0
        flat = self.valid & (np.abs(self.item) < 6) & (np.abs(self.query) < 25)
        noise = 1.48 * float(np.median(np.abs(self.query[flat]))) if flat.sum() > 50 else 2.0
        return max(_MIN_INK, _INK_SHARE * usual, _NOISE_TIMES * noise / self.gain)


@dataclass(frozen=True, slots=True)
class _Change:
    """Ink that is erased or added at one place: `left`, `top`, `width` and `height` in px."""

    left: int
    top: int
    width: int
    height: int
    area_px: int
    is_bold: bool


def look(item: Grey, query: Pyramid, matrix: Matrix3, region: Overlap) -> Detail | None:
    """Compare what is drawn on two pictures; None where too little of both is seen.

    `matrix` takes the unit square of the query to that of the item, `region` is what both show.
    `item` is luma of about 960 px on the longer side, uint8 (height, width).
    """
    frame = _framed(item, query, matrix, region)
    if frame is None:
        return None
    settled = _settled(frame)
    detail = _detail(settled)
    if detail is None or detail.kept < _BEND_INK_PX or not min(detail.erased, detail.added):
        return detail
    straight = bend.straightened(settled.item, settled.query, settled.where)
    if straight is None:
        return detail
    unbent = _detail(_Frame(settled.item, *straight, settled.window))
    return unbent if unbent is not None and _is_explained(detail, unbent) else detail


def _is_explained(bent: Detail, unbent: Detail) -> bool:
    """Tell whether most of what seemed changed was only bent."""
    before, after = (min(each.erased, each.added) for each in (bent, unbent))
    return after <= _LEFT_BY_BEND * before


def _detail(frame: _Frame) -> Detail | None:
    inks = _inks(frame)
    if inks is None:
        return None
    threshold = inks.threshold
    classes = kernels.classify_ink(
        inks.item, inks.query, inks.valid, inks.covered, threshold, inks.gain, _LEFT_SHARE
    )
    erased = list(_changes(classes == kernels.INK_ERASED, inks))
    added = list(_changes(classes == kernels.INK_ADDED, inks))
    erased_mark = _largest_mark(classes, kernels.INK_ERASED, inks)
    added_mark = _largest_mark(classes, kernels.INK_ADDED, inks)
    marks = [each for each in (erased_mark, added_mark) if each is not None]
    document_cells, cells = _cells(inks, threshold)
    return Detail(
        kept=int((classes == kernels.INK_KEPT).sum()),
        erased=sum(each.area_px for each in erased),
        added=sum(each.area_px for each in added),
        covered=int((classes == kernels.INK_COVERED).sum()),
        erased_bold=sum(each.area_px for each in erased if each.is_bold),
        added_bold=sum(each.area_px for each in added if each.is_bold),
        contrast=threshold,
        blur_px=inks.blur_px,
        cells=cells,
        document_cells=document_cells,
        erased_mark=erased_mark.area_px if erased_mark else 0,
        added_mark=added_mark.area_px if added_mark else 0,
        changes=tuple(_boxes([*marks, *erased, *added], frame)),
    )


def _framed(item: Grey, query: Pyramid, matrix: Matrix3, region: Overlap) -> _Frame | None:
    """Cut the region out of the item, at no more detail than the query has, and lay the query."""
    height, width = item.shape
    corners = np.clip(np.array(region.item), 0, 1) * (width, height)
    left, top = np.floor(corners.min(axis=0)).astype(int).tolist()
    right, bottom = np.ceil(corners.max(axis=0)).astype(int).tolist()
    columns, rows = right - left, bottom - top
    query_px = region.query_share * query.pictures[0].size
    detail = (query_px / max(region.item_share * item.size, 1.0)) ** 0.5
    scale = min(1.0, detail, _SIDE_PX / max(columns, rows, 1))
    shape = round(rows * scale), round(columns * scale)
    if min(shape) < _MIN_SIDE_PX:
        return None
    window = left / width, top / height, right / width, bottom / height
    cut = np.array([[width, 0.0, -left], [0.0, height, -top], [0.0, 0.0, 1.0]])
    to_window = np.diag((1 / columns, 1 / rows, 1.0)) @ cut
    share = min(1.0, region.item_share * item.size / (columns * rows))
    inside = Overlap(region.query, region.item, region.query_share, share)
    laid, where = pyramid.laid(query, to_window @ matrix, inside, shape)
    shown = item[top:bottom, left:right]
    reduced = cv2.resize(shown, shape[::-1], interpolation=cv2.INTER_AREA)
    return _Frame(np.asarray(reduced, np.uint8), laid, where, window)


def _settled(frame: _Frame) -> _Frame:
    """Move the query by what is left of the error of the alignment."""
    for _ in range(2):
        found = _correction(frame)
        if found is None:
            break
        size = frame.item.shape[::-1]
        query = cv2.warpPerspective(
            frame.query, found, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        where = cv2.warpPerspective(frame.where, found, size, flags=cv2.INTER_NEAREST)
        frame = _Frame(
            frame.item, np.asarray(query, np.uint8), np.asarray(where, np.uint8), frame.window
        )
        turned = np.abs(found[:2, :2] - np.eye(2)).max() * max(size) / 2
        if turned + np.abs(found[:2, 2]).max() < _SETTLED_PX:
            break
    return frame


def _correction(frame: _Frame) -> Matrix3 | None:
    """Return the map by which patches of the query find their places in the item."""
    pairs = np.array(list(_patches(frame)), np.float32).reshape(-1, 2, 2)
    if len(pairs) < _MIN_PATCHES:
        return None
    found, places = (np.ascontiguousarray(pairs[:, side]) for side in (0, 1))
    # OpenCV draws its samples from the same numbers each time.
    fitted, kept = cv2.estimateAffine2D(
        found, places, method=cv2.RANSAC, ransacReprojThreshold=_AFFINE_PX
    )
    affine = np.asarray(fitted, np.float64)
    if affine.shape != (2, 3) or kept.sum() < _MIN_PATCHES:
        return None
    if len(pairs) >= _MIN_HOMOGRAPHY_PATCHES:
        fitted, kept_freer = cv2.findHomography(found, places, cv2.RANSAC, _HOMOGRAPHY_PX)
        freer = np.asarray(fitted, np.float64)
        if freer.shape == (3, 3) and kept_freer.sum() > 1.1 * kept.sum():
            return freer
    return np.vstack([affine, (0.0, 0.0, 1.0)])


def _patches(frame: _Frame) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """Yield where a patch with corners lies in the query, and where in the item (x, y)."""
    half, margin = _PATCH_PX // 2, _PATCH_PX // 2 + _REACH_PX
    height, width = frame.item.shape
    if min(height, width) < 2 * margin + 4:
        return
    corners = np.asarray(cv2.cornerMinEigenVal(frame.item, 9, ksize=3), np.float32)
    inside = cv2.erode(frame.where, np.ones((2 * margin, 2 * margin), np.uint8))
    corners *= inside
    for edge in (corners[:margin], corners[-margin:], corners[:, :margin], corners[:, -margin:]):
        edge[:] = 0
    for x, y in _strongest(corners):
        patch = frame.item[y - half : y + half, x - half : x + half]
        around = frame.query[y - margin : y + margin, x - margin : x + margin]
        fits = np.asarray(cv2.matchTemplate(around, patch, cv2.TM_CCOEFF_NORMED), np.float32)
        row, column = divmod(int(fits.argmax()), fits.shape[1])
        last = 2 * _REACH_PX
        if fits[row, column] < _MIN_PATCH_CORRELATION or {row, column} & {0, last}:
            continue
        shift_x = column - _REACH_PX + _peak(fits[row, column - 1 : column + 2])
        shift_y = row - _REACH_PX + _peak(fits[row - 1 : row + 2, column])
        yield (x + shift_x, y + shift_y), (float(x), float(y))


def _strongest(corners: npt.NDArray[np.generic]) -> Iterator[tuple[int, int]]:
    """Yield the place (x, y) of the strongest corner of each cell of a grid."""
    rows, columns = (np.linspace(0, side, _PATCHES + 1).astype(int) for side in corners.shape)
    for top, bottom in pairwise(rows):
        for left, right in pairwise(columns):
            cell = corners[top:bottom, left:right]
            y, x = divmod(int(cell.argmax()), cell.shape[1])
            if cell[y, x] > 1e-4:
                yield int(left) + x, int(top) + y


def _peak(values: Floats) -> float:
    """Return where between -0.5 and 0.5 the parabola through three values is highest."""
    before, here, after = values.tolist()
    bend = before - 2 * here + after
    return 0.0 if abs(bend) < 1e-9 else 0.5 * (before - after) / bend


def _inks(frame: _Frame) -> _Inks | None:
    where = cv2.erode(frame.where, np.ones((2 * _EDGE_PX + 1,) * 2, np.uint8))
    for edge in (where[:_EDGE_PX], where[-_EDGE_PX:], where[:, :_EDGE_PX], where[:, -_EDGE_PX:]):
        edge[:] = 0
    valid: Mask = where > 0
    if valid.sum() < _MIN_VALID_PX:
        return None
    item_ground, query_ground = _ground(frame.item), _ground(frame.query)
    query = _above(frame.query, query_ground, _SOFTENED_PX)
    item, blur_px = _as_blurred(frame.item, item_ground, query, valid)
    return _Inks(
        item=item,
        query=query,
        valid=valid,
        covered=_covered(item_ground, query_ground, valid),
        ground=item_ground,
        gain=_gain(item, query, valid),
        blur_px=blur_px,
    )


def _ground(picture: Grey) -> Grey:
    height, width = picture.shape
    half = cv2.resize(
        picture, (max(1, width // 2), max(1, height // 2)), interpolation=cv2.INTER_AREA
    )
    median = cv2.medianBlur(half, _GROUND_PX)
    return np.asarray(cv2.resize(median, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _above(picture: Grey, ground: Grey, softened_px: float) -> Ink:
    return cv2.GaussianBlur(picture, (0, 0), softened_px).astype(np.int16) - ground


def _as_blurred(item: Grey, ground: Grey, query: Ink, valid: Mask) -> tuple[Ink, float]:
    """Return the item's ink, blurred as the query's is, and by how much that was."""
    ink, best_px = _above(item, ground, _SOFTENED_PX), 0.0
    rows, columns = np.nonzero((np.abs(ink) > 24) & valid)
    step = max(1, len(rows) // 4000)
    rows, columns = rows[::step], columns[::step]
    if len(rows) < 100:
        return ink, best_px
    wanted = query[rows, columns].astype(np.float32)
    best_fit = _cosine(ink[rows, columns].astype(np.float32), wanted)
    for blur_px in _BLURS_PX:
        blurred = _above(item, ground, float(np.hypot(blur_px, _SOFTENED_PX)))
        fit = _cosine(blurred[rows, columns].astype(np.float32), wanted)
        if fit > best_fit + _BLUR_GAIN:
            ink, best_px, best_fit = blurred, blur_px, fit
    return ink, best_px


def _cosine(one: Floats, other: Floats) -> float:
    energies = float(one @ one) * float(other @ other)
    return float(one @ other) / float(np.sqrt(max(energies, 1.0)))


def _gain(item: Ink, query: Ink, valid: Mask) -> float:
    """Return how many times as much the query's ink stands out."""
    both = valid & (np.abs(item) > _FAINT) & (np.abs(query) > _MIN_INK / 2)
    both &= (item > 0) == (query > 0)
    if both.sum() < 30:
        return 1.0
    return float(np.clip(np.median(np.abs(query[both]) / np.abs(item[both])), 0.15, 4.0))


def _covered(item: Grey, query: Grey, valid: Mask) -> Mask:
    """Tell where the grounds differ by more than one line of gain and offset, and slow light."""
    height, width = item.shape
    some = valid[::4, ::4]
    one, other = item[::4, ::4].astype(np.float32), query[::4, ::4].astype(np.float32)
    gain, offset = 1.0, float(np.median((other - one)[some])) if some.any() else 0.0
    if some.any() and one[some].std() > 4:
        slope, start = np.polyfit(one[some], other[some], 1)
        if 0.2 < slope < 3:
            gain, offset = float(slope), float(start)
    rest = other - (gain * one + offset)
    rest -= cv2.GaussianBlur(rest, (0, 0), max(4.0, width / 32))
    differs = (np.abs(rest) > _GROUND_STEPS).astype(np.uint8)
    return cv2.resize(differs, (width, height), interpolation=cv2.INTER_NEAREST) > 0


def _changes(changed: Mask, inks: _Inks) -> Iterator[_Change]:
    """Yield the regions that are large enough, and in which the pictures do not look alike."""
    closed = cv2.morphologyEx(changed.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    for left, top, width, height, area_px in stats[1:].tolist():
        if area_px < _MIN_CHANGE_PX or max(width, height) < _MIN_CHANGE_SIDE_PX:
            continue
        rows = slice(max(0, top - _AROUND_PX), top + height + _AROUND_PX)
        columns = slice(max(0, left - _AROUND_PX), left + width + _AROUND_PX)
        where = inks.valid[rows, columns]
        one, other = (
            ink[rows, columns][where].astype(np.float32) for ink in (inks.item, inks.query)
        )
        if _cosine(one - one.mean(), other - other.mean()) > _MAX_CORRELATION:
            continue
        inside = changed[top : top + height, left : left + width]
        stands_out = np.maximum(
            *(
                np.abs(ink[top : top + height, left : left + width][inside])
                for ink in (inks.item, inks.query)
            )
        )
        is_bold = len(stands_out) >= _MIN_BOLD_PX and float(stands_out.mean()) >= _BOLD
        yield _Change(left, top, width, height, area_px, is_bold)


def _largest_mark(classes: npt.NDArray[np.uint8], changed: int, inks: _Inks) -> _Change | None:
    """Return the largest mark that only one of the pictures has.

    `changed` is INK_ERASED for marks of the item, INK_ADDED for those of the query. A cross in a
    circle falls into ends on bare ground and a middle on covered one, each too small to count.
    """
    is_of_item = np.abs(inks.item.astype(np.float32)) * inks.gain >= np.abs(inks.query)
    is_bare = classes == changed
    is_covered = (classes == kernels.INK_COVERED) & (is_of_item == (changed == kernels.INK_ERASED))
    ink = is_bare | is_covered
    closing = np.ones((_MARK_GAP_PX, _MARK_GAP_PX), np.uint8)
    closed = cv2.morphologyEx(ink.astype(np.uint8), cv2.MORPH_CLOSE, closing)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    strength = np.maximum(np.abs(inks.item), np.abs(inks.query) / inks.gain)
    area_px = np.bincount(labels[ink], minlength=count)
    bare_px = np.bincount(labels[is_bare], minlength=count)
    mean = np.bincount(labels[ink], strength[ink], minlength=count) / np.maximum(area_px, 1)
    sides = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    longest = sides.max(axis=1)
    is_mark = (
        (longest >= _MARK_SIDES_PX[0])
        & (longest <= _MARK_SIDES_PX[1])
        & (sides.min(axis=1) >= _MARK_WIDTH_PX)
        & (bare_px >= _MARK_BARE_SHARE * area_px)
        & (mean >= _BOLD)
    )
    is_mark[0] = False
    largest = int((area_px * is_mark).argmax())
    if not is_mark[largest]:
        return None
    left, top, width, height, _ = stats[largest].tolist()
    return _Change(left, top, width, height, int(area_px[largest]), is_bold=True)


def _cells(inks: _Inks, threshold: float) -> tuple[int, int]:
    """Count the cells of ink on flat ground, and those with ink."""
    height, width = (side // _CELL_PX * _CELL_PX for side in inks.item.shape)
    ink, valid = np.abs(inks.item[:height, :width]), inks.valid[:height, :width]
    inside = _per_cell(valid)
    dark, flat = _per_cell(valid & (ink >= threshold)), _per_cell(valid & (ink < _FLAT_STEPS))
    has_ink = (dark >= _CELL_INK * _CELL_PX**2) & (inside >= _CELL_PX**2 / 2)
    is_document = (
        has_ink
        & (flat >= _CELL_FLAT * inside)
        & (inside - dark - flat < _CELL_BETWEEN * inside)
        & (_range_per_cell(inks.ground[:height, :width]) < 40)
    )
    return int(is_document.sum()), int(has_ink.sum())


def _per_cell(mask: Mask) -> npt.NDArray[np.int64]:
    height, width = mask.shape
    cells = mask.reshape(height // _CELL_PX, _CELL_PX, width // _CELL_PX, _CELL_PX)
    return np.asarray(cells.sum(axis=(1, 3)), np.int64)


def _range_per_cell(picture: Grey) -> npt.NDArray[np.int64]:
    height, width = picture.shape
    cells = picture.reshape(height // _CELL_PX, _CELL_PX, width // _CELL_PX, _CELL_PX)
    return np.asarray(cells.max(axis=(1, 3)).astype(np.int64) - cells.min(axis=(1, 3)))


def _boxes(changes: Iterable[_Change], frame: _Frame) -> Iterator[Box]:
    height, width = frame.item.shape
    left, top, right, bottom = frame.window
    across, down = (right - left) / width, (bottom - top) / height
    for change in sorted(changes, key=lambda each: -each.area_px)[:_MAX_BOXES]:
        yield (
            left + change.left * across,
            top + change.top * down,
            left + (change.left + change.width) * across,
            top + (change.top + change.height) * down,
        )
