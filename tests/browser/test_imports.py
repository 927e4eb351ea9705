"""An import as a person makes it: a file is sent, its progress shows, refused rows come back."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from imports import staging
from imports.models import Import
from lists.models import Item, List
from tests import working
from tests.browser.conftest import Expectations
from tests.browser.test_lists import transfer
from tests.imports.given import drawing, packed

pytestmark = pytest.mark.slow


def test_a_zip_is_sent_in_parts_and_its_refused_rows_are_downloaded(
    signed_in: Page,
    image_list: List,
    monkeypatch: pytest.MonkeyPatch,
    expected: Expectations,
) -> None:
    monkeypatch.setattr(staging, "PART_BYTES", 500)
    expected.offline = True
    content = packed({"a.png": drawing(1), "b.png": drawing(2), "c.txt": b"no picture"})
    failed: list[str] = []

    def once_offline(route: Route) -> None:
        if failed:
            route.continue_()
        else:
            failed.append(route.request.url)
            route.abort()

    signed_in.route("**/parts/", once_offline)
    signed_in.goto(f"/imports/?list={image_list.public_id}")
    file = {"name": "a.zip", "mimeType": "application/zip", "buffer": content}
    signed_in.locator("[name=file]").set_input_files(file)  # type: ignore[arg-type]
    signed_in.locator("[data-import-form] [type=submit]").click()

    row = signed_in.locator("[data-import]")
    expect(row).to_have_attribute("data-state", "running")
    assert failed, "A part that did not arrive is sent again."
    working.run_all()
    expect(row).to_have_attribute("data-state", "done")
    expect(row.locator("[data-added]")).to_have_attribute("data-added", "2")
    assert (Item.objects.count(), Import.objects.count()) == (2, 1)

    row.locator("[data-refused-count]").click()
    expect(row.locator("[data-refused-row]")).to_have_count(1)
    with signed_in.expect_download() as started:
        row.locator("a[href$='/refused.csv']").click()
    table = Path(started.value.path()).read_text("utf-8-sig")
    (refused,) = csv.DictReader(table.splitlines())
    assert (refused["name"], refused["code"]) == ("c.txt", "unsupported_format")


def test_many_files_are_one_import_without_those_that_the_list_has(
    signed_in: Page, image_list: List, add_photo: Callable[..., Item]
) -> None:
    add_photo(drawing(1), "a.png")
    signed_in.goto("/imports/")
    files = [
        {"name": name, "mimeType": "image/png", "buffer": drawing(number)}
        for number, name in enumerate(["zero.png", "a.png", "zwei-日本.png"])
    ]
    signed_in.locator("[name=file]").set_input_files(files)  # type: ignore[arg-type]
    signed_in.locator("[data-import-form] [type=submit]").click()

    row = signed_in.locator("[data-import]")
    expect(row).to_have_attribute("data-state", "running")
    working.run_all()
    expect(row).to_have_attribute("data-state", "done")
    run = Import.objects.get()
    assert (run.source, run.added, run.known, run.refused, run.skipped) == ("files", 2, 0, 0, 1)
    names = set(Item.objects.values_list("name", flat=True))
    assert names == {"zero.png", "a.png", "zwei-日本.png"}


def test_what_is_dropped_on_a_list_is_added_at_once_or_becomes_an_import(
    signed_in: Page, image_list: List
) -> None:
    signed_in.goto(f"/lists/{image_list.public_id}/")
    files = {
        "zip.zip": packed({"a.png": drawing(1), "c.txt": b"no picture"}),
        "new.png": drawing(2),
        "table.csv": b"url,name\nhttps://example.org/a.png,a\n",
    }
    dropped = transfer(signed_in, files)
    signed_in.dispatch_event("#main", "dragenter", {"dataTransfer": dropped})
    expect(signed_in.locator("[data-page-drop]")).to_be_visible()
    signed_in.dispatch_event("#main", "drop", {"dataTransfer": dropped})

    expect(signed_in.locator("[data-page-drop]")).to_be_hidden()
    expect(signed_in.locator("[data-fate=added]")).to_have_count(1)
    expect(signed_in.locator("[data-import]")).to_have_count(2)
    expect(signed_in.locator("[data-import][data-state=ready]")).to_have_count(1)
    expect(signed_in.locator("[data-import][data-state=running]")).to_have_count(1)
    working.run_all()
    expect(signed_in.locator("[data-import][data-state=done]")).to_have_count(1)
    # What an import added shows without a further look.
    expect(signed_in.locator(".shot")).to_have_count(2)
    table = Import.objects.get(source="table")
    # No column is imported that nobody has looked at.
    signed_in.locator("[data-import] .import-check").click()
    expect(signed_in.locator(f"[id='{table.public_id}'] [name=meaning]").first).to_be_visible()
