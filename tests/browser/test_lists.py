"""Lists as a manager keeps them: adding, removing, checking, settings and keys."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from PIL import Image as Picture
from playwright.sync_api import FilePayload, Page, Route, expect

from accounts.models import ApiCredential
from lists.models import Image, Item, ItemTag, List, ListGrant
from review.models import MatchCandidate
from tests import bare_pairs
from tests.browser.conftest import Expectations
from tests.browser.waiting import eventually
from tests.conftest import encoded

pytestmark = pytest.mark.slow

# Makes a DataTransfer of files, as the browser would on a drop or a paste.
_TRANSFER = """(files) => {
  const transfer = new DataTransfer();
  for (const { name, content } of files) {
    const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type: "image/jpeg" }));
  }
  return transfer;
}"""


def upload(name: str, photo: bytes) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": photo}


def transfer(page: Page, files: dict[str, bytes]) -> object:
    encoded = [
        {"name": name, "content": base64.b64encode(photo).decode()} for name, photo in files.items()
    ]
    return page.evaluate_handle(_TRANSFER, encoded)


@pytest.fixture
def list_page(signed_in: Page, image_list: List) -> Page:
    signed_in.goto(f"/lists/{image_list.public_id}/")
    return signed_in


def test_chosen_files_are_added_and_a_bad_one_keeps_no_other_out(
    list_page: Page, coffee: bytes, astronaut: bytes
) -> None:
    list_page.set_input_files(
        "#images",
        [
            upload("coffee.jpg", coffee),
            upload("broken.jpg", b"not a picture"),
            upload("astronaut.jpg", astronaut),
        ],
    )

    results = list_page.locator(".result")
    expect(results.filter(has_text="coffee.jpg")).to_contain_text("Added")
    expect(results.filter(has_text="astronaut.jpg")).to_contain_text("Added")
    expect(results.filter(has_text="broken.jpg")).to_contain_text("Refused")
    expect(list_page.get_by_text("3 of 3 files done")).to_be_visible()
    expect(results.first).to_have_attribute("data-fate", "refused")
    expect(results.first).to_be_visible()
    results.first.locator("xpath=ancestor::details/summary").click()
    expect(results.first).not_to_be_visible()
    expect(list_page.locator(".shot")).to_have_count(2)
    assert Item.objects.count() == 2


def test_dropped_and_pasted_files_are_added(
    list_page: Page, coffee: bytes, astronaut: bytes
) -> None:
    dropped = transfer(list_page, {"dropped.jpg": coffee})
    list_page.dispatch_event("#main", "drop", {"dataTransfer": dropped})
    expect(list_page.locator(".shot")).to_have_count(1)

    list_page.evaluate(
        """(clipboardData) => document.body.dispatchEvent(
          new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }))""",
        transfer(list_page, {"pasted.jpg": astronaut}),
    )
    expect(list_page.locator(".shot")).to_have_count(2)


def test_a_known_file_and_a_lookalike_are_told(
    list_page: Page, add_photo: Callable[..., Item], coffee: bytes, coffee_copy: bytes
) -> None:
    add_photo(coffee, "original.jpg")

    list_page.set_input_files("#images", [upload("same.jpg", coffee)])
    expect(list_page.locator(".result").filter(has_text="same.jpg")).to_contain_text(
        "Already in the list"
    )
    list_page.set_input_files("#images", [upload("copy.jpg", coffee_copy)])
    result = list_page.locator(".result").filter(has_text="copy.jpg")
    expect(result).to_contain_text("Looks like original.jpg")
    result.get_by_role("link", name="Compare").click()

    expect(list_page.get_by_role("heading", name="Are these the same picture?")).to_be_visible()


def test_removed_images_come_back_by_undo(
    signed_in: Page,
    image_list: List,
    add_photo: Callable[..., Item],
    coffee: bytes,
    coffee_copy: bytes,
) -> None:
    add_photo(coffee, "coffee.jpg")
    add_photo(coffee_copy, "copy.jpg")
    signed_in.goto(f"/lists/{image_list.public_id}/")
    bar = signed_in.locator("[data-bar]")
    expect(bar).to_be_hidden()

    signed_in.get_by_label("Select coffee.jpg").check()
    expect(bar.locator("[data-selection-count]")).to_contain_text("1")
    bar.locator("[value=remove]").click()

    expect(signed_in.locator(".shot")).to_have_count(1)
    undo = signed_in.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    assert MatchCandidate.objects.get().state == "superseded"

    undo.click()
    expect(signed_in.locator(".shot")).to_have_count(2)
    expect(signed_in.locator("[data-change][data-state=undone]")).to_be_visible()
    assert MatchCandidate.objects.get().state == "suggested"


def test_a_check_keeps_nothing_unless_asked(
    list_page: Page,
    add_photo: Callable[..., Item],
    coffee: bytes,
    coffee_copy: bytes,
    astronaut: bytes,
) -> None:
    white = encoded(Picture.new("RGB", (300, 200), "white"), "PNG")
    add_photo(coffee, "coffee.jpg")
    list_page.locator(".list-head a[href^='/check/']").click()
    list_page.wait_for_load_state("networkidle")

    list_page.set_input_files("#id_image", upload("copy.jpg", coffee_copy))
    expect(list_page.get_by_role("heading", name="Duplicate")).to_be_visible()
    expect(list_page.locator(".match")).to_contain_text("coffee.jpg")
    list_page.set_input_files("#id_image", upload("astronaut.jpg", astronaut))
    expect(list_page.get_by_role("heading", name="No match")).to_be_visible()
    list_page.set_input_files("#id_image", upload("white.png", white))
    expect(list_page.get_by_role("heading", name="Too little detail to match")).to_be_visible()
    assert (Image.objects.count(), MatchCandidate.objects.count()) == (1, 0)

    list_page.set_input_files("#id_image", upload("copy.jpg", coffee_copy))
    list_page.locator("[data-keep=pairs]").click()
    expect(list_page.locator("[data-kept=pairs]")).to_be_visible()
    assert (Item.objects.count(), MatchCandidate.objects.count()) == (1, 1)

    # What was kept of one picture is not kept of the next.
    list_page.get_by_role("button", name="Check", exact=True).click()
    expect(list_page.locator("[data-kept=nothing]")).to_be_visible()
    list_page.locator("[data-keep=item]").click()
    expect(list_page.locator("[data-kept=item]")).to_be_visible()
    assert Item.objects.count() == 2


def test_a_check_of_something_else_says_why_not(
    signed_in: Page, image_list: List, expected: Expectations
) -> None:
    expected.statuses.add(422)
    signed_in.goto(f"/lists/{image_list.public_id}/check/")

    signed_in.set_input_files("#id_image", upload("notes.jpg", b"not a picture"))

    expect(signed_in.locator("[data-check-result] .message")).to_be_visible()


def test_a_list_is_created_its_id_copied_and_the_list_removed(signed_in: Page) -> None:
    signed_in.context.grant_permissions(["clipboard-read", "clipboard-write"])
    signed_in.goto("/lists/")
    expect(signed_in.get_by_role("heading", name="No lists yet")).to_be_visible()

    signed_in.get_by_label("Name").fill("Rumours & <fakes>")
    signed_in.get_by_role("button", name="Create the list").click()
    expect(signed_in.get_by_role("heading", level=1)).to_have_text("Rumours & <fakes>")
    signed_in.locator("[data-more] > summary").click()
    signed_in.get_by_role("button", name="Copy the list’s id").click()
    copied = signed_in.evaluate("navigator.clipboard.readText()")
    assert copied == List.objects.get().public_id

    signed_in.get_by_role("link", name="Settings").click()
    signed_in.get_by_label("Type “Rumours & <fakes>” to confirm").fill("wrong")
    signed_in.get_by_role("button", name="Remove the list").click()
    expect(signed_in.get_by_text("The name does not match.")).to_be_visible()
    signed_in.get_by_label("to confirm").fill("Rumours & <fakes>")
    signed_in.get_by_role("button", name="Remove the list").click()
    expect(signed_in.get_by_role("heading", name="No lists yet")).to_be_visible()


def test_a_key_is_shown_once_restricted_and_revoked(signed_in: Page, image_list: List) -> None:
    signed_in.goto("/settings/api/")
    signed_in.get_by_label("Name").fill("Newsroom bot")
    signed_in.get_by_label("Role").select_option("analyst")
    signed_in.get_by_label(image_list.name).check()
    signed_in.get_by_role("button", name="Create the key").click()

    credential = ApiCredential.objects.get()
    secret = signed_in.get_by_role("button", name="Copy api_secret").inner_text().strip()
    assert len(secret) == 32
    assert [grant.image_list for grant in ListGrant.objects.filter(credential=credential)] == [
        image_list
    ]

    signed_in.goto("/settings/api/")
    assert secret not in signed_in.content()
    signed_in.locator("summary").filter(has_text="Revoke").click()
    signed_in.get_by_role("button", name="Revoke for good").click()
    expect(signed_in.locator(".key")).to_contain_text("Revoked")
    credential.refresh_from_db()
    assert credential.revoked_at is not None


def test_the_head_of_a_list_counts_what_is_added_and_removed(
    list_page: Page, coffee: bytes, coffee_copy: bytes
) -> None:
    facts = list_page.locator("[data-list-facts]")

    list_page.set_input_files(
        "#images", [upload("coffee.jpg", coffee), upload("copy.jpg", coffee_copy)]
    )
    expect(list_page.locator(".shot")).to_have_count(2)
    expect(facts).to_contain_text("2 images")
    list_page.get_by_label("Select coffee.jpg").check()
    list_page.locator("[data-bar] [value=remove]").click()
    expect(facts).to_contain_text("1 image")
    list_page.get_by_role("button", name="Undo").click()
    expect(facts).to_contain_text("2 images")


def test_a_check_shows_what_it_looks_at_and_that_it_does(
    list_page: Page, image_list: List, coffee: bytes
) -> None:
    list_page.goto(f"/lists/{image_list.public_id}/check/")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    list_page.route("**/check/", hold)

    list_page.set_input_files("#id_image", upload("a cup.jpg", coffee))

    result = list_page.locator("[data-check-result]")
    expect(result).to_have_attribute("aria-busy", "true")
    expect(list_page.locator("[data-chosen-name]")).to_have_text("a cup.jpg")
    expect(list_page.locator("[data-chosen-picture]")).to_be_visible()
    shown = "(element) => getComputedStyle(element, '::before').content"
    assert "Checking" in result.evaluate(shown)

    eventually(list_page, lambda: held)
    held[0].continue_()
    expect(result.locator(".verdict")).to_be_visible()
    expect(result).not_to_have_attribute("aria-busy", "true")


@pytest.mark.parametrize("width", [1366, 390])
def test_a_new_list_is_named_at_once_and_its_button_stays_where_it_is(
    list_page: Page, width: int
) -> None:
    list_page.set_viewport_size({"width": width, "height": 768})
    list_page.goto("/lists/")
    button = list_page.locator(".new-list > summary")
    before = button.bounding_box()

    button.click()

    expect(list_page.get_by_label("Name")).to_be_focused()
    assert button.bounding_box() == before
    expect(list_page.get_by_role("button", name="Create the list")).to_be_in_viewport(ratio=1)
    list_page.keyboard.press("Escape")
    expect(button).to_be_focused()


def test_nothing_of_neighbouring_tiles_overlaps_on_a_phone(
    list_page: Page, image_list: List
) -> None:
    list_page.set_viewport_size({"width": 390, "height": 844})
    pairs = bare_pairs.make(6, image_list)
    for pair in pairs:
        Item.objects.create(image_list=image_list, image=pair.image_high, name="x" * 60)
        pair.state = "confirmed"
        pair.save()
    Item.objects.update(copies=6)
    list_page.goto(f"/lists/{image_list.public_id}/")

    overlaps = list_page.evaluate("""() => [...document.querySelectorAll(".shot")].filter(tile => {
      const { left, right } = tile.getBoundingClientRect();
      return [...tile.querySelectorAll("*:not(.visually-hidden)")].some((part) => {
        const box = part.getBoundingClientRect();
        return box.width && (box.left < left - 0.5 || box.right > right + 0.5);
      });
    }).length""")

    expect(list_page.locator("[data-copies]")).to_have_count(6)
    assert overlaps == 0


def test_a_large_list_is_worked_on_by_keys(signed_in: Page, image_list: List) -> None:
    images = bare_pairs.images_of(130, image_list)
    Item.objects.bulk_create(
        Item(image_list=image_list, image=image, custom_id=f"{number:03}")
        for number, image in enumerate(images)
    )
    signed_in.goto(f"/lists/{image_list.public_id}/")
    # Further pages come by themselves as the end comes near.
    signed_in.locator(".shot").last.scroll_into_view_if_needed()
    expect(signed_in.locator(".shot")).not_to_have_count(60)
    signed_in.keyboard.press("x")
    signed_in.keyboard.press("ArrowRight")
    signed_in.keyboard.press("ArrowRight")
    signed_in.keyboard.press("Shift+X")
    count = signed_in.locator("[data-selection-count]")
    expect(count).to_contain_text("3")
    signed_in.keyboard.press("Escape")
    expect(signed_in.locator("[data-bar]")).to_be_hidden()

    signed_in.get_by_label("Select 129").check()
    signed_in.get_by_label("Select 125").click(modifiers=["Shift"])
    expect(count).to_contain_text("5")
    signed_in.locator("[data-select-all]").check()
    signed_in.locator("details:has(#bar-tag) > summary").click()
    signed_in.locator("#bar-tag").fill("Election")
    signed_in.keyboard.press("Enter")
    expect(signed_in.locator("[data-change][data-done='130']")).to_be_visible()
    signed_in.keyboard.press("u")
    expect(signed_in.locator("[data-change][data-state=undone]")).to_be_visible()
    assert not ItemTag.objects.exists()
