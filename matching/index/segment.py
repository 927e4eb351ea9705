"""A part of the inverted index that never changes, but for the time when each of its rows ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from numba import njit

from matching.features import Postings, Signatures, Words
from matching.features.model import WORD_COUNT
from matching.index.voting import Integers, Rows

NEVER = np.iinfo(np.int64).max

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """The postings of n rows, m in all, and what is known of each row.

    The postings of word w are those from `offsets[w]` to `offsets[w + 1]`: `signatures` uint64 (m,)
    and `rows` int32 (m,). Rows are in the order of their `keys`, int64 (n,), each there once.
    `list_slots` int32 (n,) are numbers of lists, `positions` int64 (n,) as in
    `InvertedIndex.position`, `feature_counts` int32 (n,). `ended` int64 (n,) is written to: the
    time when a row was replaced or discarded.
    """

    offsets: Integers
    signatures: Signatures
    rows: Rows
    keys: Integers
    list_slots: npt.NDArray[np.int32]
    positions: Integers
    feature_counts: npt.NDArray[np.int32]
    ended: Integers

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def memory_bytes(self) -> int:
        """Return the size of all arrays."""
        return sum(getattr(self, name).nbytes for name in self.__dataclass_fields__)

    @property
    def ended_count(self) -> int:
        """Return how many rows have ended, at whatever time."""
        return int(np.count_nonzero(self.ended != NEVER))

    def wanted(
        self, is_wanted_list: npt.NDArray[np.bool_], *, after: int, until: int, time: int
    ) -> Flags:
        """Return bool (n,): rows of wanted lists, put between positions, not ended by the time.

        What was put at `after` is not among them, what was put at `until` is.
        """
        is_wanted: Flags = is_wanted_list[self.list_slots]
        is_wanted &= self.ended > time
        if after:
            is_wanted &= self.positions > after
        if until < NEVER:
            is_wanted &= self.positions <= until
        return is_wanted

    def end(self, keys: Integers, time: int) -> int:
        """End the rows of these keys at `time`; return how many there were.

        `keys` is int64, each there once.
        """
        places = np.searchsorted(self.keys, keys)
        is_inside = places < len(self)
        places, sought = places[is_inside], keys[is_inside]
        places = places[self.keys[places] == sought]
        places = places[self.ended[places] == NEVER]
        self.ended[places] = time
        return len(places)


def build(keys: Sequence[int], postings: Sequence[Postings]) -> Segment:
    """Return a segment of these rows, each key once and ascending; slots and positions are 0.

    Raise ValueError for words that the vocabulary does not have, and for arrays of unlike lengths.
    """
    counts = np.array([len(each) for each in postings], np.int64)
    words = np.concatenate([np.empty(0, np.uint16), *(each.words for each in postings)])
    signatures = np.concatenate([np.empty(0, np.uint64), *(each.signatures for each in postings)])
    if len(words) != len(signatures) or (len(words) and int(words.max()) >= WORD_COUNT):
        raise ValueError("Postings need one signature per word, and words of the vocabulary.")
    offsets, order = _by_word(words)
    return Segment(
        offsets=offsets,
        signatures=signatures[order].astype(np.uint64, copy=False),
        rows=np.repeat(np.arange(len(counts), dtype=np.int32), counts)[order],
        keys=np.array(keys, np.int64),
        list_slots=np.zeros(len(counts), np.int32),
        positions=np.zeros(len(counts), np.int64),
        feature_counts=counts.astype(np.int32),
        ended=np.full(len(counts), NEVER, np.int64),
    )


def _by_word(words: Words) -> tuple[Integers, npt.NDArray[np.intp]]:
    counts = np.bincount(words, minlength=WORD_COUNT)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return offsets, np.argsort(words, kind="stable")


@dataclass(frozen=True, slots=True)
class Merged:
    """A segment made of others, and where its rows came from: number of the part, row there."""

    segment: Segment
    parts: npt.NDArray[np.intp]
    rows: npt.NDArray[np.intp]

    def up_to_date(self, sources: Sequence[Segment]) -> Segment:
        """Return the segment with the rows ended that have ended in the sources meanwhile."""
        ended = self.segment.ended.copy()
        for number, source in enumerate(sources):
            is_from_here = self.parts == number
            ended[is_from_here] = source.ended[self.rows[is_from_here]]
        return replace(self.segment, ended=ended)


def merge(sources: Sequence[Segment], time: int) -> Merged:
    """Return one segment with the rows of all that had not ended by the time."""
    alive = [np.flatnonzero(source.ended > time) for source in sources]
    rows = np.concatenate(alive)
    parts = np.repeat(np.arange(len(sources)), [len(each) for each in alive])
    keys = np.concatenate([source.keys[kept] for source, kept in zip(sources, alive, strict=True)])
    order = np.argsort(keys)
    new_row_of = np.empty(len(order), np.int32)
    new_row_of[order] = np.arange(len(order), dtype=np.int32)
    ends = np.cumsum([len(each) for each in alive])
    moves = [
        _moves(len(source), kept, moved)
        for source, kept, moved in zip(sources, alive, np.split(new_row_of, ends[:-1]), strict=True)
    ]

    def gathered(name: str) -> npt.NDArray[np.generic]:
        pieces = [getattr(source, name)[kept] for source, kept in zip(sources, alive, strict=True)]
        return np.concatenate(pieces)[order]

    offsets, signatures, posting_rows = _merge_postings(sources, moves)
    segment = Segment(
        offsets=offsets,
        signatures=signatures,
        rows=posting_rows,
        keys=keys[order],
        list_slots=gathered("list_slots").astype(np.int32, copy=False),
        positions=gathered("positions").astype(np.int64, copy=False),
        feature_counts=gathered("feature_counts").astype(np.int32, copy=False),
        ended=gathered("ended").astype(np.int64, copy=False),
    )
    return Merged(segment, parts[order], rows[order])


def _moves(count: int, kept: npt.NDArray[np.intp], moved: Rows) -> Rows:
    """Return int32 (count,): the new row of each row, -1 for those that are left out."""
    moves = np.full(count, -1, np.int32)
    moves[kept] = moved
    return moves


def _merge_postings(
    sources: Sequence[Segment], moves: Sequence[Rows]
) -> tuple[Integers, Signatures, Rows]:
    counts = np.zeros(WORD_COUNT + 1, np.int64)
    for source, moved in zip(sources, moves, strict=True):
        _count_kept(source.offsets, source.rows, moved, counts)
    offsets = np.cumsum(counts)
    signatures = np.empty(offsets[-1], np.uint64)
    rows = np.empty(offsets[-1], np.int32)
    places = offsets[:-1].copy()
    for source, moved in zip(sources, moves, strict=True):
        _copy_kept(
            (source.offsets, source.signatures, source.rows), moved, places, signatures, rows
        )
    return offsets, signatures, rows


@njit(nogil=True, cache=True)
def _count_kept(offsets: Integers, rows: Rows, moves: Rows, counts: Integers) -> None:
    """Add to `counts[w + 1]` how many postings of word w are of rows that go on."""
    for word in range(len(offsets) - 1):
        for posting in range(offsets[word], offsets[word + 1]):
            if moves[rows[posting]] >= 0:
                counts[word + 1] += 1


@njit(nogil=True, cache=True)
def _copy_kept(
    postings: tuple[Integers, Signatures, Rows],
    moves: Rows,
    places: Integers,
    signatures: Signatures,
    rows: Rows,
) -> None:
    """Copy the postings of rows that go on to the next places of their words."""
    offsets, old_signatures, old_rows = postings
    for word in range(len(offsets) - 1):
        place = places[word]
        for posting in range(offsets[word], offsets[word + 1]):
            row = moves[old_rows[posting]]
            if row >= 0:
                signatures[place] = old_signatures[posting]
                rows[place] = row
                place += 1
        places[word] = place
