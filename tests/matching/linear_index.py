"""The oracle: every row compared with plain numpy. Right beyond doubt, and slow."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from matching.index.scan import LAST
from matching.types import ORIENTATIONS, Candidate, Codes, code_words


@dataclass(frozen=True, slots=True)
class _Row:
    list_key: int
    code: Codes
    position: int


class LinearIndex:
    """A dictionary of rows, stacked and compared anew in each search."""

    def __init__(self) -> None:
        """Start empty."""
        self._rows: dict[int, _Row] = {}
        self._position = 0
        self._lock = threading.Lock()

    def put(self, key: int, *, list_key: int, code: bytes) -> None:
        """Add a row, or replace the one with this key; `code` is 32 bytes of PDQ."""
        self.put_many([key], [list_key], code_words(code)[np.newaxis])

    def put_many(self, keys: Sequence[int], list_keys: Sequence[int], codes: Codes) -> None:
        """Put many rows at once; `codes` is uint64 (n, 4). Of equal keys the last one counts."""
        with self._lock:
            for key, list_key, code in zip(keys, list_keys, codes, strict=True):
                self._position += 1
                self._rows[int(key)] = _Row(int(list_key), code.copy(), self._position)

    def discard(self, key: int) -> None:
        """Remove the row with this key if there is one."""
        self.discard_many([key])

    def discard_many(self, keys: Iterable[int]) -> None:
        """Remove the rows with these keys, those that there are, at once."""
        with self._lock:
            for key in keys:
                self._rows.pop(key, None)

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
        """Return the rows of these lists within `radius_bits`; see `ScanIndex.search`."""
        with self._lock:
            rows = [
                (key, row)
                for key, row in self._rows.items()
                if row.list_key in list_keys and after < row.position <= until
            ]
        if not rows:
            return []
        differing = np.stack([row.code for _, row in rows])[:, np.newaxis] ^ codes
        distances = np.bitwise_count(differing).sum(axis=2, dtype=np.int64)
        nearest = distances.argmin(axis=1)
        candidates = [
            Candidate(key, row.list_key, int(distance[variant]), ORIENTATIONS[variant])
            for (key, row), distance, variant in zip(rows, distances, nearest, strict=True)
            if distance[variant] <= radius_bits
        ]
        candidates.sort(key=lambda candidate: (candidate.distance_bits, candidate.key))
        return candidates[:limit]

    @property
    def position(self) -> int:
        """Return how many rows were put so far; a replaced row counts again."""
        return self._position

    def __len__(self) -> int:
        """Return how many rows can be found."""
        return len(self._rows)
