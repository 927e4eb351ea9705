"""Review by picture decides nothing that its author has not seen, however old the picture is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from accounts import selectors as accounts_selectors
from accounts.models import User
from accounts.permissions import Role
from lists.models import Item, List
from review.models import Act, MatchCandidate, State
from review.pairs import selectors as pairs_selectors
from review.pairs import services as pairs_services
from tests import made_pictures
from tests.browser.conftest import Expectations
from tests.browser.reviewing import wait_until_ahead, wait_until_sent
from tests.browser.test_picture import focused, mark, open_pictures
from tests.browser.waiting import eventually

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def coffees(image_list: List) -> list[Item]:
    """Four copies of one photograph, and the pairs between them."""
    items = made_pictures.copies("coffee", 4, image_list)
    made_pictures.all_pairs(items)
    return items


@pytest.fixture
def colleague_decides(
    make_user: Callable[..., User], expected: Expectations
) -> Callable[[str, Act], None]:
    """Let a colleague decide a pair; what is decided about it unseen is refused."""
    by = accounts_selectors.actor_for_user(make_user(Role.ANALYST))
    expected.statuses.add(409)

    def decide(pair_id: str, act: Act) -> None:
        pairs_services.decide(by=by, pair=pairs_selectors.pair_for(by, pair_id), act=act)

    return decide


def test_a_picture_that_comes_later_lets_nobody_overrule_what_an_older_one_does_not_show(
    signed_in: Page, coffees: list[Item], colleague_decides: Callable[[str, Act], None]
) -> None:
    low, high = coffees[2].image, coffees[3].image
    pair_id = MatchCandidate.objects.get(image_low=low, image_high=high).public_id
    held: list[Route] = []
    signed_in.route("**/next/**", lambda route: held.append(route))  # noqa: PLW0108
    signed_in.goto("/review/pictures/?order=newest")
    eventually(signed_in, lambda: held)
    colleague_decides(pair_id, Act.DISSOCIATE)
    # The next picture has the same pair, as the colleague left it.
    held[0].continue_()
    signed_in.unroute("**/next/**")
    wait_until_ahead(signed_in)
    card = signed_in.locator(f"[id={pair_id}]")
    other = signed_in.locator(f"[data-candidate]:not([id={pair_id}])").first
    for each in (other, card):
        each.locator("[data-mark-act=confirm_image]").click()
        wait_until_ahead(signed_in)

    assert MatchCandidate.objects.get(public_id=pair_id).state == State.DISSOCIATED
    expect(signed_in.locator("[data-refusals] li")).to_have_count(1)
    expect(card).to_have_attribute("data-state", "refused")


def test_who_only_agreed_with_a_colleague_overrules_them_no_more_than_anybody_else(
    signed_in: Page, colleague_decides: Callable[[str, Act], None]
) -> None:
    open_pictures(signed_in)
    pair_id = focused(signed_in)
    colleague_decides(pair_id, Act.CONFIRM)
    mark(signed_in, "f")
    wait_until_ahead(signed_in)

    signed_in.locator(f"[id={pair_id}] [data-mark-act=dissociate]").click()
    wait_until_sent(signed_in)

    assert MatchCandidate.objects.get(public_id=pair_id).state == State.CONFIRMED
    expect(signed_in.locator("[data-refusals] li")).to_have_count(1)


@pytest.mark.parametrize("is_answered", [False, True], ids=["on its way", "not taken in yet"])
def test_what_is_marked_before_an_agreement_is_known_overrules_no_colleague(
    signed_in: Page, colleague_decides: Callable[[str, Act], None], is_answered: bool
) -> None:
    # What takes answers in is fetched with the first key.
    held: list[Route] = []
    where = "**/afterwards*.js" if is_answered else "**/decide/"
    signed_in.route(where, lambda route: held.append(route))  # noqa: PLW0108
    open_pictures(signed_in)
    pair_id = focused(signed_in)
    colleague_decides(pair_id, Act.CONFIRM)
    signed_in.keyboard.press("f")
    eventually(signed_in, lambda: held)
    if is_answered:
        wait_until_sent(signed_in)

    signed_in.locator(f"[id={pair_id}] [data-mark-act=dissociate]").click()
    # Which lets through what it held.
    signed_in.unroute(where)
    wait_until_sent(signed_in)

    assert MatchCandidate.objects.get(public_id=pair_id).state == State.CONFIRMED
    expect(signed_in.locator("[data-refusals] li")).to_have_count(1)
