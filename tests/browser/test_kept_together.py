"""Pictures that other matches keep in one cluster: "not a match" is not taken, and says why."""

from __future__ import annotations

from itertools import pairwise

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts import selectors as accounts_selectors
from accounts.models import User
from lists.models import Item, List
from matching.evidence import Kind
from review.models import Decision, MatchCandidate, State
from review.pairs import services as pairs_services
from tests import made_pictures
from tests.browser.reviewing import shown, wait_until_ahead, wait_until_painted, wait_until_sent

pytestmark = pytest.mark.slow


@pytest.fixture
def coffees(image_list: List) -> list[Item]:
    """Three copies of one photograph."""
    return made_pictures.copies("coffee", 3, image_list)


@pytest.fixture
def other_text(coffees: list[Item]) -> MatchCandidate:
    """The pair of the first and the last copy, which differ in their texts."""
    return made_pictures.pair(coffees[0], coffees[2], score=0.9, kind=Kind.OTHER_TEXT)


@pytest.fixture
def links(person: User, coffees: list[Item], other_text: MatchCandidate) -> list[MatchCandidate]:
    """The two matches that keep both in one cluster."""
    by = accounts_selectors.actor_for_user(person)
    pairs = [made_pictures.pair(*two, score=0.8) for two in pairwise(coffees)]
    for pair in pairs:
        pairs_services.confirm(by=by, pair=pair)
    return pairs


def open_page(page: Page, way: str, pair: MatchCandidate) -> None:
    page.goto(f"/review/{way}/{pair.public_id}/")
    wait_until_ahead(page)


def expect_told(page: Page) -> None:
    """Expect the reason in words, and the way out."""
    way_out = page.locator("[data-toasts] a")
    expect(way_out).to_be_visible()
    assert "/clusters/" in (way_out.get_attribute("href") or "")


def greyed(page: Page, selector: str) -> Locator:
    return page.locator(f"{selector}[aria-disabled=true]")


@pytest.mark.parametrize(
    ("way", "button"),
    [("picture", "#decide [data-act=dissociate]"), ("pair", "#decide [data-action=dissociate]")],
)
def test_it_is_greyed_and_a_key_says_why(
    signed_in: Page,
    other_text: MatchCandidate,
    links: list[MatchCandidate],
    way: str,
    button: str,
) -> None:
    open_page(signed_in, way, other_text)
    expect(greyed(signed_in, button)).to_be_visible()
    expect(signed_in.locator("[data-kept-together]")).to_be_visible()

    signed_in.keyboard.press("j")
    expect_told(signed_in)

    assert shown(signed_in) == other_text.public_id
    assert Decision.objects.filter(candidate=other_text).count() == 0
    # What agrees with the cluster is decided as ever.
    wait_until_painted(signed_in)
    signed_in.keyboard.press("d")
    wait_until_sent(signed_in)
    other_text.refresh_from_db()
    assert other_text.state == State.CONFIRMED


def test_the_way_out_is_where_the_cluster_is_split(
    signed_in: Page, other_text: MatchCandidate, links: list[MatchCandidate]
) -> None:
    open_page(signed_in, "picture", other_text)

    signed_in.locator("[data-kept-together] a").click()

    expect(signed_in.locator("[data-links=shown] .cluster-row")).to_have_count(len(links))


def test_a_match_of_the_page_greys_what_it_brings_together_also_in_the_layer(
    signed_in: Page, person: User, coffees: list[Item], other_text: MatchCandidate
) -> None:
    by = accounts_selectors.actor_for_user(person)
    pairs_services.confirm(by=by, pair=made_pictures.pair(coffees[0], coffees[1], score=0.8))
    link = made_pictures.pair(coffees[1], coffees[2], score=0.8)
    open_page(signed_in, "picture", other_text)
    on_page, in_layer = "#decide [data-act=dissociate]", "[data-layer] [data-act=dissociate]"
    expect(greyed(signed_in, on_page)).to_have_count(0)

    signed_in.locator(f"[id={link.public_id}] [data-mark-act=confirm]").click()
    expect(signed_in.locator(f"[id={other_text.public_id}]")).to_have_attribute(
        "aria-current", "true"
    )
    expect(greyed(signed_in, on_page)).to_be_visible()
    wait_until_sent(signed_in)
    wait_until_painted(signed_in)
    signed_in.locator("[data-compare-focus]").click()
    expect(signed_in.locator("[data-layer] image-compare")).to_be_visible()
    expect(greyed(signed_in, in_layer)).to_be_visible()
    wait_until_painted(signed_in)
    signed_in.keyboard.press("j")
    expect_told(signed_in)

    other_text.refresh_from_db()
    assert other_text.state == State.SUGGESTED
