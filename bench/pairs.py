"""Pairs of queries and items of evaluation folders, with what the product measures between them.

A folder holds items.csv (id, file, role), queries.csv (file, transform, group, source, truth: the
id of the right item or nothing) and perhaps ignore.csv (source, item: pairs that are no errors).
Each query is compared in full with the items that a search would propose: the nearest by
fingerprints and by the words of local features. All others count as compared and far.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from intake.limits import Limits
from matching import decode, trim
from matching.engine import Engine, ItemPicture, QueryPicture
from matching.features import extract
from matching.hashers import registry
from matching.score import Signals

LIMITS = Limits()
_BY_FEATURES, _BY_EACH_HASH = 20, 4
_NEAR_BITS, _VOTE_BITS = 20, 10.0
_PROCESSES = 2

Row = dict[str, str]
Counts = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Query:
    """A row of queries.csv; `key` tells apart queries of several folders."""

    key: str
    transform: str
    group: str
    source: str
    truth: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A query and an item that were compared in full."""

    query: Query
    item: str
    matches: bool
    signals: Signals


@dataclass(frozen=True, slots=True)
class Measured:
    """All queries, the pairs that were compared in full, and how many pairs there are in all."""

    queries: list[Query]
    pairs: list[Pair]
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


def _measure(folder: Path, every: int) -> Measured:
    numbers = range(0, len(_rows(folder / "queries.csv")), every)
    queries = [_rows(folder / "queries.csv")[number] for number in numbers]
    items = _rows(folder / "items.csv")
    with ProcessPoolExecutor(_PROCESSES) as pool:
        # The items are prepared once in each process, and forgotten with it.
        found = pool.map(_compared, [folder] * len(queries), numbers, chunksize=8)
        pairs = [pair for of_query in found for pair in of_query]
    return Measured(
        queries=[_query(folder, row) for row in queries],
        pairs=pairs,
        comparisons=len(queries) * len(items),
        pictures=len(items),
    )


def _compared(folder: Path, number: int) -> list[Pair]:
    stock = _stock(folder)
    row = _rows(folder / "queries.csv")[number]
    query, seen = _query(folder, row), _query_picture(folder / row["file"])
    pairs = []
    for index in stock.candidates(seen):
        item = stock.ids[index]
        if (query.source, item) not in stock.ignored:
            comparison = Engine().compare_in_full(seen, stock.pictures[index])
            signals = comparison.evidence.signals
            pairs.append(Pair(query, item, query.truth == item, signals))
    return pairs


class _Stock:
    """The items of a folder, and which of them a search would propose."""

    def __init__(self, folder: Path) -> None:
        rows = _rows(folder / "items.csv")
        self.ids = [row["id"] for row in rows]
        self.ignored = {(row["source"], row["item"]) for row in _rows(folder / "ignore.csv")}
        self.pictures = [_item_picture(folder / row["file"]) for row in rows]
        features = [picture.features.local for picture in self.pictures]
        words = np.concatenate([each.words[:, 0] for each in features])
        order = np.argsort(words, kind="stable")
        self._words = words[order]
        self._signatures = np.concatenate([each.signatures[:, 0] for each in features])[order]
        counts = np.array([len(each) for each in features])
        self._items = np.repeat(np.arange(len(features)), counts)[order]
        self._sizes = np.sqrt(np.maximum(counts, 1))
        codes = [picture.fingerprints for picture in self.pictures]
        self._pdq = np.array([list(each.pdq.bits) for each in codes], np.uint8)
        self._phash = np.array([list(each.phash.bits) for each in codes], np.uint8)

    def candidates(self, query: QueryPicture) -> list[int]:
        """Return the rows of the nearest items by votes of features and by either hash."""
        votes = self._votes(query) / self._sizes
        found = {int(row) for row in np.argsort(-votes)[:_BY_FEATURES] if votes[row] > 0}
        views = [view for view in (query.fingerprints, query.trimmed, query.negative) if view]
        variants = [variant for view in views for variant in view.variants]
        for codes, bits in (
            (self._pdq, [variant.pdq.bits for variant in variants]),
            (self._phash, [variant.phash.bits for variant in variants]),
        ):
            found |= set(_nearest(codes, bits)[:_BY_EACH_HASH])
        return sorted(found)

    def _votes(self, query: QueryPicture) -> Counts:
        sides = (query.features.upright, query.features.mirrored)
        return np.maximum(*(self._votes_of(each.words, each.signatures) for each in sides))

    def _votes_of(
        self, words: npt.NDArray[np.uint16], signatures: npt.NDArray[np.uint64]
    ) -> Counts:
        starts = np.searchsorted(self._words, words.ravel(), "left")
        counts = np.searchsorted(self._words, words.ravel(), "right") - starts
        # Every posting of every word, one span after the other.
        ends = np.cumsum(counts)
        places = np.arange(counts.sum()) + np.repeat(starts - (ends - counts), counts)
        bits = np.bitwise_count(self._signatures[places] ^ np.repeat(signatures.ravel(), counts))
        near = bits <= _NEAR_BITS
        features = np.repeat(np.arange(words.size) // words.shape[1], counts)[near]
        bursts = np.sqrt(np.bincount(features, minlength=len(words)))[features]
        weights = np.exp(-((bits[near] / _VOTE_BITS) ** 2)) / bursts
        items = self._items[places[near]]
        return np.asarray(np.bincount(items, weights, len(self.ids)), np.float64)


def _nearest(codes: npt.NDArray[np.uint8], wanted: list[bytes]) -> list[int]:
    """Return the rows of the codes (n, bytes) by their distance to the nearest wanted one."""
    sought = np.array([list(each) for each in wanted], np.uint8)
    bits = np.bitwise_count(codes[:, np.newaxis] ^ sought).sum(axis=2, dtype=np.int64)
    return [int(row) for row in np.argsort(bits.min(axis=1), kind="stable")]


@cache
def _stock(folder: Path) -> _Stock:
    return _Stock(folder)


@cache
def _rows(path: Path) -> list[Row]:
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _query(folder: Path, row: Row) -> Query:
    return Query(
        key=f"{folder}/{row['file']}",
        transform=row["transform"],
        group=row["group"],
        source=row["source"],
        truth=row["truth"],
    )


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


def by_transform(queries: list[Query]) -> Iterator[tuple[str, list[Query]]]:
    """Yield each transform with its queries that have a right item."""
    found: dict[str, list[Query]] = {}
    for query in queries:
        if query.truth:
            found.setdefault(query.transform, []).append(query)
    yield from found.items()
