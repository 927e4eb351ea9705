"""Signing in and out."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from lists.models import List
from tests.browser.conftest import Expectations
from tests.conftest import PASSWORD

pytestmark = pytest.mark.slow


def test_somebody_signs_in_lands_where_they_wanted_and_signs_out(
    page: Page, person: User, image_list: List
) -> None:
    page.goto(f"/lists/{image_list.public_id}/settings/")
    page.get_by_label("E-mail address").fill(person.email.upper())
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Settings")).to_have_attribute("aria-current", "page")

    page.locator("summary").filter(has_text="Account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in to Lookalike")).to_be_visible()
    # The way back shows nothing of what was there.
    page.go_back()
    expect(page.get_by_role("heading", name="Sign in to Lookalike")).to_be_visible()
    page.goto("/lists/")
    expect(page.get_by_role("heading", name="Sign in to Lookalike")).to_be_visible()


def test_five_wrong_passwords_close_the_door_for_a_while(
    page: Page, person: User, expected: Expectations
) -> None:
    expected.statuses.add(429)
    page.goto("/login/")
    for _ in range(5):
        page.get_by_label("E-mail address").fill(person.email)
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_contain_text("is wrong")

    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert")).to_contain_text("Try again in 15 minutes")
