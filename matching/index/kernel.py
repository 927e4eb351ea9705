"""The compiled inner loop of the scan.

The eight variants of a query are the eight 64-bit lanes of a vector. LLVM does not find this by
itself, so the comparison of one row with all variants is written as vector instructions: 3.1 ms
against 11.6 ms per million rows with the plain loop (one thread, AVX-512). Processors without such
vectors get what LLVM makes of them, with the same results.
"""

# ruff: noqa: ANN401 - numba's compiler interface is untyped

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from matching.index.vectors import LANES, VECTOR, WORD, in_all_lanes, vector_function
from matching.types import Codes

_LANE_BITS = 3


def _type_nearest_lane(_context: Any, _lanes: Any, _0: Any, _1: Any, _2: Any, _3: Any) -> Any:
    """Declare (address of uint64 (4, 8), four words) -> 8 x distance + lane of the nearest lane.

    Of lanes at the same distance it is the first one.
    """
    signature = types.uint64(types.uintp, types.uint64, types.uint64, types.uint64, types.uint64)
    return signature, _generate_nearest_lane


def _generate_nearest_lane(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
    lanes = builder.inttoptr(arguments[0], VECTOR.as_pointer())
    bit_count = vector_function(builder, f"llvm.ctpop.v{LANES}i64", VECTOR)
    distances = ir.Constant(VECTOR, [0] * LANES)
    for number, word in enumerate(arguments[1:]):
        variants = builder.load(builder.gep(lanes, [ir.Constant(WORD, number)]))
        variants.align = 8
        differing = builder.xor(variants, in_all_lanes(builder, word))
        distances = builder.add(distances, builder.call(bit_count, [differing]))
    packed = builder.or_(
        builder.shl(distances, ir.Constant(VECTOR, [_LANE_BITS] * LANES)),
        ir.Constant(VECTOR, list(range(LANES))),
    )
    return builder.call(
        vector_function(builder, f"llvm.vector.reduce.umin.v{LANES}i64", WORD), [packed]
    )


_nearest_lane: Any = intrinsic(_type_nearest_lane)


@njit(nogil=True, cache=True)
def rows_within(  # noqa: PLR0913, PLR0917 - a compiled loop takes plain arrays
    codes: Codes,
    list_slots: npt.NDArray[np.int32],
    wanted: npt.NDArray[np.bool_],
    span: tuple[int, int],
    lanes: Codes,
    radius_bits: int,
    found_rows: npt.NDArray[np.int64],
    found_packed: npt.NDArray[np.uint64],
) -> int:
    """Return how many rows of the span are in a wanted list and near; note them if there is room.

    `codes` is uint64 (n, 4), `list_slots` indexes `wanted`, `lanes` is uint64 (4, 8) contiguous:
    word i of each of the eight variants. `found_packed` gets 8 x distance + variant of the nearest
    variant, the first one of equals.
    """
    bound = np.uint64((radius_bits + 1) << _LANE_BITS)
    address = lanes.ctypes.data
    found = 0
    for row in range(span[0], span[1]):
        if not wanted[list_slots[row]]:
            continue
        nearest = _nearest_lane(address, codes[row, 0], codes[row, 1], codes[row, 2], codes[row, 3])
        if nearest < bound:
            if found < len(found_rows):
                found_rows[found] = row
                found_packed[found] = nearest
            found += 1
    return found
