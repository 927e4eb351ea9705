"""Each service for rules, in no transaction but its own."""

from __future__ import annotations

import pytest

from accounts.actors import Actor
from lists.models import List
from review.automation import running, selectors, services
from review.models import MatchCandidate, Rule, RuleMode, RuleProposal, RuleRun, State
from tests import bare_pairs, given_rules
from tests.given_rules import NEAR

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pairs(image_list: List) -> list[MatchCandidate]:
    """Three suggested pairs of four items."""
    return bare_pairs.make(3, image_list)


def states() -> set[str]:
    return set(MatchCandidate.objects.values_list("state", flat=True))


def test_a_rule_asks_decides_and_is_undone(admin: Actor, pairs: list[MatchCandidate]) -> None:
    rule = services.create_rule(by=admin, name="Near", criteria=NEAR)
    services.set_mode(by=admin, rule=rule, mode=RuleMode.ASKS, number=1)
    version = selectors.version_of(rule)
    running.try_waiting(version_id=version.pk, after=0)
    assert RuleProposal.objects.count() == len(pairs)

    accepted = services.accept(
        by=admin, version=version, seen=given_rules.seen(pairs), key="a-page-of-proposals"
    )
    assert states() == {State.CONFIRMED}
    assert accepted.run == RuleRun.objects.get()
    services.undo_run(by=admin, run=RuleRun.objects.get())
    assert states() == {State.SUGGESTED}


def test_a_rule_decides_what_arrives(admin: Actor, pairs: list[MatchCandidate]) -> None:
    given_rules.alone(admin)

    running.try_pairs(organisation_id=admin.organisation_id, pair_ids=[pair.pk for pair in pairs])

    assert states() == {State.CONFIRMED}


def test_a_rule_is_changed_and_removed(admin: Actor) -> None:
    rule = services.create_rule(by=admin, name="Near", criteria=NEAR)

    services.change_rule(by=admin, rule=rule, name="Nearer", criteria=NEAR)
    assert Rule.objects.get().name == "Nearer"
    services.remove_rule(by=admin, rule=rule)
    assert list(selectors.rules_for(admin)) == []
