"""The team: somebody is added, signs in elsewhere, and may do what the role says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from lists.models import List

pytestmark = pytest.mark.slow


@pytest.fixture
def elsewhere(new_context: Callable[..., BrowserContext]) -> Page:
    """The new person's own browser."""
    return new_context().new_page()


def add(page: Page, email: str, role: str) -> str:
    """Add somebody and return the password that the page shows."""
    page.goto("/settings/team/")
    form = page.get_by_role("form", name="Add somebody")
    form.get_by_label("E-mail address").fill(email)
    form.get_by_label("Role").select_option(role)
    form.get_by_role("button", name="Add to the team").click()
    expect(page.get_by_role("heading", name=f"{email} was added")).to_be_visible()
    return page.get_by_role("button", name="Copy the password").inner_text().strip()


def sign_in_by_hand(page: Page, email: str, password: str) -> None:
    page.goto("/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def act_on(page: Page, email: str) -> None:
    page.goto("/settings/team/")
    page.locator("summary").filter(has_text=email).click()


def test_somebody_is_added_promoted_and_removed(
    signed_in: Page, elsewhere: Page, image_list: List
) -> None:
    email = "lena@example.org"
    password = add(signed_in, email, "Viewer")

    sign_in_by_hand(elsewhere, email, password)
    expect(elsewhere.get_by_role("heading", name="Lists")).to_be_visible()
    expect(elsewhere.get_by_role("link", name="Team")).to_have_count(0)
    answer = elsewhere.goto("/settings/team/")
    assert answer is not None
    assert answer.status == 403

    act_on(signed_in, email)
    signed_in.get_by_label("Role").first.select_option("Admin")
    signed_in.get_by_role("button", name=f"Save {email}").click()
    expect(signed_in.get_by_text("has the role “Admin” now")).to_be_visible()
    elsewhere.goto("/settings/team/")
    expect(elsewhere.get_by_role("heading", name="Team")).to_be_visible()

    act_on(signed_in, email)
    signed_in.get_by_role("button", name=f"Remove {email}").click()
    expect(signed_in.get_by_text("can no longer sign in")).to_be_visible()
    elsewhere.goto("/settings/team/")
    expect(elsewhere.get_by_role("heading", name="Sign in to Lookalike")).to_be_visible()


def test_a_person_changes_their_password_from_the_account_menu(
    signed_in: Page, elsewhere: Page
) -> None:
    first, second = add(signed_in, "lena@example.org", "Viewer"), "another horse battery"
    sign_in_by_hand(elsewhere, "lena@example.org", first)
    elsewhere.locator("summary").filter(has_text="Account").click()
    elsewhere.get_by_role("link", name="Change password").click()
    elsewhere.get_by_label("Current password").fill(first)
    elsewhere.get_by_label("New password", exact=True).fill(second)
    elsewhere.get_by_label("New password again").fill(second)
    elsewhere.get_by_role("button", name="Change password").click()

    expect(elsewhere.get_by_text("Your password was changed.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_page_with_everything_open(
    signed_in: Page, scheme: Literal["light", "dark"]
) -> None:
    signed_in.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    add(signed_in, "lena@example.org", "Viewer")
    for summary in signed_in.locator(".member summary").all():
        summary.click()

    assert Axe().run(signed_in).response["violations"] == []
