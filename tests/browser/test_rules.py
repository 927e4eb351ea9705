"""Rules as people use them: written with a preview that follows, accepted and undone by keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from accounts import selectors as accounts_selectors
from accounts.models import User
from lists.models import List
from matching.evidence import Kind
from review.models import MatchCandidate, RuleMode, RuleRun, State
from review.pairs import services as pairs_services
from tests import given_rules, made_pairs

pytestmark = pytest.mark.slow


@pytest.fixture
def pairs(image_list: List) -> list[MatchCandidate]:
    """Three near copies that wait."""
    stored = [
        made_pairs.store(made_pairs.made_pair(Kind.NEAR, name), image_list)
        for name in ("coffee", "astronaut", "rocket")
    ]
    MatchCandidate.objects.update(score=0.95)
    return stored


def states(pairs: list[MatchCandidate]) -> list[str]:
    found = dict(MatchCandidate.objects.values_list("pk", "state"))
    return [found[pair.pk] for pair in pairs]


def test_proposals_are_accepted_by_enter_but_for_those_taken_out(
    signed_in: Page, person: User, pairs: list[MatchCandidate]
) -> None:
    version = given_rules.asking(accounts_selectors.actor_for_user(person))
    signed_in.goto(f"/rules/{version.rule.public_id}/proposals/")
    boxes = signed_in.locator("[data-proposals] [name=pair]")
    expect(boxes).to_have_count(3)

    signed_in.keyboard.press("ArrowDown")
    expect(boxes.first).to_be_focused()
    out = boxes.first.input_value().split(":")[0]
    signed_in.keyboard.press("x")
    expect(signed_in.locator("[data-sheet-count]")).to_have_attribute("data-sheet-count", "2")
    signed_in.keyboard.press("Enter")
    expect(signed_in.locator("[data-state=confirmed]")).to_have_count(2)
    left = MatchCandidate.objects.get(state=State.SUGGESTED)
    assert left.public_id == out

    signed_in.locator("[data-undo-run]").click()
    expect(signed_in.locator("[data-undone]")).to_be_visible()
    assert states(pairs) == [State.SUGGESTED] * 3
    assert RuleRun.objects.get().decided_count == 2


def test_a_preview_follows_what_is_typed(
    signed_in: Page, person: User, pairs: list[MatchCandidate]
) -> None:
    by = accounts_selectors.actor_for_user(person)
    pairs_services.confirm(by=by, pair=pairs[0])
    pairs_services.dissociate(by=by, pair=pairs[1])
    signed_in.goto("/rules/new/")
    tried = signed_in.locator("[data-tried]")
    expect(tried).to_have_attribute("data-wrong", "1")

    signed_in.locator("[name=score_to]").fill("0.92")
    expect(tried).to_have_attribute("data-tried", "0")
    signed_in.locator("[name=score_to]").fill("1")
    expect(tried).to_have_attribute("data-tried", "2")
    signed_in.locator("[name=name]").fill("Near copies")
    signed_in.locator("form[data-rule-form] .is-primary").click()
    expect(signed_in.locator(f"[data-mode={RuleMode.OFF}]")).to_be_visible()
    signed_in.locator(f"button[name=mode][value={RuleMode.ASKS}]").click()
    expect(signed_in.locator(f"[data-mode={RuleMode.ASKS}]")).to_be_visible()
