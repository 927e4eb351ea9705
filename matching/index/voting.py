"""The compiled loops of the inverted index: which postings are near, and what they vote for.

A query descriptor votes for every item with a near signature in one of its words, the more the
nearer, and the less the more postings it is near to: what occurs everywhere, such as the strokes of
letters, says little (burst weighting after Jegou, Douze, Schmid 2009). Votes are whole numbers, so
that their sum is the same in whatever order the postings lie.
"""

# ruff: noqa: ANN401 - numba's compiler interface is untyped

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from matching.features import Signatures
from matching.index.vectors import LANES, VECTOR, WORD, in_all_lanes, vector_function

SIGNATURE_BITS = 64
# 20 bits with a width of 10 are best on edited copies; 22 and 12 find 0.1 % less at 20 candidates.
NEAR_BITS = 20
_WIDTH_BITS = 10
# The vote of a descriptor that is near to this posting alone, at distance 0.
WHOLE_VOTE = 2**24

# float64 (21,): the vote by distance in bits.
VOTES = WHOLE_VOTE * np.exp(-((np.arange(NEAR_BITS + 1) / _WIDTH_BITS) ** 2))

Integers = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Visits:
    """Where a query looks: int32 (v,) words and features, uint64 (v,) signatures, by word."""

    words: npt.NDArray[np.int32]
    features: npt.NDArray[np.int32]
    signatures: Signatures


@dataclass(frozen=True, slots=True)
class Hits:
    """The near postings found, in arrays with room: feature, row and distance of each."""

    features: npt.NDArray[np.int32]
    rows: Rows
    distances: npt.NDArray[np.uint8]

    @classmethod
    def with_room(cls, room: int) -> Hits:
        """Return arrays for this many."""
        return cls(np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.uint8))

    def grown(self, room: int) -> Hits:
        """Return larger arrays with the same content."""
        larger = Hits.with_room(room)
        larger.features[: len(self.features)] = self.features
        larger.rows[: len(self.rows)] = self.rows
        larger.distances[: len(self.distances)] = self.distances
        return larger


def _type_near_lanes(_context: Any, _address: Any, _signature: Any, _bits: Any) -> Any:
    """Declare (address of uint64 (8,), signature, bits) -> mask of the lanes within that distance.

    Bit i of the mask is lane i.
    """
    return types.uint64(types.uintp, types.uint64, types.uint64), _generate_near_lanes


def _generate_near_lanes(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
    address, signature, bits = arguments
    lanes = builder.load(builder.inttoptr(address, VECTOR.as_pointer()))
    lanes.align = 8
    differing = builder.xor(lanes, in_all_lanes(builder, signature))
    bit_count = vector_function(builder, f"llvm.ctpop.v{LANES}i64", VECTOR)
    distances = builder.call(bit_count, [differing])
    is_near = builder.icmp_unsigned("<=", distances, in_all_lanes(builder, bits))
    return builder.zext(builder.bitcast(is_near, ir.IntType(LANES)), WORD)


def _type_bit_count(_context: Any, _word: Any) -> Any:
    """Declare (word) -> how many of its bits are set."""
    return types.uint64(types.uint64), _generate_bit_count


def _generate_bit_count(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
    return builder.ctpop(arguments[0])


_near_lanes: Any = intrinsic(_type_near_lanes)
_bit_count: Any = intrinsic(_type_bit_count)


@njit(nogil=True, cache=True)
def find_near(  # noqa: PLR0917 - a compiled loop takes plain arrays
    postings: tuple[Integers, Signatures, Rows],
    is_wanted: npt.NDArray[np.bool_],
    first_row: int,
    visits: tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], Signatures],
    hits: tuple[npt.NDArray[np.int32], Rows, npt.NDArray[np.uint8]],
    found: int,
) -> int:
    """Note the near postings of wanted rows after the `found` first hits; return the new number.

    Postings are offsets by word, signatures and rows. The number goes on where the room ends. Rows
    are looked at for near signatures alone: one in several hundred.
    """
    offsets, signatures, rows = postings
    words, features, sought = visits
    address = signatures.ctypes.data
    for visit in range(len(words)):
        start, end = offsets[words[visit]], offsets[words[visit] + 1]
        whole = start + (end - start) // LANES * LANES
        for block in range(start, whole, LANES):
            lanes = _near_lanes(address + 8 * block, sought[visit], np.uint64(NEAR_BITS))
            posting = block
            while lanes:
                if lanes & np.uint64(1):
                    found = _note(
                        features[visit],
                        _bit_count(signatures[posting] ^ sought[visit]),
                        rows[posting],
                        is_wanted,
                        first_row,
                        hits,
                        found,
                    )
                lanes >>= np.uint64(1)
                posting += 1
        for posting in range(whole, end):
            distance = _bit_count(signatures[posting] ^ sought[visit])
            if distance <= NEAR_BITS:
                found = _note(
                    features[visit], distance, rows[posting], is_wanted, first_row, hits, found
                )
    return found


@njit(nogil=True, cache=True)
def _note(  # noqa: PLR0913, PLR0917 - a compiled loop takes plain arrays
    feature: int,
    distance: int,
    row: int,
    is_wanted: npt.NDArray[np.bool_],
    first_row: int,
    hits: tuple[npt.NDArray[np.int32], Rows, npt.NDArray[np.uint8]],
    found: int,
) -> int:
    if not is_wanted[row]:
        return found
    if found < len(hits[0]):
        hits[0][found] = feature
        hits[1][found] = first_row + row
        hits[2][found] = distance
    return found + 1


@njit(nogil=True, cache=True)
def count_votes(
    hits: tuple[npt.NDArray[np.int32], Rows, npt.NDArray[np.uint8]],
    feature_count: int,
    row_count: int,
    votes_by_distance: npt.NDArray[np.float64],
) -> Integers:
    """Return int64 (rows,): the sum of the votes for each row.

    A feature votes once for a row, by its nearest posting there. Its votes are divided by the
    square root of the number of all its hits.
    """
    features, rows, distances = hits
    order, starts = _grouped(features, feature_count)
    votes = np.zeros(row_count, np.int64)
    voter = np.full(row_count, -1, np.int32)
    counted = np.zeros(row_count, np.int64)
    for feature in range(feature_count):
        shares = 1 / np.sqrt(max(1, starts[feature + 1] - starts[feature]))
        for place in range(starts[feature], starts[feature + 1]):
            row = rows[order[place]]
            vote = np.int64(votes_by_distance[distances[order[place]]] * shares)
            if voter[row] != feature:
                voter[row] = feature
                counted[row] = 0
            if vote > counted[row]:
                votes[row] += vote - counted[row]
                counted[row] = vote
    return votes


@njit(nogil=True, cache=True)
def _grouped(numbers: npt.NDArray[np.int32], count: int) -> tuple[Integers, Integers]:
    """Return the order that sorts numbers 0..count-1 stably, and where each begins in it."""
    starts = np.zeros(count + 1, np.int64)
    for number in numbers:
        starts[number + 1] += 1
    starts = np.cumsum(starts)
    places = starts[:-1].copy()
    order = np.empty(len(numbers), np.int64)
    for index in range(len(numbers)):
        order[places[numbers[index]]] = index
        places[numbers[index]] += 1
    return order, starts
