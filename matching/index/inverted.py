"""Candidates by local features: an inverted file with Hamming Embedding.

For every word of the vocabulary it holds the signatures of all features that were named so (Jegou,
Douze, Schmid 2008). A search compares the signatures in the words of the query's features, in both
mirror images at once, and counts the votes of the near ones. `bench/bench_candidates.py` measures
it; docs/adr/0010 tells why it is this and no product quantiser.

A posting takes 12 bytes and a row 32 more: 4.3 KB for a picture of 355 features. A search of both
mirror images takes 5 ms among 10,000 pictures and 37 ms among 100,000, on one busy core.

Consistency: what is put becomes a segment that never changes. A replaced or discarded row keeps its
place with the time of its end, and a search takes one published view and leaves out what had ended
by then, so it needs no lock and sees each change wholly or not at all. Segments of like size are
merged, small ones by `put`, large ones by `merge`; searches that run keep the old
ones.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from matching.features import LocalFeatures, Postings, QueryFeatures
from matching.features.model import WORD_COUNT
from matching.index import segment, snapshot, voting
from matching.index.list_slots import ListSlots
from matching.index.scan import LAST
from matching.index.segment import Segment
from matching.index.voting import VOTES, WHOLE_VOTE, Hits, Integers

# Merging so many rows takes about 30 ms, which a put may take; larger merges wait for `merge`.
_MAX_ROWS_MERGED_BY_PUT = 4096
# One posting in 180 is near, in the mean over queries; what is not written to takes no memory.
_POSTINGS_PER_HIT = 32
_LEAST_ROOM_FOR_HITS = 2**16


@dataclass(frozen=True, slots=True)
class FeatureCandidate:
    """A row that shares local features with the query, perhaps with its mirror image.

    `votes` is about the number of features they share, rare ones counting more, over the square
    root of the number of the row's features: it puts rows in order and is no probability.
    """

    key: int
    list_key: int
    votes: float
    is_mirrored: bool


@dataclass(frozen=True, slots=True)
class _SegmentsView:
    """The segments as they were at `time`, with `count` rows to be found."""

    segments: tuple[Segment, ...]
    time: int
    position: int
    count: int


@dataclass(frozen=True, slots=True)
class LoadedIndex:
    """An index from a snapshot, and the cursor with which it was saved."""

    index: InvertedIndex
    cursor: str


class InvertedIndex:
    """Segments over all lists, the list filter inside; safe beside other threads.

    A search sees the index as it was at one moment: all of a `put_many` or nothing of it, and of
    a replaced row either the old or the new one.
    """

    def __init__(self) -> None:
        self._view = _SegmentsView((), time=0, position=0, count=0)
        self._slots = ListSlots()
        self._lock = threading.Lock()
        self._merging = threading.Lock()

    def put_many(
        self, keys: Sequence[int], list_keys: Sequence[int], postings: Sequence[Postings]
    ) -> None:
        """Add rows, or replace those with these keys. Of equal keys the last one counts."""
        if not len(keys) == len(list_keys) == len(postings):
            raise ValueError("keys, list_keys and postings must be of one length")
        if not len(keys):
            return
        last_of_key = {int(key): number for number, key in enumerate(keys)}
        distinct = sorted(last_of_key)
        kept = np.array([last_of_key[key] for key in distinct])
        added = segment.build(distinct, [postings[number] for number in kept])
        with self._lock:
            view = self._view
            added.list_slots[:] = self._slots.of(np.asarray(list_keys, np.int64)[kept])
            added.positions[:] = view.position + 1 + kept
            replaced = self._end(added.keys)
            self._view = _SegmentsView(
                segments=(*view.segments, added),
                time=view.time + 1,
                position=view.position + len(keys),
                count=view.count + len(added) - replaced,
            )
        self._merge_small()

    def discard(self, key: int) -> None:
        """Remove the row with this key if there is one."""
        self.discard_many([key])

    def discard_many(self, keys: Iterable[int]) -> None:
        """Remove the rows with these keys, those that there are, at once."""
        with self._lock:
            ended = self._end(np.unique(np.fromiter(keys, np.int64)))
            if not ended:
                return
            view = self._view
            self._view = replace(view, time=view.time + 1, count=view.count - ended)
        self._merge_small()

    def search(
        self,
        query: QueryFeatures,
        *,
        list_keys: Collection[int],
        limit: int,
        after: int = 0,
        until: int = LAST,
    ) -> list[FeatureCandidate]:
        """Return at most `limit` rows of these lists with any vote, most votes first, then by key.

        Each key comes once, mirrored only if its votes are more so. Rows of other lists, and rows
        put at or before position `after` or behind `until`, are left out and have no influence on
        the votes.
        """
        view = self._view
        is_wanted_list = self._slots.wanted(list_keys)
        visits = _visits((query.upright, query.mirrored))
        hits, found = Hits.with_room(_room(view.segments, visits)), 0
        first_row = 0
        for part in view.segments:
            is_wanted = part.wanted(is_wanted_list, after=after, until=until, time=view.time)
            hits, found = _find_near(part, is_wanted, first_row, visits, (hits, found))
            first_row += len(part)
        votes = _votes(hits, found, (len(query.upright), len(query.mirrored)), first_row)
        return self._best(view, votes, limit)

    def merge(self) -> bool:
        """Merge the segments that are due, of any size; tell whether there were any.

        To be called now and then by a thread that may take its time, such as half a second for
        100,000 rows, and after many puts in a row. Puts, discards and searches go on meanwhile.
        """
        with self._merging:
            return self._merge_due(np.iinfo(np.int64).max)

    def save(self, folder: Path, *, cursor: str) -> None:
        """Write all rows as a snapshot, replacing one that is there; `cursor` comes with it.

        The folder always holds one whole snapshot, whenever the process ends. One process at a
        time may write. The cursor should tell of no change that came after the save began.
        """
        view = self._view
        parts = view.segments or (segment.build([], []),)
        whole = segment.merge(parts, view.time).segment
        snapshot.write(
            folder,
            whole,
            list_keys=list(self._slots.list_keys),
            position=view.position,
            cursor=cursor,
        )

    @classmethod
    def load(cls, folder: Path) -> LoadedIndex:
        """Return the index of a snapshot, mapped into memory and read when it is searched.

        Raise `snapshot.UnusableSnapshot` if there is none, or it is damaged or of another version:
        then the index has to be built anew.
        """
        kept = snapshot.read(folder)
        index = cls()
        index._slots = ListSlots(kept.list_keys)
        segments = (kept.segment,) if len(kept.segment) else ()
        index._view = _SegmentsView(
            segments, time=0, position=kept.position, count=len(kept.segment)
        )
        return LoadedIndex(index, kept.cursor)

    def keys(self) -> Integers:
        """Return the keys of all rows that can be found as int64, in order."""
        view = self._view
        live = [part.keys[part.ended > view.time] for part in view.segments]
        return np.sort(np.concatenate(live)) if live else np.empty(0, np.int64)

    @property
    def position(self) -> int:
        """Return how many rows were put so far; a replaced row counts again."""
        return self._view.position

    @property
    def memory_bytes(self) -> int:
        """Return the size of all arrays, those mapped from a snapshot included."""
        return sum(part.memory_bytes for part in self._view.segments)

    def __len__(self) -> int:
        """Return how many rows can be found."""
        return self._view.count

    def _end(self, keys: Integers) -> int:
        """Let the rows of these keys end with the next published time; return how many did."""
        view = self._view
        return sum(part.end(keys, view.time + 1) for part in view.segments)

    def _best(self, view: _SegmentsView, votes: Integers, limit: int) -> list[FeatureCandidate]:
        """Return the rows with most votes; `votes` is int64 (2, rows), upright and mirrored."""
        if limit < 1:
            return []
        most = votes.max(axis=0)
        voted = np.flatnonzero(most)
        keys, list_slots, counts = _of_rows(view.segments, voted)
        scores = most[voted] / (WHOLE_VOTE * np.sqrt(counts))
        enough = np.partition(scores, -limit)[-limit] if len(scores) > limit else 0
        first = np.flatnonzero(scores >= enough)
        best = first[np.lexsort((keys[first], -scores[first]))][:limit]
        return [
            FeatureCandidate(
                key=int(keys[place]),
                list_key=self._slots.list_keys[list_slots[place]],
                votes=float(scores[place]),
                is_mirrored=bool(votes[1, voted[place]] > votes[0, voted[place]]),
            )
            for place in best.tolist()
        ]

    def _merge_small(self) -> None:
        """Merge what is due and small, unless another thread is merging."""
        if not self._merging.acquire(blocking=False):
            return
        try:
            while self._merge_due(_MAX_ROWS_MERGED_BY_PUT):
                pass
        finally:
            self._merging.release()

    def _merge_due(self, max_rows: int) -> bool:
        """Merge the segments that are due, up to so many rows; tell whether there were any."""
        view = self._view
        sources = _due(view.segments, max_rows)
        if not sources:
            return False
        merged = segment.merge(sources, view.time)
        with self._lock:
            others = [part for part in self._view.segments if part not in sources]
            parts = [merged.up_to_date(sources)] if len(merged.segment) else []
            self._view = replace(self._view, segments=(*parts, *others))
        return True


def warm_up() -> None:
    """Compile the loops, or load them from the cache of an earlier run, before they are needed."""
    nothing = Postings(np.zeros(1, np.uint16), np.zeros(1, np.uint64))
    local = LocalFeatures(
        keypoints=np.zeros((1, 4), np.float32),
        descriptors=np.zeros((1, 64), np.int8),
        words=np.zeros((1, 3), np.uint16),
        signatures=np.zeros((1, 3), np.uint64),
        width=1,
        height=1,
    )
    index = InvertedIndex()
    index.put_many([1], [1], [nothing])
    index.put_many([2], [1], [nothing])
    query = QueryFeatures(upright=local, mirrored=local, picture=np.zeros((1, 1), np.uint8))
    index.search(query, list_keys={1}, limit=1)


def _due(segments: Sequence[Segment], max_rows: int) -> list[Segment]:
    """Return those that are worth being written anew together, of `max_rows` in all; often none.

    These are segments of which most rows have ended; or else the smallest ones, as long as each is
    at most twice as large as the smaller ones together: a row is moved a dozen times in its life.
    """
    small = sorted((part for part in segments if len(part) <= max_rows), key=len)
    worn = [part for part in small if 2 * part.ended_count > len(part)]
    if worn:
        return worn[:1]
    due, rows = small[:1], sum(len(part) for part in small[:1])
    for part in small[1:]:
        if len(part) > 2 * rows or rows + len(part) > max_rows:
            break
        due.append(part)
        rows += len(part)
    return due if len(due) > 1 else []


def _visits(images: tuple[LocalFeatures, LocalFeatures]) -> voting.Visits:
    """Return the words that the features of both mirror images look into, ordered by word.

    The features of the second image are numbered after those of the first.
    """
    words = np.concatenate([image.words.ravel() for image in images])
    signatures = np.concatenate([image.signatures.ravel() for image in images])
    if len(words) != len(signatures) or (len(words) and int(words.max()) >= WORD_COUNT):
        raise ValueError("A query needs one signature per word, and words of the vocabulary.")
    feature_count = sum(len(image) for image in images)
    features = np.repeat(
        np.arange(feature_count, dtype=np.int32),
        np.concatenate([np.full(len(image), image.words.shape[1]) for image in images]),
    )
    order = np.argsort(words, kind="stable")
    return voting.Visits(words[order].astype(np.int32), features[order], signatures[order])


def _room(segments: Sequence[Segment], visits: voting.Visits) -> int:
    """Return for how many hits there should be room: more than most queries find."""
    lengths = np.zeros(WORD_COUNT, np.int64)
    for part in segments:
        lengths += np.diff(part.offsets)
    return max(_LEAST_ROOM_FOR_HITS, int(lengths[visits.words].sum()) // _POSTINGS_PER_HIT)


def _find_near(
    part: Segment,
    is_wanted: npt.NDArray[np.bool_],
    first_row: int,
    visits: voting.Visits,
    noted: tuple[Hits, int],
) -> tuple[Hits, int]:
    """Return the hits with those of one more segment, and their number."""
    if not is_wanted.any():
        return noted
    hits, found = noted
    while True:
        total = voting.find_near(
            (part.offsets, part.signatures, part.rows),
            is_wanted,
            first_row,
            (visits.words, visits.features, visits.signatures),
            (hits.features, hits.rows, hits.distances),
            found,
        )
        if total <= len(hits.rows):
            return hits, total
        hits = hits.grown(2 * total)


def _votes(hits: Hits, found: int, feature_counts: tuple[int, int], row_count: int) -> Integers:
    """Return int64 (2, rows): the votes of the upright and of the mirrored features."""
    features = hits.features[:found]
    is_mirrored = features >= feature_counts[0]
    return np.stack(
        [
            voting.count_votes(
                (
                    features[chosen] - first_feature,
                    hits.rows[:found][chosen],
                    hits.distances[:found][chosen],
                ),
                feature_count,
                row_count,
                VOTES,
            )
            for chosen, first_feature, feature_count in (
                (~is_mirrored, 0, feature_counts[0]),
                (is_mirrored, feature_counts[0], feature_counts[1]),
            )
        ]
    )


def _of_rows(
    segments: Sequence[Segment], rows: npt.NDArray[np.intp]
) -> tuple[Integers, npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Return keys, list slots and numbers of features of rows counted through all segments."""
    ends = np.cumsum([len(part) for part in segments])
    pieces = np.split(rows, np.searchsorted(rows, ends[:-1])) if len(segments) else []
    places = [
        piece - (end - len(part))
        for part, piece, end in zip(segments, pieces, ends.tolist(), strict=True)
    ]
    chosen = list(zip(segments, places, strict=True))
    return (
        np.concatenate([np.empty(0, np.int64), *(part.keys[own] for part, own in chosen)]),
        np.concatenate([np.empty(0, np.int32), *(part.list_slots[own] for part, own in chosen)]),
        np.concatenate(
            [np.empty(0, np.int32), *(part.feature_counts[own] for part, own in chosen)]
        ),
    )
