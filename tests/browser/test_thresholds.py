"""Thresholds in the browser: sliders that say what they would do as they move."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Request, expect

from accounts import selectors as accounts_selectors
from accounts.models import User
from insights import services
from lists.models import List
from review.models import Act, MatchCandidate
from review.pairs import services as pairs_services
from tests import bare_pairs

pytestmark = pytest.mark.slow


def test_a_slider_says_what_it_would_do_and_keeps_the_focus(
    signed_in: Page, person: User, image_list: List
) -> None:
    by = accounts_selectors.actor_for_user(person)
    for place, pair in enumerate(bare_pairs.make(8, image_list)):
        MatchCandidate.objects.filter(pk=pair.pk).update(score=0.55 + 0.05 * place)
        pairs_services.decide(by=by, pair=pair, act=Act.CONFIRM)
    services.count(organisation_id=by.organisation_id)
    asked: list[Request] = []
    signed_in.on("request", lambda each: asked.append(each) if each.method == "POST" else None)
    signed_in.goto(f"/lists/{image_list.public_id}/settings/")
    form = signed_in.locator("[data-thresholds]")
    expect(form).to_have_attribute("data-is-live", "")
    slider = form.get_by_role("slider").first
    number = form.get_by_role("spinbutton").first
    dark = signed_in.locator(".col.is-duplicate")
    expect(dark).to_have_count(8)

    slider.focus()
    for _ in range(11):
        signed_in.keyboard.press("ArrowRight")

    expect(number).to_have_value("0.61")
    expect(form.locator("[data-say=duplicates]")).to_contain_text("0.61")
    expect(dark).to_have_count(7)
    expect(slider).to_be_focused()
    # Several moves are asked about at once, and nothing is set.
    assert len(asked) < 11
    assert List.objects.get().duplicate_threshold == 0.5
    # Below the other one, that one goes along.
    number.fill("0.2")
    expect(form.locator("[data-mistake]")).to_have_count(1)
    slider.press("Home")
    expect(form.get_by_role("spinbutton").last).to_have_value("0.01")
    expect(form.locator("[data-mistake]")).to_have_count(0)
    form.get_by_role("button").last.click()
    expect(signed_in.locator("[data-message=settings_saved]")).to_be_visible()
    assert List.objects.get().duplicate_threshold == 0.01
