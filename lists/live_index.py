"""This process's in-memory index over all lists, brought up to date before every search.

The database is the truth. The index is loaded from it on first use and follows the change feed, so
an item that was added is found, and a removed one is not, by the very next search on any process.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from lists import feed
from lists.models import Item
from matching import engine
from matching.hashers.registry import PDQ
from matching.index.scan import ScanIndex
from matching.types import WORDS_PER_CODE, Candidate, QueryFingerprints

# SQLite takes 32,766 parameters a statement at most; the same batch suits PostgreSQL.
_BATCH = 10_000

# Item row id, list row id, PDQ bits as the database driver hands them out.
_Row = tuple[int, int, bytes | memoryview]


@dataclass(frozen=True, slots=True)
class Search:
    """What was found for each query, and how far the index had come.

    A later search may look only beyond that position.
    """

    candidates: list[list[Candidate]]
    position: int


class LiveIndex:
    """A fingerprint index that catches up with the database before it answers."""

    def __init__(self) -> None:
        """Start cold: the first search loads the rows."""
        self._catching_up = threading.Lock()
        self._index = ScanIndex()
        self._cursor: str | None = None

    def search(
        self,
        queries: Sequence[QueryFingerprints],
        *,
        radius_bits: int,
        list_ids: Collection[int],
        limit: int,
        after: int = 0,
    ) -> Search:
        """Return each query's nearest items, best first; keys are item and list row ids.

        With `after`, a position that an earlier search returned, only later arrivals are looked at.
        """
        position = self.catch_up()
        candidates = [
            self._index.search(
                query.pdq_codes,
                radius_bits=radius_bits,
                list_keys=list_ids,
                limit=limit,
                after=after,
            )
            for query in queries
        ]
        return Search(candidates=candidates, position=position)

    def catch_up(self) -> int:
        """Bring the index up to date with the database and return its position."""
        with self._catching_up:
            self._catch_up()
            return self._index.position

    def _catch_up(self) -> None:
        if self._cursor is None:
            cursor = feed.current_feed().start()
            self._put(_live_rows())
            self._cursor = cursor
            return
        changes = feed.current_feed().read(self._cursor)
        if changes.item_ids:
            self._apply(sorted(set(changes.item_ids)))
        self._cursor = changes.cursor

    def _apply(self, item_ids: list[int]) -> None:
        for start in range(0, len(item_ids), _BATCH):
            batch = item_ids[start : start + _BATCH]
            rows = list(_live_rows(batch))
            for gone in set(batch) - {row[0] for row in rows}:
                self._index.discard(gone)
            self._put(rows)

    def _put(self, rows: Iterable[_Row]) -> None:
        keys, list_keys, codes = [], [], []
        for item_id, list_id, bits in rows:
            keys.append(item_id)
            list_keys.append(list_id)
            codes.append(bytes(bits))
        if not keys:
            return
        self._index.put_many(
            keys,
            list_keys,
            np.frombuffer(b"".join(codes), dtype=np.uint64).reshape(-1, WORDS_PER_CODE),
        )


def _live_rows(item_ids: list[int] | None = None) -> Iterable[_Row]:
    """Yield (item, list, PDQ bits) of live items whose fingerprint can be evidence."""
    # One filter call: all conditions hold for the same fingerprint row.
    items = Item.objects.filter(
        removed_at=None,
        image__fingerprints__algorithm=PDQ.algorithm,
        image__fingerprints__version=PDQ.version,
        image__fingerprints__quality__gte=engine.MIN_QUALITY,
    )
    if item_ids is not None:
        items = items.filter(pk__in=item_ids)
    return items.values_list("id", "image_list_id", "image__fingerprints__bits").iterator(
        chunk_size=_BATCH
    )


_live_index = LiveIndex()


def current() -> LiveIndex:
    """Return this process's index."""
    return _live_index


def reset() -> None:
    """Forget everything, so that the next search loads from the database again."""
    global _live_index  # noqa: PLW0603 - one index per process, replaced as a whole
    _live_index = LiveIndex()
