"""Chooses among hits that lie over each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from moderation.text.automaton import severity
from moderation.types import Hit, Key


def resolved(hits: Iterable[Hit], order: tuple[str, ...]) -> tuple[Hit, ...]:
    """Return hits of which no two of one key overlap, in the order of the text.

    The longest wins, then the most severe, then the language that is first in `order`. Custom
    lists do not take hits from each other.
    """
    groups: dict[tuple[Key, str | None], list[Hit]] = defaultdict(list)
    for hit in hits:
        groups[hit.key, hit.list_id].append(hit)
    kept = [hit for group in groups.values() for hit in _apart(group, order)]
    return tuple(sorted(kept, key=lambda hit: (hit.start, hit.end, hit.key, hit.list_id or "")))


def _apart(hits: list[Hit], order: tuple[str, ...]) -> list[Hit]:
    kept: list[Hit] = []
    taken: set[int] = set()
    for hit in sorted(hits, key=lambda hit: _rank(hit, order)):
        span = range(hit.start, hit.end)
        if taken.isdisjoint(span):
            taken.update(span)
            kept.append(hit)
    return kept


def _rank(hit: Hit, order: tuple[str, ...]) -> tuple[int, int, int, int, str, str]:
    place = order.index(hit.language) if hit.language in order else len(order)
    length = hit.end - hit.start
    return -length, -severity(hit.intensity), place, hit.start, hit.kind, hit.entry or ""
