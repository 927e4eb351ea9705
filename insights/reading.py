"""Reads pairs and decisions to count them: all of an organisation's, or those that are new."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import F, Max, QuerySet

from insights import outcomes
from insights.models import WorkCount
from insights.outcomes import PairDeed, PairFacts
from insights.tallies import DailyTally
from lists.models import List
from review.models import Act, Decision, MatchCandidate
from review.pairs.tallies import WAITING

_AT_ONCE = 5_000
_CHUNK = 2_000
_DECIDES = (*outcomes.SAID, Act.UNSURE.value)
_TELLS = (*outcomes.SAID, Act.UNDO.value)
_OF_DECISION = ("pk", "act", "user_id", "undoes_id", "created_at")
_OF_PAIR = ("image_list_id", "kind", "score", "is_sample")


class Ends(NamedTuple):
    """How far pairs and decisions go, by the row ids of the last ones."""

    pair_id: int
    decision_id: int


class Waiting(NamedTuple):
    """How many pairs wait, and how long half and nine in ten of them have at the most."""

    waiting: int
    p50_s: int
    p90_s: int


def ends(organisation_id: int) -> Ends:
    """Return how far an organisation's pairs and decisions go by now."""
    return Ends(_last(_pairs(organisation_id)), _last(_decisions(organisation_id)))


def ends_of_next(organisation_id: int, *, since: Ends) -> Ends:
    """Return how far the next few thousand go."""
    return Ends(
        _step(_pairs(organisation_id), since.pair_id),
        _step(_decisions(organisation_id), since.decision_id),
    )


def everything(organisation_id: int, *, until: Ends) -> DailyTally:
    """Return the counts of all that there was then."""
    tally = DailyTally()
    _count_found(_pairs(organisation_id).filter(pk__lte=until.pair_id), tally)
    decisions = _decisions(organisation_id).filter(pk__lte=until.decision_id)
    for facts, deeds in _by_pair(decisions):
        tally.outcomes.update(outcomes.outcome(facts, deeds))
        tally.agreements.update(outcomes.agreements(facts.list_id, deeds))
    _count_work(decisions, {}, tally)
    return tally


def changes(organisation_id: int, *, since: Ends, until: Ends) -> DailyTally:
    """Return what is to be added to counts that go until `since` for them to go until `until`."""
    tally = DailyTally()
    pairs = _pairs(organisation_id).filter(pk__gt=since.pair_id, pk__lte=until.pair_id)
    _count_found(pairs, tally)
    new = _decisions(organisation_id).filter(pk__gt=since.decision_id, pk__lte=until.decision_id)
    decided = set(new.filter(act__in=_TELLS).values_list("candidate_id", flat=True))
    about = Decision.objects.filter(candidate__in=decided, pk__lte=until.decision_id)
    for facts, deeds in _by_pair(about):
        before = [deed for deed in deeds if deed.pk <= since.decision_id]
        tally.outcomes.update(outcomes.outcome(facts, deeds))
        tally.outcomes.subtract(outcomes.outcome(facts, before))
        tally.agreements.update(outcomes.agreements(facts.list_id, deeds))
        tally.agreements.subtract(outcomes.agreements(facts.list_id, before))
    people = set(new.filter(user__isnull=False).values_list("user_id", flat=True))
    _count_work(new, _last_decided(people, since.decision_id), tally)
    return tally


def waiting_in(image_list: List, *, now: dt.datetime) -> Waiting:
    """Return how long the pairs of a list have waited; walks an index over all that wait."""
    waiting = MatchCandidate.objects.filter(WAITING, image_list=image_list).order_by("-pk")
    total = waiting.count()
    if not total:
        return Waiting(0, 0, 0)
    ages = [
        max(0, int((now - waiting.values_list("created_at", flat=True)[place]).total_seconds()))
        for place in (total // 2, min(total - 1, total * 9 // 10))
    ]
    return Waiting(total, *ages)


def _pairs(organisation_id: int) -> QuerySet[MatchCandidate]:
    return MatchCandidate.objects.filter(image_list__organisation=organisation_id)


def _decisions(organisation_id: int) -> QuerySet[Decision]:
    return Decision.objects.filter(candidate__image_list__organisation=organisation_id)


def _last(rows: QuerySet[Any]) -> int:
    return rows.aggregate(last=Max("pk"))["last"] or 0


def _step(rows: QuerySet[Any], since: int) -> int:
    new = rows.filter(pk__gt=since).order_by("pk").values_list("pk", flat=True)[:_AT_ONCE]
    return max(new, default=since)


def _count_found(pairs: QuerySet[MatchCandidate], tally: DailyTally) -> None:
    rows = pairs.order_by().values_list(*_OF_PAIR, "created_at").iterator(_CHUNK)
    for list_id, kind, score, is_sample, at in rows:
        key = (list_id, at.date(), kind, outcomes.hundredths(score), is_sample)
        tally.found[key] += 1


def _by_pair(decisions: QuerySet[Decision]) -> Iterator[tuple[PairFacts, list[PairDeed]]]:
    of_pair = [F(f"candidate__{name}") for name in _OF_PAIR]
    # Nobody looked at what a rule decided, so it says nothing of how right a suggestion was.
    told = decisions.filter(act__in=_TELLS, rule_run=None).order_by("candidate_id", "pk")
    rows = told.values_list("candidate_id", *of_pair, *_OF_DECISION).iterator(_CHUNK)
    for _, of_one in groupby(rows, key=itemgetter(0)):
        first, *others = of_one
        deeds = [PairDeed(*row[5:]) for row in (first, *others)]
        yield PairFacts(*first[1:5]), deeds


def _count_work(
    decisions: QuerySet[Decision], last_at: dict[int, dt.datetime], tally: DailyTally
) -> None:
    taken = decisions.filter(act__in=_DECIDES, user__isnull=False).order_by("pk")
    rows = taken.values_list("user_id", "candidate__image_list_id", "created_at").iterator(_CHUNK)
    for user_id, list_id, at in rows:
        seconds = outcomes.seconds_taken(last_at.get(user_id), at)
        timed = WorkCount.UNTIMED if seconds is None else seconds
        tally.work[list_id, at.date(), user_id, timed] += 1
        last_at[user_id] = at


def _last_decided(people: Collection[int], until: int) -> dict[int, dt.datetime]:
    own = Decision.objects.filter(act__in=_DECIDES, pk__lte=until).order_by("-pk")
    last = {
        user_id: own.filter(user=user_id).values_list("created_at", flat=True).first()
        for user_id in people
    }
    return {user_id: at for user_id, at in last.items() if at is not None}
