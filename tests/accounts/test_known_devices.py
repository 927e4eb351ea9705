"""Limits of sign-in by account and for the server, and browsers that they do not lock out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core import signing
from django.test import Client

from accounts import known_devices, sign_in
from accounts.models import User
from accounts.permissions import Role
from tests.conftest import PASSWORD

WRONG = "a wrong password"


@pytest.fixture
def ana(make_user: Callable[..., User]) -> User:
    return make_user(Role.ANALYST)


@pytest.fixture(autouse=True)
def low_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords take a while to look at."""
    monkeypatch.setattr(sign_in, "MAX_FAILURES_OF_ACCOUNT", 6)
    monkeypatch.setattr(sign_in, "MAX_FAILURES_OF_SERVER", 8)


def tried(browser: Client, email: str, password: str, address: str = "192.0.2.7") -> int:
    form = {"username": email, "password": password}
    return browser.post("/login/", form, REMOTE_ADDR=address).status_code


def attack(emails: list[str]) -> list[int]:
    """Try each once, from an address for each."""
    return [
        tried(Client(), email, WRONG, f"198.51.100.{number}") for number, email in enumerate(emails)
    ]


def test_an_account_is_not_tried_without_end_from_many_addresses(
    ana: User, make_user: Callable[..., User]
) -> None:
    assert attack([ana.email] * 7) == [200] * 6 + [429]

    assert tried(Client(), ana.email, PASSWORD, "203.0.113.1") == 429
    assert tried(Client(), make_user(Role.VIEWER).email, PASSWORD, "203.0.113.1") == 302


def test_all_accounts_together_are_not_tried_without_end(ana: User) -> None:
    assert attack([f"{number}@example.org" for number in range(9)]) == [200] * 8 + [429]

    assert tried(Client(), ana.email, PASSWORD, "203.0.113.1") == 429


def test_a_browser_that_the_account_knows_is_not_locked_out(ana: User) -> None:
    known = Client()
    assert tried(known, ana.email, PASSWORD) == 302
    known.post("/logout/")
    attack([ana.email] * 6 + [f"{number}@example.org" for number in range(2)])

    assert tried(Client(), ana.email, PASSWORD) == 429
    assert tried(known, ana.email, PASSWORD) == 302


def test_a_known_browser_has_five_attempts_of_its_own(ana: User) -> None:
    known = Client()
    tried(known, ana.email, PASSWORD)
    known.post("/logout/")

    outcomes = [tried(known, ana.email, WRONG) for _ in range(6)]

    assert outcomes == [200] * 5 + [429]
    assert tried(Client(), ana.email, PASSWORD) == 302, "From elsewhere nobody has failed."


def test_a_browser_is_known_to_the_accounts_that_signed_in_there_alone(
    ana: User, make_user: Callable[..., User]
) -> None:
    other = make_user(Role.VIEWER)
    browser = Client()
    tried(browser, other.email, PASSWORD)
    cookie = browser.cookies[known_devices.COOKIE].value

    assert known_devices.device_of(cookie, email=other.email.upper())
    assert not known_devices.device_of(cookie, email=ana.email)
    browser.post("/logout/")
    tried(browser, ana.email, PASSWORD)
    both = browser.cookies[known_devices.COOKIE].value
    devices = {known_devices.device_of(each, email=other.email) for each in (cookie, both)}
    assert devices == {known_devices.device_of(both, email=ana.email)}


@pytest.mark.parametrize("cookie", ["", "nonsense", "WyJhIixbXV0:1aaaaa:forged"])
def test_a_cookie_that_we_did_not_sign_knows_nobody(cookie: str) -> None:
    assert known_devices.device_of(cookie, email="ana@example.org") == ""


def test_the_cookie_names_nobody_and_no_script_reads_it(ana: User) -> None:
    browser = Client()
    tried(browser, ana.email, PASSWORD)

    morsel = browser.cookies[known_devices.COOKIE]
    kept = signing.loads(morsel.value, salt="accounts.known_devices")
    assert ana.email not in str(kept)
    assert (morsel["httponly"], morsel["samesite"]) == (True, "Lax")
