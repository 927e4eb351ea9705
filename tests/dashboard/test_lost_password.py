"""Lost passwords: a link brings another one, once and within the hour, and tells nothing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import Settings

from accounts import passwords
from accounts.models import User
from accounts.permissions import Role
from accounts.sign_in import MAX_FAILURES, MAX_FAILURES_OF_ADDRESS
from jobs.models import Job
from tests import hooks
from tests.conftest import PASSWORD
from tests.working import run_all

NEW_PASSWORD = "another horse battery"
START = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def mail(settings: Settings) -> None:
    settings.SENDS_MAIL = True


@pytest.fixture
def person(make_user: Callable[..., User]) -> User:
    return make_user(Role.VIEWER)


def ask(email: str, **headers: str) -> object:
    return Client(headers=headers).post("/password/lost/", {"email": email}, follow=True)


def choose(link: str, password: str = NEW_PASSWORD) -> object:
    client = Client()
    opened = client.get(link, follow=True)
    if opened.status_code != 200:
        return opened
    return client.post("/password/new/", {"new_password1": password, "new_password2": password})


def link_for(user: User) -> str:
    return f"/password/new/?token={passwords.token_for(user)}"


def opens(email: str, password: str) -> bool:
    answer = Client().post("/login/", {"username": email, "password": password})
    return answer.status_code == 302


def test_the_mail_brings_a_link_to_choose_a_password(
    person: User, mailoutbox: list[EmailMessage]
) -> None:
    ask(person.email.upper(), accept_language="es")
    run_all()

    (mail,) = mailoutbox
    assert mail.to == [person.email]
    (link,) = re.findall(r"http\S+", str(mail.body))
    assert choose(link).url == "/login/"  # type: ignore[attr-defined]
    assert opens(person.email, NEW_PASSWORD)
    assert not opens(person.email, PASSWORD)


def test_known_and_unknown_addresses_are_answered_and_kept_the_same(
    person: User, mailoutbox: list[EmailMessage]
) -> None:
    known, unknown = ask(person.email), ask("nobody@example.org")

    assert hooks.told(known) == hooks.told(unknown) == ["link_sent"]
    kinds = Job.objects.values_list("kind", "state")
    assert kinds[0] == kinds[1]
    run_all()
    assert [mail.to for mail in mailoutbox] == [[person.email]]


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": "elsewhere@example.org"}])
def test_a_closed_account_gets_no_mail(
    person: User, mailoutbox: list[EmailMessage], change: dict[str, object]
) -> None:
    email = person.email
    ask(email)
    User.objects.filter(pk=person.pk).update(**change)
    run_all()

    assert mailoutbox == []


def test_five_mails_may_be_asked_for_of_one_address(person: User) -> None:
    for _ in range(MAX_FAILURES):
        assert ask(person.email).status_code == 200  # type: ignore[attr-defined]

    assert ask(person.email).status_code == 429  # type: ignore[attr-defined]
    assert Job.objects.count() == 1, "What waits already counts for the next one too."


def test_without_mail_nobody_is_offered_what_never_comes(settings: Settings, person: User) -> None:
    settings.SENDS_MAIL = False

    assert "/password/lost/" not in Client().get("/login/").content.decode()
    assert Client().get("/password/lost/").status_code == 404


def test_a_link_works_once(person: User) -> None:
    link = link_for(person)
    choose(link)

    assert hooks.values(choose(link, "a third password"), "code") == ["link_over"]
    assert opens(person.email, NEW_PASSWORD)


def test_a_link_works_for_an_hour(person: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        link = link_for(person)
        clock.shift(3600)
        assert Client().get(link).status_code == 302
        clock.shift(1)
        assert hooks.values(Client().get(link), "code") == ["link_over"]


def test_a_link_that_was_opened_in_time_is_over_when_the_hour_is(person: User) -> None:
    client = Client()
    with time_machine.travel(START, tick=False) as clock:
        client.get(link_for(person))
        clock.shift(3601)
        form = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
        assert hooks.values(client.post("/password/new/", form), "code") == ["link_over"]


def test_a_new_password_ends_the_sessions(person: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(person)

    choose(link_for(person))

    assert elsewhere.get("/lists/").status_code == 302


def test_a_link_is_its_person_s_alone(person: User, make_user: Callable[..., User]) -> None:
    other = make_user(Role.ADMIN)
    signature = passwords.token_for(person).partition(".")[2]

    for token in (f"{other.pk}.{signature}", f"{'9' * 30}.x", "٣.x", ".", "\x00"):
        answer = Client(REMOTE_ADDR=f"192.0.2.{len(token)}").get("/password/new/", {"token": token})
        assert hooks.values(answer, "code") == ["link_over"]


def test_guessing_links_is_limited_as_guessing_passwords_is(db: None) -> None:
    for _ in range(MAX_FAILURES):
        assert Client().get("/password/new/?token=1.wrong").status_code == 404

    assert Client().get("/password/new/?token=1.wrong").status_code == 429


@pytest.mark.parametrize(
    "address",
    ["/password/new/?token={}.x", "/invitation/?token={}", "/login/openid/callback/?state={}"],
)
def test_links_that_any_site_may_open_keep_nobody_from_signing_in(
    person: User, settings: Settings, address: str
) -> None:
    settings.OIDC_ISSUER = "http://127.0.0.1:1"
    statuses = [
        Client().get(address.format(number)).status_code
        for number in range(MAX_FAILURES_OF_ADDRESS + 1)
    ]

    assert statuses[-1] == 429
    assert opens(person.email, PASSWORD)
