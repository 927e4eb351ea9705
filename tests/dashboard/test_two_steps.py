"""Signing in in two steps, and the page where each person sets that up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from pyotp import TOTP

from accounts import second_factor
from accounts.audit import AuditAct
from accounts.models import AuditEntry, Organisation, User
from accounts.permissions import Role
from accounts.sign_in import MAX_FAILURES
from tests import hooks
from tests.conftest import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def person(make_user: Callable[..., User]) -> User:
    return make_user(Role.ADMIN)


@pytest.fixture
def recovery_codes(person: User) -> list[str]:
    """The codes of a person who has an app."""
    an_hour_ago = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    with time_machine.travel(an_hour_ago, tick=False):
        return second_factor.turn_on(user=person, secret=SECRET, code=TOTP(SECRET).now())


@pytest.fixture
def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def after_the_password(person: User, wanted: str = "") -> Client:
    client = Client()
    client.post("/login/", {"username": person.email, "password": PASSWORD, "next": wanted})
    return client


def is_in(client: Client) -> bool:
    return client.get("/lists/").status_code == 200


def secret_of(page: object) -> str:
    return page.context["secret"].replace(" ", "")  # type: ignore[attr-defined, no-any-return]


def test_the_password_alone_opens_nothing(person: User, recovery_codes: list[str]) -> None:
    client = after_the_password(person, "/review/")

    assert not is_in(client)
    answer = client.post("/login/code/", {"code": TOTP(SECRET).now()})
    assert (answer.status_code, answer["Location"]) == (302, "/review/")
    assert is_in(client)


def test_a_recovery_code_lets_in_once(person: User, recovery_codes: list[str]) -> None:
    client = after_the_password(person)
    assert client.post("/login/code/", {"code": recovery_codes[0]}).status_code == 302

    again = after_the_password(person).post("/login/code/", {"code": recovery_codes[0]})

    assert hooks.mistakes(again) == [("code", "wrong_code")]


def test_five_wrong_codes_are_looked_at_wherever_they_are_from(
    person: User, recovery_codes: list[str]
) -> None:
    client = after_the_password(person)
    for number in range(MAX_FAILURES):
        answer = client.post("/login/code/", {"code": "000000"}, REMOTE_ADDR=f"192.0.2.{number}")
        assert answer.status_code == 200
    failed = AuditEntry.objects.filter(act=AuditAct.SIGN_IN_FAILED, subject_label=person.email)
    assert failed.count() == MAX_FAILURES

    refused = client.post("/login/code/", {"code": recovery_codes[0]}, REMOTE_ADDR="192.0.2.99")

    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0


def test_the_time_between_the_steps_is_short(person: User, recovery_codes: list[str]) -> None:
    client = after_the_password(person)

    with time_machine.travel(dt.timedelta(minutes=11), tick=False):
        answer = client.post("/login/code/", {"code": recovery_codes[0]})

    assert answer["Location"] == "/login/"
    assert not is_in(client)


@pytest.mark.parametrize("change", ["password", "closed"])
def test_what_ends_sessions_ends_the_time_between_the_steps(
    person: User, recovery_codes: list[str], change: str
) -> None:
    client = after_the_password(person)
    if change == "password":
        person.set_password("another horse battery")
    person.is_active = change != "closed"
    person.save()

    assert client.post("/login/code/", {"code": recovery_codes[0]})["Location"] == "/login/"
    assert not is_in(client)


def test_the_steps_cannot_be_begun_in_the_middle(db: None) -> None:
    for step in ("code", "set-up"):
        for answer in (Client().get(f"/login/{step}/"), Client().post(f"/login/{step}/")):
            assert answer["Location"] == "/login/"


def test_somebody_is_led_to_an_app_where_everybody_needs_one(
    person: User, organisation: Organisation
) -> None:
    Organisation.objects.update(requires_second_factor=True)
    client = after_the_password(person, "/review/")
    assert not is_in(client)

    page = client.get("/login/set-up/")
    wrong = client.post("/login/set-up/", {"code": "000000"})
    assert hooks.mistakes(wrong) == [("code", "wrong_code")]
    assert secret_of(wrong) == secret_of(page)
    assert not is_in(client)
    done = client.post("/login/set-up/", {"code": TOTP(secret_of(page)).now()})

    codes = hooks.values(done, "recovery-code")
    assert len(codes) == second_factor.RECOVERY_CODES
    assert "no-store" in done["Cache-Control"]
    assert done.context["go_on"] == "/review/"
    assert is_in(client)
    assert after_the_password(person).post("/login/code/", {"code": codes[0]}).status_code == 302


def test_somebody_who_has_an_app_is_not_led_around_it(
    person: User, recovery_codes: list[str]
) -> None:
    Organisation.objects.update(requires_second_factor=True)
    client = after_the_password(person)

    assert client.get("/login/set-up/")["Location"] == "/login/"


def test_an_app_is_set_up_in_the_account_menu(browser: Client, person: User) -> None:
    page = browser.get("/settings/second-factor/")
    assert "no-store" in page["Cache-Control"]

    wrong = browser.post("/settings/second-factor/", {"code": "000000"})
    assert hooks.mistakes(wrong) == [("code", "wrong_code")]
    done = browser.post("/settings/second-factor/", {"code": TOTP(secret_of(page)).now()})

    codes = hooks.values(done, "recovery-code")
    assert len(codes) == second_factor.RECOVERY_CODES
    assert second_factor.is_on(person)
    page = browser.get("/settings/second-factor/")
    assert hooks.values(page, "codes-left") == ["10"]
    assert hooks.values(page, "recovery-code") == []


def test_a_secret_is_shown_to_one_view_only(browser: Client) -> None:
    """Who had a look at the page in a session that was left open must not know the later one."""
    first, second = (secret_of(browser.get("/settings/second-factor/")) for _ in range(2))

    assert first != second


def test_recovery_codes_are_saved_as_a_file(browser: Client) -> None:
    codes = "aaaa-bbbb-cccc-dddd aaaa-bbbb-cccc-2222"

    answer = browser.post("/settings/second-factor/save/", {"codes": codes})

    assert answer.content.decode().split() == codes.split()
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment")
    for wrong in ("", "<script>", f"{codes}\n"):
        answer = browser.post("/settings/second-factor/save/", {"codes": wrong})
        assert (wrong == f"{codes}\n") == (answer.status_code == 200)


@pytest.mark.parametrize("act", ["codes", "off"])
def test_a_stolen_session_neither_renews_codes_nor_turns_off(
    browser: Client, person: User, recovery_codes: list[str], act: str
) -> None:
    address = f"/settings/second-factor/{act}/"

    wrong = browser.post(address, {"password": "wrong"})
    assert hooks.mistakes(wrong) == [("password", "password_incorrect")]
    assert hooks.values(wrong, "recovery-code") == []
    assert second_factor.is_on(person)
    right = browser.post(address, {"password": PASSWORD})

    assert len(hooks.values(right, "recovery-code")) == (10 if act == "codes" else 0)
    assert second_factor.is_on(person) == (act == "codes")


def test_who_has_no_password_confirms_with_a_code(
    browser: Client, person: User, recovery_codes: list[str]
) -> None:
    person.set_unusable_password()
    person.save()
    browser.force_login(person)

    wrong = browser.post("/settings/second-factor/off/", {"code": "000000"})
    assert hooks.mistakes(wrong) == [("code", "wrong_code")]
    browser.post("/settings/second-factor/off/", {"code": recovery_codes[0]})

    assert not second_factor.is_on(person)


def test_the_rule_for_everybody_is_set_on_the_team_page(
    browser: Client, organisation: Organisation, recovery_codes: list[str]
) -> None:
    for form, is_required in (({"second_factor": "on"}, True), ({}, False)):
        browser.post("/settings/team/rules/", form)
        organisation.refresh_from_db()
        assert organisation.requires_second_factor == is_required


def test_the_rule_is_refused_to_an_admin_without_an_app(
    browser: Client, organisation: Organisation
) -> None:
    answer = browser.post("/settings/team/rules/", {"second_factor": "on"})

    assert (answer.status_code, hooks.values(answer, "code")) == (409, ["set_up_first"])
