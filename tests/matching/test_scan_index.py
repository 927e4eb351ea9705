from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.index.scan import ScanIndex, warm_up
from matching.types import Candidate, Codes, Orientation, code_words
from tests.matching.linear_index import LinearIndex

ALL_BITS = 256


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    warm_up()


def random_codes(seed: int, count: int) -> Codes:
    return np.random.default_rng(seed).integers(0, 2**64, (count, 4), dtype=np.uint64)


def neighbour(code: Codes, bits: int, seed: int) -> Codes:
    flipped = np.zeros(256, np.uint8)
    flipped[np.random.default_rng(seed).permutation(256)[:bits]] = 1
    return code ^ np.packbits(flipped).view(np.uint64)


def answers(index: ScanIndex | LinearIndex, codes: Codes, **wanted: Any) -> list[Candidate]:
    asked: dict[str, Any] = {
        "radius_bits": ALL_BITS,
        "list_keys": {0, 1, 2, 3},
        "limit": 10_000,
    } | wanted
    return index.search(codes, **asked)


keys = st.integers(0, 30)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), keys, st.integers(0, 3), st.integers(0, 6), st.integers(0, 256)),
        st.tuples(st.just("discard"), keys),
        st.tuples(st.just("discard_many"), st.lists(keys, max_size=8)),
        st.tuples(
            st.just("put_many"),
            st.lists(st.tuples(keys, st.integers(0, 3), st.integers(0, 6)), max_size=8),
        ),
    ),
    max_size=40,
)


def apply(index: ScanIndex | LinearIndex, step: tuple[Any, ...], centres: Codes) -> None:
    if step[0] == "put":
        _, key, list_key, centre, bits = step
        code = neighbour(centres[centre], bits, seed=bits)
        index.put(key, list_key=list_key, code=code.tobytes())
    elif step[0] == "discard":
        index.discard(step[1])
    elif step[0] == "discard_many":
        index.discard_many(step[1])
    else:
        rows = step[1]
        codes = np.array([centres[centre] for _, _, centre in rows]).reshape(-1, 4)
        index.put_many([row[0] for row in rows], [row[1] for row in rows], codes)


@given(
    steps=steps,
    seed=st.integers(0, 5),
    variants=st.integers(1, 8),
    radius_bits=st.integers(0, ALL_BITS),
    list_keys=st.sets(st.integers(0, 5)),
    limit=st.integers(0, 40),
    after=st.integers(0, 60),
    until=st.integers(0, 60),
)
@settings(max_examples=150)
def test_scan_answers_exactly_as_the_oracle(
    steps: list[tuple[Any, ...]],
    seed: int,
    variants: int,
    radius_bits: int,
    list_keys: set[int],
    limit: int,
    after: int,
    until: int,
) -> None:
    centres = random_codes(seed, 7)
    scan, oracle = ScanIndex(), LinearIndex()
    for step in steps:
        apply(scan, step, centres)
        apply(oracle, step, centres)
    query = centres[:variants] if variants < 8 else np.vstack([centres, centres[:1]])
    asked = {
        "radius_bits": radius_bits,
        "list_keys": list_keys,
        "limit": limit,
        "after": after,
        "until": until,
    }

    assert answers(scan, query, **asked) == answers(oracle, query, **asked)
    assert answers(scan, query) == answers(oracle, query)
    assert (len(scan), scan.position) == (len(oracle), oracle.position)


@pytest.mark.parametrize("radius_bits", [0, 31, 90, 120, 256])
def test_scan_answers_as_the_oracle_over_many_rows(radius_bits: int) -> None:
    codes = random_codes(1, 5000)
    codes[100:140] = [neighbour(codes[0], bits, seed=bits) for bits in range(40)]
    keys = np.random.default_rng(2).permutation(5000)
    scan, oracle = ScanIndex(), LinearIndex()
    for index in (scan, oracle):
        index.put_many(keys.tolist(), (keys % 4).tolist(), codes)
        for key in range(0, 5000, 3):
            index.discard(key)

    query = np.vstack([codes[:3], codes[:1] ^ np.uint64(5), codes[4:8]])

    asked = {"radius_bits": radius_bits, "list_keys": {0, 2, 3}, "limit": 7000}
    assert answers(scan, query, **asked) == answers(oracle, query, **asked)
    assert answers(scan, query, **asked | {"limit": 5}) == answers(scan, query, **asked)[:5]


def test_ended_rows_are_dropped_when_they_are_the_greater_part() -> None:
    index = ScanIndex()
    index.put_many(range(4000), [1] * 4000, random_codes(3, 4000))
    for key in range(3000):
        index.discard(key)

    assert index._view.count < 2500
    assert sorted(each.key for each in answers(index, random_codes(3, 1))) == list(
        range(3000, 4000)
    )
    assert index.position == 4000
    index.put(7, list_key=1, code=bytes(32))
    assert [each.key for each in answers(index, random_codes(3, 1), after=4000)] == [7]


def test_of_equal_keys_in_one_batch_the_last_one_counts() -> None:
    index = ScanIndex()
    near, far = bytes(32), b"\xff" * 32

    index.put_many([5, 5], [1, 2], np.stack([code_words(near), code_words(far)]))

    assert answers(index, code_words(near)[np.newaxis]) == [
        Candidate(5, 2, 256, Orientation.IDENTITY)
    ]
    assert (len(index), index.position) == (1, 2)


@pytest.mark.parametrize("shape", [(0, 4), (9, 4), (2, 3)])
def test_queries_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="shape"):
        answers(ScanIndex(), np.zeros(shape, np.uint64))


def test_batches_of_unlike_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        ScanIndex().put_many([1, 2], [1], random_codes(1, 2))


def test_searches_see_each_change_wholly_while_rows_are_replaced() -> None:
    """Each key always has one row, of one code in one list; writers keep moving all of them."""
    index = ScanIndex()
    count = 300
    generations = random_codes(4, 20)
    index.put_many(range(count), [0] * count, np.repeat(generations[:1], count, axis=0))
    stop = threading.Event()

    def write() -> None:
        generation = 0
        while not stop.is_set():
            generation += 1
            chosen = generations[generation % 20]
            index.put_many(
                range(count), [generation % 20] * count, np.repeat(chosen[None], count, axis=0)
            )
            index.put(count + generation % 7, list_key=99, code=bytes(32))
            index.discard(count + generation % 5)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(300):
            found = answers(index, generations[:8], list_keys=set(range(20)))
            assert len(found) == count
            assert len({each.list_key for each in found}) == 1
            expected = np.bitwise_count(generations[:8] ^ generations[found[0].list_key])
            assert {each.distance_bits for each in found} == {int(expected.sum(axis=1).min())}
    finally:
        stop.set()
        writer.join()
