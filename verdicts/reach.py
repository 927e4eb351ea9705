"""Which pictures a verdict covers: those that confirmed pairs connect which may carry it.

A pair carries a verdict if it is confirmed as the same in `whole` scope, its kind is one that its
list lets carry, and no texts stand against it: what differs, was not read or is not compared yet
never does. So what a verdict covers is its group, or a part of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from review.models import Act, Decision
from review.pairs import connected, invariants, policy
from review.pairs.groups import Groups
from verdicts.kinds import VerdictState
from verdicts.models import Verdict


@dataclass(frozen=True, slots=True)
class Around:
    """Whole clusters, and the published verdicts about a picture of any of them."""

    image_ids: frozenset[int]
    verdicts: Sequence[Verdict]

    def covering(
        self, image_ids: Iterable[int], *, settled_by: dt.datetime | None = None
    ) -> dict[int, Verdict]:
        """Return, by picture, the verdict that covers it: one about it, else the newest.

        With `settled_by` by pairs alone that people decided by then, or a list's policy whenever:
        what was decided since may be undone without anybody knowing. One query for most.
        """
        groups = _carried(self.image_ids, settled_by)
        oldest_first = sorted(self.verdicts, key=lambda each: (each.changed_at, each.pk))
        own = {each.image_id: each for each in oldest_first}
        newest = {groups.root(each.image_id): each for each in oldest_first}
        covering = {each: own.get(each) or newest.get(groups.root(each)) for each in image_ids}
        return {each: verdict for each, verdict in covering.items() if verdict is not None}


def covered_from(image_id: int, *, without_pairs: Collection[int] = ()) -> frozenset[int]:
    """Return the pictures, by row id, that a verdict about one covers, itself among them.

    Or those that it would if the pairs of some row ids did not connect.
    """
    group: Collection[int] = connected.component(image_id)
    if without_pairs:
        edges = connected.groups_within(group, without_pairs=without_pairs)
        group = [each for each in group if edges.root(each) == edges.root(image_id)]
    groups = _carried(group, without_pairs=without_pairs)
    own = groups.root(image_id)
    return frozenset(each for each in group if groups.root(each) == own)


def verdicts_about(image_ids: Collection[int]) -> QuerySet[Verdict]:
    """Return the published verdicts about one of at most 10,000 pictures, newest first."""
    verdicts = Verdict.objects.filter(image__in=image_ids, state=VerdictState.PUBLISHED)
    return verdicts.order_by("-changed_at", "-pk")


def two_verdicts(sides: invariants.Sides) -> tuple[Verdict, Verdict] | None:
    """Return the newest published verdict of each of two groups; None unless there are two."""
    one, other = (verdicts_about(side).first() for side in sides)
    return None if one is None or other is None or one == other else (one, other)


def around(image_ids: Collection[int]) -> Around:
    """Return the clusters of pictures and the published verdicts about them; two queries."""
    reached = connected.reached_from(image_ids)
    pieces = connected.in_pieces(reached)
    return Around(reached, [verdict for ids in pieces for verdict in verdicts_about(ids)])


def _carried(
    group: Iterable[int],
    settled_by: dt.datetime | None = None,
    *,
    without_pairs: Collection[int] = (),
) -> Groups:
    groups, members = Groups(), frozenset(group)
    for ids in connected.in_pieces(members):
        pairs = connected.matches().filter(policy.may_carry(), image_low__in=ids)
        if settled_by is not None:
            by_policy = Decision.objects.filter(
                candidate=OuterRef("pk"), act=Act.AUTO_CONFIRM, undone_by=None
            )
            pairs = pairs.filter(Q(changed_at__lte=settled_by) | Exists(by_policy))
        pairs = pairs.exclude(pk__in=without_pairs)
        rows = pairs.values_list("image_low", "image_high", "kind", "image_list__verdict_kinds")
        for low_id, high_id, kind, kinds in rows:
            if kind in kinds and high_id in members:
                groups.join(low_id, high_id)
    return groups
