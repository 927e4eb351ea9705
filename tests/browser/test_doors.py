"""The doors by keyboard: an invitation, an app, recovery codes, a lost password, a provider."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect
from pyotp import TOTP
from pytest_django import Settings

from accounts import invitations, second_factor, selectors
from accounts.models import User
from accounts.permissions import Role
from dashboard import openid_client
from lists.models import List
from tests import openid_provider, team
from tests.conftest import PASSWORD

pytestmark = pytest.mark.slow

EMAIL = "lena@example.org"
NEW_PASSWORD = "another horse battery"
FOCUSED = """() => {
  const now = document.activeElement;
  const label = now.labels?.[0]?.textContent ?? now.getAttribute("aria-label");
  return (label ?? now.textContent).trim();
}"""


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has the name is focused."""
    for _ in range(60):
        if page.evaluate(FOCUSED).startswith(name):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never leads to {name}.")


def type_into(page: Page, **fields: str) -> None:
    """Fill in fields, named by their labels, in the order of the page; send the form."""
    for label, text in fields.items():
        tab_to(page, label.replace("_", " "))
        page.keyboard.type(text)
    page.keyboard.press("Enter")


def press(page: Page, name: str) -> None:
    tab_to(page, name)
    page.keyboard.press("Enter")


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/login/")
    type_into(page, **{"E-mail_address": email, "Password": password})


@pytest.fixture
def elsewhere(new_context: Callable[..., BrowserContext]) -> Page:
    """Another browser."""
    return new_context().new_page()


def test_somebody_is_invited_and_sets_an_app_up_and_uses_its_codes(
    page: Page, elsewhere: Page, person: User, image_list: List
) -> None:
    sign_in(page, person.email, PASSWORD)
    expect(page.get_by_role("heading", name="Lists", exact=True)).to_be_visible()
    page.goto("/settings/team/")
    type_into(page, **{"E-mail_address": EMAIL})
    link = page.get_by_role("button", name="Copy the link").inner_text().strip()

    elsewhere.goto(link)
    type_into(
        elsewhere, Your_name="Lena", New_password=NEW_PASSWORD, New_password_again=NEW_PASSWORD
    )
    expect(elsewhere.get_by_role("heading", name="Lists", exact=True)).to_be_visible()

    elsewhere.goto("/settings/second-factor/")
    secret = elsewhere.get_by_role("button", name="Copy the key").inner_text().replace(" ", "")
    type_into(elsewhere, Code=TOTP(secret.strip()).now())
    elsewhere.locator("[data-recovery-code]").first.wait_for()
    codes = elsewhere.locator("[data-recovery-code]").all_inner_texts()
    with elsewhere.expect_download() as download:
        press(elsewhere, "Save as a file")
    assert download.value.path().read_text().split() == codes

    elsewhere.context.clear_cookies()
    sign_in(elsewhere, EMAIL, NEW_PASSWORD)
    expect(elsewhere.get_by_role("heading", name="One more step")).to_be_visible()
    type_into(elsewhere, Code="000000")
    expect(elsewhere.locator("[data-mistake=code]")).to_be_visible()
    type_into(elsewhere, Code=codes[0])
    expect(elsewhere.get_by_role("heading", name="Lists", exact=True)).to_be_visible()


def test_a_lost_password_is_replaced_by_a_link(
    signed_in: Page, elsewhere: Page, person: User, image_list: List
) -> None:
    lena = team.add_member(
        by=selectors.actor_for_user(person), email=EMAIL, role=Role.VIEWER
    ).membership
    signed_in.goto("/settings/team/")
    press(signed_in, f"Change {EMAIL}")
    press(signed_in, f"Reset password {EMAIL}")
    link = signed_in.get_by_role("button", name="Copy the link").inner_text().strip()

    elsewhere.goto(link)
    type_into(elsewhere, New_password=NEW_PASSWORD, New_password_again=NEW_PASSWORD)
    expect(elsewhere.locator("[data-message=password_changed]")).to_be_visible()
    type_into(elsewhere, **{"E-mail_address": lena.user.email, "Password": NEW_PASSWORD})

    expect(elsewhere.get_by_role("heading", name="Lists", exact=True)).to_be_visible()


@pytest.fixture
def provider(settings: Settings) -> Iterator[None]:
    """A provider that knows Lena."""
    with openid_provider.running(lena=EMAIL) as running:
        settings.OIDC_ISSUER, settings.OIDC_NAME = running.issuer, "Example ID"
        settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = "lookalike", "secret"
        yield
        openid_client._made.cache_clear()


def test_an_invited_person_comes_from_the_provider_and_is_led_to_an_app(
    page: Page, person: User, image_list: List, provider: None
) -> None:
    secret = second_factor.new_secret()
    second_factor.turn_on(user=person, secret=secret, code=TOTP(secret).now())
    admin = selectors.actor_for_user(person)
    browser = Client()
    browser.force_login(person)
    browser.post("/settings/team/rules/", {"second_factor": "on"})
    invitations.invite(by=admin, email=EMAIL, role=Role.ANALYST)

    page.goto(f"/lists/{image_list.public_id}/")
    press(page, "Sign in with Example ID")
    expect(page.get_by_role("heading", name="Authorize Client")).to_be_visible()
    page.get_by_placeholder("sub").focus()
    page.keyboard.type("lena")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Two-step sign-in")).to_be_visible()
    secret = page.get_by_role("button", name="Copy the key").inner_text().replace(" ", "")
    type_into(page, Code=TOTP(secret.strip()).now())
    page.get_by_role("heading", name="The app is set up").wait_for()
    press(page, "Go on")

    expect(page.get_by_role("heading", name=image_list.name)).to_be_visible()
