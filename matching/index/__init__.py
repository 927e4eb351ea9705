"""Search for what is like a query: the protocols and their in-process implementations."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from matching.features import Postings, QueryFeatures
from matching.types import Candidate, Codes


class FingerprintIndex(Protocol):
    """All lists in one index, the list filter inside; searches may run beside puts and discards.

    A search sees the index as it was at one moment: all of a `put_many` or a `discard_many` or
    nothing of it, and of a replaced row either the old or the new one.
    """

    def put(self, key: int, *, list_key: int, code: bytes) -> None:
        """Add a row, or replace the one with this key; `code` is 32 bytes of PDQ."""

    def put_many(self, keys: Sequence[int], list_keys: Sequence[int], codes: Codes) -> None:
        """Put many rows at once; `codes` is uint64 (n, 4). Of equal keys the last one counts."""

    def discard(self, key: int) -> None:
        """Remove the row with this key if there is one."""

    def discard_many(self, keys: Iterable[int]) -> None:
        """Remove the rows with these keys, those that there are, at once."""

    def search(
        self,
        codes: Codes,
        *,
        radius_bits: int,
        list_keys: Collection[int],
        limit: int,
        after: int = 0,
    ) -> list[Candidate]:
        """Return the rows of these lists within `radius_bits` of any of the query's `codes`.

        `codes` is uint64 (v, 4) with 1 <= v <= 8, row i being the query in `ORIENTATIONS[i]`.
        Each key comes once, in its nearest orientation (the first of equals), ordered by
        distance, then key; at most `limit`. Rows put at or before position `after` are left out.
        """

    @property
    def position(self) -> int:
        """Return how many rows were put so far; a replaced row counts again."""

    def __len__(self) -> int:
        """Return how many rows can be found."""


@dataclass(frozen=True, slots=True)
class FeatureCandidate:
    """A row that shares local features with the query, perhaps with its mirror image.

    `votes` is about the number of features they share, rare ones counting more, over the square
    root of the number of the row's features: it puts rows in order and is no probability.
    """

    key: int
    list_key: int
    votes: float
    is_mirrored: bool


class FeatureIndex(Protocol):
    """Local features of all lists in one index, the list filter inside; safe beside other threads.

    A search sees the index as it was at one moment: all of a `put_many` or nothing of it, and of
    a replaced row either the old or the new one.
    """

    def put_many(
        self, keys: Sequence[int], list_keys: Sequence[int], postings: Sequence[Postings]
    ) -> None:
        """Add rows, or replace those with these keys. Of equal keys the last one counts."""

    def discard(self, key: int) -> None:
        """Remove the row with this key if there is one."""

    def discard_many(self, keys: Iterable[int]) -> None:
        """Remove the rows with these keys, those that there are, at once."""

    def search(
        self, query: QueryFeatures, *, list_keys: Collection[int], limit: int, after: int = 0
    ) -> list[FeatureCandidate]:
        """Return at most `limit` rows of these lists with any vote, most votes first, then by key.

        Each key comes once, mirrored only if its votes are more so. Rows of other lists, and rows
        put at or before position `after`, are left out and have no influence on the votes.
        """

    @property
    def position(self) -> int:
        """Return how many rows were put so far; a replaced row counts again."""

    def __len__(self) -> int:
        """Return how many rows can be found."""
