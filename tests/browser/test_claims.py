"""What two pictures are said to show, read and compared by hand."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from lists.models import Item, List
from matching.evidence import Kind
from review.models import MatchCandidate
from tests import made_pairs
from tests.browser.reviewing import wait_until_painted
from tests.browser.test_every_page import Look
from tests.browser.waiting import next_frames

pytestmark = pytest.mark.slow

LONG = "Launched over Pune last night, as everybody knows. " * 20


@pytest.fixture
def pair(image_list: List) -> MatchCandidate:
    """A screenshot of a picture, both with a claim."""
    found = made_pairs.store(made_pairs.made_pair(Kind.PART), image_list)
    facts = {"url": "https://news.example/" + "x" * 300, "asked": 38, "nested": {"a": [1]}}
    Item.objects.update(context={"claim": "Launched over Karachi last night", "verdict": "False"})
    Item.objects.create(
        image_list=image_list, image=found.query_image, context={"claim": LONG, **facts}
    )
    return found


@pytest.mark.parametrize(
    ("theme", "language", "width"), [("light", "en", 1366), ("dark", "ar", 390)]
)
def test_claims_open_and_keep_their_place(
    signed_in: Page, pair: MatchCandidate, theme: str, language: str, width: int
) -> None:
    Look(theme, language, width).put_on(signed_in)
    signed_in.goto(f"/review/pair/{pair.public_id}/")
    wait_until_painted(signed_in)
    more = signed_in.locator("[data-claim-more] summary").first

    more.focus()
    signed_in.keyboard.press("Enter")

    expect(signed_in.locator("[data-claim-more] [data-claim-link]")).to_be_visible()
    assert Axe().run(signed_in).response["violations"] == []
    assert signed_in.evaluate("document.documentElement.scrollWidth") <= width


def test_details_open_by_a_key_and_stay_so(signed_in: Page, image_list: List) -> None:
    pairs = [
        made_pairs.store(made_pairs.made_pair(kind), image_list) for kind in (Kind.NEAR, Kind.PART)
    ]
    signed_in.goto("/review/start/")
    wait_until_painted(signed_in)
    details = signed_in.locator("[data-details]")
    expect(details).not_to_have_attribute("open", "")

    signed_in.keyboard.press("i")
    expect(details).to_have_attribute("open", "")
    # The page is told of it a moment later.
    next_frames(signed_in)
    for pair in pairs:
        signed_in.goto(f"/review/pair/{pair.public_id}/")
        expect(details).to_have_attribute("open", "")
    signed_in.keyboard.press("i")
    expect(details).not_to_have_attribute("open", "")


def test_outside_of_the_region_is_dim_as_long_as_a_key_is_held(
    signed_in: Page, pair: MatchCandidate
) -> None:
    signed_in.goto(f"/review/pair/{pair.public_id}/")
    wait_until_painted(signed_in)
    outside = signed_in.locator(".side.is-b .evidence-outside")
    expect(signed_in.locator(".side.is-b .evidence-outline")).to_be_visible()
    expect(outside).to_be_hidden()

    signed_in.keyboard.down("h")
    expect(outside).to_be_visible()
    signed_in.keyboard.up("h")
    expect(outside).to_be_hidden()

    # Whoever cannot hold a key switches.
    button = signed_in.locator("[data-dim]")
    for state in ("true", "false"):
        button.click()
        expect(button).to_have_attribute("aria-pressed", state)
        expect(outside).to_be_visible(visible=state == "true")
