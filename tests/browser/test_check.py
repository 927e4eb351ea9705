"""Searching by a picture as an analyst does: every way in, and the slider that asks nobody."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect
from pytest_django import Settings

from accounts import selectors as accounts_selectors
from accounts.models import User
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import Image, Item
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests.browser.accessible import faults_in_both_schemes
from tests.browser.conftest import Expectations
from tests.browser.test_lists import transfer, upload
from tests.browser.waiting import resize
from tests.conftest import encoded, opened, raw_image
from tests.web_site import web_site

pytestmark = pytest.mark.slow


@pytest.fixture
def search_page(
    signed_in: Page,
    person: User,
    add_photo: Callable[..., Item],
    coffee: bytes,
    coffee_copy: bytes,
    astronaut: bytes,
) -> Page:
    """The page, with one photograph in two lists, a smaller copy of it, and another picture."""
    add_photo(coffee, "coffee.jpg")
    add_photo(coffee_copy, "copy.jpg")
    add_photo(astronaut, "astronaut.jpg")
    actor = accounts_selectors.actor_for_user(person)
    adverts = lists_services.create_list(by=actor, settings=ListSettings(name="Adverts"))
    submissions_services.submit(
        by=actor,
        submission=NewSubmission(raw=raw_image(coffee), add_to=adverts, custom_id="ad-771"),
    )
    signed_in.goto("/check/")
    signed_in.wait_for_load_state("networkidle")
    return signed_in


@pytest.fixture
def query(coffee: bytes) -> bytes:
    """A crop that nobody has stored: a strong match of one picture, a weaker one of the other."""
    return encoded(opened(coffee).crop((60, 40, 500, 340)).resize((330, 225)), quality=55)


def expect_answered(page: Page) -> None:
    """Wait for the answer to what was asked last; the one before stays until then."""
    expect(page.locator("[data-check-result]")).not_to_have_attribute("aria-busy", "true")


def found(page: Page) -> list[str]:
    return page.locator(".match:visible strong").all_inner_texts()


def expect_found(page: Page) -> None:
    expect_answered(page)
    expect(page.get_by_role("heading", name="Duplicate")).to_be_visible()
    assert sorted(found(page)) == ["ad-771", "coffee.jpg", "copy.jpg"]
    expect(page.locator(".match")).to_have_count(2)
    expect(page.locator(".match").filter(has_text="ad-771")).to_contain_text("Adverts")


def test_a_picture_is_looked_for_by_file_drop_and_paste(search_page: Page, query: bytes) -> None:
    search_page.set_input_files("#id_image", upload("chosen.jpg", query))
    expect(search_page.get_by_text("chosen.jpg")).to_be_visible()
    expect_found(search_page)
    expect(search_page.locator("[data-chosen-picture]")).to_be_visible()

    dropped = transfer(search_page, {"dropped.jpg": query})
    search_page.dispatch_event("#main", "drop", {"dataTransfer": dropped})
    expect(search_page.get_by_text("dropped.jpg")).to_be_visible()
    expect_found(search_page)

    search_page.evaluate(
        """(clipboardData) => document.body.dispatchEvent(
          new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }))""",
        transfer(search_page, {"pasted.jpg": query}),
    )
    expect(search_page.get_by_text("pasted.jpg")).to_be_visible()
    expect_found(search_page)
    assert Image.objects.count() == 3


def test_a_picture_is_named_by_address_media_id_and_hash(
    search_page: Page, query: bytes, coffee_copy: bytes, settings: Settings
) -> None:
    copy = Item.objects.get(name="copy.jpg")
    field = search_page.get_by_label("URL or ID")
    with web_site({"/cup.jpg": query}) as address:
        settings.FETCH_ALLOW_HOSTS = [address.removeprefix("http://")]
        field.fill(f"{address}/cup.jpg")
        field.press("Enter")
        expect(search_page.get_by_text("cup.jpg", exact=True)).to_be_visible()
        expect_found(search_page)

    for name in (copy.public_id, hashlib.sha256(coffee_copy).hexdigest()):
        field.fill(name)
        field.press("Enter")
        expect_answered(search_page)
        expect(search_page.locator(".match").first).to_contain_text("Same file")
        expect(search_page.locator(".match")).to_have_count(2)
    search_page.get_by_role("link", name="Compare", exact=True).first.click()
    expect(search_page.get_by_role("heading", name="Are these the same picture?")).to_be_visible()


def test_a_file_takes_the_place_of_what_was_typed_and_the_other_way_round(
    search_page: Page, query: bytes
) -> None:
    field = search_page.get_by_label("URL or ID")
    field.fill("med_nothing")
    search_page.set_input_files("#id_image", upload("chosen.jpg", query))
    expect_found(search_page)
    expect(field).to_have_value("")

    field.fill(Item.objects.get(name="astronaut.jpg").public_id)
    field.press("Enter")
    expect(search_page.locator(".match")).to_have_count(1)
    expect(search_page.locator(".match")).to_contain_text("astronaut.jpg")
    expect(search_page.locator("[data-chosen-picture]")).to_be_hidden()


def test_the_slider_filters_at_once_and_asks_nobody(search_page: Page, coffee: bytes) -> None:
    search_page.set_input_files("#id_image", upload("query.jpg", coffee))
    expect_found(search_page)
    search_page.wait_for_load_state("networkidle")
    requests: list[str] = []
    search_page.on("request", lambda request: requests.append(request.url))
    slider = search_page.get_by_role("slider", name="Lowest score")
    count = search_page.locator("[data-threshold-shown]")
    expect(slider).to_have_value("0.3")

    slider.focus()
    search_page.keyboard.press("End")
    assert sorted(found(search_page)) == ["ad-771", "coffee.jpg"]
    expect(count).to_have_text("1 of 2 pictures shown")
    search_page.keyboard.press("ArrowLeft")
    search_page.keyboard.press("ArrowLeft")
    search_page.keyboard.press("ArrowLeft")
    expect(slider).to_have_value("0.97")
    assert len(found(search_page)) == 3
    expect(count).to_have_text("2 of 2 pictures shown")
    assert requests == []


def test_a_search_goes_by_keyboard_alone(search_page: Page) -> None:
    search_page.keyboard.press("Tab")
    focus = "document.activeElement.id"
    for _ in range(20):
        if search_page.evaluate(focus) == "id_text":
            break
        search_page.keyboard.press("Tab")
    search_page.keyboard.type(Item.objects.get(name="copy.jpg").public_id)
    search_page.keyboard.press("Tab")
    search_page.keyboard.press("Enter")  # opens the lists
    search_page.keyboard.press("Tab")
    search_page.keyboard.press("Space")
    expect(search_page.get_by_label("Adverts")).to_be_checked()
    search_page.keyboard.press("Tab")
    search_page.keyboard.press("Tab")
    search_page.keyboard.press("Enter")
    expect(search_page.locator(".match")).to_have_count(1)
    expect(search_page.locator(".match")).to_contain_text("ad-771")

    # The tools of the comparison come before.
    for _ in range(60):
        if search_page.evaluate(focus) == "threshold":
            break
        search_page.keyboard.press("Tab")
    search_page.keyboard.press("End")
    assert found(search_page) == []
    expect(search_page.locator("[data-threshold-shown]")).to_have_text("0 of 1 pictures shown")
    expect(search_page.get_by_text("Nothing has such a score.")).to_be_visible()


def test_what_cannot_be_searched_for_is_told(search_page: Page, expected: Expectations) -> None:
    expected.statuses.add(422)
    result = search_page.locator("[data-check-result] .message")

    search_page.set_input_files("#id_image", upload("notes.jpg", b"not a picture"))
    expect(result).to_be_visible()
    expect(search_page.locator("[data-chosen-picture]")).to_be_hidden()
    field = search_page.get_by_label("URL or ID")
    for text, words in {
        "http://127.0.0.1:1/a.jpg": "address",
        "med_nothing": "no such image in your lists",
        "cat": "Enter a URL",
    }.items():
        field.fill(text)
        field.press("Enter")
        expect(result).to_contain_text(words)
    expect(search_page.locator("[data-announcer]")).to_contain_text("Enter a URL")


def test_without_scripts_a_form_finds_the_same_and_shows_no_slider(
    plain: Page, search_page: Page, query: bytes
) -> None:
    plain.goto("/check/")
    chosen: FilePayload = {"name": "query.jpg", "mimeType": "image/jpeg", "buffer": query}
    plain.set_input_files("#id_image", chosen)
    plain.get_by_role("button", name="Check", exact=True).click()

    expect_found(plain)
    expect(plain.get_by_role("slider")).to_have_count(0)


def test_the_checked_picture_and_a_hit_are_compared_and_nothing_is_stored(
    search_page: Page, query: bytes
) -> None:
    kept = Image.objects.count()
    search_page.set_input_files("#id_image", upload("query.jpg", query))
    expect_found(search_page)
    compared = search_page.locator("[data-stage] image-compare")
    expect(compared.locator(".side.is-a .picture")).to_have_js_property("naturalWidth", 330)
    first = search_page.locator("[data-stage] [data-compared]").get_attribute("data-compared")

    search_page.locator("[data-view-switch=difference]").click()
    expect(compared).to_have_attribute("data-view", "difference")
    expect(compared.locator(".aligned-query")).to_be_visible()
    search_page.locator("[data-compare-show]").nth(1).click()
    expect(search_page.locator("[data-stage] [data-compared]")).not_to_have_attribute(
        "data-compared", str(first)
    )
    expect(compared).to_have_attribute("data-view", "difference")
    search_page.keyboard.press("1")
    expect(compared).to_have_attribute("data-view", "side")
    assert Image.objects.count() == kept


def test_axe_finds_nothing_in_a_result(search_page: Page, query: bytes) -> None:
    search_page.set_input_files("#id_image", upload("query.jpg", query))
    expect_found(search_page)
    search_page.locator("[data-details] > summary").click()
    search_page.locator("summary", has_text="Only in these lists").click()

    for width_px in (1366, 390):
        resize(search_page, width_px, 768)
        assert faults_in_both_schemes(search_page) == []
        assert search_page.evaluate("document.documentElement.scrollWidth") <= width_px
