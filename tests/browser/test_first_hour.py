"""The first hour: from the server's line to a first account, a demo and a decision."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from accounts import first_admin
from demo import cases
from demo.cases import DemoPicture
from lists.models import List
from review.models import MatchCandidate, State
from tests import working
from tests.browser import reviewing
from tests.browser.accessible import faults
from tests.browser.waiting import eventually
from tests.conftest import PASSWORD

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def new_installation(
    tmp_path: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    coffee: bytes,
    coffee_copy: bytes,
) -> None:
    """Nobody has an account, and the demo is two pictures that are alike."""
    settings.DATA_DIR = tmp_path
    pictures = [DemoPicture("cup", lambda: coffee), DemoPicture("small", lambda: coffee_copy)]
    monkeypatch.setattr(cases, "pictures", lambda: pictures)
    # The hard cases, one of which is decided at load, have tests of their own.
    monkeypatch.setattr(cases, "TOLD_APART", ("", "", ""))


def test_from_the_code_to_the_first_decision_and_without_the_demo_again(page: Page) -> None:
    page.goto("/")
    expect(page.locator("[name=token]")).to_be_focused()
    assert faults(page) == []
    page.locator("[name=token]").fill(first_admin.waiting_token())
    page.keyboard.press("Enter")
    page.locator("[name=organisation]").fill("Factcheckers")
    assert faults(page) == []
    page.locator("[name=name]").fill("Ann")
    page.locator("[name=email]").fill("ann@example.org")
    page.locator("[name=new_password1]").fill(PASSWORD)
    page.locator("[name=new_password2]").fill(PASSWORD)
    page.locator("main [type=submit], form.form [type=submit]").first.click()

    expect(page.locator("[data-demo]")).to_have_attribute("data-demo", "loading")
    expect(page.locator("[data-steps]")).to_have_attribute("data-steps", "0")
    working.run_all()
    # It says so by itself.
    expect(page.locator("[data-demo]")).to_have_attribute("data-demo", "loaded")

    page.goto("/")
    expect(page.locator("[data-to-review]")).to_have_attribute("data-to-review", "1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review/picture/*/**")
    reviewing.wait_until_painted(page)
    page.keyboard.press("f")
    eventually(page, lambda: MatchCandidate.objects.get().state == State.CONFIRMED)

    page.goto("/demo/")
    page.locator("summary.button").click()
    page.locator("[data-demo] .is-danger").click()
    expect(page.locator("[data-demo]")).to_have_attribute("data-demo", "removing")
    working.run_all()
    expect(page.locator("[data-demo]")).to_have_attribute("data-demo", "")
    assert not List.objects.exists()
