"""Review by picture: marks, what follows, the next picture, refusals, no network, undo."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from lists.models import Item, List
from review.models import Decision
from tests import made_pictures
from tests.browser.reviewing import wait_until_ahead, wait_until_painted
from tests.browser.waiting import eventually

pytestmark = pytest.mark.slow


def focused(page: Page) -> str:
    """Return the id of the candidate in focus."""
    return page.locator("[data-candidate][aria-current]").get_attribute("data-candidate") or ""


def states(page: Page) -> list[str]:
    return page.locator("[data-candidate]").evaluate_all(
        "(all) => all.map((each) => each.dataset.state)"
    )


def mark(page: Page, key: str) -> None:
    wait_until_painted(page)
    page.keyboard.press(key)
    if key == "d":
        expect(page.locator("[data-notice] input[name=note]")).to_be_focused()
        page.keyboard.press("Escape")
    wait_until_painted(page)


@pytest.fixture
def coffees(image_list: List) -> list[Item]:
    """Three copies of one photograph, and the pairs between them."""
    items = made_pictures.copies("coffee", 3, image_list)
    made_pictures.all_pairs(items)
    return items


def test_one_key_marks_and_what_follows_is_not_asked(signed_in: Page, coffees: list[Item]) -> None:
    signed_in.goto("/review/pictures/")
    wait_until_ahead(signed_in)
    assert states(signed_in) == ["open", "open"]
    mark(signed_in, "f")
    assert states(signed_in) == ["confirm", "open"]
    mark(signed_in, "f")
    wait_until_ahead(signed_in)
    eventually(signed_in, lambda: Decision.objects.count() == 3)
