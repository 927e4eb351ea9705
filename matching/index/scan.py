"""The index in service: an exact scan of all codes, compiled, all query variants in one pass.

Why no multi-index hashing: suggestions need radii well beyond 31 bits, where hashing into 16 bands
no longer prunes (at 47 bits it visits 3 % of the codes at random, which costs what reading them all
in order does). A scan is exact at every radius, and its speed is that of memory;
`bench/bench_search.py` prints it beside the oracle and faiss.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.index import kernel
from matching.types import ORIENTATIONS, WORDS_PER_CODE, Candidate, Codes, code_words

_FIRST_CAPACITY = 1024
_NEVER = np.iinfo(np.int64).max
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Arena:
    """Rows side by side; those beyond the count in use are free.

    A row is found by searches that started at a tick before `died_at`. `words` is uint64
    (4, capacity): one code a column, so that the compiled loop reads each word in order.
    """

    words: Codes
    keys: Integers
    list_keys: Integers
    positions: Integers
    died_at: Integers

    @classmethod
    def empty(cls, capacity: int) -> _Arena:
        """Return an arena with room for `capacity` rows."""
        return cls(
            words=np.zeros((WORDS_PER_CODE, capacity), dtype=np.uint64),
            keys=np.zeros(capacity, dtype=np.int64),
            list_keys=np.zeros(capacity, dtype=np.int64),
            positions=np.zeros(capacity, dtype=np.int64),
            died_at=np.full(capacity, _NEVER, dtype=np.int64),
        )

    @property
    def capacity(self) -> int:
        """Return how many rows there is room for."""
        return len(self.keys)

    def copied(self, rows: Integers, capacity: int) -> _Arena:
        """Return a new arena that begins with these rows."""
        arena = _Arena.empty(capacity)
        count = len(rows)
        arena.words[:, :count] = self.words[:, rows]
        arena.keys[:count] = self.keys[rows]
        arena.list_keys[:count] = self.list_keys[rows]
        arena.positions[:count] = self.positions[rows]
        arena.died_at[:count] = self.died_at[rows]
        return arena


class ScanIndex:
    """All codes in one arena that only grows; removed rows are marked and swept out in bulk.

    Searches take the arena, its count and the tick under the lock and scan without it: later puts
    lie beyond the count, later removals carry a later tick, and growing or sweeping replaces the
    arena instead of moving rows, so every search sees one moment.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._lock = threading.Lock()
        self._arena = _Arena.empty(_FIRST_CAPACITY)
        self._count = 0
        self._row_of: dict[int, int] = {}
        self._position = 0
        self._tick = 0

    def put(self, key: int, *, list_key: int, code: bytes) -> None:
        """Add a row, or replace the one with this key; `code` is 32 bytes of PDQ."""
        self.put_many([key], [list_key], code_words(code)[np.newaxis])

    def put_many(
        self,
        keys: Sequence[int] | Integers,
        list_keys: Sequence[int] | Integers,
        codes: Codes,
    ) -> None:
        """Put many rows at once; `codes` is uint64 (n, 4). Of equal keys the last one counts."""
        added = len(keys)
        with self._lock:
            self._tick += 1
            self._make_room(added)
            rows = slice(self._count, self._count + added)
            self._arena.words[:, rows] = codes.T
            self._arena.keys[rows] = keys
            self._arena.list_keys[rows] = list_keys
            self._arena.positions[rows] = np.arange(added) + self._position + 1
            for row, key in enumerate(self._arena.keys[rows].tolist(), start=self._count):
                self._bury(key)
                self._row_of[key] = row
            self._count += added
            self._position += added

    def discard(self, key: int) -> None:
        """Remove the row with this key if there is one."""
        with self._lock:
            self._tick += 1
            self._bury(key)

    def search(
        self,
        codes: Codes,
        *,
        radius_bits: int,
        list_keys: Collection[int],
        limit: int,
        after: int = 0,
    ) -> list[Candidate]:
        """Return the rows of these lists within `radius_bits`; see `FingerprintIndex.search`."""
        with self._lock:
            arena, count, tick = self._arena, self._count, self._tick
        rows, distances, variants = kernel.within_radius(
            arena.words, count, np.ascontiguousarray(codes), radius_bits
        )
        wanted = np.isin(arena.list_keys[rows], np.fromiter(list_keys, np.int64))
        wanted &= (arena.died_at[rows] > tick) & (arena.positions[rows] > after)
        rows, distances, variants = rows[wanted], distances[wanted], variants[wanted]
        best = np.lexsort((arena.keys[rows], distances))[:limit]
        return [
            Candidate(
                key=int(arena.keys[rows[hit]]),
                list_key=int(arena.list_keys[rows[hit]]),
                distance_bits=int(distances[hit]),
                orientation=ORIENTATIONS[variants[hit]],
            )
            for hit in best
        ]

    @property
    def position(self) -> int:
        """Return how many rows were put so far; a replaced row counts again."""
        return self._position

    def __len__(self) -> int:
        """Return how many rows can be found."""
        return len(self._row_of)

    def _bury(self, key: int) -> None:
        row = self._row_of.pop(key, None)
        if row is not None:
            self._arena.died_at[row] = self._tick

    def _make_room(self, added: int) -> None:
        """Replace the arena when it is full: without its dead rows, and half empty again."""
        if self._count + added <= self._arena.capacity:
            return
        live = np.flatnonzero(self._arena.died_at[: self._count] == _NEVER)
        capacity = max(_FIRST_CAPACITY, 2 * (len(live) + added))
        self._arena = self._arena.copied(live, capacity)
        self._count = len(live)
        self._row_of = {
            key: row for row, key in enumerate(self._arena.keys[: self._count].tolist())
        }


def warm_up() -> None:
    """Compile the scan, or load it from the cache, before the first request has to wait for it."""
    index = ScanIndex()
    index.put(1, list_key=1, code=bytes(WORDS_PER_CODE * 8))
    index.search(
        np.zeros((1, WORDS_PER_CODE), dtype=np.uint64), radius_bits=0, list_keys=[1], limit=1
    )
