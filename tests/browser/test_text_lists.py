"""Text lists as a manager keeps them, with a keyboard and without scripts."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Page, expect

from tests.browser.conftest import Expectations
from tests.conftest import encoded
from text_lists.models import TextEntry, TextList

pytestmark = pytest.mark.slow


def caption(text: str) -> bytes:
    picture = Image.new("RGB", (640, 120), "white")
    ImageDraw.Draw(picture).text((20, 30), text, "black", font=ImageFont.load_default(48))
    return encoded(picture, "PNG")


def make_list(page: Page, name: str) -> None:
    """Make a list by the keyboard; its page is shown then."""
    page.goto("/text-lists/")
    if not page.get_by_label("Name").is_visible():
        page.locator(".new-list summary").press("Enter")
        expect(page.get_by_label("Name")).to_be_focused()
    page.get_by_label("Name").press_sequentially(name)
    page.get_by_label("Name").press("Enter")
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def test_a_list_is_made_filled_tried_and_taken_elsewhere(signed_in: Page, tmp_path: Path) -> None:
    make_list(signed_in, "Brands")
    signed_in.get_by_role("link", name="Paste or import", exact=True).click()
    signed_in.get_by_label("Texts").fill("Zorblat Cola\n=SALE=\n\nفطيرة أكمي")
    signed_in.get_by_label("Category").fill("brand")
    signed_in.get_by_role("button", name="Add the texts").press("Enter")
    expect(signed_in.locator("[data-put]")).to_have_attribute("data-added", "3")

    signed_in.get_by_role("link", name="Try", exact=True).click()
    signed_in.get_by_label("A picture").set_input_files(
        {"name": "sale.png", "mimeType": "image/png", "buffer": caption("Zorblat Cola now")}
    )
    signed_in.get_by_role("button", name="Try the picture").click()
    expect(signed_in.locator("[data-trial-entry]")).to_contain_text("Zorblat Cola")

    signed_in.get_by_role("link", name="Texts", exact=True).click()
    with signed_in.expect_download() as download:
        signed_in.get_by_role("link", name="Export CSV").click()
    table = tmp_path / "table.csv"
    download.value.save_as(table)
    make_list(signed_in, "Copy")
    signed_in.get_by_role("link", name="Paste or import", exact=True).click()
    signed_in.get_by_label("CSV file").set_input_files(table)
    signed_in.get_by_role("button", name="Import").click()
    expect(signed_in.locator("[data-put]")).to_have_attribute("data-added", "3")

    of = [
        list(text_list.entries.order_by("pk").values_list("text", "category"))
        for text_list in TextList.objects.all()
    ]
    assert of[0] == of[1] == [
        ("Zorblat Cola", "brand"),
        ("=SALE=", "brand"),
        ("فطيرة أكمي", "brand"),
    ]  # fmt: skip


def test_an_entry_is_edited_in_its_place_by_the_keyboard(
    signed_in: Page, expected: Expectations
) -> None:
    expected.statuses.add(422)
    make_list(signed_in, "Dishes")
    for text in ("pot", "cup"):
        signed_in.locator("[data-new-entry] [name=text]").fill(text)
        signed_in.keyboard.press("Enter")
        expect(signed_in.locator("[data-entry]").first).to_have_attribute("data-entry", text)
    row = signed_in.locator("[data-entry=pot]")

    row.locator("summary").press("Enter")
    expect(row.get_by_label("Text")).to_be_focused()
    row.get_by_label("Text").fill("CUP")
    signed_in.keyboard.press("Enter")
    expect(row.locator("[data-mistake=text]")).to_be_visible()
    row.get_by_label("Text").fill("kettle")
    row.get_by_label("Language").select_option("tr")
    signed_in.keyboard.press("Tab")
    row.get_by_role("button", name="Save").press("Enter")

    expect(signed_in.locator("[data-entry=kettle]")).to_contain_text("Turkish")
    assert TextEntry.objects.get(text="kettle").language == "tr"


def test_everything_works_without_scripts(plain: Page) -> None:
    plain.goto("/text-lists/")
    plain.get_by_label("Name").fill("Dishes")
    plain.get_by_role("button", name="Create the list").click()
    for text in ("cup", "pot", "pan"):
        plain.locator("[data-new-entry] [name=text]").fill(text)
        plain.get_by_role("button", name="Add the text").click()
    expect(plain.locator("[data-entry]")).to_have_count(3)

    plain.get_by_label("Select cup").check()
    plain.get_by_label("Select pot").check()
    plain.get_by_role("button", name="Remove selected").click()
    expect(plain.locator("[data-entry]")).to_have_count(1)
    plain.get_by_role("button", name="Undo").click()
    expect(plain.locator("[data-entry]")).to_have_count(3)

    plain.locator("[data-entry=pan] summary").click()
    plain.get_by_role("button", name="Remove pan").click()
    plain.get_by_role("link", name="Removed").click()
    plain.get_by_role("button", name="Restore pan").click()
    expect(plain.get_by_role("button", name="Restore pan")).to_have_count(0)
    assert TextEntry.objects.filter(removed_at=None).count() == 3

    plain.get_by_role("link", name="Try", exact=True).click()
    plain.get_by_label("A sentence").fill("A cup on the table")
    plain.get_by_role("button", name="Try the sentence").click()
    expect(plain.locator("[data-trial-entry]")).to_contain_text("cup")

    plain.get_by_role("link", name="Settings").click()
    plain.get_by_role("button", name="Remove the list").click()
    plain.get_by_role("button", name="Undo Dishes").click()
    expect(plain.get_by_role("heading", name="Dishes")).to_be_visible()
