"""Two workers, a person and a manager about the same pairs at once: each is decided once."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Callable

import pytest

from accounts.actors import Actor
from common.errors import Conflict
from lists.models import List
from review.automation import running, services
from review.models import Act, Decision, MatchCandidate, RuleMode, RuleRun, State
from review.pairs import services as pairs_services
from review.pairs.records import Details
from tests import bare_pairs, given_rules
from tests.threads import run_threads

pytestmark = pytest.mark.django_db(transaction=True)

PAIRS = 30
SEEN = Details(expected_version=1)


def at_once(*acts: Callable[[], object]) -> None:
    """Do all at once; what is refused because of another is left."""
    begin = threading.Barrier(len(acts))

    def do(act: Callable[[], object]) -> None:
        begin.wait()
        with contextlib.suppress(Conflict):
            act()

    run_threads(*[lambda act=act: do(act) for act in acts])


def test_each_pair_is_decided_once(admin: Actor, image_list: List) -> None:
    pairs = bare_pairs.make(PAIRS, image_list)
    ids = [pair.pk for pair in pairs]
    given_rules.alone(admin)

    def work() -> None:
        running.try_pairs(organisation_id=admin.organisation_id, pair_ids=ids)

    def decide() -> None:
        for pair in pairs[::3]:
            with contextlib.suppress(Conflict):
                pairs_services.decide(by=admin, pair=pair, act=Act.DISSOCIATE, details=SEEN)

    at_once(work, work, decide)

    decisions = Decision.objects.order_by("pk")
    per_pair = Counter(decisions.values_list("candidate", flat=True))
    assert per_pair == dict.fromkeys(ids, 1)
    runs = RuleRun.objects.all()
    assert sum(run.decided_count for run in runs) == decisions.filter(user=None).count()
    assert {run.decisions.count() == run.decided_count for run in runs} == {True}


def test_a_rule_that_is_switched_off_decides_nothing_after_that(
    admin: Actor, image_list: List
) -> None:
    pairs = bare_pairs.make(PAIRS, image_list)
    version = given_rules.alone(admin)
    switched_off_at: list[int] = []

    def work() -> None:
        ids = [pair.pk for pair in pairs]
        running.try_pairs(organisation_id=admin.organisation_id, pair_ids=ids)

    def switch_off() -> None:
        services.set_mode(by=admin, rule=version.rule, mode=RuleMode.OFF, number=1)
        switched_off_at.append(confirmed())

    at_once(work, switch_off)

    assert switched_off_at == [confirmed()]


def test_proposals_accepted_twice_at_once_count_once(admin: Actor, image_list: List) -> None:
    pairs = bare_pairs.make(PAIRS, image_list)
    version = given_rules.asking(admin)
    seen = given_rules.seen(pairs)
    accepted: list[int] = []

    def accept() -> None:
        outcome = services.accept(by=admin, version=version, seen=seen, key="a-page")
        accepted.append(outcome.decided)

    at_once(accept, accept)

    assert sum(accepted) == RuleRun.objects.get().decided_count == PAIRS
    assert Decision.objects.count() == PAIRS


def confirmed() -> int:
    return MatchCandidate.objects.filter(state=State.CONFIRMED).count()
