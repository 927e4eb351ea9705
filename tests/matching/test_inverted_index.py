from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.features import LocalFeatures, Postings, QueryFeatures
from matching.index import inverted, segment
from matching.index.inverted import FeatureCandidate, InvertedIndex, warm_up
from matching.index.segment import Merged, Segment
from matching.index.snapshot import UnusableSnapshot
from tests.matching.voting_oracle import OracleIndex

# So few words that rows share them, and signatures around so few centres that they are near.
WORDS = 6
CENTRES = np.random.default_rng(1).integers(0, 2**64, 5, dtype=np.uint64)


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    warm_up()


def near_centres(random: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """Return signatures 0..26 bits from one of the centres: some near, some just not."""
    bits = random.random((*shape, 64)) < random.uniform(0, 0.4, (*shape, 1))
    flips = np.packbits(bits, axis=-1, bitorder="little").view(np.uint64)[..., 0]
    return CENTRES[random.integers(len(CENTRES), size=shape)] ^ flips


def postings_of(seed: int, count: int | None = None) -> Postings:
    random = np.random.default_rng(seed)
    size = int(random.integers(0, 30)) if count is None else count
    return Postings(
        random.integers(0, WORDS, size).astype(np.uint16), near_centres(random, (size,))
    )


def image_of(random: np.random.Generator, count: int) -> LocalFeatures:
    words = np.array([random.permutation(WORDS)[:3] for _ in range(count)], np.uint16)
    return LocalFeatures(
        keypoints=np.zeros((count, 4), np.float32),
        descriptors=np.zeros((count, 64), np.int8),
        words=words.reshape(count, 3),
        signatures=near_centres(random, (count, 3)),
        width=1,
        height=1,
    )


def query_of(seed: int, upright: int = 12, mirrored: int = 12) -> QueryFeatures:
    random = np.random.default_rng(seed)
    return QueryFeatures(
        upright=image_of(random, upright),
        mirrored=image_of(random, mirrored),
        picture=np.zeros((1, 1), np.uint8),
    )


def answers(
    index: InvertedIndex | OracleIndex, query: QueryFeatures, **wanted: Any
) -> list[FeatureCandidate]:
    asked: dict[str, Any] = {"list_keys": {0, 1, 2, 3}, "limit": 10_000} | wanted
    return index.search(query, **asked)


keys = st.integers(0, 30)
steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("put"),
            st.lists(st.tuples(keys, st.integers(0, 3), st.integers(0, 10**6)), max_size=8),
        ),
        st.tuples(st.just("discard"), keys),
        st.tuples(st.just("merge")),
    ),
    max_size=25,
)


def apply(index: InvertedIndex | OracleIndex, step: tuple[Any, ...]) -> None:
    if step[0] == "put":
        rows = step[1]
        index.put_many(
            [row[0] for row in rows],
            [row[1] for row in rows],
            [postings_of(row[2]) for row in rows],
        )
    elif step[0] == "discard":
        index.discard(step[1])
    elif isinstance(index, InvertedIndex):
        index.merge()


@given(
    steps=steps,
    seed=st.integers(0, 1000),
    counts=st.tuples(st.integers(0, 12), st.integers(0, 12)),
    list_keys=st.sets(st.integers(0, 5)),
    limit=st.integers(0, 40),
    after=st.integers(0, 60),
    until=st.integers(0, 60),
)
@settings(max_examples=100)
def test_the_index_answers_exactly_as_the_oracle(
    steps: list[tuple[Any, ...]],
    seed: int,
    counts: tuple[int, int],
    list_keys: set[int],
    limit: int,
    after: int,
    until: int,
) -> None:
    index, oracle = InvertedIndex(), OracleIndex()
    for step in steps:
        apply(index, step)
        apply(oracle, step)
    query = query_of(seed, *counts)
    asked = {"list_keys": list_keys, "limit": limit, "after": after, "until": until}

    assert answers(index, query, **asked) == answers(oracle, query, **asked)
    assert answers(index, query) == answers(oracle, query)
    assert (len(index), index.position) == (len(oracle), oracle.position)


def test_the_index_answers_as_the_oracle_whatever_is_merged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inverted, "_MAX_ROWS_MERGED_BY_PUT", 8)
    monkeypatch.setattr(inverted, "_LEAST_ROOM_FOR_HITS", 4)
    index, oracle = InvertedIndex(), OracleIndex()
    for each in (index, oracle):
        for start in range(0, 120, 4):
            numbers = list(range(start, start + 4))
            each.put_many(numbers, [n % 3 for n in numbers], [postings_of(n) for n in numbers])
        for key in range(0, 120, 7):
            each.discard(key)
    before = len(index._view.segments)

    while index.merge():
        assert answers(index, query_of(1)) == answers(oracle, query_of(1))

    assert len(index._view.segments) < before
    assert answers(index, query_of(1)) == answers(oracle, query_of(1))


def test_rows_of_other_lists_have_no_influence_on_the_votes() -> None:
    alone, among = InvertedIndex(), InvertedIndex()
    for index in (alone, among):
        index.put_many([1, 2], [1, 1], [postings_of(1), postings_of(2)])
    among.put_many(range(10, 60), [2] * 50, [postings_of(n) for n in range(50)])

    assert answers(among, query_of(3), list_keys={1}) == answers(alone, query_of(3), list_keys={1})


def test_a_mirrored_match_says_so() -> None:
    random = np.random.default_rng(7)
    kept = postings_of(1, 25)
    features = LocalFeatures(
        keypoints=np.zeros((25, 4), np.float32),
        descriptors=np.zeros((25, 64), np.int8),
        words=kept.words[:, np.newaxis],
        signatures=kept.signatures[:, np.newaxis],
        width=1,
        height=1,
    )
    nothing = image_of(random, 0)
    picture = np.zeros((1, 1), np.uint8)
    index = InvertedIndex()
    index.put_many([5], [1], [kept])

    upright = answers(index, QueryFeatures(features, nothing, picture))
    mirrored = answers(index, QueryFeatures(nothing, features, picture))

    assert [each.is_mirrored for each in upright] == [False]
    assert [each.is_mirrored for each in mirrored] == [True]
    assert upright[0].votes == mirrored[0].votes


def test_of_equal_keys_in_one_batch_the_last_one_counts() -> None:
    index = InvertedIndex()

    index.put_many([5, 5], [1, 2], [postings_of(1, 20), postings_of(2, 20)])

    assert [each.list_key for each in answers(index, query_of(1))] == [2]
    assert (len(index), index.position) == (1, 2)


def test_ended_rows_give_their_room_back() -> None:
    index = InvertedIndex()
    index.put_many(range(1000), [1] * 1000, [postings_of(n, 20) for n in range(1000)])
    full = index.memory_bytes

    for key in range(900):
        index.discard(key)

    assert index.memory_bytes < full / 4
    assert (len(index), index.position) == (100, 1000)


def test_pictures_without_features_are_no_candidates_and_find_none() -> None:
    index = InvertedIndex()
    index.put_many([1, 2], [1, 1], [postings_of(1, 0), postings_of(2, 20)])

    assert [each.key for each in answers(index, query_of(1))] == [2]
    assert answers(index, query_of(1, 0, 0)) == []
    assert answers(InvertedIndex(), query_of(1)) == []


def test_words_beyond_the_vocabulary_are_refused() -> None:
    foreign = Postings(np.array([4096], np.uint16), np.array([0], np.uint64))

    with pytest.raises(ValueError, match="vocabulary"):
        InvertedIndex().put_many([1], [1], [foreign])


def test_batches_of_unlike_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        InvertedIndex().put_many([1, 2], [1], [postings_of(1), postings_of(2)])
    with pytest.raises(ValueError, match="one signature"):
        InvertedIndex().put_many(
            [1], [1], [Postings(np.zeros(2, np.uint16), np.zeros(1, np.uint64))]
        )


def expected_votes(contents: list[Postings], count: int, query: QueryFeatures) -> list[list[float]]:
    """Return the votes of `count` rows that all have one of the contents, for each of them."""
    expected = []
    for content in contents:
        oracle = OracleIndex()
        oracle.put_many(range(count), [0] * count, [content] * count)
        expected.append([each.votes for each in answers(oracle, query)])
    return expected


def test_searches_see_each_change_wholly_while_rows_are_replaced_and_merged() -> None:
    """All rows are always in the same list and of the same content; a writer moves all of them."""
    index = InvertedIndex()
    count = 60
    query = query_of(1)
    contents = [postings_of(seed, 20) for seed in range(20)]
    expected = expected_votes(contents, count, query)
    index.put_many(range(count), [0] * count, [contents[0]] * count)
    stop = threading.Event()

    def write() -> None:
        generation = 0
        while not stop.is_set():
            generation += 1
            chosen = generation % 20
            index.put_many(range(count), [chosen] * count, [contents[chosen]] * count)
            index.put_many([count + generation % 7], [99], [contents[0]])
            index.discard(count + generation % 5)

    def merge() -> None:
        while not stop.is_set():
            index.merge()

    threads = [threading.Thread(target=work) for work in (write, merge)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(300):
            found = answers(index, query, list_keys=set(range(20)))
            assert len(found) == count
            assert len({each.list_key for each in found}) == 1
            assert [each.votes for each in found] == expected[found[0].list_key]
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_rows_that_end_while_they_are_merged_stay_away(monkeypatch: pytest.MonkeyPatch) -> None:
    index = InvertedIndex()
    index.put_many(range(20), [1] * 20, [postings_of(n, 20) for n in range(20)])
    merge = segment.merge

    def merge_slowly(sources: Sequence[Segment], time: int) -> Merged:
        merged = merge(sources, time)
        index.discard(7)
        index.put_many([21], [9], [postings_of(7, 20)])
        return merged

    monkeypatch.setattr(segment, "merge", merge_slowly)
    index.put_many(range(20, 35), [1] * 15, [postings_of(n, 20) for n in range(20, 35)])

    found = answers(index, query_of(1), list_keys={1, 9})
    assert sorted(each.key for each in found) == [*range(7), *range(8, 35)]
    assert [each.list_key for each in found if each.key == 21] == [9]
    assert len(index) == 34


def filled() -> InvertedIndex:
    index = InvertedIndex()
    index.put_many(range(50), [n % 3 for n in range(50)], [postings_of(n) for n in range(50)])
    index.put_many([3, 51], [2, 7], [postings_of(60), postings_of(61)])
    index.discard(10)
    return index


def test_a_snapshot_answers_as_the_index_did_and_takes_changes(tmp_path: Path) -> None:
    index = filled()
    index.save(tmp_path / "index", cursor="change 17")

    loaded = InvertedIndex.load(tmp_path / "index")

    assert loaded.cursor == "change 17"
    for each in (index, loaded.index):
        each.put_many([4, 70], [1, 1], [postings_of(70), postings_of(71)])
        each.discard(5)
    asked = {"list_keys": {0, 1, 2, 7}}
    assert answers(loaded.index, query_of(1), **asked) == answers(index, query_of(1), **asked)
    recent = asked | {"after": 51}
    assert answers(loaded.index, query_of(1), **recent) == answers(index, query_of(1), **recent)
    assert (len(loaded.index), loaded.index.position) == (len(index), index.position)
    while loaded.index.merge():
        pass
    assert answers(loaded.index, query_of(1), **asked) == answers(index, query_of(1), **asked)


def test_an_empty_index_can_be_saved_and_a_later_snapshot_replaces_it(tmp_path: Path) -> None:
    InvertedIndex().save(tmp_path, cursor="")
    assert len(InvertedIndex.load(tmp_path).index) == 0

    filled().save(tmp_path, cursor="2")

    assert len(InvertedIndex.load(tmp_path).index) == 50
    assert len(list(tmp_path.glob("arrays-*"))) == 1


def test_an_index_that_was_loaded_can_be_saved_to_the_same_folder(tmp_path: Path) -> None:
    filled().save(tmp_path, cursor="1")
    index = InvertedIndex.load(tmp_path).index
    expected = answers(index, query_of(1))

    index.save(tmp_path, cursor="2")

    assert answers(index, query_of(1)) == expected
    assert answers(InvertedIndex.load(tmp_path).index, query_of(1)) == expected


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def change_last_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 0x41
    path.write_bytes(bytes(content))


@pytest.mark.parametrize(
    "array",
    ["offsets", "signatures", "rows", "keys", "list_slots", "positions", "feature_counts"],
)
@pytest.mark.parametrize("damage", [cut, change_last_byte, Path.unlink])
def test_a_damaged_array_is_refused(tmp_path: Path, array: str, damage: Any) -> None:
    if array == "signatures" and damage is change_last_byte:
        pytest.skip("costs candidates and can harm nothing")
    filled().save(tmp_path, cursor="1")

    damage(next(tmp_path.glob(f"arrays-*/{array}.npy")))

    with pytest.raises(UnusableSnapshot, match="anew"):
        InvertedIndex.load(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"feature_version": 99},
        {"rows": 3},
        {"folder": "elsewhere"},
        {"list_keys": 5},
        {"list_keys": []},
    ],
)
def test_a_foreign_manifest_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    filled().save(tmp_path, cursor="1")
    manifest = tmp_path / "manifest.json"

    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | change))

    with pytest.raises(UnusableSnapshot):
        InvertedIndex.load(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 1', "\0"])
def test_what_is_no_manifest_is_refused(tmp_path: Path, content: str) -> None:
    filled().save(tmp_path, cursor="1")
    (tmp_path / "manifest.json").write_text(content)

    with pytest.raises(UnusableSnapshot):
        InvertedIndex.load(tmp_path)


def test_no_snapshot_at_all_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UnusableSnapshot):
        InvertedIndex.load(tmp_path / "nowhere")


def test_a_snapshot_that_was_not_finished_leaves_the_one_before(tmp_path: Path) -> None:
    filled().save(tmp_path, cursor="1")
    whole = next(tmp_path.glob("arrays-*"))
    shutil.copytree(whole, tmp_path / "arrays-unfinished")
    cut(tmp_path / "arrays-unfinished" / "rows.npy")

    assert InvertedIndex.load(tmp_path).cursor == "1"
