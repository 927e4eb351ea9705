"""Find as people use it: over any page, by keys alone, with a picture in the place of a text."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lists.models import Item
from tests.browser.accessible import faults_in_both_schemes
from tests.browser.test_lists import transfer

pytestmark = pytest.mark.slow


def test_find_opens_over_a_page_and_leads_on_by_keys_alone(
    signed_in: Page, add_photo: Callable[..., Item], coffee: bytes, astronaut: bytes
) -> None:
    first, second = add_photo(coffee, "launch-pune.jpg"), add_photo(astronaut, "seen-pune.jpg")
    signed_in.goto("/review/")
    sheet, rows = signed_in.locator("dialog[data-find]"), signed_in.locator("[data-find-row=image]")

    signed_in.keyboard.press("/")
    expect(sheet).to_be_visible()
    signed_in.keyboard.type("a/b")
    expect(sheet.locator("[name=q]")).to_have_value("a/b")
    signed_in.keyboard.press("Escape")
    expect(sheet).to_be_hidden()

    signed_in.keyboard.press("Control+k")
    signed_in.keyboard.type("pune")
    expect(rows).to_have_count(2)
    expect(rows.first).to_have_attribute("aria-selected", "true")
    assert faults_in_both_schemes(signed_in) == []
    signed_in.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_have_attribute("aria-selected", "true")
    signed_in.keyboard.press("ArrowUp")
    signed_in.keyboard.press("Enter")
    signed_in.wait_for_url(f"**/items/{second.public_id}/")

    # Enter right after typing never opens what an earlier text has found.
    signed_in.locator("[data-find-open]").click()
    expect(sheet).to_be_visible()
    signed_in.keyboard.type("pune")
    expect(rows).to_have_count(2)
    signed_in.keyboard.insert_text(" launch")
    signed_in.keyboard.press("Enter")
    signed_in.wait_for_url(f"**/items/{first.public_id}/")


def test_a_pasted_picture_finds_what_is_like_it(
    signed_in: Page, add_photo: Callable[..., Item], coffee: bytes, coffee_copy: bytes
) -> None:
    item = add_photo(coffee, "coffee.jpg")
    signed_in.goto("/lists/")
    signed_in.keyboard.press("Control+k")
    field = signed_in.locator("dialog[data-find] [name=q]")
    expect(field).to_be_focused()

    field.evaluate(
        """(field, clipboardData) => field.dispatchEvent(
          new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }))""",
        transfer(signed_in, {"pasted.jpg": coffee_copy}),
    )

    group = signed_in.locator("[data-find-group=alike]")
    expect(group).to_contain_text("pasted.jpg")
    expect(group.locator("a")).to_have_attribute("href", f"/items/{item.public_id}/")

    # Check has the picture without asking for it once more.
    signed_in.keyboard.press("ArrowDown")
    signed_in.keyboard.press("Enter")
    signed_in.wait_for_url("**/check/")
    expect(signed_in.locator("[data-chosen-name]")).to_have_text("pasted.jpg")
    expect(signed_in.locator("[data-check-result] .match")).to_have_count(1)


def test_find_works_without_a_script(
    plain: Page, add_photo: Callable[..., Item], coffee: bytes
) -> None:
    item = add_photo(coffee, "launch-pune.jpg")
    plain.goto("/lists/")
    plain.locator("[data-find-open]").click()
    plain.locator("[name=q]").fill("pune")
    plain.locator("[name=q]").press("Enter")
    plain.locator("[data-find-row=image]").click()
    expect(plain).to_have_url(f"/items/{item.public_id}/")
