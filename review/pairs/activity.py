"""What was decided: every change of a pair's state, newest first, for the people who may see it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from django.db.models import (
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    prefetch_related_objects,
)

from accounts.actors import Actor, Surface
from lists import selectors as lists_selectors
from lists.models import Item, List
from lists.pages import Page, ids_of_newest, page_of
from review.models import Act, Decision, MatchCandidate, Rule
from review.pairs import relations, selectors
from review.pairs.selectors import UNDOABLE, ShownPair

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

ACTS = Act.choices
# To put the decisions about these in order takes no time that anybody notices.
_FEW_PAIRS = 10_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which decisions to show; what is None is not asked for. The moments are both included.

    `surface` is for what the system did: it acts without person and without credential. Of an item
    are the decisions about the pairs of its image in its list.
    """

    user_id: int | None = None
    credential_id: int | None = None
    rule_id: int | None = None
    surface: Surface | None = None
    act: str | None = None
    image_list: List | None = None
    item: Item | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None

    def condition(self) -> Q:
        """Return what a decision has to fulfil besides being about a pair of the list."""
        asked = {
            "user": self.user_id,
            "credential": self.credential_id,
            "rule_run__version__rule": self.rule_id,
            "surface": self.surface,
            "act": self.act,
            "created_at__gte": self.since,
            "created_at__lte": self.until,
        }
        condition = Q(**{name: value for name, value in asked.items() if value is not None})
        return condition if self.item is None else condition & _about(self.item)


EVERYTHING = Wanted()


class _Facts(TypedDict):
    algorithm_version: int | None
    is_overruled: bool


@dataclass(frozen=True, slots=True)
class Deed:
    """A decision with its pair; `algorithm_version` is the one that compared the two pictures.

    `is_last` tells that it is the latest decision about its pair that stands and can be undone.
    """

    decision: Decision
    shown: ShownPair
    algorithm_version: int | None
    is_last: bool


def decisions_for(actor: Actor) -> QuerySet[Decision]:
    """Return the decisions about pairs in the lists that the actor may reach."""
    return _asked_of_each(_pairs_in_reach(actor, None))


def _pairs_in_reach(actor: Actor, image_list: List | None) -> QuerySet[MatchCandidate]:
    lists = lists_selectors.lists_for(actor)
    if image_list is not None:
        lists = lists.filter(pk=image_list.pk)
    return MatchCandidate.objects.filter(image_list__in=lists)


def _about_any_of(pairs: QuerySet[MatchCandidate]) -> QuerySet[Decision]:
    """Return the decisions about pairs, so that the newest are found at once, few pairs or many."""
    if pairs[: _FEW_PAIRS + 1].count() <= _FEW_PAIRS:
        return Decision.objects.filter(candidate__in=pairs.values("pk"))
    return _asked_of_each(pairs)


def _asked_of_each(pairs: QuerySet[MatchCandidate]) -> QuerySet[Decision]:
    # Joined, SQLite would begin with all pairs and put all their decisions in order.
    return Decision.objects.filter(Exists(pairs.filter(pk=OuterRef("candidate"))))


def deeds_page(actor: Actor, wanted: Wanted, *, after: int | None, size: int) -> Page[Deed]:
    """Return the decisions older than row id `after`, newest first, in six queries."""
    in_reach = _about_any_of(_pairs_in_reach(actor, wanted.image_list))
    wanted_ones = in_reach.filter(wanted.condition())
    # What is shown of them is joined to these few.
    ids = ids_of_newest(wanted_ones, after=after, size=size)
    page = page_of(_with_pairs(Decision.objects.filter(pk__in=ids)), size=size)
    _join_undoing(page.rows)
    return page.showing(_deeds(page.rows))


def rules(actor: Actor) -> QuerySet[Rule]:
    """Return the rules of the organisation, also those that were removed since, by name."""
    return Rule.objects.filter(organisation_id=actor.organisation_id).order_by("name", "pk")


def _with_pairs(decisions: QuerySet[Decision]) -> QuerySet[WithAnnotations[Decision, _Facts]]:
    overruling = Decision.objects.filter(
        candidate=OuterRef("candidate"), pk__gt=OuterRef("pk"), act__in=UNDOABLE, undone_by=None
    )
    return (
        decisions.select_related(
            "candidate__image_list",
            "candidate__image_low",
            "candidate__image_high",
            *selectors.DECIDER,
            "undoes",
            *selectors.CAUSE,
        )
        # Of the evidence, which may be long, only one number is shown.
        .defer("candidate__evidence")
        .annotate(
            algorithm_version=F("candidate__evidence__algorithm_version"),
            is_overruled=Exists(overruling),
        )
        .order_by("-pk")
    )


def _join_undoing(decisions: Sequence[Decision]) -> None:
    """Read what undid these, as if it had been joined to them.

    In a join SQLite reads every decision for each of these: hardly any undoes another, so its
    statistics call the index worthless. What undoes a decision comes after it.
    """
    oldest = min((decision.pk for decision in decisions), default=0)
    later = Decision.objects.filter(pk__gt=oldest).select_related("user", "credential")
    prefetch_related_objects(decisions, Prefetch("undone_by", later))


def _about(item: Item) -> Q:
    # By the pairs, which an index finds: a condition across the join would read every decision.
    pairs = relations.pairs_with(item).values("pk")
    return Q(candidate__in=pairs)


def _deeds(decisions: Sequence[WithAnnotations[Decision, _Facts]]) -> list[Deed]:
    shown_pairs = selectors.with_sides([decision.candidate for decision in decisions])
    return [
        Deed(
            decision=decision,
            shown=shown,
            algorithm_version=decision.algorithm_version,
            is_last=decision.act in UNDOABLE
            and not hasattr(decision, "undone_by")
            and not decision.is_overruled,
        )
        for decision, shown in zip(decisions, shown_pairs, strict=True)
    ]
