"""The compiled inner loop of the exact scan; nothing here holds state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba.core import types
from numba.core.base import BaseContext
from numba.core.typing.context import BaseContext as TypingContext
from numba.core.typing.templates import Signature
from numba.extending import intrinsic

Words = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]
Distances = npt.NDArray[np.int64]

# Rows per block: their distances stay in the first-level cache between the passes.
_BLOCK_ROWS = 2048


def _ones(_typing: TypingContext, _word: types.Type) -> tuple[Signature, Any]:
    def generate(
        _context: BaseContext, builder: ir.IRBuilder, _signature: Signature, words: list[ir.Value]
    ) -> ir.Value:
        return builder.ctpop(words[0])

    return types.uint64(types.uint64), generate


# Counts the ones of a uint64 with the processor's own instruction.
_popcount: Callable[[np.uint64], np.uint64] = intrinsic(_ones)  # type: ignore[assignment]


@numba.njit(nogil=True, cache=True)
def within_radius(
    words: Words, row_count: int, queries: Words, radius_bits: int
) -> tuple[Integers, Distances, Integers]:
    """Return the rows within the radius of any query, their distances and nearest query.

    `words` is uint64 (4, capacity), one code a column, of which `row_count` are used; `queries` is
    uint64 (v, 4). Each row comes once, with the first of equally near queries. The three arrays
    are int64 (hits,) in the order of the rows. One pass over the memory serves all queries.
    """
    rows = np.empty(row_count, dtype=np.int64)
    distances = np.empty(row_count, dtype=np.int64)
    variants = np.empty(row_count, dtype=np.int64)
    nearest = np.empty(_BLOCK_ROWS, dtype=np.uint64)
    hits = 0
    for start in range(0, row_count, _BLOCK_ROWS):
        size = min(_BLOCK_ROWS, row_count - start)
        # Slices of their own let the compiler see that no index is negative, and vectorise.
        firsts, seconds = words[0, start : start + size], words[1, start : start + size]
        thirds, fourths = words[2, start : start + size], words[3, start : start + size]
        # Distance and variant in one number, so that the minimum is one instruction.
        nearest[:size] = np.uint64(1 << 16)
        for variant in range(queries.shape[0]):
            first, second = queries[variant, 0], queries[variant, 1]
            third, fourth = queries[variant, 2], queries[variant, 3]
            for offset in range(size):
                differing = (
                    _popcount(firsts[offset] ^ first)
                    + _popcount(seconds[offset] ^ second)
                    + _popcount(thirds[offset] ^ third)
                    + _popcount(fourths[offset] ^ fourth)
                )
                ranked = differing * np.uint64(8) + np.uint64(variant)
                nearest[offset] = min(nearest[offset], ranked)
        for offset in range(size):
            distance = np.int64(nearest[offset] >> np.uint64(3))
            if distance <= radius_bits:
                rows[hits] = start + offset
                distances[hits] = distance
                variants[hits] = np.int64(nearest[offset] & np.uint64(7))
                hits += 1
    return rows[:hits], distances[:hits], variants[:hits]
