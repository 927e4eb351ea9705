"""The compiled inner loops of verification; all release the interpreter's lock."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]

# What a block says, as numbers: see `matching.verify.agreement`.
OUTSIDE, FLAT, DISAGREES, AGREES, COVERED, AGREES_BESIDE = range(6)
# What became of a pixel's ink, from 1 on: see `matching.verify.detail`.
INK_KEPT, INK_ERASED, INK_ADDED, INK_COVERED = range(1, 5)
# The share of a block that the query must cover.
_MIN_INSIDE = 0.95
# Sum of squared deviations below which a block is flat and correlates with nothing.
_MIN_ENERGY = 1.0


@njit(nogil=True, cache=True)
def mutual_nearest(
    similarities: Floats, item_points: Floats, far_px: float
) -> tuple[Integers, Floats]:
    """Return for each query row the item row that is nearest both ways (-1 for none), and a ratio.

    `similarities` are cosines (n, m). The ratio is the distance of the nearest over that of the
    nearest whose point lies more than `far_px` away: 0 for unmistakable, 1 for a toss-up.
    """
    rows, columns = similarities.shape
    best_row = np.full(columns, -1, np.int32)
    best_of_column = np.full(columns, -2.0, np.float32)
    best_column = np.full(rows, -1, np.int32)
    for row in range(rows):
        best = np.float32(-2.0)
        for column in range(columns):
            value = similarities[row, column]
            if value > best:
                best = value
                best_column[row] = column
            if value > best_of_column[column]:
                best_of_column[column] = value
                best_row[column] = row
    ratios = np.ones(rows, np.float32)
    for row in range(rows):
        own = best_column[row]
        if own < 0 or best_row[own] != row:
            best_column[row] = -1
            continue
        second = _best_elsewhere(similarities[row], item_points, own, far_px)
        distance = max(1.0 - similarities[row, own], 1e-6)
        ratios[row] = np.sqrt(distance / max(1.0 - second, 1e-6))
    return best_column, ratios


@njit(nogil=True, cache=True)
def _best_elsewhere(row: Floats, points: Floats, own: int, far_px: float) -> float:
    """Return the largest value of the row at a point more than `far_px` from its own."""
    best = np.float32(-2.0)
    for column in range(len(row)):
        if row[column] > best:
            x = points[column, 0] - points[own, 0]
            y = points[column, 1] - points[own, 1]
            if x * x + y * y > far_px * far_px:
                best = row[column]
    return float(best)


@njit(nogil=True, cache=True)
def recovered(
    similarities: Floats,
    query_points: Doubles,
    item_points: Floats,
    near_px: float,
    min_similarity: float,
) -> int:
    """Count item rows that have a like query row near by, and query rows likewise: the fewer.

    `query_points` are (n, 2), already mapped into the item; not finite for those to leave out.
    """
    rows, columns = similarities.shape
    of_query, of_item = np.zeros(rows, np.bool_), np.zeros(columns, np.bool_)
    for row in range(rows):
        if not np.isfinite(query_points[row, 0]):
            continue
        for column in range(columns):
            x = query_points[row, 0] - item_points[column, 0]
            y = query_points[row, 1] - item_points[column, 1]
            if x * x + y * y < near_px * near_px and similarities[row, column] > min_similarity:
                of_query[row] = of_item[column] = True
    return int(min(of_query.sum(), of_item.sum()))


@njit(nogil=True, cache=True)
def best_similarity(query: Doubles, item: Doubles, tolerance_px: float) -> Doubles:
    """Return (support, c, d, x, y) of the similarity that most correspondences agree with.

    `query` and `item` are (n, 4): x, y, logarithm of the size, angle. Every correspondence alone
    proposes one: (x, y) -> (c x - d y, d x + c y) + shift. Support counts those that fall within
    the tolerance, which grows with the distance from the proposer, and turn and grow alike.
    """
    best = np.zeros(5)
    count = query.shape[0]
    for proposer in range(count):
        log_scale = item[proposer, 2] - query[proposer, 2]
        if abs(log_scale) > 3.0:
            continue
        scale = np.exp(log_scale)
        angle = item[proposer, 3] - query[proposer, 3]
        c, d = scale * np.cos(angle), scale * np.sin(angle)
        shift_x = item[proposer, 0] - (c * query[proposer, 0] - d * query[proposer, 1])
        shift_y = item[proposer, 1] - (d * query[proposer, 0] + c * query[proposer, 1])
        support = 0.0
        for other in range(count):
            x = c * query[other, 0] - d * query[other, 1] + shift_x - item[other, 0]
            y = d * query[other, 0] + c * query[other, 1] + shift_y - item[other, 1]
            away_x = query[other, 0] - query[proposer, 0]
            away_y = query[other, 1] - query[proposer, 1]
            allowed = tolerance_px + 0.12 * scale * np.sqrt(away_x * away_x + away_y * away_y)
            error = (x * x + y * y) / (allowed * allowed)
            if error >= 1.0 or abs(item[other, 2] - query[other, 2] - log_scale) >= 0.7:
                continue
            turn = item[other, 3] - query[other, 3] - angle
            turn -= 2.0 * np.pi * np.floor(turn / (2.0 * np.pi) + 0.5)
            if abs(turn) < 0.6:
                support += 1.0 - error
        if support > best[0]:
            best[0], best[1], best[2], best[3], best[4] = support, c, d, shift_x, shift_y
    return best


@njit(nogil=True, cache=True)
def block_correlations(  # noqa: PLR0913, PLR0917 - a compiled loop takes plain arrays
    item: Floats,
    query: Floats,
    valid: Bytes,
    tops: Integers,
    lefts: Integers,
    block_px: int,
    reach_px: int,
    min_deviation: float,
) -> tuple[Bytes, Floats]:
    """Return what each block says, and its best correlation.

    `item`, `query` (already warped into the item) and `valid` are (height, width). Shifts up to
    `reach_px` either way are tried. Codes are OUTSIDE, FLAT (both are) and DISAGREES otherwise:
    the caller turns those of enough correlation into AGREES. Pictures hold whole numbers 0..255:
    up to 16 x 16 px the sums of products are then exact in any order.
    """
    rows, columns = len(tops), len(lefts)
    codes = np.zeros((rows, columns), np.uint8)
    best = np.zeros((rows, columns))
    is_compared = np.zeros((rows, columns), np.bool_)
    item_sums, query_sums, inside = _summed(item), _summed(query), _summed(valid)
    floor = min_deviation * min_deviation * block_px * block_px
    for row in range(rows):
        for column in range(columns):
            top, left = tops[row], lefts[column]
            if _total(inside[0], top, left, block_px) < _MIN_INSIDE * block_px * block_px:
                continue
            item_energy = _energy(item_sums, top, left, block_px)
            query_energy = _energy(query_sums, top, left, block_px)
            if item_energy < floor and query_energy < floor:
                codes[row, column] = FLAT
                continue
            codes[row, column] = DISAGREES
            if item_energy >= _MIN_ENERGY and query_energy >= _MIN_ENERGY:
                is_compared[row, column] = True
                best[row, column] = -1.0
        if is_compared[row].any():
            sizes = tops[row], block_px, reach_px
            sums = item_sums, query_sums
            _correlate_row(item, query, sums, sizes, lefts, is_compared[row], best[row])
    return codes, best.astype(np.float32)


@njit(nogil=True, cache=True)
def _correlate_row(  # noqa: PLR0913, PLR0917 - a compiled loop takes plain arrays
    item: Floats,
    query: Floats,
    sums: tuple[Doubles, Doubles],
    sizes: tuple[int, int, int],
    lefts: Integers,
    is_compared: npt.NDArray[np.bool_],
    best: Doubles,
) -> None:
    """Raise the best correlations of a row of blocks to those with the query near their places.

    Blocks overlap, so the products of a whole row are summed down the columns first.
    """
    top, side, reach = sizes
    item_sums, query_sums = sums
    height, width = query.shape
    products = np.empty(width, np.float32)
    for upper in range(max(0, top - reach), min(height - side, top + reach) + 1):
        for shift in range(-reach, reach + 1):
            _sum_products(item[top : top + side], query[upper : upper + side], shift, products)
            for column in range(len(lefts)):
                left, start = lefts[column], lefts[column] + shift
                if not is_compared[column] or start < 0 or start > width - side:
                    continue
                energy = _energy(query_sums, upper, start, side)
                if energy < _MIN_ENERGY:
                    continue
                block_energy = _energy(item_sums, top, left, side)
                mean = _total(query_sums[0], upper, start, side) / (side * side)
                cross = _sum(products[left : left + side])
                block_total = _total(item_sums[0], top, left, side)
                correlation = (cross - mean * block_total) / np.sqrt(energy * block_energy)
                best[column] = max(best[column], correlation)


@njit(nogil=True, cache=True, fastmath={"reassoc", "contract"})
def _sum_products(item: Floats, query: Floats, shift: int, sums: Floats) -> None:
    """Sum the products of each item column with the query's `shift` px to its right; 0 outside."""
    first, end = max(0, -shift), len(sums) - max(0, shift)
    sums[:] = 0
    inner = sums[first:end]
    for y in range(len(item)):
        one, other = item[y, first:end], query[y, first + shift : end + shift]
        for x in range(len(inner)):
            inner[x] += one[x] * other[x]


@njit(nogil=True, cache=True, fastmath={"reassoc"})
def _sum(values: Floats) -> float:
    total = np.float32(0.0)
    for value in values:
        total += value
    return float(total)


@njit(nogil=True, cache=True)
def look_beside(  # noqa: PLR0913, PLR0917 - a compiled loop takes plain arrays
    item: Floats,
    query: Floats,
    bare: Bytes,
    codes: Bytes,
    tops: Integers,
    lefts: Integers,
    block_px: int,
    reach_px: int,
    limits: tuple[float, float, float],
) -> None:
    """Look at blocks that disagree once more, only at pixels where `bare` is 1; change `codes`.

    `limits` are the share of a block that must be bare, the standard deviation there below which
    there is no texture, and the correlation from which it agrees. Blocks that are not bare or not
    textured enough become COVERED, those that agree AGREES_BESIDE.
    """
    min_share, min_deviation, min_correlation = limits
    area = block_px * block_px
    for row in range(len(tops)):
        for column in range(len(lefts)):
            if codes[row, column] != DISAGREES:
                continue
            top, left = tops[row], lefts[column]
            best = -2.0
            for upper in range(
                max(0, top - reach_px), min(query.shape[0] - block_px, top + reach_px) + 1
            ):
                for start in range(
                    max(0, left - reach_px), min(query.shape[1] - block_px, left + reach_px) + 1
                ):
                    correlation = _bare_correlation(
                        item[top : top + block_px, left : left + block_px],
                        query[upper : upper + block_px, start : start + block_px],
                        bare[upper : upper + block_px, start : start + block_px],
                        min_share * area,
                        min_deviation,
                    )
                    best = max(best, correlation)
            if best < -1.0:
                codes[row, column] = COVERED
            elif best > min_correlation:
                codes[row, column] = AGREES_BESIDE


@njit(nogil=True, cache=True, fastmath={"reassoc", "contract"})
def _bare_correlation(
    item: Floats, query: Floats, bare: Bytes, min_count: float, min_deviation: float
) -> float:
    """Return the correlation where `bare` is 1; -2 where too little is, or has no texture."""
    count = item_sum = query_sum = item_square = query_square = cross = np.float32(0.0)
    for y in range(item.shape[0]):
        for x in range(item.shape[1]):
            weight = np.float32(bare[y, x])
            one, other = item[y, x] * weight, query[y, x] * weight
            count += weight
            item_sum += one
            query_sum += other
            item_square += one * one
            query_square += other * other
            cross += one * other
    if count < min_count:
        return -2.0
    item_energy = item_square - item_sum * item_sum / count
    query_energy = query_square - query_sum * query_sum / count
    floor = min_deviation * min_deviation * count
    if item_energy < floor and query_energy < floor:
        return -2.0
    if item_energy < _MIN_ENERGY or query_energy < _MIN_ENERGY:
        return 0.0
    return float((cross - item_sum * query_sum / count) / np.sqrt(item_energy * query_energy))


@njit(nogil=True, cache=True)
def _summed(picture: Floats | Bytes) -> Doubles:
    """Return the sums of values and of squares above and left of each pixel: (2, h + 1, w + 1)."""
    height, width = picture.shape
    sums = np.zeros((2, height + 1, width + 1))
    for y in range(height):
        total, square = 0.0, 0.0
        for x in range(width):
            value = float(picture[y, x])
            total += value
            square += value * value
            sums[0, y + 1, x + 1] = sums[0, y, x + 1] + total
            sums[1, y + 1, x + 1] = sums[1, y, x + 1] + square
    return sums


@njit(nogil=True, cache=True)
def _total(sums: Doubles, top: int, left: int, side: int) -> float:
    before = sums[top, left + side] - sums[top, left]
    return float(sums[top + side, left + side] - sums[top + side, left] - before)


@njit(nogil=True, cache=True)
def _energy(sums: Doubles, top: int, left: int, side: int) -> float:
    total = _total(sums[0], top, left, side)
    return max(_total(sums[1], top, left, side) - total * total / (side * side), 0.0)


@njit(nogil=True, cache=True)
def classify_ink(  # noqa: PLR0913, PLR0917 - a compiled loop takes plain arrays
    item: npt.NDArray[np.int16],
    query: npt.NDArray[np.int16],
    valid: npt.NDArray[np.bool_],
    covered: npt.NDArray[np.bool_],
    threshold: float,
    gain: float,
    left_share: float,
) -> Bytes:
    """Return what became of each pixel's ink: INK_KEPT, INK_ERASED, INK_ADDED, INK_COVERED or 0.

    `item` and `query` say by how much a pixel stands out of its ground, `gain` times as much in the
    query. Ink of at least `threshold` is gone when less than `left_share` of it is found within a
    pixel in the other picture; where the grounds differ (`covered`) nobody can say.
    """
    height, width = item.shape
    classes = np.zeros((height, width), np.uint8)
    for y in range(1, height - 1):
        for x in range(1, width - 1):
            if not valid[y, x]:
                continue
            one, other = float(item[y, x]), query[y, x] / gain
            if abs(one) >= abs(other):
                strength, changed = one, INK_ERASED
                left = _most_like(query, y, x, one > 0) / gain
            else:
                strength, changed = other, INK_ADDED
                left = _most_like(item, y, x, other > 0)
            if abs(strength) < threshold:
                continue
            if left >= left_share * abs(strength):
                classes[y, x] = INK_KEPT
            else:
                classes[y, x] = INK_COVERED if covered[y, x] else changed
    return classes


@njit(nogil=True, cache=True)
def _most_like(ink: npt.NDArray[np.int16], y: int, x: int, is_bright: bool) -> float:  # noqa: FBT001
    """Return how much ink of this sign stands out at most within a pixel."""
    most = np.int16(-32_000)
    for row in range(y - 1, y + 2):
        for column in range(x - 1, x + 2):
            value = ink[row, column] if is_bright else -ink[row, column]
            most = max(most, value)
    return float(most)


@njit(nogil=True, cache=True)
def largest_region(codes: Bytes, wanted: int) -> int:
    """Return how many blocks the largest 4-connected region of this code has."""
    rows, columns = codes.shape
    left = codes == wanted
    waiting = np.empty(rows * columns + 1, np.int32)
    largest = 0
    for start in range(rows * columns):
        if not left[start // columns, start % columns]:
            continue
        left[start // columns, start % columns] = False
        waiting[0] = start
        first, last = 0, 1
        while first < last:
            row, column = waiting[first] // columns, waiting[first] % columns
            first += 1
            for side in range(4):
                y, x = row + (side == 0) - (side == 1), column + (side == 2) - (side == 3)
                if 0 <= y < rows and 0 <= x < columns and left[y, x]:
                    left[y, x] = False
                    waiting[last] = y * columns + x
                    last += 1
        largest = max(largest, last)
    return largest


def warm_up() -> None:
    """Compile the loops, or load them from the cache of an earlier run, before they are needed."""
    points = np.zeros((1, 4), np.float32)
    mutual_nearest(np.zeros((1, 1), np.float32), points, 4.0)
    best_similarity(np.zeros((1, 4)), np.zeros((1, 4)), 9.0)
    picture, start = np.zeros((2, 2), np.float32), np.zeros(1, np.int32)
    block_correlations(picture, picture, np.ones((2, 2), np.uint8), start, start, 2, 0, 3.0)
    largest_region(np.zeros((1, 1), np.uint8), 1)
    recovered(np.zeros((1, 1), np.float32), np.zeros((1, 2)), points, 6.0, 0.7)
    bare, codes = np.ones((2, 2), np.uint8), np.full((1, 1), DISAGREES, np.uint8)
    look_beside(picture, picture, bare, codes, start, start, 2, 0, (0.3, 4.0, 0.7))
    ink, nowhere = np.zeros((2, 2), np.int16), np.zeros((2, 2), np.bool_)
    classify_ink(ink, ink, nowhere, nowhere, 14.0, 1.0, 0.45)
