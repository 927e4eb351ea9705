"""How confirmed pairs hold a cluster together, from the pairs alone: no database here.

The strongest pairs that connect everything make a tree. Taking one pair of the tree away parts the
pictures in two, and no confirmed pair between the two parts scores higher than that one. So each
pair of the tree is a place to split, and the path in the tree is the best one from one picture to
another: its weakest pair says how far the two can be taken for copies.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from review.pairs.groups import Groups


@dataclass(frozen=True, slots=True)
class ClusterEdge:
    """A confirmed pair: its row id, the row ids of its pictures, its score."""

    pair_id: int
    low_id: int
    high_id: int
    score: float

    def other(self, image_id: int) -> int:
        """Return the picture on the other side."""
        return self.high_id if image_id == self.low_id else self.low_id


@dataclass(frozen=True, slots=True)
class Thread:
    """The best way from a picture to the reference: how many pairs, and the weakest score."""

    steps: int
    weakest: float


@dataclass(frozen=True, slots=True)
class Split:
    """What one pair of the tree holds: the smaller part, and all pairs between both parts."""

    edge: ClusterEdge
    part: frozenset[int]
    pair_ids: Sequence[int]


def tree(edges: Sequence[ClusterEdge]) -> list[ClusterEdge]:
    """Return the strongest pairs that connect all pictures that `edges` connect, best first."""
    groups = Groups()
    best_first = sorted(edges, key=lambda each: (-each.score, each.pair_id))
    return [edge for edge in best_first if groups.join(edge.low_id, edge.high_id)]


def threads(edges: Sequence[ClusterEdge], reference_id: int) -> dict[int, Thread]:
    """Return the best way to the reference of every other picture."""
    neighbours = _neighbours(tree(edges))
    found = {reference_id: Thread(0, 1.0)}
    waiting = deque([reference_id])
    while waiting:
        here = waiting.popleft()
        for edge in neighbours[here]:
            there = edge.other(here)
            if there not in found:
                found[there] = Thread(found[here].steps + 1, min(found[here].weakest, edge.score))
                waiting.append(there)
    del found[reference_id]
    return found


def weakest(edges: Sequence[ClusterEdge], *, count: int) -> list[ClusterEdge]:
    """Return up to `count` places to split, weakest first."""
    return tree(edges)[::-1][:count]


def split_at(edges: Sequence[ClusterEdge], pair_id: int) -> Split | None:
    """Return what splitting at a pair of the tree would part; None for any other pair."""
    kept = tree(edges)
    cut = next((edge for edge in kept if edge.pair_id == pair_id), None)
    if cut is None:
        return None
    rest = _neighbours([edge for edge in kept if edge is not cut])
    parts = [_reached(rest, cut.low_id), _reached(rest, cut.high_id)]
    return _split(edges, cut, min(parts, key=lambda part: (len(part), min(part))))


def taken_out(edges: Sequence[ClusterEdge], image_id: int) -> Split | None:
    """Return what taking one picture out would cut; None for one that no pair holds."""
    own = [edge for edge in edges if image_id in (edge.low_id, edge.high_id)]
    if not own:
        return None
    return _split(edges, max(own, key=lambda edge: edge.score), frozenset([image_id]))


def _split(edges: Sequence[ClusterEdge], cut: ClusterEdge, part: frozenset[int]) -> Split:
    between = [edge for edge in edges if (edge.low_id in part) != (edge.high_id in part)]
    return Split(cut, part, [edge.pair_id for edge in between])


def _neighbours(edges: Collection[ClusterEdge]) -> dict[int, list[ClusterEdge]]:
    neighbours: dict[int, list[ClusterEdge]] = defaultdict(list)
    for edge in edges:
        neighbours[edge.low_id].append(edge)
        neighbours[edge.high_id].append(edge)
    return neighbours


def _reached(neighbours: dict[int, list[ClusterEdge]], start: int) -> frozenset[int]:
    seen = {start}
    waiting = [start]
    while waiting:
        here = waiting.pop()
        for edge in neighbours[here]:
            there = edge.other(here)
            if there not in seen:
                seen.add(there)
                waiting.append(there)
    return frozenset(seen)
