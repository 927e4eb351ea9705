"""Everything a form can do works without JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from lists.models import Item, List
from review.models import MatchCandidate

pytestmark = pytest.mark.slow


def test_pairs_are_decided_skipped_and_undone(
    plain: Page, add_photo: Callable[..., Item], copies: list[bytes]
) -> None:
    for number, photo in enumerate(copies[:3]):
        add_photo(photo, f"copy-{number}.jpg")
    plain.goto("/review/")
    plain.locator("[data-start]").click()
    plain.locator("[data-way=pair]").click()
    first = plain.url

    plain.get_by_role("button", name="Skip").click()
    expect(plain).not_to_have_url(first)
    plain.locator("form:has([name=act][value=dissociate]) button").click()
    plain.locator("form:has([name=act][value=confirm]) button").click()

    # The third pair contradicts the two: nobody is asked.
    expect(plain.locator("[data-reviewed]")).to_be_visible()
    for _ in range(2):
        plain.goto("/review/")
        plain.get_by_role("button", name="Undo my last decision").click()
        expect(plain.get_by_text("Decision undone.")).to_be_visible()
    states = list(MatchCandidate.objects.values_list("state", flat=True))
    assert states == ["suggested"] * 3


def test_several_files_are_added_at_once_and_each_is_told(
    plain: Page, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    plain.goto(f"/lists/{image_list.public_id}/")
    files: list[FilePayload] = [
        {"name": "coffee.jpg", "mimeType": "image/jpeg", "buffer": coffee},
        {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": b"not a picture"},
        {"name": "copy.jpg", "mimeType": "image/jpeg", "buffer": coffee_copy},
    ]
    plain.locator("[data-add] > summary").click()
    plain.set_input_files("#images", files)
    plain.locator("[data-add] [type=submit]").click()

    results = plain.locator(".result")
    expect(results).to_have_count(3)
    expect(results.nth(0)).to_contain_text("Added")
    expect(results.nth(1)).to_contain_text("Refused")
    expect(results.nth(2)).to_contain_text("Looks like coffee.jpg")


def test_images_are_removed_and_put_back(
    plain: Page, image_list: List, add_photo: Callable[..., Item], coffee: bytes
) -> None:
    add_photo(coffee, "coffee.jpg")
    plain.goto(f"/lists/{image_list.public_id}/")

    plain.get_by_label("Select coffee.jpg").check()
    plain.locator("[data-bar] [value=remove]").click()
    expect(plain.locator("[data-change][data-done='1']")).to_be_visible()
    assert not Item.objects.filter(removed_at=None).exists()
    plain.get_by_role("button", name="Undo").click()

    expect(plain.locator("[data-change][data-state=undone]")).to_be_visible()
    expect(plain.locator(".shot")).to_have_count(1)


def test_a_picture_is_checked(
    plain: Page, image_list: List, add_photo: Callable[..., Item], coffee: bytes, coffee_copy: bytes
) -> None:
    add_photo(coffee, "coffee.jpg")
    plain.goto(f"/lists/{image_list.public_id}/check/")

    copy: FilePayload = {"name": "copy.jpg", "mimeType": "image/jpeg", "buffer": coffee_copy}
    plain.set_input_files("#id_image", copy)
    plain.get_by_role("button", name="Check", exact=True).click()

    expect(plain.get_by_role("heading", name="Duplicate")).to_be_visible()
    assert MatchCandidate.objects.count() == 0

    plain.set_input_files("#id_image", copy)
    plain.get_by_label("Send matches to review").check()
    plain.get_by_role("button", name="Check", exact=True).click()
    expect(plain.locator("[data-kept=pairs]")).to_be_visible()
    assert MatchCandidate.objects.count() == 1
    # What is kept can be shown without a script, too.
    expect(plain.locator("image-compare .picture")).to_have_count(2)


def test_somebody_is_invited_joins_and_is_given_another_role(plain: Page, browser: Browser) -> None:
    plain.goto("/settings/team/")
    plain.get_by_label("E-mail address").fill("lena@example.org")
    plain.get_by_role("button", name="Invite").click()
    link = plain.get_by_role("button", name="Copy the link").inner_text().strip()
    with browser.new_context(java_script_enabled=False) as context:
        joining = context.new_page()
        joining.goto(link)
        joining.get_by_label("Your name").fill("Lena")
        for name in ("new_password1", "new_password2"):
            joining.locator(f"[name={name}]").fill("correct horse battery")
        joining.get_by_role("button", name="Join").click()
        expect(joining.locator("[data-home]")).to_be_visible()

    plain.goto("/settings/team/")
    plain.locator("summary").filter(has_text="lena@example.org").click()
    plain.get_by_label("Role").first.select_option("Manager")
    plain.get_by_role("button", name="Save lena@example.org").click()

    expect(plain.get_by_text("has the role “Manager” now")).to_be_visible()


def test_language_and_theme_are_switched_on_the_page_that_is_shown(plain: Page) -> None:
    plain.goto("/settings/team/?from=here")
    for name, value in (("العربية", "ar"), ("داكن", "dark")):
        plain.locator("[data-menu] > summary").click()
        plain.get_by_role("button", name=name, exact=True).click()
        expect(plain.locator(f"html:is([lang={value}], [data-theme={value}])")).to_be_attached()

    assert plain.url.endswith("/settings/team/?from=here")
    expect(plain.locator("html")).to_have_css("color-scheme", "dark")
    expect(plain.locator("html")).to_have_attribute("dir", "rtl")
