"""Pairs of queries and items, with what the product measures between them.

The folders are those of `bench.evaluation.folder`.

Each query is compared in full with the items that a search would propose: the nearest by
fingerprints and by the words of local features. All others count as compared and far.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.evaluation import folder as evaluation
from bench.evaluation.folder import Folder
from intake.limits import Limits
from matching import decode, trim
from matching.engine import Engine, ItemPicture, QueryPicture
from matching.evidence import Signals
from matching.features import Postings, extract
from matching.hashers import registry
from matching.index.inverted import InvertedIndex

LIMITS = Limits()
_BY_FEATURES, _BY_EACH_HASH = 20, 4
_PROCESSES = 2
_ITEMS = 1  # the one list of a folder's index


@dataclass(frozen=True, slots=True)
class QueryOfFolder:
    """A row of queries.csv in one of several folders."""

    folder: Path
    row: evaluation.FolderQuery

    @property
    def key(self) -> str:
        """Return what no query of any folder shares with this one."""
        return str(self.folder / self.row.file)


@dataclass(frozen=True, slots=True)
class ComparedPair:
    """A query and an item that were compared in full."""

    query: QueryOfFolder
    item: str
    matches: bool
    signals: Signals


@dataclass(frozen=True, slots=True)
class Measured:
    """All queries, the pairs that were compared in full, and how many pairs there are in all."""

    queries: list[QueryOfFolder]
    pairs: list[ComparedPair]
    comparisons: int
    pictures: int


def measure(folders: list[Path], *, every: int = 1) -> Measured:
    """Compare every so many queries of the folders with their items; some 0.2 s a query."""
    measured = [_measure(folder, every) for folder in folders]
    return Measured(
        queries=[query for each in measured for query in each.queries],
        pairs=[pair for each in measured for pair in each.pairs],
        comparisons=sum(each.comparisons for each in measured),
        pictures=sum(each.pictures for each in measured),
    )


def _measure(path: Path, every: int) -> Measured:
    folder = Folder.read(path)
    queries = [QueryOfFolder(path, row) for row in folder.queries[::every]]
    with ProcessPoolExecutor(_PROCESSES) as pool:
        # The items are prepared once in each process, and forgotten with it.
        pairs = [
            pair for of_query in pool.map(_compared, queries, chunksize=8) for pair in of_query
        ]
    return Measured(
        queries=queries,
        pairs=pairs,
        comparisons=len(queries) * len(folder.items),
        pictures=len(folder.items),
    )


def _compared(query: QueryOfFolder) -> list[ComparedPair]:
    stock, seen = _stock(query.folder), _query_picture(query.folder / query.row.file)
    pairs = []
    for index in stock.candidates(seen):
        item = stock.ids[index]
        if (query.row.source, item) not in stock.ignored:
            comparison = Engine().compare_in_full(seen, stock.pictures[index])
            signals = comparison.evidence.signals
            pairs.append(ComparedPair(query, item, query.row.truth == item, signals))
    return pairs


class _Stock:
    """The items of a folder, and which of them a search would propose."""

    def __init__(self, folder: Folder) -> None:
        self.ids = [item.id for item in folder.items]
        self.ignored = folder.ignored
        self.pictures = [_item_picture(folder.path / item.file) for item in folder.items]
        self._features = InvertedIndex()
        self._features.put_many(
            range(len(self.pictures)),
            [_ITEMS] * len(self.pictures),
            [Postings.of(picture.features.local) for picture in self.pictures],
        )
        codes = [picture.fingerprints for picture in self.pictures]
        self._codes = {
            hasher.algorithm: np.array(
                [list(each.of(hasher.algorithm).bits) for each in codes], np.uint8
            )
            for hasher in registry.HASHERS
        }

    def candidates(self, query: QueryPicture) -> list[int]:
        """Return the rows of the nearest items by votes of features and by each hash."""
        voted = self._features.search(query.features, list_keys={_ITEMS}, limit=_BY_FEATURES)
        found = {candidate.key for candidate in voted}
        views = [view for view in (query.fingerprints, query.trimmed, query.negative) if view]
        variants = [variant for view in views for variant in view.variants]
        for algorithm, codes in self._codes.items():
            bits = [variant.of(algorithm).bits for variant in variants]
            found |= set(_nearest(codes, bits)[:_BY_EACH_HASH])
        return sorted(found)


def _nearest(codes: npt.NDArray[np.uint8], wanted: list[bytes]) -> list[int]:
    """Return the rows of the codes (n, bytes) by their distance to the nearest wanted one."""
    sought = np.array([list(each) for each in wanted], np.uint8)
    bits = np.bitwise_count(codes[:, np.newaxis] ^ sought).sum(axis=2, dtype=np.int64)
    return [int(row) for row in np.argsort(bits.min(axis=1), kind="stable")]


@cache
def _stock(path: Path) -> _Stock:
    return _Stock(Folder.read(path))


def _query_picture(path: Path) -> QueryPicture:
    grey = decode.decode_grey(path.read_bytes(), LIMITS)
    bare = trim.trimmed(grey)
    return QueryPicture(
        width=grey.width,
        height=grey.height,
        fingerprints=registry.query_fingerprints(grey),
        trimmed=registry.query_fingerprints(bare) if bare else None,
        features=extract.query_features(grey.pixels),
    )


def _item_picture(path: Path) -> ItemPicture:
    grey = decode.decode_grey(path.read_bytes(), LIMITS)
    return ItemPicture(
        width=grey.width,
        height=grey.height,
        fingerprints=registry.fingerprint(grey),
        features=extract.item_features(grey.pixels),
    )


def by_transform(queries: list[QueryOfFolder]) -> Iterator[tuple[str, list[QueryOfFolder]]]:
    """Yield each transform with its queries that have a right item."""
    found: dict[str, list[QueryOfFolder]] = {}
    for query in queries:
        if query.row.truth:
            found.setdefault(query.row.transform, []).append(query)
    yield from found.items()
