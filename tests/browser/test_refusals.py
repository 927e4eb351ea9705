"""Decisions that were not taken: kept for the person until each is opened or settled."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts import selectors as accounts_selectors
from accounts.models import User
from accounts.permissions import Role
from lists.models import List
from review.models import MatchCandidate, State
from review.pairs import services as pairs_services
from tests import made_pictures
from tests.browser.conftest import Expectations
from tests.browser.reviewing import press, wait_until_ahead, wait_until_painted, wait_until_sent

pytestmark = pytest.mark.slow

MOST_KEPT = 50
_STORE = "`lookalike.refusals.${document.body.dataset.person}`"
KEEP_MANY = f"""(count) => localStorage.setItem({_STORE}, JSON.stringify(
  Array.from({{ length: count }}, (_, at) => (
    {{ pair: `old${{at}}`, page: "/review/", said: "" }}
  )),
))"""
READ_KEPT = f"JSON.parse(localStorage.getItem({_STORE})).map(({{ pair }}) => pair)"


@pytest.fixture
def refused(
    signed_in: Page,
    image_list: List,
    make_user: Callable[..., User],
    expected: Expectations,
) -> MatchCandidate:
    """A pair that a colleague dissociated, and that was to be a match on the page before."""
    pair, *_ = (
        made_pictures.all_pairs(made_pictures.copies(name, 2, image_list), score)[0]
        for name, score in (("coffee", 0.9), ("moon", 0.8), ("rocket", 0.7))
    )
    by = accounts_selectors.actor_for_user(make_user(Role.ANALYST))
    expected.statuses.add(409)
    signed_in.goto(f"/review/pair/{pair.public_id}/")
    wait_until_ahead(signed_in)
    pairs_services.dissociate(by=by, pair=pair)
    press(signed_in, "f")
    wait_until_sent(signed_in)
    expect(refusal_of(signed_in, pair)).to_have_count(1)
    return pair


def refusal_of(page: Page, pair: MatchCandidate) -> Locator:
    return page.locator(f"[data-refusals] [data-refusal={pair.public_id}]")


@pytest.mark.parametrize("address", ["/review/", "/review/pictures/", "/review/start/"])
def test_it_is_there_on_the_next_page_until_it_is_left(
    signed_in: Page, refused: MatchCandidate, address: str
) -> None:
    signed_in.goto(address)
    kept = refusal_of(signed_in, refused)
    expect(kept).to_have_count(1)
    expect(signed_in.locator("[data-refusals-count]")).to_have_text("1")
    if not kept.is_visible():
        signed_in.locator("[data-refusals] summary").click()
    # It says who decided and what, though not when: that was a moment ago then.
    expect(kept.locator("[data-refused]")).to_contain_text("analyst")

    kept.locator("[data-leave]").click()
    signed_in.reload()
    wait_for_scripts(signed_in)

    expect(kept).to_have_count(0)


def test_it_is_gone_once_its_pair_was_opened(signed_in: Page, refused: MatchCandidate) -> None:
    signed_in.goto("/review/")

    refusal_of(signed_in, refused).locator("a.button").click()
    signed_in.wait_for_url(f"**/review/pair/{refused.public_id}/**")
    wait_for_scripts(signed_in)

    expect(signed_in.locator("[data-refusals]")).to_be_hidden()


def test_it_is_gone_once_its_pair_was_settled(signed_in: Page, refused: MatchCandidate) -> None:
    signed_in.goto(f"/review/pair/{refused.public_id}/")
    expect(refusal_of(signed_in, refused)).to_have_count(1)
    wait_until_painted(signed_in)

    signed_in.keyboard.press("f")

    wait_until_sent(signed_in)
    expect(signed_in.locator("[data-refusals]")).to_be_hidden()
    refused.refresh_from_db()
    assert refused.state == State.CONFIRMED
    assert signed_in.evaluate(READ_KEPT) == []


def test_as_many_are_kept_as_one_can_go_through(signed_in: Page, refused: MatchCandidate) -> None:
    signed_in.evaluate(KEEP_MANY, MOST_KEPT + 10)
    refused.refresh_from_db()
    signed_in.goto(f"/review/pair/{refused.public_id}/")
    wait_until_painted(signed_in)
    MatchCandidate.objects.filter(pk=refused.pk).update(version=refused.version + 1)
    signed_in.keyboard.press("f")
    wait_until_sent(signed_in)

    expect(refusal_of(signed_in, refused)).to_have_count(1)
    kept = signed_in.evaluate(READ_KEPT)
    assert (len(kept), kept[-1]) == (MOST_KEPT, refused.public_id)


def wait_for_scripts(page: Page) -> None:
    """Wait until what was kept is shown, if there is any: the modules ahead of it have run then."""
    page.wait_for_load_state("networkidle")
