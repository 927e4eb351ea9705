"""The fast index equals the oracle, whatever is put, replaced and discarded, and while it is."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.index import FingerprintIndex
from matching.index.linear import LinearIndex
from matching.index.scan import ScanIndex
from matching.types import Codes, code_words

# A few codes, so that keys collide and neighbours are near; bits flipped at random around them.
BASES = [bytes(32), b"\xff" * 32, b"\x0f" * 32, b"\xaa" * 32]
CODES = st.builds(
    lambda base, bits: (int.from_bytes(base) ^ sum(1 << bit for bit in bits)).to_bytes(32),
    st.sampled_from(BASES),
    st.sets(st.integers(0, 255), max_size=80),
)
KEYS = st.integers(1, 12)
LISTS = st.integers(1, 3)
PUTS = st.tuples(st.just("put"), KEYS, LISTS, CODES)
DISCARDS = st.tuples(st.just("discard"), KEYS)
SEARCHES = st.tuples(
    st.just("search"),
    st.lists(CODES, min_size=1, max_size=8),
    st.integers(0, 256),
    st.sets(LISTS, max_size=3),
    st.integers(1, 20),
    st.integers(0, 10),
)
STEPS = st.lists(st.one_of(PUTS, PUTS, DISCARDS, SEARCHES), max_size=60)


def run(index: FingerprintIndex, steps: list[tuple[Any, ...]]) -> list[object]:
    """Do the steps and return everything that could be seen."""
    seen: list[object] = []
    for step in steps:
        if step[0] == "put":
            index.put(step[1], list_key=step[2], code=step[3])
        elif step[0] == "discard":
            index.discard(step[1])
        else:
            seen.append(
                index.search(
                    stacked(step[1]),
                    radius_bits=step[2],
                    list_keys=step[3],
                    limit=step[4],
                    after=step[5],
                )
            )
        seen.append((index.position, len(index)))
    return seen


def stacked(codes: list[bytes]) -> Codes:
    """Return codes as the rows of a query."""
    return np.stack([code_words(code) for code in codes])


@settings(deadline=None, max_examples=300)
@given(STEPS)
def test_it_answers_as_the_oracle_does(steps: list[tuple[Any, ...]]) -> None:
    assert run(ScanIndex(), steps) == run(LinearIndex(), steps)


def test_it_answers_as_the_oracle_does_on_thousands_of_rows() -> None:
    rng = np.random.default_rng(5)
    codes = rng.integers(0, 2**64, (5000, 4), dtype=np.uint64)
    # Neighbours of the first row at every distance from 0 to 255 bits.
    for bits in range(256):
        near = (int.from_bytes(codes[0].astype(">u8").tobytes()) ^ ((1 << bits) - 1)).to_bytes(32)
        codes[4000 + bits] = code_words(near)
    keys, list_keys = np.arange(5000) + 1, rng.integers(1, 4, 5000)
    queries = np.concatenate([codes[:1], rng.integers(0, 2**64, (7, 4), dtype=np.uint64)])

    answers = []
    for index in (ScanIndex(), LinearIndex()):
        index.put_many(keys.tolist(), list_keys.tolist(), codes)
        for key in range(1, 5000, 7):
            index.discard(key)
        answers.append(
            [
                index.search(queries, radius_bits=radius_bits, list_keys={1, 3}, limit=500)
                for radius_bits in (0, 31, 70, 128)
            ]
        )

    assert answers[0] == answers[1]
    assert [len(found) for found in answers[0]] == sorted(len(found) for found in answers[0])


def test_a_row_that_is_replaced_is_found_by_every_search_beside_it() -> None:
    index = ScanIndex()
    index.put(1, list_key=1, code=bytes(32))
    is_done = threading.Event()

    def replace() -> None:
        for turn in range(20_000):
            index.put(1, list_key=1, code=bytes(31) + bytes([turn % 2]))
        is_done.set()

    writer = threading.Thread(target=replace)
    writer.start()
    found = []
    while not is_done.is_set():
        found.append(len(index.search(stacked([bytes(32)]), radius_bits=1, list_keys={1}, limit=5)))
    writer.join()

    assert set(found) == {1}


def test_rows_that_were_replaced_are_swept_out() -> None:
    index = ScanIndex()
    for _ in range(10_000):
        index.put(1, list_key=1, code=bytes(32))

    assert len(index) == 1
    assert index._arena.capacity < 5000
