"""Sessions of people: which there are, how long they live, and who ends them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts import devices
from accounts.audit import AuditAct
from accounts.models import AuditEntry, Membership, User, UserSession
from accounts.permissions import Role
from tests import hooks
from tests.conftest import PASSWORD

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
PAGE = "/settings/sessions/"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def ana(make_user: Callable[..., User]) -> User:
    return make_user(Role.ANALYST)


@pytest.mark.django_db
def test_a_cookie_that_is_no_key_is_not_even_looked_up(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    browser = Client()
    browser.cookies["sessionid"] = "\x00" + "a" * 31

    with django_assert_num_queries(0):
        assert browser.get(PAGE).status_code == 302


def signed_in(user: User, address: str = "192.0.2.7", password: str = PASSWORD) -> Client:
    browser = Client(headers={"User-Agent": FIREFOX}, REMOTE_ADDR=address)
    form = {"username": user.email, "password": password}
    assert browser.post("/login/", form).status_code == 302
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/lists/").status_code == 200


def ids(browser: Client) -> list[str]:
    return hooks.values(browser.get(PAGE), "session")


def own_id(browser: Client) -> str:
    (own,) = hooks.elements(browser.get(PAGE), "own")
    return own["session"]


def test_a_person_sees_their_sessions_and_which_is_this_one(
    ana: User, clock: time_machine.Traveller
) -> None:
    first = signed_in(ana)
    clock.shift(dt.timedelta(hours=1))
    second = signed_in(ana, "2001:db8::1")

    shown = hooks.elements(second.get(PAGE), "session")

    assert ["own" in each for each in shown] == [True, False]
    assert own_id(first) != own_id(second)
    kept = UserSession.objects.get(address="2001:db8::1")
    assert (kept.browser, kept.system) == ("Firefox", "Linux")
    assert kept.begun_at == dt.datetime(2026, 3, 1, 13, tzinfo=dt.UTC)


def test_a_session_that_is_ended_is_over_at_once(ana: User) -> None:
    first, second = signed_in(ana), signed_in(ana)
    other = next(each for each in ids(second) if each != own_id(second))

    answer = second.post(f"{PAGE}{other}/end/", follow=True)

    assert hooks.told(answer) == ["session_ended"]
    assert (is_in(first), is_in(second)) == (False, True)
    assert Session.objects.count() == UserSession.objects.count() == 1


def test_all_others_are_ended_at_once_and_that_is_recorded(ana: User, admin: object) -> None:
    browsers = [signed_in(ana) for _ in range(3)]

    browsers[1].post(f"{PAGE}end-others/")

    assert [is_in(each) for each in browsers] == [False, True, False]
    entry = AuditEntry.objects.latest("pk")
    assert (entry.act, entry.details) == (AuditAct.SESSION_ENDED, {"sessions": 2})


def test_nobody_ends_a_session_of_somebody_else(ana: User, make_user: Callable[..., User]) -> None:
    theirs = signed_in(ana)
    (session_id,) = ids(theirs)

    answer = signed_in(make_user(Role.ADMIN)).post(f"{PAGE}{session_id}/end/")

    assert answer.status_code == 404
    assert is_in(theirs)


def test_an_admin_ends_all_sessions_of_somebody(ana: User, make_user: Callable[..., User]) -> None:
    browsers = [signed_in(ana), signed_in(ana)]
    admin = signed_in(make_user(Role.ADMIN))
    member = Membership.objects.get(user=ana)

    answer = admin.post(f"/settings/team/{member.public_id}/sessions/end/", follow=True)

    assert hooks.told(answer) == ["sessions_ended"]
    assert [is_in(each) for each in [*browsers, admin]] == [False, False, True]


def test_a_session_lives_as_long_as_it_is_used_but_not_for_ever(
    ana: User, clock: time_machine.Traveller
) -> None:
    browser = signed_in(ana)
    for _ in range(2):
        clock.shift(dt.timedelta(days=13))
        assert is_in(browser)

    clock.shift(dt.timedelta(days=4))

    assert not is_in(browser), "It is thirty days old."
    assert UserSession.objects.count() == 0


def test_a_session_ends_that_is_not_used(ana: User, clock: time_machine.Traveller) -> None:
    browser = signed_in(ana)

    clock.shift(dt.timedelta(days=14, seconds=1))

    assert not is_in(browser)
    assert ids(signed_in(ana)) != []
    assert len(ids(signed_in(ana))) == 2, "The dead one is not shown."


def test_use_is_noted_now_and_then_and_asks_nothing_in_between(
    ana: User, clock: time_machine.Traveller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = signed_in(ana)
    clock.shift(dt.timedelta(minutes=9))
    with django_assert_num_queries(5):  # session, person, membership, sessions, the rail's count
        browser.get(PAGE)
    before = UserSession.objects.get().last_seen_at

    clock.shift(dt.timedelta(minutes=1))
    browser.get(PAGE, REMOTE_ADDR="192.0.2.99")

    kept = UserSession.objects.get()
    assert kept.last_seen_at - before == dt.timedelta(minutes=10)
    assert kept.address == "192.0.2.99"


def test_a_session_goes_on_under_another_key_after_a_new_password(ana: User) -> None:
    browser, other = signed_in(ana), signed_in(ana)
    own = own_id(browser)
    begun_at = UserSession.objects.get(public_id=own).begun_at
    new = "another horse battery"

    browser.post(
        "/settings/password/",
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
    )

    assert own in ids(browser)
    assert UserSession.objects.get(public_id=own).begun_at == begun_at
    assert not is_in(other)


def test_signing_out_leaves_no_session(ana: User) -> None:
    browser = signed_in(ana)

    browser.post("/logout/")

    assert Session.objects.count() == UserSession.objects.count() == 0


def test_a_session_from_before_an_upgrade_is_taken_over(ana: User) -> None:
    browser = signed_in(ana)
    UserSession.objects.all().delete()
    session = browser.session
    for name in ("own_id", "begun_at", "seen_at", "noted_key"):
        del session[name]
    session.save()

    assert len(ids(browser)) == 1


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, ("Firefox", "Linux")),
        (
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0"
            ),
            ("Edge", "Windows"),
        ),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 "
                "(KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1"
            ),
            ("Safari", "iOS"),
        ),
        (
            (
                "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/142.0.0.0 Mobile Safari/537.36"
            ),
            ("Chrome", "Android"),
        ),
        ("curl/8.5.0", ("", "")),
    ],
)
def test_a_browser_is_known_by_two_words(user_agent: str, words: tuple[str, str]) -> None:
    assert (devices.browser_of(user_agent), devices.system_of(user_agent)) == words
