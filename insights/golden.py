"""How rightly people decide golden pairs, whose truth is known, and how they agree about them."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from insights.estimates import RaterAgreement, Share
from insights.selectors import DayWindow
from review.golden import selectors as golden_selectors
from review.models import Act


@dataclass(frozen=True, slots=True)
class GoldenWork:
    """What a person answered: how many rightly of those that were no doubt, and the doubts.

    `agreement` is with everybody who was asked about the same pairs.
    """

    user: User | None
    right: Share
    unsure: int
    agreement: RaterAgreement


def golden_by_person(window: DayWindow, *, user_id: int | None = None) -> list[GoldenWork]:
    """Return what each person answered in these days, who answered most first.

    Of one person it is what they were told; how others answered is not among it.
    """
    answers = _within(window)
    if user_id is not None:
        answers = answers.filter(question__user=user_id, is_told=True)
    by_person: dict[int, Counter[tuple[str, bool]]] = defaultdict(Counter)
    by_pair: dict[int, dict[int, str]] = defaultdict(dict)
    rows = answers.order_by("pk").values_list(
        "question__user", "question__golden", "question__golden__truth", "act"
    )
    for person, golden, truth, act in rows.iterator():
        by_person[person][act, act == truth] += 1
        if act != Act.UNSURE:
            by_pair[golden][person] = act
    agreements = _agreements(by_pair)
    people = User.objects.in_bulk(list(by_person))
    found = [_work(people.get(pk), counts, agreements[pk]) for pk, counts in by_person.items()]
    return sorted(found, key=lambda work: -work.right.of)


def _within(window: DayWindow) -> QuerySet[Any]:
    begin = dt.datetime.combine(window.first, dt.time(), tzinfo=dt.UTC)
    return golden_selectors.counted_answers(window.list_ids).filter(answered_at__gte=begin)


def _work(
    user: User | None, counts: Counter[tuple[str, bool]], said: Counter[tuple[str, str]]
) -> GoldenWork:
    unsure = sum(count for (act, _), count in counts.items() if act == Act.UNSURE)
    right = sum(count for (_, is_right), count in counts.items() if is_right)
    return GoldenWork(user, Share(right, counts.total() - unsure), unsure, RaterAgreement(said))


def _agreements(
    by_pair: Mapping[int, Mapping[int, str]],
) -> Mapping[int, Counter[tuple[str, str]]]:
    """Return, by person, what they and each other said of the same pairs, theirs first."""
    found: dict[int, Counter[tuple[str, str]]] = defaultdict(Counter)
    for said in by_pair.values():
        for one, other in combinations(said, 2):
            found[one][said[one], said[other]] += 1
            found[other][said[other], said[one]] += 1
    return found
