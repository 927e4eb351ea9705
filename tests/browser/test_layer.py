"""Compare as a layer over the page of a picture: it follows the page, and the page decides."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from lists.models import List
from review.models import MatchCandidate, State
from tests import made_pictures
from tests.browser.accessible import faults_in_both_schemes
from tests.browser.reviewing import wait_until_ahead, wait_until_painted, wait_until_sent
from tests.browser.test_every_page import Look
from tests.browser.waiting import eventually, next_frames, wait_until_drawn

pytestmark = pytest.mark.slow

CLAIM = {"claim": "Launched over Pune last night", "url": "https://t.me/alerts/4471"}
EDGE_PX = 12


@pytest.fixture
def address(image_list: List) -> str:
    """A picture with three candidates, and one that follows it."""
    coffees = made_pictures.copies("coffee", 4, image_list, CLAIM)
    moons = made_pictures.copies("moon", 2, image_list)
    first = [made_pictures.pair(each, coffees[-1], score=0.9) for each in coffees[:-1]]
    made_pictures.all_pairs(moons)
    return f"/review/picture/{first[0].public_id}/"


@pytest.fixture
def opened(signed_in: Page, address: str) -> Page:
    """The picture's page, with the layer over it."""
    signed_in.goto(address)
    wait_until_ahead(signed_in)
    signed_in.keyboard.press("Enter")
    wait_for_pair(signed_in, candidates(signed_in)[0])
    return signed_in


def candidates(page: Page) -> list[str]:
    """Return the ids of the candidates' pairs, in their order."""
    cards: list[str] = page.locator("[data-candidate]").evaluate_all(
        "(all) => all.map((e) => e.id)"
    )
    return cards


def states(page: Page) -> list[str]:
    """Return how the candidates are marked, in their order."""
    read = "(all) => all.map(({ dataset }) => dataset.state)"
    marks: list[str] = page.locator("[data-candidate]").evaluate_all(read)
    return marks


def wait_for_pair(page: Page, pair_id: str) -> None:
    """Wait until the layer shows a pair, and it can be decided."""
    expect(page.locator(f"[data-layer] [data-pair={pair_id}] image-compare")).to_be_visible()
    wait_until_painted(page)


def wait_for_picture(page: Page, pair_id: str) -> None:
    expect(page.locator("[data-layer]")).to_be_hidden()
    expect(page.locator("[data-stage] > [data-pair]")).to_have_attribute("data-pair", pair_id)


def box(page: Page, selector: str) -> dict[str, float]:
    found = page.locator(selector).first.bounding_box()
    assert found is not None
    return {"x": found["x"], "y": found["y"], "width": found["width"], "height": found["height"]}


def test_escape_comes_back_to_the_same_candidate(signed_in: Page, address: str) -> None:
    signed_in.goto(address)
    wait_until_ahead(signed_in)
    second = candidates(signed_in)[1]
    signed_in.keyboard.press("ArrowRight")
    before = signed_in.url

    signed_in.keyboard.press("Enter")
    wait_for_pair(signed_in, second)
    signed_in.keyboard.press("4")
    expect(signed_in.locator("image-compare")).to_have_attribute("data-view", "difference")
    signed_in.keyboard.press("Escape")

    expect(signed_in.locator("[data-layer]")).to_be_hidden()
    expect(signed_in.locator("[data-candidate][aria-current]")).to_be_focused()
    expect(signed_in.locator("[data-candidate][aria-current]")).to_have_id(second)
    assert signed_in.url == before
    signed_in.keyboard.press("Enter")
    wait_for_pair(signed_in, second)


def test_the_incoming_picture_is_on_the_left_whichever_side_of_the_pair_it_is(
    signed_in: Page, address: str, image_list: List
) -> None:
    newer = MatchCandidate.objects.get(public_id=address.split("/")[-2])
    older = made_pictures.copies("astronaut", 2, image_list)
    theirs = made_pictures.pair(older[0], older[1], score=0.9)
    found_later = made_pictures.pair(older[1], newer.query_image.items.get(), score=0.8)
    signed_in.goto(f"/review/picture/{theirs.public_id}/")
    wait_until_ahead(signed_in)
    incoming = signed_in.locator(".incoming-picture img").get_attribute("src")
    signed_in.locator(f"[data-candidate='{found_later.public_id}'] [data-compare]").click()
    wait_for_pair(signed_in, found_later.public_id)

    left = signed_in.locator("[data-layer] .side.is-a .picture")
    expect(left).to_have_attribute("src", incoming or "")
    assert box(signed_in, "[data-layer] .is-a")["x"] < box(signed_in, "[data-layer] .is-b")["x"]


def test_the_page_is_decided_on_when_a_pair_that_does_not_come_was_closed(opened: Page) -> None:
    first, _second, third = candidates(opened)
    swallowed: list[Route] = []
    opened.route(f"**/pair/{third}/*", lambda route: swallowed.append(route))  # noqa: PLW0108
    opened.keyboard.press("ArrowRight")
    eventually(opened, lambda: swallowed)
    opened.keyboard.press("ArrowRight")
    opened.keyboard.press("Escape")
    expect(opened.locator("[data-layer]")).to_be_hidden()
    wait_until_painted(opened)

    opened.keyboard.press("f")

    expect(opened.locator(f"[id={third}]")).to_have_attribute("data-state", "confirm")
    assert states(opened)[candidates(opened).index(first)] == "open"
    for route in swallowed:
        route.abort()


def test_arrows_show_other_candidates_and_pan_where_it_is_zoomed(opened: Page) -> None:
    first, second, third = candidates(opened)

    for key, pair_id in (("ArrowRight", second), ("ArrowRight", third), ("ArrowLeft", second)):
        opened.keyboard.press(key)
        wait_for_pair(opened, pair_id)
    opened.locator("[data-layer-go]").first.click()
    wait_for_pair(opened, first)
    opened.keyboard.press("+")
    expect(opened.locator("image-compare")).to_have_attribute("data-zoomed", "")
    opened.keyboard.press("ArrowRight")
    wait_for_pair(opened, first)


def test_a_decision_is_the_pages_and_the_next_candidate_follows(opened: Page) -> None:
    pairs = candidates(opened)

    opened.keyboard.press("j")
    wait_for_pair(opened, pairs[1])
    assert states(opened) == ["dissociate", "open", "open"]
    expect(opened.locator("[data-layer] [data-notice]")).to_be_visible()
    opened.keyboard.press("f")
    wait_for_pair(opened, pairs[2])
    opened.keyboard.press("u")
    wait_for_pair(opened, pairs[1])
    assert states(opened) == ["dissociate", "open", "open"]
    wait_until_sent(opened)

    decided = MatchCandidate.objects.exclude(state=State.SUGGESTED)
    assert {each.public_id: each.state for each in decided} == {pairs[0]: State.DISSOCIATED}


def test_the_next_picture_is_shown_on_its_page(opened: Page) -> None:
    pairs = candidates(opened)
    wait_until_ahead(opened)

    for at, key in enumerate("fjn"):
        wait_for_pair(opened, pairs[at])
        opened.keyboard.press(key)

    wait_for_picture(opened, MatchCandidate.objects.exclude(public_id__in=pairs).get().public_id)
    expect(opened.locator("[data-candidate][aria-current]")).to_be_focused()
    wait_until_sent(opened)
    found = [MatchCandidate.objects.get(public_id=each) for each in pairs]
    assert [each.state for each in found[:2]] == [State.CONFIRMED, State.DISSOCIATED]
    assert found[2].is_unsure


def test_nothing_is_decided_before_its_pair_is_there(signed_in: Page, address: str) -> None:
    signed_in.goto(address)
    wait_until_ahead(signed_in)
    pairs = candidates(signed_in)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    signed_in.route(f"**/review/pair/{pairs[1]}/**", hold)
    signed_in.keyboard.press("Enter")
    wait_for_pair(signed_in, pairs[0])

    signed_in.keyboard.press("ArrowRight")
    next_frames(signed_in)
    signed_in.keyboard.press("f")
    eventually(signed_in, lambda: held)
    assert states(signed_in) == ["open"] * 3
    for each in held:
        each.continue_()

    wait_for_pair(signed_in, pairs[1])
    signed_in.keyboard.press("f")
    wait_for_pair(signed_in, pairs[2])
    assert states(signed_in)[:2] == ["open", "confirm"]


def test_only_what_lies_on_top_hears_keys(opened: Page) -> None:
    pairs = candidates(opened)

    for key in ("l", "s"):
        opened.keyboard.press(key)
    wait_for_pair(opened, pairs[0])
    opened.keyboard.press("?")
    expect(opened.locator("[data-keys]")).to_be_visible()
    opened.locator("[data-keys] h2").click()
    opened.keyboard.press("f")
    opened.keyboard.press("Escape")
    expect(opened.locator("[data-keys]")).to_be_hidden()

    wait_for_pair(opened, pairs[0])
    assert states(opened) == ["open"] * 3
    opened.keyboard.press("Escape")
    expect(opened.locator("[data-layer]")).to_be_hidden()
    opened.keyboard.press("l")
    expect(opened.locator("[data-candidate]")).to_have_count(1)


def test_the_focus_stays_within(opened: Page) -> None:
    stops = opened.locator("[data-layer] :is(a, button, input, summary, image-compare)").count()

    for _ in range(stops + 2):
        opened.keyboard.press("Tab")
        within = "document.activeElement.matches('body, [data-layer], [data-layer] *')"
        assert opened.evaluate(within)


def test_the_leases_stay(opened: Page) -> None:
    leased = MatchCandidate.objects.exclude(claimed_by=None)

    assert set(candidates(opened)) <= {each.public_id for each in leased}


def test_the_page_of_the_pair_is_behind_the_same_link(signed_in: Page, address: str) -> None:
    signed_in.goto(address)
    wait_until_ahead(signed_in)
    second = candidates(signed_in)[1]
    link = signed_in.locator(f"[id={second}] [data-compare]").get_attribute("href")
    assert link is not None

    signed_in.goto(link)
    wait_until_painted(signed_in)
    signed_in.keyboard.press("Escape")

    expect(signed_in.locator("[data-candidate][aria-current]")).to_have_id(second)
    wait_until_ahead(signed_in)
    signed_in.goto(link)
    wait_until_painted(signed_in)
    signed_in.keyboard.press("j")
    expect(signed_in.locator("[data-candidate]").first).to_be_visible()
    wait_until_ahead(signed_in)
    assert states(signed_in) == ["open", "dissociate", "open"]


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844), (683, 384)])
def test_the_pictures_and_the_decisions_are_in_sight(
    signed_in: Page, address: str, language: str, width: int, height: int
) -> None:
    Look("light", language, width).put_on(signed_in)
    signed_in.set_viewport_size({"width": width, "height": height})
    signed_in.goto(address)
    wait_until_ahead(signed_in)
    signed_in.keyboard.press("Enter")
    wait_for_pair(signed_in, candidates(signed_in)[0])
    wait_until_drawn(signed_in)

    layer = box(signed_in, "[data-layer]")
    assert (layer["x"], layer["y"]) == (EDGE_PX, EDGE_PX)
    assert (layer["width"], layer["height"]) == (width - 2 * EDGE_PX, height - 2 * EDGE_PX)
    one, other = (box(signed_in, f"[data-pane={side}]") for side in "ab")
    assert one["x"] + one["width"] <= other["x"]
    match = box(signed_in, "[data-layer] [data-act=confirm]")
    assert match["y"] + match["height"] <= height - EDGE_PX
    assert one["y"] < match["y"]
    scrolled: dict[str, Any] = signed_in.evaluate(
        "({ scrollWidth, clientWidth }) => ({ scrollWidth, clientWidth })",
        signed_in.locator("[data-layer]").element_handle(),
    )
    assert scrolled["scrollWidth"] <= scrolled["clientWidth"]


@pytest.mark.parametrize("width", [1366, 390])
def test_it_is_accessible(opened: Page, width: int) -> None:
    opened.set_viewport_size({"width": width, "height": 844})
    opened.keyboard.press("j")
    wait_for_pair(opened, candidates(opened)[1])
    opened.locator("[data-notice]").dispatch_event("pointerenter")

    assert faults_in_both_schemes(opened) == []
