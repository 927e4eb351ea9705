"""A pair whose pictures say other things, decided by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from lists.models import List
from review.models import MatchCandidate
from review.scopes import Scope
from tests import given_pairs
from tests.browser.accessible import faults
from tests.browser.reviewing import wait_until_painted, wait_until_sent

pytestmark = pytest.mark.slow


def test_other_text_is_seen_hidden_and_decided_by_keys(signed_in: Page, image_list: List) -> None:
    pair = given_pairs.saying(("Opened in 2024",), ("Opened in 2019",), image_list)
    signed_in.goto(f"/review/pair/{pair.public_id}/")
    words = signed_in.locator("[data-word]")
    expect(signed_in.locator(".claims mark")).to_have_count(2)
    expect(words).to_have_count(2)
    expect(words.first).to_be_visible()
    assert faults(signed_in) == []

    wait_until_painted(signed_in)
    signed_in.keyboard.press("w")
    expect(words.first).to_be_hidden()
    expect(signed_in.locator("[data-toggle=words]")).to_have_attribute("aria-pressed", "false")
    signed_in.keyboard.press("w")
    expect(words.first).to_be_visible()

    signed_in.keyboard.press("d")
    wait_until_sent(signed_in)
    decided = MatchCandidate.objects.get(pk=pair.pk)
    assert (decided.state, decided.scope) == ("confirmed", Scope.IMAGE_ONLY)
