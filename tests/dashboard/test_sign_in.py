"""Signing in: generic answers, safe ways on, and a limit that all processes share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from accounts import at_work
from accounts import sign_in as accounts_sign_in
from accounts.models import SignInAttempt, User
from accounts.permissions import Role
from accounts.sign_in import MAX_FAILURES_OF_ADDRESS
from tests import hooks
from tests.conftest import PASSWORD

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

START = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)


@pytest.fixture
def person(make_user: Callable[..., User]) -> User:
    return make_user(Role.VIEWER)


def sign_in(
    email: str, password: str, address: str = "192.0.2.1", **more: str
) -> _MonkeyPatchedWSGIResponse:
    return Client(REMOTE_ADDR=address).post(
        "/login/", {"username": email, "password": password, **more}
    )


def test_the_right_password_leads_to_the_first_page(person: User) -> None:
    answer = sign_in(person.email, PASSWORD)

    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_an_operator_without_an_organisation_is_led_to_the_server(db: None) -> None:
    User.objects.create_superuser("root@example.org", PASSWORD)

    answer = sign_in("root@example.org", PASSWORD)

    assert (answer.status_code, answer["Location"]) == (302, "/operations/")


@pytest.mark.parametrize(
    ("wanted", "place"),
    [
        ("/review/", "/review/"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_next_leads_only_to_places_of_this_site(person: User, wanted: str, place: str) -> None:
    assert sign_in(person.email, PASSWORD, next=wanted)["Location"] == place


def test_an_unknown_account_and_a_wrong_password_answer_the_same(person: User) -> None:
    wrong = sign_in(person.email, "wrong").content.decode()
    unknown = sign_in("nobody@example.org", "wrong").content.decode()

    sentence = "The e-mail address or the password is wrong."
    assert sentence in wrong
    assert sentence in unknown


def test_after_five_failures_the_sixth_attempt_waits_until_the_first_is_old(person: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        for _ in range(5):
            assert sign_in(person.email, "wrong").status_code == 200
            clock.shift(60)
        refused = sign_in(person.email, PASSWORD)
        assert refused.status_code == 429
        assert refused["Retry-After"] == str(10 * 60)
        assert hooks.values(refused, "retry-after-minutes") == ["10"]

        clock.shift(10 * 60)
        assert sign_in(person.email, PASSWORD).status_code == 302


def test_refused_attempts_do_not_make_the_wait_longer(person: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        for _ in range(5):
            sign_in(person.email, "wrong")
        for _ in range(5):
            clock.shift(60)
            assert sign_in(person.email, "wrong").status_code == 429
        clock.shift(10 * 60)

        assert sign_in(person.email, PASSWORD).status_code == 302


def test_the_limit_counts_per_account_and_address(person: User) -> None:
    for _ in range(5):
        sign_in(person.email, "wrong")

    assert sign_in(person.email, PASSWORD, address="192.0.2.2").status_code == 302
    assert sign_in("other@example.org", "wrong").status_code == 200
    assert sign_in(person.email.upper(), PASSWORD).status_code == 429


def test_the_limit_counts_per_address_whatever_the_accounts(person: User) -> None:
    """As when a list of stolen passwords is tried; one network of version 6 is one address."""
    near = [f"2001:db8::{number:x}" for number in range(30)]
    for number, address in enumerate(near):
        assert sign_in(f"{number}@example.org", "wrong", address).status_code == 200

    assert sign_in(person.email, PASSWORD, "2001:db8::ffff").status_code == 429
    assert sign_in(person.email, PASSWORD, "2001:db8:0:1::1").status_code == 302


def test_people_who_sign_in_from_one_address_do_not_use_its_attempts_up(person: User) -> None:
    for _ in range(MAX_FAILURES_OF_ADDRESS + 1):
        assert sign_in(person.email, PASSWORD).status_code == 302


def test_one_password_is_looked_at_at_a_time(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts_sign_in, "_LONGEST_WAIT_S", 0.01)

    with accounts_sign_in.one_at_a_time():
        busy = sign_in(person.email, PASSWORD)

    assert busy.status_code == 503
    assert int(busy["Retry-After"]) > 0
    assert sign_in(person.email, PASSWORD).status_code == 302


def test_strangers_who_sign_in_never_hold_every_thread(person: User, settings: Settings) -> None:
    settings.THREADS, settings.LONG_REQUESTS_PER_ORGANISATION = 4, 2
    with ExitStack() as waiting:
        for _ in range(2):
            waiting.enter_context(at_work.place(accounts_sign_in.STRANGERS))
        busy = sign_in(person.email, PASSWORD)

    assert busy.status_code == 503
    assert int(busy["Retry-After"]) > 0
    assert not SignInAttempt.objects.exists(), "No password was looked at."
    assert sign_in(person.email, PASSWORD).status_code == 302


def test_the_right_password_starts_the_count_anew_and_leaves_no_trace(person: User) -> None:
    for _ in range(4):
        sign_in(person.email, "wrong")
    sign_in(person.email, PASSWORD)

    assert not SignInAttempt.objects.exists()


def test_signing_out_takes_a_form_and_not_a_link(person: User) -> None:
    client = Client()
    client.force_login(person)

    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/")["Location"] == "/login/"
    assert client.get("/lists/").status_code == 302
