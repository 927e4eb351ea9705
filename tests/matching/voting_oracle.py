"""The inverted index in plain numpy: every posting compared. Right beyond doubt, and slow."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from matching.features import LocalFeatures, Postings, QueryFeatures
from matching.index.inverted import FeatureCandidate
from matching.index.scan import LAST

NEAR_BITS = 20
WIDTH_BITS = 10
WHOLE_VOTE = 2**24


@dataclass(frozen=True, slots=True)
class _Row:
    list_key: int
    postings: Postings
    position: int


class OracleIndex:
    """A dictionary of rows, gone through in each search."""

    def __init__(self) -> None:
        self._rows: dict[int, _Row] = {}
        self.position = 0

    def put_many(
        self, keys: Sequence[int], list_keys: Sequence[int], postings: Sequence[Postings]
    ) -> None:
        for key, list_key, each in zip(keys, list_keys, postings, strict=True):
            self.position += 1
            self._rows[int(key)] = _Row(int(list_key), each, self.position)

    def discard(self, key: int) -> None:
        self._rows.pop(key, None)

    def discard_many(self, keys: Iterable[int]) -> None:
        for key in keys:
            self.discard(key)

    def search(
        self,
        query: QueryFeatures,
        *,
        list_keys: Collection[int],
        limit: int,
        after: int = 0,
        until: int = LAST,
    ) -> list[FeatureCandidate]:
        rows = {
            key: row
            for key, row in self._rows.items()
            if row.list_key in list_keys and after < row.position <= until
        }
        upright, mirrored = _votes(query.upright, rows), _votes(query.mirrored, rows)
        candidates = [
            FeatureCandidate(
                key=key,
                list_key=row.list_key,
                votes=max(upright[key], mirrored[key])
                / (WHOLE_VOTE * float(np.sqrt(len(row.postings)))),
                is_mirrored=mirrored[key] > upright[key],
            )
            for key, row in rows.items()
            if upright[key] or mirrored[key]
        ]
        candidates.sort(key=lambda each: (-each.votes, each.key))
        return candidates[:limit]

    def __len__(self) -> int:
        return len(self._rows)


def _votes(image: LocalFeatures, rows: dict[int, _Row]) -> dict[int, int]:
    votes = dict.fromkeys(rows, 0)
    for words, signatures in zip(image.words, image.signatures, strict=True):
        distances = {key: _near(words, signatures, row.postings) for key, row in rows.items()}
        hits = sum(len(each) for each in distances.values())
        for key, near in distances.items():
            if near:
                weight = WHOLE_VOTE * np.exp(-((np.float64(min(near)) / WIDTH_BITS) ** 2))
                votes[key] += int(weight * (1 / np.sqrt(hits)))
    return votes


def _near(words: np.ndarray, signatures: np.ndarray, postings: Postings) -> list[int]:
    """Return the distances of all near postings in the words of one feature of the query."""
    return [
        distance
        for word, signature in zip(words, signatures, strict=True)
        for distance in np.bitwise_count(
            postings.signatures[postings.words == word] ^ signature
        ).tolist()
        if distance <= NEAR_BITS
    ]
