"""Daily counts: whatever is decided and undone, they are what a count from the beginning says."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from accounts import selectors as accounts_selectors
from accounts import services as accounts_services
from accounts.actors import Actor, Surface
from accounts.models import Organisation
from accounts.permissions import Role
from common.errors import Conflict
from insights import services
from insights.models import AgreementCount, FoundCount, OutcomeCount, QueueAge, Said, WorkCount
from insights.outcomes import hundredths, seconds_taken
from lists.models import List
from review.models import Act, MatchCandidate, Rule, RuleAct, RuleRun, RuleVersion
from review.pairs import services as pairs_services
from tests import bare_pairs

pytestmark = pytest.mark.django_db

ACTS = (Act.CONFIRM, Act.CONFIRM_IMAGE, Act.DISSOCIATE, Act.UNSURE)


def counts() -> dict[str, Mapping[Any, int]]:
    return {
        model.__name__: {
            tuple(row[:-1]): row[-1]
            for row in model.objects.exclude(count=0).values_list(*columns, "count")
        }
        for model, columns in (
            (FoundCount, ["image_list", "day", "kind", "hundredths", "is_sample"]),
            (OutcomeCount, ["day", "kind", "hundredths", "is_sample", "is_match"]),
            (WorkCount, ["day", "user", "seconds"]),
            (AgreementCount, ["day", "first", "second", "first_said", "second_said"]),
        )
    }


def a_run(organisation: Organisation) -> int:
    rule = Rule.objects.create(organisation=organisation, name="Near copies")
    version = RuleVersion.objects.create(
        rule=rule,
        number=1,
        act=RuleAct.CONFIRM,
        kinds=["near"],
        score_from=0.5,
        score_to=1,
        text="either",
        surface=Surface.BROWSER,
    )
    return RuleRun.objects.create(version=version, surface=Surface.SYSTEM).pk


def analyst(organisation: Organisation, name: str) -> Actor:
    user = accounts_services.ensure_member(
        organisation=organisation, email=f"{name}@example.org", password=name, role=Role.ANALYST
    )
    return accounts_selectors.actor_for_user(user)


def test_counting_what_is_new_leaves_what_counting_everything_does(
    organisation: Organisation, image_list: List, time_machine: Any
) -> None:
    chance = random.Random(7)
    people = [analyst(organisation, name) for name in ("one", "two", "three")]
    moment = dt.datetime(2026, 3, 1, 22, tzinfo=dt.UTC)
    pairs: list[MatchCandidate] = []
    for step in range(150):
        moment += dt.timedelta(seconds=chance.choice([0.1, 4, 30, 2000]))
        time_machine.move_to(moment, tick=False)
        if step % 5 == 0:
            pairs += bare_pairs.make(1, image_list)
            MatchCandidate.objects.filter(pk=pairs[-1].pk).update(score=chance.random())
        by, pair = chance.choice(people), chance.choice(pairs)
        try:
            if chance.random() < 0.25:
                pairs_services.undo(by=by, pair=pair)
            else:
                pairs_services.decide(by=by, pair=pair, act=chance.choice(ACTS))
        except Conflict:
            continue
        if chance.random() < 0.2:
            services.count(organisation_id=organisation.pk, now=moment)
    services.count(organisation_id=organisation.pk, now=moment)
    kept = counts()
    services.recount(organisation_id=organisation.pk, now=moment)

    assert kept == counts()
    assert all(kept.values())


def test_a_pair_counts_on_the_day_of_the_decision_that_stands(
    organisation: Organisation, image_list: List, time_machine: Any
) -> None:
    (pair,) = bare_pairs.make(1, image_list)
    one = analyst(organisation, "one")
    stood = []
    for day, act in ((1, Act.CONFIRM), (2, Act.DISSOCIATE), (3, None), (4, Act.CONFIRM_IMAGE)):
        time_machine.move_to(dt.datetime(2026, 3, day, 12, tzinfo=dt.UTC), tick=False)
        if act:
            pairs_services.decide(by=one, pair=pair, act=act)
        else:
            pairs_services.undo(by=one, pair=pair)
        services.count(organisation_id=organisation.pk)
        (outcome,) = OutcomeCount.objects.filter(count=1)
        stood.append((outcome.day.day, outcome.is_match))

    assert stood == [(1, True), (2, False), (1, True), (4, True)]


@pytest.mark.parametrize(
    ("acts", "said"),
    [
        ([(0, Act.CONFIRM), (1, Act.DISSOCIATE)], [(Said.MATCH, Said.NONE)]),
        # Asked for a second look, and found right.
        ([(0, Act.CONFIRM), (2, Act.UNSURE), (1, Act.CONFIRM)], [(Said.MATCH, Said.MATCH)]),
        # Undone by a colleague, who said something else.
        ([(0, Act.CONFIRM), (1, None), (1, Act.CONFIRM_IMAGE)], [(Said.MATCH, Said.CLAIM)]),
        # What somebody takes back themselves was a slip.
        ([(0, Act.CONFIRM), (0, None), (1, Act.DISSOCIATE)], []),
        ([(0, Act.CONFIRM), (0, Act.DISSOCIATE)], []),
    ],
)
def test_who_agrees_is_known_where_two_people_decided_one_pair(
    organisation: Organisation,
    image_list: List,
    acts: Sequence[tuple[int, Act | None]],
    said: Sequence[tuple[Said, Said]],
) -> None:
    (pair,) = bare_pairs.make(1, image_list)
    people = [analyst(organisation, name) for name in ("one", "two", "three")]
    for person, act in acts:
        if act:
            pairs_services.decide(by=people[person], pair=pair, act=act)
        else:
            pairs_services.undo(by=people[person], pair=pair)

    services.count(organisation_id=organisation.pk)

    rows = AgreementCount.objects.values_list("first_said", "second_said")
    assert [(Said(first), Said(second)) for first, second in rows] == said


def test_what_a_rule_decided_says_nothing_of_how_right_it_was(
    organisation: Organisation, image_list: List
) -> None:
    rule = Actor(organisation.pk, Role.ANALYST, Surface.SYSTEM, rule_run_id=a_run(organisation))
    by_rule, by_person = bare_pairs.make(2, image_list)
    pairs_services.decide(by=rule, pair=by_rule, act=Act.CONFIRM)
    pairs_services.decide(by=analyst(organisation, "one"), pair=by_person, act=Act.CONFIRM)

    services.count(organisation_id=organisation.pk)

    assert [row.count for row in OutcomeCount.objects.all()] == [1]


def test_decisions_are_timed_unless_somebody_paused_or_took_many_at_once() -> None:
    at = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    after = [seconds_taken(at, at + dt.timedelta(seconds=s)) for s in (0.01, 0.4, 7.4, 299, 301)]

    assert [seconds_taken(None, at), *after] == [None, None, 0, 7, 299, None]


def test_a_score_is_counted_by_its_hundredths() -> None:
    assert [hundredths(score) for score in (0.0, 0.29, 0.295, 0.57, 1.0)] == [0, 29, 29, 57, 99]


def test_the_age_of_a_queue_is_that_of_what_waits(
    organisation: Organisation, image_list: List, time_machine: Any
) -> None:
    begin = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    for hours in (10, 5, 4, 3, 2, 1):
        time_machine.move_to(begin - dt.timedelta(hours=hours), tick=False)
        (pair,) = bare_pairs.make(1, image_list)
        if hours == 10:
            pairs_services.decide(by=analyst(organisation, "one"), pair=pair, act=Act.CONFIRM)
    time_machine.move_to(begin, tick=False)

    services.count(organisation_id=organisation.pk)

    age = QueueAge.objects.get()
    assert (age.waiting, age.p50_s, age.p90_s) == (5, 3 * 3600, 5 * 3600)
