"""Which pictures are one cluster: connected through confirmed pairs, found when it is asked.

An edge is a pair that is confirmed in `whole` scope in a list that is in service, whatever list.
What only follows from such pairs is confirmed too and is no edge: it adds nothing, and falls with
them (docs/adr/0020). Nothing is stored: a recursive query walks from a picture to all that it is
connected with, one look into an index per picture and at most `MAX_MEMBERS` of them, in one round
trip (docs/adr/0012).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from lists import selectors as lists_selectors
from review.models import Act, Decision, MatchCandidate, State
from review.pairs.groups import DatedGroups, Groups
from review.scopes import Scope

# Confirming a pair that would make a larger cluster is refused.
MAX_MEMBERS = 5_000

# A pair is looked up by either side, each through its own index: one condition with OR would make
# databases read all pairs again for every picture. PostgreSQL allows one recursive term that may
# look sideways, SQLite several that may not.
_EDGE = """
  SELECT pair.{there} AS image_id FROM {source} review_matchcandidate AS pair
  JOIN lists_list AS list ON list.id = pair.image_list_id
  WHERE pair.{here} = reach.image_id AND pair.state = 'confirmed' AND pair.scope = 'whole'
    AND pair.follows_from_id IS NULL AND list.removed_at IS NULL {further}
"""
_STEPS = {
    "postgresql": (
        "SELECT edge.image_id FROM reach CROSS JOIN LATERAL (",
        "UNION ALL",
        ") AS edge",
    ),
    "sqlite": ("", "UNION", ""),
}
_SOURCES = {"postgresql": "", "sqlite": "reach CROSS JOIN"}
_REACH = """
WITH RECURSIVE reach(image_id) AS (SELECT CAST(%s AS bigint) UNION {step})
SELECT image_id FROM reach LIMIT %s
"""
_REACH_OF_SEVERAL = """
WITH RECURSIVE reach(image_id) AS (SELECT id FROM lists_image WHERE id IN ({seeds}) UNION {step})
SELECT image_id FROM reach
"""
# As many as a statement on SQLite takes with what else it is given.
_IDS_AT_ONCE = 10_000
_SIDES = ("image_low", "image_high")
_WITHOUT_PAIR = "AND pair.id <> %s"
_GRANTED = """AND EXISTS (
    SELECT 1 FROM lists_listgrant AS granted
    WHERE granted.image_list_id = list.id AND granted.credential_id = %s
  )"""


@dataclass(frozen=True, slots=True)
class _Walk:
    """Which edges a walk may take."""

    without_pair: int | None = None
    granted_to: int | None = None

    @property
    def conditions(self) -> tuple[str, list[Any]]:
        chosen = [
            (sql, value)
            for sql, value in (
                (_WITHOUT_PAIR, self.without_pair),
                (_GRANTED, self.granted_to),
            )
            if value is not None
        ]
        return " ".join(sql for sql, _ in chosen), [value for _, value in chosen]


@dataclass(frozen=True, slots=True)
class Clusters:
    """Whole clusters, some of one picture alone, and since which decision any two are connected."""

    image_ids: frozenset[int]
    groups: DatedGroups

    def of(self, image_id: int) -> int:
        """Return the picture that stands for the cluster of one."""
        return self.groups.root(image_id)

    def closing(self, one: int, other: int) -> int | None:
        """Return the row id of the decision that connected two; None for two that are apart.

        0 says that they are connected and that it is not known since when.
        """
        return self.groups.joined_since(one, other)

    def members(self) -> list[frozenset[int]]:
        """Return the pictures of each cluster, the smallest first."""
        members: dict[int, set[int]] = defaultdict(set)
        for image_id in self.image_ids:
            members[self.of(image_id)].add(image_id)
        return sorted(map(frozenset, members.values()), key=len)

    def told_apart(self) -> dict[frozenset[int], int]:
        """Return the oldest dissociated pair, by row id, between any two of these clusters."""
        apart: dict[frozenset[int], int] = {}
        for ids in in_pieces(self.image_ids):
            rows = _live().filter(state=State.DISSOCIATED, image_low__in=ids).order_by("pk")
            for pair_id, low_id, high_id in rows.values_list("pk", "image_low", "image_high"):
                if high_id in self.image_ids:
                    between = frozenset((self.of(low_id), self.of(high_id)))
                    apart[between] = min(pair_id, apart.get(between, pair_id))
        return apart


def clusters_of(image_ids: Collection[int]) -> Clusters:
    """Return the clusters of several pictures, by two queries for every 10,000 of them."""
    return _clusters(image_ids, _Walk(), edges())


def clusters_for(actor: Actor, image_ids: Collection[int]) -> Clusters:
    """Return the same as far as pairs in lists connect that the actor may reach."""
    if not actor.is_restricted:
        return clusters_of(image_ids)
    within_reach = edges().filter(image_list__in=lists_selectors.lists_for(actor))
    return _clusters(image_ids, _Walk(granted_to=actor.credential_id), within_reach)


def _clusters(image_ids: Collection[int], walk: _Walk, edges: QuerySet[MatchCandidate]) -> Clusters:
    reached = _reached(image_ids, walk)
    # What made it an edge the last time, be it an undoing.
    joining = (
        Decision.objects.filter(
            candidate=OuterRef("pk"), to_state=State.CONFIRMED, to_scope=Scope.WHOLE
        )
        .exclude(from_state=State.CONFIRMED, from_scope=Scope.WHOLE)
        .exclude(act=Act.FOLLOW)
    )
    rows: list[tuple[int, int, int]] = []
    for ids in in_pieces(reached):
        # All edges of a picture lead within its cluster.
        edge = edges.filter(image_low__in=ids)
        since = Coalesce(Subquery(joining.order_by("-pk").values("pk")[:1]), 0)
        rows += edge.annotate(since=since).values_list("since", "image_low", "image_high")
    groups = DatedGroups()
    for decision_id, low_id, high_id in sorted(rows):
        groups.join(low_id, high_id, decision_id)
    return Clusters(reached, groups)


def groups_within(reached: Collection[int], *, without_pairs: Collection[int] = ()) -> Groups:
    """Return which pictures of whole clusters are one, but not since when; see `reached_from`.

    The pairs of some row ids do not count.
    """
    groups = Groups()
    for ids in in_pieces(reached):
        own = edges().filter(image_low__in=ids).exclude(pk__in=without_pairs)
        for low_id, high_id in own.values_list(*_SIDES):
            groups.join(low_id, high_id)
    return groups


def reached_from(image_ids: Collection[int]) -> frozenset[int]:
    """Return the pictures of the clusters of several, by one query for every 10,000 of them."""
    return _reached(image_ids, _Walk())


def _reached(image_ids: Collection[int], walk: _Walk) -> frozenset[int]:
    further, values = walk.conditions
    reached: set[int] = set()
    for ids in in_pieces(image_ids):
        with connection.cursor() as cursor:
            cursor.execute(_sql_of_several(len(ids), further), [*ids, *values, *values])
            reached |= {row[0] for row in cursor.fetchall()}
    return frozenset(reached)


def component(image_id: int, *, without_pair: int | None = None) -> frozenset[int]:
    """Return the row ids of all pictures connected with one, itself among them.

    `without_pair` names a pair that is not to count. More than `MAX_MEMBERS` ids mean that there
    are more than are returned.
    """
    return _walked(image_id, _Walk(without_pair=without_pair))


def component_for(actor: Actor, image_id: int) -> frozenset[int]:
    """Return the pictures connected with one by pairs in lists that the actor may reach."""
    return _walked(image_id, _Walk(granted_to=actor.credential_id if actor.is_restricted else None))


def pairs_with(image_ids: Collection[int]) -> QuerySet[MatchCandidate]:
    """Return all pairs in live lists that have one of at most `MAX_MEMBERS` pictures."""
    return _live().filter(Q(image_low__in=image_ids) | Q(image_high__in=image_ids))


def told_apart(
    some: frozenset[int], others: frozenset[int], *, but: MatchCandidate
) -> MatchCandidate | None:
    """Return a dissociated pair other than `but` with a picture on either side, if there is one."""
    smaller, larger = sorted((some, others), key=len)
    apart = pairs_with(smaller).filter(state=State.DISSOCIATED).exclude(pk=but.pk).order_by("pk")
    for pair_id, low_id, high_id in apart.values_list("pk", "image_low", "image_high"):
        if (low_id in smaller and high_id in larger) or (high_id in smaller and low_id in larger):
            return MatchCandidate.objects.select_related("image_list").get(pk=pair_id)
    return None


def dissociated_together(organisation_id: int) -> MatchCandidate | None:
    """Return a dissociated pair of pictures that others connect, if an organisation has one.

    Reads all its decisions in two statements, however many they are.
    """
    own = {"image_list__organisation": organisation_id}
    groups = Groups()
    for low_id, high_id in edges().filter(**own).values_list(*_SIDES).iterator():
        groups.join(low_id, high_id)
    apart = MatchCandidate.objects.filter(
        state=State.DISSOCIATED, image_list__removed_at=None, **own
    )
    for pair_id, low_id, high_id in apart.values_list("pk", *_SIDES).iterator():
        if groups.root(low_id) == groups.root(high_id):
            return MatchCandidate.objects.select_related("image_list").get(pk=pair_id)
    return None


def edges() -> QuerySet[MatchCandidate]:
    """Return the pairs that connect: not those that only follow from others."""
    return matches().filter(follows_from=None)


def matches() -> QuerySet[MatchCandidate]:
    """Return the pairs that are confirmed as the same, also those that follow from others."""
    return _live().filter(state=State.CONFIRMED, scope=Scope.WHOLE)


def in_pieces(ids: Collection[int]) -> Iterator[list[int]]:
    """Yield the ids in order, as many at a time as a statement takes."""
    remaining = iter(sorted(ids))
    while piece := list(islice(remaining, _IDS_AT_ONCE)):
        yield piece


def _live() -> QuerySet[MatchCandidate]:
    return MatchCandidate.objects.filter(image_list__removed_at=None)


def _walked(image_id: int, walk: _Walk) -> frozenset[int]:
    further, values = walk.conditions
    with connection.cursor() as cursor:
        cursor.execute(_sql(further), [image_id, *values, *values, MAX_MEMBERS + 1])
        return frozenset(row[0] for row in cursor.fetchall())


def _sql(further: str) -> str:
    return _REACH.format(step=_step(further))


def _sql_of_several(count: int, further: str) -> str:
    return _REACH_OF_SEVERAL.format(step=_step(further), seeds=", ".join(["%s"] * count))


def _step(further: str) -> str:
    sides = ("image_low_id", "image_high_id")
    source = _SOURCES[connection.vendor]
    forth, back = (
        _EDGE.format(here=here, there=there, source=source, further=further)
        for here, there in (sides, sides[::-1])
    )
    begin, between, end = _STEPS[connection.vendor]
    return f"{begin}{forth}{between}{back}{end}"
