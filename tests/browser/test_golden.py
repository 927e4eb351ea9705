"""Golden pairs in the browser: decided like any other, told of quietly, undone by the same key."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts import selectors as accounts_selectors
from accounts.models import User
from accounts.permissions import Role
from lists.models import List
from review.golden import services as golden_services
from review.models import Act, Decision, GoldenAnswer, MatchCandidate
from review.pairs import services as pairs_services
from tests import given_golden, made_pictures
from tests.browser.reviewing import shown, wait_until_ahead, wait_until_painted, wait_until_sent

pytestmark = pytest.mark.slow


@pytest.fixture
def golden(
    image_list: List, make_user: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> MatchCandidate:
    """A golden pair of two copies that a manager called a match, before two that wait."""
    manager = accounts_selectors.actor_for_user(make_user(Role.MANAGER))
    known = made_pictures.all_pairs(made_pictures.copies("coffee", 2, image_list))[0]
    for name in ("moon", "rocket"):
        made_pictures.all_pairs(made_pictures.copies(name, 2, image_list))
    pairs_services.decide(by=manager, pair=known, act=Act.CONFIRM)
    golden_services.mark(by=manager, pair=known, truth="confirm", reason="The same cup.")
    List.objects.update(golden_one_in=5)
    given_golden.draw(monkeypatch)
    return known


@pytest.mark.parametrize("start", ["/review/pictures/", "/review/start/"])
def test_a_golden_pair_is_decided_told_of_and_undone_by_keys(
    signed_in: Page, golden: MatchCandidate, start: str
) -> None:
    signed_in.goto(start)
    wait_until_ahead(signed_in)
    asked = shown(signed_in)
    assert not MatchCandidate.objects.filter(public_id=asked).exists()

    signed_in.keyboard.press("j")
    expect(signed_in.locator("[data-truth]")).to_contain_text("The same cup.")
    # The work goes on meanwhile.
    expect(signed_in.locator("[data-stage] [data-pair]").first).not_to_have_attribute(
        "data-pair", asked
    )
    wait_until_sent(signed_in)
    assert GoldenAnswer.objects.get().act == Act.DISSOCIATE
    wait_until_painted(signed_in)
    signed_in.keyboard.press("u")
    expect(signed_in.locator("[data-stage] [data-pair]").first).to_have_attribute(
        "data-pair", asked
    )

    assert not GoldenAnswer.objects.filter(undone_at=None).exists()
    # Only what the manager decided.
    assert Decision.objects.count() == 1
