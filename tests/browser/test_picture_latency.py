"""Two people decide the same picture against each other, far from the server."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from lists.models import List
from review.models import Act, Decision, MatchCandidate, State
from review.scopes import Scope
from tests import made_pictures
from tests.browser.conftest import Expectations
from tests.browser.reviewing import wait_until_painted, wait_until_sent
from tests.browser.test_picture import focused
from tests.browser.test_review_ahead import slow_down
from tests.browser.test_review_loop import colleague  # noqa: F401 - a fixture

pytestmark = pytest.mark.slow

LATENCY_MS = 700
BITS_PER_S = 1_600_000
ACTS = {"f": Act.CONFIRM, "j": Act.DISSOCIATE, "d": Act.CONFIRM_IMAGE}
# Presses J in the task in which the page tells of its first refusal, and notes what was in focus.
PRESS_AT_REFUSAL = """
window.pressedAt = "";
const place = document.querySelector("[data-refusals]");
new MutationObserver((_, observer) => {
  observer.disconnect();
  window.pressedAt = document.querySelector("[data-candidate][aria-current]").dataset.candidate;
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "j", bubbles: true }));
}).observe(place, { attributes: true, attributeFilter: ["hidden"] });
"""

Marks = set[tuple[str, str]]


@pytest.fixture
def address(image_list: List) -> str:
    """The page of a picture with four candidates of the same photograph."""
    items = made_pictures.copies("coffee", 5, image_list)
    made_pictures.all_pairs(items)
    pair = MatchCandidate.objects.filter(query_image=items[-1].image).latest("pk")
    return f"/review/picture/{pair.public_id}/"


def press(page: Page, key: str) -> tuple[str, str]:
    """Press a key on what is painted; return what its author saw and meant."""
    wait_until_painted(page)
    meant = (focused(page), ACTS[key].value)
    page.keyboard.press(key)
    return meant


def marks(page: Page) -> Marks:
    cards = page.locator("[data-candidate]").all()
    names = ("data-candidate", "data-state")
    return {tuple(card.get_attribute(name) or "" for name in names) for card in cards}  # type: ignore[misc]


def stored_mark(pair_id: str) -> str:
    pair = MatchCandidate.objects.get(public_id=pair_id)
    if pair.state == State.CONFIRMED:
        return (Act.CONFIRM if pair.scope == Scope.WHOLE else Act.CONFIRM_IMAGE).value
    return Act.DISSOCIATE.value if pair.state == State.DISSOCIATED else "open"


def decided_by(user_id: int, *, is_theirs: bool) -> Marks:
    made = Decision.objects.filter(act__in=ACTS.values()).exclude(user=None)
    own = made.filter(user=user_id) if is_theirs else made.exclude(user=user_id)
    return set(own.values_list("candidate__public_id", "act"))


def test_two_who_contradict_each_other_decide_what_they_saw_and_see_what_is_stored(
    signed_in: Page,
    person: User,
    colleague: Page,  # noqa: F811
    address: str,
    live_server: LiveServer,
    expected: Expectations,
) -> None:
    expected.statuses.add(409)
    pages = (signed_in, colleague)
    meant: tuple[Marks, Marks] = (set(), set())
    for page in pages:
        page.goto(f"{live_server.url}{address}")
        page.evaluate(PRESS_AT_REFUSAL)
        slow_down(page, LATENCY_MS, BITS_PER_S)

    for keys in ("fj", "jd"):
        for page, key, own in zip(pages, keys, meant, strict=True):
            own.add(press(page, key))
    # What is pressed when a refusal comes is sent behind it.
    for page in (*pages, *pages):
        wait_until_sent(page)

    refusals = 0
    for page, own in zip(pages, meant, strict=True):
        refused = page.locator("[data-refusals] li").count()
        refusals += refused
        if refused:
            own.add((page.evaluate("window.pressedAt"), Act.DISSOCIATE.value))
        decided = decided_by(person.pk, is_theirs=page is signed_in)
        assert decided <= own
        assert len(own - decided) <= refused
        for pair_id, state in marks(page):
            assert state in {"open", "refused", stored_mark(pair_id)}
    assert refusals
    expect(signed_in.locator("[data-unsent]")).to_be_hidden()
