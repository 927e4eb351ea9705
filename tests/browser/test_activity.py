"""The history of decisions in the browser: narrowing it, and taking a decision back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts import selectors as accounts_selectors
from accounts.models import User
from accounts.permissions import Role
from lists.models import Item
from review.models import MatchCandidate, State
from review.pairs import services as pairs_services
from tests.browser.accessible import faults_in_both_schemes
from tests.browser.conftest import Expectations
from tests.browser.waiting import resize

pytestmark = pytest.mark.slow


@pytest.fixture
def colleague(make_user: Callable[..., User]) -> User:
    return make_user(Role.ANALYST)


@pytest.fixture
def decided(
    person: User, colleague: User, add_photo: Callable[..., Item], copies: list[bytes]
) -> list[MatchCandidate]:
    """Three pairs: one confirmed by the person, two rejected by a colleague."""
    for number, photo in enumerate(copies[:3]):
        add_photo(photo, f"copy-{number}.jpg")
    pairs = list(MatchCandidate.objects.order_by("pk"))
    pairs_services.confirm(
        by=accounts_selectors.actor_for_user(person), pair=pairs[0], note="The same cup"
    )
    for pair in pairs[1:]:
        pairs_services.dissociate(by=accounts_selectors.actor_for_user(colleague), pair=pair)
    return pairs


@pytest.fixture
def activity_page(signed_in: Page, decided: list[MatchCandidate]) -> Page:
    signed_in.goto("/lists/")
    signed_in.get_by_role("link", name="Activity").click()
    signed_in.wait_for_url("**/activity/")
    return signed_in


def state_of(pair: MatchCandidate) -> str:
    pair.refresh_from_db()
    return pair.state


def test_the_history_is_narrowed_and_the_address_keeps_it(
    activity_page: Page, colleague: User
) -> None:
    rows = activity_page.locator(".deed")
    expect(rows).to_have_count(3)
    expect(rows.last).to_contain_text("The same cup")

    activity_page.get_by_label("Who").select_option(colleague.email)
    activity_page.get_by_label("What").select_option("Not a match")
    activity_page.get_by_role("button", name="Apply").click()
    expect(rows).to_have_count(2)
    activity_page.reload()
    expect(rows).to_have_count(2)
    expect(activity_page.get_by_label("What")).to_have_value("dissociate")
    with activity_page.expect_download() as download:
        activity_page.get_by_role("link", name="Export CSV").click()
    table = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(table) == 3

    activity_page.get_by_label("Until").fill("2001-01-01")
    activity_page.get_by_role("button", name="Apply").click()
    expect(activity_page.locator("[data-empty=filtered]")).to_be_visible()
    activity_page.get_by_role("link", name="Clear").click()
    expect(rows).to_have_count(3)


def test_a_colleagues_rejection_is_restored_by_keyboard(
    activity_page: Page, decided: list[MatchCandidate]
) -> None:
    newest = activity_page.locator(".deed").first
    newest.locator("[data-undoes] summary").focus()
    activity_page.keyboard.press("Enter")
    expect(newest.get_by_text("The pair goes back to “To review”.")).to_be_visible()
    activity_page.keyboard.press("Tab")
    activity_page.keyboard.press("Enter")

    expect(activity_page.locator("[data-message=undone]")).to_be_visible()
    expect(activity_page.locator(".deed").first).to_contain_text("Undone (Not a match)")
    expect(activity_page.locator(".deed")).to_have_count(4)
    assert state_of(decided[-1]) == State.SUGGESTED


def test_what_somebody_changed_meanwhile_is_not_overruled(
    activity_page: Page,
    decided: list[MatchCandidate],
    colleague: User,
    expected: Expectations,
) -> None:
    expected.statuses.add(409)
    pairs_services.dissociate(by=accounts_selectors.actor_for_user(colleague), pair=decided[0])
    last = activity_page.locator(".deed").last

    last.locator("summary").click()
    last.locator("[data-undoes] button").click()

    expect(activity_page.get_by_text("Somebody has decided this pair meanwhile")).to_be_visible()
    expect(activity_page.locator(".deed")).to_have_count(4)
    assert state_of(decided[0]) == State.DISSOCIATED


def test_a_decision_is_taken_back_without_scripts(
    plain: Page, decided: list[MatchCandidate]
) -> None:
    plain.goto("/activity/?what=confirm")
    plain.locator("[data-undoes=confirm] summary").click()
    plain.locator("[data-undoes=confirm] button").click()

    expect(plain.locator("[data-message=undone]")).to_be_visible()
    expect(plain).to_have_url("/activity/?what=confirm")
    expect(plain.locator(".deed [data-taken-back]")).to_be_visible()
    assert state_of(decided[0]) == State.SUGGESTED


def test_axe_finds_nothing_with_a_confirmation_open(activity_page: Page) -> None:
    activity_page.locator(".deed summary").first.click()

    for width_px in (1366, 390):
        resize(activity_page, width_px, 768)
        assert faults_in_both_schemes(activity_page) == []
        assert activity_page.evaluate("document.documentElement.scrollWidth") <= width_px


def test_a_picture_leads_to_its_history_where_a_rejected_pair_is_restored(
    signed_in: Page, decided: list[MatchCandidate], colleague: User
) -> None:
    item = Item.objects.get(name="copy-0.jpg")
    signed_in.goto(f"/lists/{item.image_list.public_id}/")
    signed_in.get_by_role("link", name="copy-0.jpg", exact=True).click()
    expect(signed_in.get_by_role("heading", name="copy-0.jpg")).to_be_visible()
    expect(signed_in.locator("[data-relation]")).to_have_count(2)
    deeds = signed_in.locator(".deed")
    expect(deeds).to_have_count(2)
    rejected = deeds.filter(has_text=colleague.email)
    expect(rejected).to_contain_text("Browser")
    expect(rejected).to_contain_text("Algorithm")

    rejected.locator("summary").click()
    rejected.locator("[data-undoes] button").click()

    expect(signed_in.locator("[data-message=undone]")).to_be_visible()
    expect(signed_in.get_by_label("Media ID")).to_have_value(item.public_id)
    expect(deeds).to_have_count(3)
    expect(deeds.first).to_contain_text("Undone")
    assert sorted(state_of(pair) for pair in decided) == [
        State.CONFIRMED,
        State.DISSOCIATED,
        State.SUGGESTED,
    ]
