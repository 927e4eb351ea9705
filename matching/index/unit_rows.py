"""Descriptors of length 1 as the rows of one matrix, searched exactly by a product."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from matching.index.scan import LAST

Vectors = npt.NDArray[np.float32]
_FIRST_CAPACITY = 256


@dataclass(frozen=True, slots=True)
class _Rows:
    """The first `count` rows of the arrays; those whose key was put again or discarded are dead."""

    vectors: Vectors
    keys: npt.NDArray[np.int64]
    list_keys: npt.NDArray[np.int64]
    positions: npt.NDArray[np.int64]
    is_alive: npt.NDArray[np.bool_]
    count: int = 0

    @classmethod
    def empty(cls, capacity: int, length: int) -> _Rows:
        return cls(
            vectors=np.empty((capacity, length), np.float32),
            keys=np.zeros(capacity, np.int64),
            list_keys=np.zeros(capacity, np.int64),
            positions=np.zeros(capacity, np.int64),
            is_alive=np.zeros(capacity, np.bool_),
        )

    def moved(self, capacity: int) -> _Rows:
        """Return the rows that live in new arrays."""
        alive = np.flatnonzero(self.is_alive[: self.count])
        target = _Rows.empty(capacity + len(alive), self.vectors.shape[1])
        for name in ("vectors", "keys", "list_keys", "positions", "is_alive"):
            getattr(target, name)[: len(alive)] = getattr(self, name)[alive]
        return replace(target, count=len(alive))


class UnitRows:
    """Rows by key; a search runs beside changes and sees each row as before one or after it.

    The first row tells the length of all; rows of another length are left out.
    """

    def __init__(self) -> None:
        self._rows = _Rows.empty(0, 0)
        self._row_of_key: dict[int, int] = {}
        self._position = 0
        self._lock = threading.Lock()

    def put_many(
        self, keys: Sequence[int], list_keys: Sequence[int], vectors: Iterable[Vectors]
    ) -> None:
        """Put rows, instead of those of the same keys."""
        with self._lock:
            for key, list_key, vector in zip(keys, list_keys, vectors, strict=True):
                self._end(key)
                self._append(key, list_key, vector)

    def discard_many(self, keys: Iterable[int]) -> None:
        """Remove the rows with these keys, those that there are."""
        with self._lock:
            for key in keys:
                self._end(key)

    def search(
        self,
        vector: Vectors,
        *,
        list_keys: Collection[int],
        limit: int,
        after: int = 0,
        until: int = LAST,
    ) -> list[int]:
        """Return the keys of these lists with the greatest cosine, best first.

        Only rows put after position `after`, and at or before `until`, are looked at.
        """
        rows = self._rows
        span = np.searchsorted(rows.positions[: rows.count], (after, until), side="right")
        first, last = int(span[0]), int(span[1])
        seen = slice(first, last)
        if rows.vectors.shape[1] != len(vector) or first >= last:
            return []
        is_asked = rows.is_alive[seen] & np.isin(rows.list_keys[seen], list(list_keys))
        cosines = np.where(is_asked, rows.vectors[seen] @ vector, -np.inf)
        best = np.argsort(-cosines, kind="stable")[:limit]
        keys: list[int] = rows.keys[seen][best[is_asked[best]]].tolist()
        return keys

    def cosine(self, key: int, vector: Vectors) -> float | None:
        """Return the cosine with the row of this key; None where there is none."""
        with self._lock:
            row = self._row_of_key.get(key)
            if row is None or self._rows.vectors.shape[1] != len(vector):
                return None
            return float(self._rows.vectors[row] @ vector)

    @property
    def position(self) -> int:
        """Return how many rows were put so far; a replaced row counts again."""
        return self._position

    def __len__(self) -> int:
        return len(self._row_of_key)

    def _append(self, key: int, list_key: int, vector: Vectors) -> None:
        if not self._row_of_key:
            self._rows = _Rows.empty(_FIRST_CAPACITY, len(vector))
        rows = self._rows
        if rows.vectors.shape[1] != len(vector):
            return
        if rows.count == len(rows.keys):
            rows = rows.moved(max(_FIRST_CAPACITY, len(self._row_of_key)))
            alive_keys = rows.keys[: rows.count].tolist()
            self._row_of_key = dict(zip(alive_keys, range(rows.count), strict=True))
        self._position += 1
        rows.vectors[rows.count] = vector
        rows.keys[rows.count], rows.list_keys[rows.count] = key, list_key
        rows.positions[rows.count], rows.is_alive[rows.count] = self._position, True
        self._row_of_key[key] = rows.count
        self._rows = replace(rows, count=rows.count + 1)

    def _end(self, key: int) -> None:
        row = self._row_of_key.pop(key, None)
        if row is not None:
            self._rows.is_alive[row] = False
