"""The team: somebody is invited, joins elsewhere, and may do what the role says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from lists.models import List
from tests.browser.accessible import faults_in_both_schemes
from tests.conftest import PASSWORD

pytestmark = pytest.mark.slow


@pytest.fixture
def elsewhere(new_context: Callable[..., BrowserContext]) -> Page:
    """The new person's own browser."""
    return new_context().new_page()


def invite(page: Page, email: str, role: str) -> str:
    """Invite somebody and return the link that the page shows."""
    page.goto("/settings/team/")
    form = page.get_by_role("form", name="Invite a person")
    form.get_by_label("E-mail address").fill(email)
    form.get_by_label("Role").select_option(role)
    form.get_by_role("button", name="Invite").click()
    expect(page.get_by_role("heading", name=f"{email} is invited")).to_be_visible()
    return page.get_by_role("button", name="Copy the link").inner_text().strip()


def take(page: Page, link: str) -> None:
    """Take an invitation by keyboard: the page begins with the name."""
    page.goto(link)
    page.get_by_label("Your name").focus()
    for text in ("Lena", PASSWORD, PASSWORD):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[data-home]")).to_be_visible()


def act_on(page: Page, email: str) -> None:
    page.goto("/settings/team/")
    page.locator("summary").filter(has_text=email).click()


def test_somebody_is_invited_promoted_and_removed(
    signed_in: Page, elsewhere: Page, image_list: List
) -> None:
    email = "lena@example.org"
    take(elsewhere, invite(signed_in, email, "Viewer"))
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
    first, second = PASSWORD, "another horse battery"
    take(elsewhere, invite(signed_in, "lena@example.org", "Viewer"))
    elsewhere.locator("summary").filter(has_text="Account").click()
    elsewhere.get_by_role("link", name="Change password").click()
    elsewhere.get_by_label("Current password").fill(first)
    elsewhere.get_by_label("New password", exact=True).fill(second)
    elsewhere.get_by_label("New password again").fill(second)
    elsewhere.get_by_role("button", name="Change password").click()

    expect(elsewhere.get_by_text("Your password was changed.")).to_be_visible()


def test_axe_finds_nothing_on_the_page_with_everything_open(signed_in: Page) -> None:
    invite(signed_in, "lena@example.org", "Viewer")
    for summary in signed_in.locator(".member summary").all():
        summary.click()

    assert faults_in_both_schemes(signed_in) == []
