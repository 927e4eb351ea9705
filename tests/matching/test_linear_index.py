from __future__ import annotations

import numpy as np

from matching.types import Candidate, Orientation, code_words
from tests.matching.linear_index import LinearIndex

ZERO = bytes(32)


def near(bits: int) -> bytes:
    return ((1 << bits) - 1).to_bytes(32)


def ask(
    index: LinearIndex, *codes: bytes, radius_bits: int = 256, limit: int = 10, after: int = 0
) -> list[Candidate]:
    return index.search(
        np.stack([code_words(code) for code in codes]),
        radius_bits=radius_bits,
        list_keys={1},
        limit=limit,
        after=after,
    )


def test_rows_within_the_radius_come_nearest_first_then_by_key() -> None:
    index = LinearIndex()
    for key, bits in [(5, 3), (4, 3), (9, 0), (2, 40)]:
        index.put(key, list_key=1, code=near(bits))

    found = ask(index, ZERO, radius_bits=39)

    assert [(each.key, each.distance_bits) for each in found] == [(9, 0), (4, 3), (5, 3)]
    assert [each.key for each in ask(index, ZERO, limit=1)] == [9]


def test_each_key_comes_in_its_nearest_orientation() -> None:
    index = LinearIndex()
    index.put(1, list_key=1, code=near(8))

    assert ask(index, ZERO, near(7), near(9)) == [Candidate(1, 1, 1, Orientation.ROTATED_90)]


def test_other_lists_are_not_searched() -> None:
    index = LinearIndex()
    index.put(1, list_key=2, code=ZERO)

    assert ask(index, ZERO) == []


def test_a_put_replaces_and_a_discard_removes() -> None:
    index = LinearIndex()
    index.put(1, list_key=1, code=ZERO)
    index.put(1, list_key=1, code=near(5))

    assert [each.distance_bits for each in ask(index, ZERO)] == [5]
    assert (len(index), index.position) == (1, 2)

    index.discard(1)
    index.discard(1)

    assert ask(index, ZERO) == []
    assert (len(index), index.position) == (0, 2)


def test_after_leaves_out_what_was_put_before() -> None:
    index = LinearIndex()
    index.put(1, list_key=1, code=ZERO)
    index.put(2, list_key=1, code=ZERO)
    seen = index.position
    index.put(3, list_key=1, code=ZERO)
    index.put(1, list_key=1, code=ZERO)

    assert [each.key for each in ask(index, ZERO, after=seen)] == [1, 3]
