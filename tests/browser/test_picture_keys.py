"""Review by picture: what keys show, take back and repeat, and what the head says of the work."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from lists.models import Item, List
from review.models import Act, Decision
from tests import made_pictures
from tests.browser.reviewing import press, wait_until_ahead, wait_until_painted, wait_until_sent
from tests.browser.test_picture import hold_first_decision, press_first
from tests.browser.waiting import eventually, next_frames

pytestmark = pytest.mark.slow

NAMES = ("coffee", "moon", "rocket", "astronaut", "chelsea")
PICTURES = len(NAMES)
# From then on it is known how long a picture takes here.
MEASURED = 3


@pytest.fixture
def pairs(image_list: List) -> list[Item]:
    """Five pictures with one candidate each."""
    items = [made_pictures.copies(name, 2, image_list) for name in NAMES]
    for at, copies in enumerate(items):
        made_pictures.pair(copies[0], copies[1], score=0.9 - at / 100)
    return [item for copies in items for item in copies]


@pytest.fixture
def coffees(image_list: List) -> list[Item]:
    """Four copies of one photograph, and the pairs of the last with the others."""
    items = made_pictures.copies("coffee", 4, image_list)
    for each in items[:-1]:
        made_pictures.pair(each, items[-1], score=0.9)
    return items


def open_pictures(page: Page) -> None:
    page.goto("/review/pictures/?order=score")
    wait_until_ahead(page)


def states(page: Page) -> list[str]:
    read = "(all) => all.map(({ dataset }) => dataset.state)"
    marks: list[str] = page.locator("[data-candidate]").evaluate_all(read)
    return marks


def mark(page: Page, keys: str) -> None:
    """Press keys one after the other, each on what is painted; a capital with Shift."""
    for key in keys:
        wait_until_painted(page)
        page.keyboard.press(f"Shift+{key}" if key.isupper() else key)
        wait_until_painted(page)


def test_space_shows_the_candidate_in_the_place_of_the_picture_as_long_as_it_is_held(
    signed_in: Page, coffees: list[Item]
) -> None:
    open_pictures(signed_in)
    signed_in.keyboard.press("ArrowRight")
    held = signed_in.locator(".incoming-picture .is-held")
    letter = signed_in.locator(".incoming-label .side-letter")

    signed_in.keyboard.down("Space")
    expect(held).to_be_visible()
    expect(letter).to_have_text("2")
    # The candidate's own picture, as large as the other.
    large = signed_in.locator("[data-candidate] .card-picture").nth(1).get_attribute("data-large")
    expect(held).to_have_attribute("src", re.compile(f"{large}$"))
    assert held.bounding_box() == signed_in.locator(".incoming-picture").bounding_box()
    signed_in.keyboard.up("Space")

    expect(held).to_have_count(0)
    expect(letter).to_have_text("A")
    assert states(signed_in) == ["open"] * 3


def test_what_was_taken_back_is_done_again(signed_in: Page, coffees: list[Item]) -> None:
    open_pictures(signed_in)
    mark(signed_in, "fj")
    wait_until_sent(signed_in)

    mark(signed_in, "uu")
    wait_until_ahead(signed_in)
    assert states(signed_in) == ["open"] * 3
    mark(signed_in, "UU")
    wait_until_ahead(signed_in)

    assert states(signed_in) == ["confirm", "dissociate", "open"]
    made = Decision.objects.exclude(user=None).order_by("pk").values_list("act", flat=True)
    again = [Act.CONFIRM, Act.DISSOCIATE]
    assert [act for act in made if act != Act.UNDO] == [*again, *again]
    # Nothing is left to repeat, nor after another decision.
    mark(signed_in, "Uuj")
    assert states(signed_in) == ["confirm", "dissociate", "open"]
    mark(signed_in, "U")
    wait_until_ahead(signed_in)
    assert states(signed_in) == ["confirm", "dissociate", "open"]


def test_all_that_was_matched_at_once_is_taken_back_and_done_again(
    signed_in: Page, coffees: list[Item], image_list: List
) -> None:
    moon = made_pictures.copies("moon", 1, image_list)[0]
    made_pictures.pair(moon, coffees[3], score=0.3)
    open_pictures(signed_in)
    mark(signed_in, "F")
    mark(signed_in, "u")
    wait_until_ahead(signed_in)

    mark(signed_in, "U")
    assert states(signed_in) == ["confirm"] * 3 + ["open"]
    mark(signed_in, "u")

    assert states(signed_in) == ["open"] * 4


def test_a_pair_is_decided_again(signed_in: Page, pairs: list[Item]) -> None:
    signed_in.goto("/review/start/?order=score")
    wait_until_ahead(signed_in)
    first = signed_in.locator("[data-pair]").get_attribute("data-pair")
    press(signed_in, "j")
    second = signed_in.locator("[data-pair]").get_attribute("data-pair")
    wait_until_ahead(signed_in)

    press(signed_in, "u")
    expect(signed_in.locator("[data-pair]")).to_have_attribute("data-pair", str(first))
    wait_until_ahead(signed_in)
    press(signed_in, "Shift+U")

    expect(signed_in.locator("[data-pair]")).to_have_attribute("data-pair", str(second))
    wait_until_sent(signed_in)
    latest = Decision.objects.exclude(user=None).latest("pk")
    assert (latest.act, latest.candidate.public_id) == (Act.DISSOCIATE, first)


def test_the_head_counts_what_is_decided_at_once(signed_in: Page, pairs: list[Item]) -> None:
    open_pictures(signed_in)
    left = signed_in.locator("[data-pictures-left]:not(article)")
    expect(left).to_have_text(str(PICTURES))
    held = hold_first_decision(signed_in)
    for at in range(1, 3):
        mark(signed_in, "f")
        expect(left).to_have_text(str(PICTURES - at))
    signed_in.keyboard.press("k")
    expect(left).to_have_text(str(PICTURES - 2))
    eventually(signed_in, lambda: held)
    held[0].continue_()
    wait_until_ahead(signed_in)
    expect(left).to_have_text(str(PICTURES - 2))
    mark(signed_in, "u")
    wait_until_ahead(signed_in)
    expect(left).to_have_text(str(PICTURES - 1))


def test_how_long_the_rest_takes_is_said_once_it_was_measured(
    signed_in: Page, pairs: list[Item]
) -> None:
    open_pictures(signed_in)
    pace = signed_in.locator("[data-pace]")
    press_first(signed_in)

    for _ in range(MEASURED - 1):
        mark(signed_in, "f")
        wait_until_ahead(signed_in)
        expect(pace).to_be_hidden()
    mark(signed_in, "f")

    expect(pace).to_be_visible()
    expect(pace).to_have_text(re.compile(r"\b1\b"))


def test_a_key_before_the_picture_is_painted_says_that_it_did_nothing(
    signed_in: Page, coffees: list[Item]
) -> None:
    open_pictures(signed_in)
    early = signed_in.locator("[data-review-texts]").get_attribute("data-early")
    mark(signed_in, "j")
    expect(signed_in.locator("[data-notice]")).to_be_visible()

    signed_in.evaluate(
        """for (const key of "jf") {
          document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        }"""
    )
    next_frames(signed_in)

    expect(signed_in.locator("[data-toasts]")).to_have_attribute("data-early", str(early))
    wait_until_ahead(signed_in)
    assert states(signed_in) == ["dissociate", "dissociate", "open"]


def test_the_next_picture_moves_in_where_motion_is_welcome(
    signed_in: Page, pairs: list[Item]
) -> None:
    signed_in.add_init_script(
        """window.moved = [];
        addEventListener("animationstart", ({ animationName, target }) => {
          const [{ effect }] = target.getAnimations();
          window.moved.push([animationName, effect.getComputedTiming().duration]);
        });"""
    )
    signed_in.emulate_media(reduced_motion="no-preference")
    open_pictures(signed_in)
    assert signed_in.evaluate("window.moved") == []
    mark(signed_in, "f")
    eventually(signed_in, lambda: signed_in.evaluate("window.moved"))
    assert signed_in.evaluate("window.moved")[0] == ["coming", 120]

    signed_in.emulate_media(reduced_motion="reduce")
    signed_in.evaluate("window.moved.length = 0")
    mark(signed_in, "f")
    next_frames(signed_in)
    assert signed_in.evaluate("window.moved") == []


def test_the_sheet_names_all_keys_and_those_with_shift_follow_the_others(
    signed_in: Page, coffees: list[Item]
) -> None:
    open_pictures(signed_in)

    signed_in.keyboard.press("?")
    shifted = signed_in.locator("[data-shifted=undo]")
    expect(shifted).to_be_visible()
    named = signed_in.locator("[data-fixed-keys] kbd").all_inner_texts()
    assert [*named[:2], *named[-3:]] == ["⇧ F", "⇧ U", "Enter", "Space", "Esc"]
    signed_in.locator("[data-remap=undo]").press("z")

    expect(shifted).to_have_text("⇧ Z")
