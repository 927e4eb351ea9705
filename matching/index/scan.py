"""The fast search: one compiled pass over all rows, all variants of the query at once.

Why a scan and not multi-index hashing: suggestions reach far beyond the 31 bits up to which that
index probes few buckets. At radius 47 it already visits 3 % of all rows in random order, which is
no faster than reading all of them in order, and beyond that it must visit nearly all. A scan costs
the same at any radius and stays exact. `bench/bench_search.py` compares it with faiss and numpy;
docs/adr/0006-exact-scan.md has its figures.

Consistency: rows are only ever appended to arrays with room, and a replaced or discarded row keeps
its place with the time of its end. A search takes one published view and leaves out what had ended
by then, so it needs no lock and sees each change wholly or not at all. When more than half of the
rows have ended, new arrays are written; searches that run keep the old ones.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from matching.index.kernel import rows_within
from matching.index.list_slots import ListSlots
from matching.index.vectors import LANES
from matching.types import ORIENTATIONS, WORDS_PER_CODE, Candidate, Codes, code_words

_FIRST_CAPACITY = 1024
_MIN_ROWS_TO_COMPACT = 1024
_FIRST_ROOM_FOR_FOUND = 1024
_NEVER = np.iinfo(np.int64).max
# A position that no row has come to.
LAST = int(np.iinfo(np.int64).max)

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _RowsView:
    """The first `count` rows of the arrays as they were at `time`; the arrays have room for more.

    `codes` is uint64 (capacity, 4), `list_slots` int32, the others int64. A slot is the number of
    a list in the order of first use; `positions` rise; `ended` is the time when the row was
    replaced or discarded.
    """

    codes: Codes
    keys: Integers
    list_slots: npt.NDArray[np.int32]
    positions: Integers
    ended: Integers
    count: int
    time: int

    @classmethod
    def empty(cls, capacity: int) -> _RowsView:
        """Return no rows and room for `capacity`."""
        return cls(
            codes=np.empty((capacity, WORDS_PER_CODE), np.uint64),
            keys=np.empty(capacity, np.int64),
            list_slots=np.empty(capacity, np.int32),
            positions=np.empty(capacity, np.int64),
            ended=np.full(capacity, _NEVER, np.int64),
            count=0,
            time=0,
        )

    @property
    def capacity(self) -> int:
        """Return how many rows fit."""
        return len(self.keys)

    def moved(self, rows: Integers, capacity: int) -> _RowsView:
        """Return these rows in new arrays with room for `capacity`."""
        target = _RowsView.empty(capacity)
        count = len(rows)
        target.codes[:count] = self.codes[rows]
        target.keys[:count] = self.keys[rows]
        target.list_slots[:count] = self.list_slots[rows]
        target.positions[:count] = self.positions[rows]
        target.ended[:count] = self.ended[rows]
        return replace(target, count=count, time=self.time)


class ScanIndex:
    """All lists in one arena, the list filter inside; searches run beside puts and discards.

    A search sees the index as it was at one moment: all of a `put_many` or a `discard_many` or
    nothing of it, and of a replaced row either the old or the new one.
    """

    def __init__(self) -> None:
        self._view = _RowsView.empty(_FIRST_CAPACITY)
        self._row_of_key: dict[int, int] = {}
        self._slots = ListSlots()
        self._position = 0
        self._lock = threading.Lock()

    def put(self, key: int, *, list_key: int, code: bytes) -> None:
        """Add a row, or replace the one with this key; `code` is 32 bytes of PDQ."""
        self.put_many([key], [list_key], code_words(code)[np.newaxis])

    def put_many(self, keys: Sequence[int], list_keys: Sequence[int], codes: Codes) -> None:
        """Put many rows at once; `codes` is uint64 (n, 4). Of equal keys the last one counts."""
        if not len(keys) == len(list_keys) == len(codes):
            raise ValueError("keys, list_keys and codes must be of one length")
        if not len(keys):
            return
        last_of_key = {int(key): number for number, key in enumerate(keys)}
        kept = np.array(sorted(last_of_key.values()))
        with self._lock:
            view = self._with_room(len(kept))
            added = slice(view.count, view.count + len(kept))
            view.codes[added] = codes[kept]
            view.keys[added] = np.asarray(keys, np.int64)[kept]
            view.list_slots[added] = self._slots.of(list_keys)[kept]
            view.positions[added] = self._position + 1 + kept
            view.ended[added] = _NEVER
            self._end(view, last_of_key)
            self._row_of_key.update(
                zip(view.keys[added].tolist(), range(added.start, added.stop), strict=True)
            )
            self._position += len(keys)
            after = replace(view, count=added.stop, time=view.time + 1)
            self._view = self._compacted(after)

    def discard(self, key: int) -> None:
        """Remove the row with this key if there is one."""
        self.discard_many([key])

    def discard_many(self, keys: Iterable[int]) -> None:
        """Remove the rows with these keys, those that there are, at once."""
        with self._lock:
            known = [key for key in keys if key in self._row_of_key]
            if not known:
                return
            self._end(self._view, known)
            self._view = self._compacted(replace(self._view, time=self._view.time + 1))

    def search(
        self,
        codes: Codes,
        *,
        radius_bits: int,
        list_keys: Collection[int],
        limit: int,
        after: int = 0,
        until: int = LAST,
    ) -> list[Candidate]:
        """Return the rows of these lists within `radius_bits` of any of the query's `codes`.

        `codes` is uint64 (v, 4) with 1 <= v <= 8, row i being the query in `ORIENTATIONS[i]`.
        Each key comes once, in its nearest orientation (the first of equals), ordered by
        distance, then key; at most `limit`. Only rows put after position `after`, and at or
        before `until`, are looked at.
        """
        view = self._view
        span = np.searchsorted(view.positions[: view.count], (after, until), side="right")
        wanted = self._slots.wanted(list_keys)
        rows, packed = _scan(view, (int(span[0]), int(span[1])), wanted, _lanes(codes), radius_bits)
        alive = view.ended[rows] > view.time
        rows, packed = rows[alive], packed[alive]
        best = np.lexsort((view.keys[rows], packed // LANES))[:limit]
        return [
            Candidate(
                key=int(view.keys[row]),
                list_key=self._slots.list_keys[view.list_slots[row]],
                distance_bits=nearest // LANES,
                orientation=ORIENTATIONS[nearest % LANES],
            )
            for row, nearest in zip(rows[best].tolist(), packed[best].tolist(), strict=True)
        ]

    @property
    def position(self) -> int:
        """Return how many rows were put so far; a replaced row counts again."""
        return self._position

    def __len__(self) -> int:
        """Return how many rows can be found."""
        return len(self._row_of_key)

    def _with_room(self, row_count: int) -> _RowsView:
        """Return a view with room for `row_count` more rows, in new arrays if need be."""
        view = self._view
        needed = view.count + row_count
        if needed <= view.capacity:
            return view
        return view.moved(np.arange(view.count), max(needed, 2 * view.capacity))

    def _end(self, view: _RowsView, keys: Iterable[int]) -> None:
        """Let the rows of these keys end with the next published time."""
        for key in keys:
            row = self._row_of_key.pop(key, None)
            if row is not None:
                view.ended[row] = view.time + 1

    def _compacted(self, view: _RowsView) -> _RowsView:
        """Return the view without ended rows if they are the greater part."""
        if view.count < max(_MIN_ROWS_TO_COMPACT, 2 * len(self._row_of_key)):
            return view
        alive = np.flatnonzero(view.ended[: view.count] == _NEVER)
        compact = view.moved(alive, max(_FIRST_CAPACITY, 2 * len(alive)))
        self._row_of_key = dict(zip(view.keys[alive].tolist(), range(len(alive)), strict=True))
        return compact


def warm_up() -> None:
    """Compile the inner loop, or load it from the cache of an earlier run, before it is needed."""
    index = ScanIndex()
    index.put(1, list_key=1, code=bytes(32))
    index.search(np.zeros((1, WORDS_PER_CODE), np.uint64), radius_bits=0, list_keys={1}, limit=1)


def _lanes(codes: Codes) -> Codes:
    """Return uint64 (4, 8): word i of each variant; the first one again where variants lack."""
    if codes.shape[1:] != (WORDS_PER_CODE,) or not 1 <= len(codes) <= LANES:
        raise ValueError(f"query codes have shape (1..8, 4), not {codes.shape}")
    lanes = np.repeat(codes[:1], LANES, axis=0)
    lanes[: len(codes)] = codes
    return np.ascontiguousarray(lanes.T)


def _scan(
    view: _RowsView,
    span: tuple[int, int],
    wanted: npt.NDArray[np.bool_],
    lanes: Codes,
    radius_bits: int,
) -> tuple[Integers, npt.NDArray[np.uint64]]:
    """Return the near rows in order and 8 x distance + variant of each, ended ones included."""
    room = _FIRST_ROOM_FOR_FOUND
    while True:
        rows, packed = np.empty(room, np.int64), np.empty(room, np.uint64)
        found = rows_within(
            view.codes,
            view.list_slots,
            wanted,
            span,
            lanes,
            radius_bits,
            rows,
            packed,
        )
        if found <= room:
            return rows[:found], packed[:found]
        room = found
