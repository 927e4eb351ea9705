"""Codes of an app and recovery codes: each works once, and nothing in the database makes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from pyotp import TOTP
from pytest_django import Settings

from accounts import second_factor, selectors, services, sign_in_rules
from accounts.actors import Actor
from accounts.audit import AuditAct
from accounts.models import AuditEntry, RecoveryCode, SecondFactor, User
from accounts.permissions import Role
from accounts.second_factor import SecondFactorRequired, WrongCode
from accounts.sign_in_rules import NotForOneself
from accounts.team import OwnAccount
from common.errors import Conflict, Forbidden, NotFound
from tests import team

START = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LATER = START + dt.timedelta(minutes=10)


@pytest.fixture
def person(make_user: Callable[..., User]) -> User:
    return make_user(Role.ADMIN)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as coordinates:
        yield coordinates


def code_at(moment: dt.datetime) -> str:
    return TOTP(SECRET).at(moment)


@pytest.fixture
def recovery_codes(person: User, clock: time_machine.Traveller) -> list[str]:
    """The codes of a person who set an app up ten minutes ago."""
    codes = second_factor.turn_on(user=person, secret=SECRET, code=code_at(START))
    clock.move_to(LATER)
    return codes


def test_the_code_of_the_app_is_right_and_works_once(
    person: User, recovery_codes: list[str]
) -> None:
    second_factor.use_code(user=person, code=code_at(LATER))

    with pytest.raises(WrongCode):
        second_factor.use_code(user=person, code=code_at(LATER))


def test_the_code_that_turned_it_on_opens_nothing_again(person: User) -> None:
    second_factor.turn_on(user=person, secret=SECRET, code=code_at(START))

    with pytest.raises(WrongCode):
        second_factor.use_code(user=person, code=code_at(START))


@pytest.mark.parametrize(
    ("aside_s", "is_right"), [(-60, False), (-30, True), (30, True), (60, False)]
)
def test_telephones_may_be_half_a_minute_wrong(
    person: User, recovery_codes: list[str], aside_s: int, is_right: bool
) -> None:
    code = code_at(LATER + dt.timedelta(seconds=aside_s))

    if is_right:
        second_factor.use_code(user=person, code=code)
    else:
        with pytest.raises(WrongCode):
            second_factor.use_code(user=person, code=code)


def test_no_code_older_than_a_used_one_works(person: User, recovery_codes: list[str]) -> None:
    second_factor.use_code(user=person, code=code_at(LATER + dt.timedelta(seconds=30)))

    with pytest.raises(WrongCode):
        second_factor.use_code(user=person, code=code_at(LATER))


def test_codes_are_read_as_people_write_them(person: User, recovery_codes: list[str]) -> None:
    arabic = code_at(LATER).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    second_factor.use_code(user=person, code=f" {arabic[:3]} {arabic[3:]} ")

    second_factor.use_code(user=person, code=recovery_codes[0].upper().replace("-", " "))


def test_each_recovery_code_works_once(person: User, recovery_codes: list[str]) -> None:
    assert len(set(recovery_codes)) == second_factor.RECOVERY_CODES
    second_factor.use_code(user=person, code=recovery_codes[0])

    with pytest.raises(WrongCode):
        second_factor.use_code(user=person, code=recovery_codes[0])
    assert second_factor.codes_left(person) == second_factor.RECOVERY_CODES - 1


def test_new_recovery_codes_end_the_old_ones(person: User, recovery_codes: list[str]) -> None:
    fresh = second_factor.renew_codes(user=person)

    with pytest.raises(WrongCode):
        second_factor.use_code(user=person, code=recovery_codes[1])
    second_factor.use_code(user=person, code=fresh[1])


@pytest.mark.parametrize("code", ["", "-", "000000", "12345", "1234567", "x\x00y", "٣", "a" * 16])
def test_what_is_no_code_opens_nothing(person: User, recovery_codes: list[str], code: str) -> None:
    with pytest.raises(WrongCode):
        second_factor.use_code(user=person, code=code)


def test_somebody_else_s_codes_open_nothing(
    make_user: Callable[..., User], recovery_codes: list[str]
) -> None:
    for code in (code_at(LATER), recovery_codes[0]):
        with pytest.raises(WrongCode):
            second_factor.use_code(user=make_user(Role.VIEWER), code=code)


def test_nothing_in_the_database_makes_or_is_a_code(recovery_codes: list[str]) -> None:
    rows = str([*SecondFactor.objects.values(), *RecoveryCode.objects.values()])

    assert SECRET not in rows
    assert not any(code in rows or code.replace("-", "") in rows for code in recovery_codes)


def test_with_another_secret_key_recovery_codes_still_work(
    person: User, recovery_codes: list[str], settings: Settings
) -> None:
    settings.SECRET_KEY = "another one"

    with pytest.raises(WrongCode):
        second_factor.use_code(user=person, code=code_at(LATER))
    second_factor.use_code(user=person, code=recovery_codes[0])


def test_an_app_is_not_replaced_before_it_is_turned_off(
    person: User, recovery_codes: list[str]
) -> None:
    other = second_factor.new_secret()

    with pytest.raises(Conflict):
        second_factor.turn_on(user=person, secret=other, code=TOTP(other).at(LATER))


def test_who_asks_everybody_for_codes_has_an_app(admin: Actor) -> None:
    with pytest.raises(NotForOneself):
        sign_in_rules.change_rules(by=admin, second_factor=True, openid=False)


def test_asking_everybody_for_codes_signs_out_who_has_no_app(
    admin: Actor, person: User, recovery_codes: list[str]
) -> None:
    lena = team.add_member(by=admin, email="lena@example.org", role=Role.VIEWER).membership
    browsers = [Client(), Client()]
    for browser, user in zip(browsers, (person, lena.user), strict=True):
        browser.force_login(user)

    sign_in_rules.change_rules(by=admin, second_factor=True, openid=False)

    assert [each.get("/lists/").status_code for each in browsers] == [200, 302]
    with pytest.raises(SecondFactorRequired):
        second_factor.turn_off(user=person)


def test_an_admin_has_the_app_of_somebody_forgotten(
    admin: Actor, stranger: Actor, make_actor: Callable[..., Actor], recovery_codes: list[str]
) -> None:
    lena = team.add_member(by=admin, email="lena@example.org", role=Role.VIEWER).membership
    second_factor.turn_on(user=lena.user, secret=SECRET, code=code_at(LATER))
    own = selectors.members_for(admin).get(role=Role.ADMIN)

    with pytest.raises(NotFound):
        second_factor.reset(by=stranger, membership=lena)
    with pytest.raises(Forbidden):
        second_factor.reset(by=make_actor(Role.MANAGER), membership=lena)
    with pytest.raises(OwnAccount):
        second_factor.reset(by=admin, membership=own)
    second_factor.reset(by=admin, membership=lena)

    assert not second_factor.is_on(lena.user)
    User.objects.filter(pk=lena.user_id).update(is_staff=True)
    with pytest.raises(Forbidden):
        second_factor.reset(by=admin, membership=lena)


def test_a_removed_person_comes_back_without_the_old_app(admin: Actor) -> None:
    lena = team.add_member(by=admin, email="lena@example.org", role=Role.VIEWER).membership
    second_factor.turn_on(user=lena.user, secret=SECRET, code=code_at(START))
    services.remove_member(by=admin, membership=lena)

    back = team.add_member(by=admin, email="lena@example.org", role=Role.VIEWER).membership

    assert not second_factor.is_on(back.user)


def test_without_an_app_there_is_nothing_to_renew_and_nothing_to_record(person: User) -> None:
    with pytest.raises(NotFound):
        second_factor.renew_codes(user=person)
    second_factor.turn_off(user=person)

    acts = {AuditAct.SECOND_FACTOR_REMOVED, AuditAct.RECOVERY_CODES_MADE}
    assert not AuditEntry.objects.filter(act__in=acts).exists()


def test_what_becomes_of_an_app_is_recorded(person: User, recovery_codes: list[str]) -> None:
    second_factor.use_code(user=person, code=recovery_codes[0])
    second_factor.renew_codes(user=person)
    second_factor.turn_off(user=person)

    assert list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))[-4:] == [
        AuditAct.SECOND_FACTOR_ADDED,
        AuditAct.RECOVERY_CODE_USED,
        AuditAct.RECOVERY_CODES_MADE,
        AuditAct.SECOND_FACTOR_REMOVED,
    ]
