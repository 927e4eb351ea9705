"""An import as a person makes it: a file is sent, its progress shows, refused rows come back."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from imports import staging
from imports.models import Import
from lists.models import Item, List
from tests import working
from tests.browser.conftest import Expectations
from tests.imports.given import drawing, packed

pytestmark = pytest.mark.slow


def test_a_zip_is_sent_in_parts_and_its_refused_rows_are_downloaded(
    signed_in: Page,
    image_list: List,
    monkeypatch: pytest.MonkeyPatch,
    expected: Expectations,
    tmp_path: Path,
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
    signed_in.goto(f"/lists/{image_list.public_id}/")
    signed_in.locator(f"a[href='/imports/?list={image_list.public_id}']").click()
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
    started.value.save_as(tmp_path / "refused.csv")
    with (tmp_path / "refused.csv").open(encoding="utf-8-sig", newline="") as table:
        (refused,) = csv.DictReader(table)
    assert (refused["name"], refused["code"]) == ("c.txt", "unsupported_format")
