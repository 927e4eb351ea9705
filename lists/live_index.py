"""This process's in-memory index over all lists, brought up to date before every search.

The database is the truth. The index is loaded from it on first use and follows the change feed, so
an item that was added is found, and a removed one is not, by the very next search on any process.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.db.models import QuerySet, Value

from common import metrics
from common.errors import Unavailable
from lists import feed, frame_keys, transactions
from lists.index_snapshots import Snapshots
from lists.models import Item
from matching import engine, learned
from matching.features import FEATURE_VERSION, QueryFeatures, codec
from matching.hashers.registry import PDQ
from matching.index.inverted import FeatureCandidate, InvertedIndex
from matching.index.scan import LAST, ScanIndex
from matching.index.unit_rows import UnitRows
from matching.types import WORDS_PER_CODE, Candidate, QueryFingerprints

_log = logging.getLogger(__name__)

# SQLite takes 32,766 parameters a statement at most; the same batch suits PostgreSQL.
_BATCH = 10_000
# The postings of one frame are 5 KB.
_FEATURE_BATCH = 2_000
# Of 168 edited copies, each had its original or another copy of it as the first of all.
_FIRST_WITHOUT_VOTES = 3
# By how much a search widens when the frames of a few items took all its rows.
_MORE_ROWS = 4
# As locks count.
_WITHOUT_END = -1.0

# Item row id, list row id, number of the frame, PDQ bits as the database driver hands them out.
_Row = tuple[int, int, int, bytes | memoryview]


class _Keyed(Protocol):
    @property
    def key(self) -> int: ...


Found = TypeVar("Found", bound=_Keyed)
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Position:
    """How far an index had come: in fingerprints, local features and learned descriptors."""

    codes: int = 0
    features: int = 0
    learned: int = 0


START = Position()
# Behind all that an index will ever hold.
END = Position(LAST, LAST, LAST)


@dataclass(frozen=True, slots=True)
class Extent:
    """How many frames an index knows by their fingerprint and by local features."""

    fingerprints: int
    features: int
    feature_bytes: int


@dataclass(frozen=True, slots=True)
class Search(Generic[Found]):
    """What was found for each query, and how far the index had come.

    The keys of candidates are those of `frame_keys`. A later search may look only beyond that
    position.
    """

    candidates: list[list[Found]]
    position: Position


@dataclass(frozen=True, slots=True)
class UpToDate:
    """The indexes as the database was when asked: for the searches of one request.

    What arrived behind `until` is not found. Of what local features find, all but the first few
    need `min_votes`: more than 0 where it is enough to find one of several copies.
    """

    codes: ScanIndex
    features: InvertedIndex
    learned: UnitRows
    position: Position
    until: Position = END
    min_votes: float = 0.0

    def search(
        self,
        queries: Sequence[QueryFingerprints],
        *,
        radius_bits: int,
        list_ids: Collection[int],
        limit: int,
        after: Position = START,
    ) -> Search[Candidate]:
        """Return each query's nearest items, best first, each once, by its nearest frame.

        With `after`, a position that an earlier search returned, only later arrivals are looked at.
        """
        candidates = [
            _nearest_items(
                partial(
                    self.codes.search,
                    query.pdq_codes,
                    radius_bits=radius_bits,
                    list_keys=list_ids,
                    after=after.codes,
                    until=self.until.codes,
                ),
                limit,
            )
            for query in queries
        ]
        return Search(candidates=candidates, position=self.position)

    def search_features(
        self,
        queries: Sequence[QueryFeatures],
        *,
        list_ids: Collection[int],
        limit: int,
        after: Position = START,
    ) -> Search[FeatureCandidate]:
        """Return the items that share most local features with each query, each item once."""
        candidates = [
            _nearest_items(
                partial(
                    self.features.search,
                    query,
                    list_keys=list_ids,
                    after=after.features,
                    until=self.until.features,
                ),
                limit,
            )
            for query in queries
        ]
        enough = [self._with_enough_votes(found) for found in candidates]
        return Search(candidates=enough, position=self.position)

    def _with_enough_votes(self, found: list[FeatureCandidate]) -> list[FeatureCandidate]:
        return [
            each
            for rank, each in enumerate(found)
            if rank < _FIRST_WITHOUT_VOTES or each.votes >= self.min_votes
        ]

    def search_learned(
        self, stored: bytes, *, list_ids: Collection[int], limit: int, after: Position = START
    ) -> list[int]:
        """Return the keys of the items that the learned descriptor says are nearest, best first."""
        vector = learned.vector_of(stored)
        return self.learned.search(
            vector,
            list_keys=list_ids,
            limit=limit,
            after=after.learned,
            until=self.until.learned,
        )

    def learned_cosine(self, item_id: int, stored: bytes) -> float | None:
        """Return the cosine of a learned descriptor with an item's; None where one is lacking."""
        return self.learned.cosine(frame_keys.key_of(item_id, 0), learned.vector_of(stored))


class LiveIndex:
    """Fingerprints and local features of all items, in step with the database at every answer."""

    def __init__(self, snapshots: Snapshots | None = None) -> None:
        """Start cold: the first search loads the rows, local features from a snapshot if it may."""
        self._catching_up = threading.Lock()
        self._codes = ScanIndex()
        self._features = InvertedIndex()
        self._learned = UnitRows()
        self._cursor: str | None = None
        self._snapshots = snapshots

    @classmethod
    def of_item(cls, item_id: int) -> UpToDate:
        """Return an index that holds one live item and never any other."""
        alone = cls()
        alone._put_codes(_code_rows([item_id]))
        alone._put_features(_posting_rows([item_id]))
        alone._put_learned(_learned_rows([item_id]))
        return UpToDate(alone._codes, alone._features, alone._learned, START)

    def up_to_date(self) -> UpToDate:
        """Catch up with the database, and return what can be searched without catching up again."""
        # First, because the very first time the indexes are loaded and may be others afterwards.
        position = self.catch_up()
        return UpToDate(self._codes, self._features, self._learned, position)

    def catch_up(self, *, wait_s: float = _WITHOUT_END) -> Position:
        """Bring the index up to date with the database and return its position.

        Raise Unavailable when other requests are at it for longer than `wait_s` seconds.
        """
        if not self._catching_up.acquire(timeout=wait_s):
            raise Unavailable("The index is being brought up to date.")
        try:
            self._catch_up()
            self._tell()
            return Position(self._codes.position, self._features.position, self._learned.position)
        finally:
            self._catching_up.release()

    def changes_behind(self, limit: int) -> int:
        """Return how many changes the index does not have yet, `limit` at most; 0 if none is."""
        return feed.current_feed().count(self._cursor, limit) if self._cursor else 0

    @property
    def extent(self) -> Extent:
        """Return how large the index of this process is."""
        return Extent(len(self._codes), len(self._features), self._features.memory_bytes)

    def _tell(self) -> None:
        """Let the metrics know how large the index is, and of when."""
        extent = self.extent
        metrics.INDEX_ROWS.labels("fingerprints").set(extent.fingerprints)
        metrics.INDEX_ROWS.labels("features").set(extent.features)
        metrics.INDEX_BYTES.set(extent.feature_bytes)
        metrics.INDEX_CAUGHT_UP.set_to_current_time()

    def _catch_up(self) -> None:
        if self._cursor is not None:
            try:
                self._follow(self._cursor)
            except feed.ForeignCursor:
                _log.warning("The database is not the one of before: the index is loaded anew.")
                self._cursor = None
        if self._cursor is None:
            self._load()

    def _load(self) -> None:
        with transactions.in_any_time():
            self._load_all()

    def _load_all(self) -> None:
        cursor = feed.current_feed().start()
        self._codes = ScanIndex()
        self._put_codes(_code_rows())
        self._learned = UnitRows()
        self._put_learned(_learned_rows())
        if self._resume():
            return
        self._features = InvertedIndex()
        self._put_features(_posting_rows())
        self._cursor = cursor
        self._keep_up(len(self._features))

    def _resume(self) -> bool:
        """Take the local features from a snapshot, and tell whether they are those of today."""
        kept = self._snapshots.load() if self._snapshots else None
        if kept is None:
            return False
        self._features = kept.index
        try:
            self._follow(kept.cursor)
        except feed.ForeignCursor:
            return False
        # A snapshot of an earlier state, before a backup was restored, has other rows.
        return bool(np.array_equal(self._features.keys(), _posting_keys()))

    def _follow(self, cursor: str) -> None:
        changes = feed.current_feed().read(cursor)
        if changes.item_ids:
            self._apply(sorted(set(changes.item_ids)))
        self._cursor = changes.cursor
        self._keep_up(len(changes.item_ids))

    def _keep_up(self, changed: int) -> None:
        """Have the snapshot written anew now and then, off this thread."""
        if self._snapshots and self._cursor is not None:
            self._snapshots.note(changed, self._features, self._cursor)

    def _apply(self, item_ids: list[int]) -> None:
        for batch in _batches(item_ids, _BATCH):
            _discard_all_but(self._codes, batch, codes := list(_code_rows(batch)))
            self._put_codes(codes)
        for batch in _batches(item_ids, _FEATURE_BATCH):
            _discard_all_but(self._features, batch, postings := list(_posting_rows(batch)))
            self._put_features(postings)
        for batch in _batches(item_ids, _FEATURE_BATCH):
            self._learned.discard_many(frame_keys.key_of(item_id, 0) for item_id in batch)
            self._put_learned(_learned_rows(batch))

    def _put_codes(self, rows: Iterable[_Row]) -> None:
        keys, list_keys, codes = _columns(rows)
        if not keys:
            return
        self._codes.put_many(
            keys,
            list_keys,
            np.frombuffer(b"".join(codes), dtype=np.uint64).reshape(-1, WORDS_PER_CODE),
        )

    def _put_features(self, rows: Iterable[_Row]) -> None:
        for batch in _batches(rows, _FEATURE_BATCH):
            keys, list_keys, encoded = _columns(batch)
            postings = [codec.postings_from_bytes(each) for each in encoded]
            self._features.put_many(keys, list_keys, postings)

    def _put_learned(self, rows: Iterable[_Row]) -> None:
        for batch in _batches(rows, _FEATURE_BATCH):
            keys, list_keys, stored = _columns(batch)
            self._learned.put_many(keys, list_keys, map(learned.vector_of, stored))


def _batches(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, size)):
        yield batch


def _discard_all_but(
    index: ScanIndex | InvertedIndex, item_ids: list[int], rows: list[_Row]
) -> None:
    """Take those of the items out of the index of which there is no row any more."""
    for gone in set(item_ids) - {row[0] for row in rows}:
        index.discard_many(frame_keys.keys_of(gone))


def _columns(rows: Iterable[_Row]) -> tuple[list[int], list[int], list[bytes]]:
    """Return the index's keys of the rows, their lists, and what is stored of them."""
    keys, list_keys, stored = [], [], []
    for item_id, list_id, frame, content in rows:
        keys.append(frame_keys.key_of(item_id, frame))
        list_keys.append(list_id)
        stored.append(bytes(content))
    return keys, list_keys, stored


def _nearest_items(search: Callable[..., list[Found]], limit: int) -> list[Found]:
    """Return the nearest frame of each of the nearest items.

    One item may fill the rows with its frames, so more of them are asked for until it is enough.
    """
    rows = limit
    while True:
        found = search(limit=rows)
        nearest: dict[int, Found] = {}
        for candidate in found:
            nearest.setdefault(frame_keys.item_of(candidate.key), candidate)
        if len(found) < rows or len(nearest) >= limit:
            return list(nearest.values())[:limit]
        rows *= _MORE_ROWS


def _code_rows(item_ids: list[int] | None = None) -> Iterable[_Row]:
    """Yield (item, list, frame, PDQ bits) of live items where the fingerprint can be evidence."""
    # One filter call: all conditions hold for the same fingerprint row.
    items = Item.objects.filter(
        removed_at=None,
        image_list__removed_at=None,
        image__fingerprints__algorithm=PDQ.algorithm,
        image__fingerprints__version=PDQ.version,
        image__fingerprints__quality__gte=engine.MIN_QUALITY,
    )
    if item_ids is not None:
        items = items.filter(pk__in=item_ids)
    return items.values_list(
        "id", "image_list_id", "image__fingerprints__frame", "image__fingerprints__bits"
    ).iterator(chunk_size=_BATCH)


def _posting_rows(item_ids: list[int] | None = None) -> Iterable[_Row]:
    """Yield (item, list, frame, postings) of live items that have features of this version."""
    items = _live_with_features()
    if item_ids is not None:
        items = items.filter(pk__in=item_ids)
    return items.values_list(
        "id", "image_list_id", "image__features__frame", "image__features__postings"
    ).iterator(chunk_size=_FEATURE_BATCH)


def _learned_rows(item_ids: list[int] | None = None) -> Iterable[_Row]:
    """Yield (item, list, 0, descriptor) of live items that the model in use has described."""
    if settings.LEARNED_MODEL is None:
        return ()
    items = Item.objects.filter(
        removed_at=None,
        image_list__removed_at=None,
        image__vectors__model=settings.LEARNED_MODEL.key,
    )
    if item_ids is not None:
        items = items.filter(pk__in=item_ids)
    rows = items.values_list("id", "image_list_id", Value(0), "image__vectors__vector")
    return rows.iterator(chunk_size=_FEATURE_BATCH)


def _live_with_features() -> QuerySet[Item]:
    return Item.objects.filter(
        removed_at=None, image_list__removed_at=None, image__features__version=FEATURE_VERSION
    )


def _posting_keys() -> npt.NDArray[np.int64]:
    """Return the index's keys of all live frames with features of this version, in order."""
    items = _live_with_features().values_list("id", "image__features__frame")
    rows = items.iterator(chunk_size=_BATCH)
    return np.sort(np.fromiter((frame_keys.key_of(*row) for row in rows), np.int64))


_live_index: LiveIndex | None = None
_creating = threading.Lock()


def current() -> LiveIndex:
    """Return this process's index."""
    global _live_index  # noqa: PLW0603 - one index per process, made on first use
    with _creating:
        if _live_index is None:
            _live_index = LiveIndex(Snapshots(settings.DATA_DIR / "index"))
        return _live_index


def reset() -> None:
    """Forget everything, so that the next search loads from the database again."""
    global _live_index  # noqa: PLW0603 - one index per process, replaced as a whole
    _live_index = None
