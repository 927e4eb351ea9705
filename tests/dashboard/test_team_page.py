"""The team page and the page to change one's password."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts import services
from accounts.actors import Actor
from accounts.models import Membership, User
from accounts.permissions import Role
from accounts.services import NewMember
from accounts.sign_in import MAX_FAILURES
from tests import hooks
from tests.conftest import PASSWORD

NEW_PASSWORD = "another horse battery"


@pytest.fixture
def person(make_user: Callable[..., User]) -> User:
    return make_user(Role.ADMIN)


@pytest.fixture
def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def lena(admin: Actor) -> NewMember:
    """An analyst of the team."""
    return services.add_member(by=admin, email="lena@example.org", role=Role.ANALYST)


def page_of(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


def change(browser: Client, old: str, new: str = NEW_PASSWORD, again: str = NEW_PASSWORD) -> object:
    return browser.post(
        "/settings/password/",
        {"old_password": old, "new_password1": new, "new_password2": again},
    )


def opens(email: str, password: str) -> bool:
    answer = Client().post("/login/", {"username": email, "password": password})
    return answer.status_code == 302


def test_the_first_password_is_shown_once_and_opens_the_door(browser: Client) -> None:
    answer = browser.post("/settings/team/", {"email": "new@example.org", "role": "viewer"})

    password = answer.context["handover"].password
    assert password in page_of(answer)
    assert "no-store" in answer["Cache-Control"]
    assert password not in page_of(browser.get("/settings/team/"))
    assert opens("new@example.org", password)


def test_a_taken_address_is_refused_beside_its_field(browser: Client, lena: NewMember) -> None:
    answer = browser.post("/settings/team/", {"email": "lena@example.org", "role": "admin"})

    assert hooks.mistakes(answer) == [("email", "invalid_input")]
    assert Membership.objects.get(user__email="lena@example.org").role == Role.ANALYST


def test_an_unknown_role_is_refused(browser: Client, lena: NewMember) -> None:
    address = f"/settings/team/{lena.membership.public_id}/role/"

    assert browser.post(address, {"role": "emperor"}).status_code == 400
    assert browser.post(address).status_code == 400


def test_a_new_password_is_shown_once(browser: Client, lena: NewMember) -> None:
    answer = browser.post(f"/settings/team/{lena.membership.public_id}/password/")

    password = answer.context["handover"].password
    assert password in page_of(answer)
    assert "no-store" in answer["Cache-Control"]
    assert opens("lena@example.org", password)


def test_the_only_admin_is_not_offered_what_would_be_refused(
    browser: Client, person: User, lena: NewMember
) -> None:
    own = person.membership.public_id
    page = page_of(browser.get("/settings/team/"))

    for act in ("role", "password", "remove"):
        assert f"/settings/team/{own}/{act}/" not in page
        assert f"/settings/team/{lena.membership.public_id}/{act}/" in page


def test_demoting_the_only_admin_is_a_conflict_that_says_what_to_do(
    browser: Client, person: User
) -> None:
    answer = browser.post(f"/settings/team/{person.membership.public_id}/role/", {"role": "viewer"})

    assert answer.status_code == 409
    assert hooks.values(answer, "code") == ["last_admin"]


def test_who_steps_down_lands_where_they_still_may_be(
    browser: Client, admin: Actor, person: User, lena: NewMember
) -> None:
    services.change_role(by=admin, membership=lena.membership, role=Role.ADMIN)

    answer = browser.post(
        f"/settings/team/{person.membership.public_id}/role/", {"role": "viewer"}, follow=True
    )

    assert answer.redirect_chain == [("/lists/", 302)]
    assert hooks.told(answer) == ["role_changed"]


def test_a_person_changes_their_password_and_only_this_session_stays(
    browser: Client, person: User
) -> None:
    elsewhere = Client()
    elsewhere.force_login(person)

    change(browser, PASSWORD)

    assert hooks.told(browser.get("/settings/password/")) == ["password_changed"]
    assert elsewhere.get("/lists/").status_code == 302
    assert opens(person.email, NEW_PASSWORD)
    assert not opens(person.email, PASSWORD)


@pytest.mark.parametrize(
    ("old", "new", "again", "mistake"),
    [
        ("wrong", NEW_PASSWORD, NEW_PASSWORD, ("old_password", "password_incorrect")),
        (PASSWORD, NEW_PASSWORD, "different", ("new_password2", "password_mismatch")),
        (PASSWORD, "short", "short", ("new_password2", "password_too_short")),
        (PASSWORD, "password1", "password1", ("new_password2", "password_too_common")),
    ],
)
def test_a_password_that_is_not_changed_says_why(
    browser: Client, person: User, old: str, new: str, again: str, mistake: tuple[str, str]
) -> None:
    assert hooks.mistakes(change(browser, old, new, again)) == [mistake]
    assert opens(person.email, PASSWORD)


def test_the_current_password_cannot_be_guessed_without_end(browser: Client) -> None:
    for _ in range(MAX_FAILURES):
        assert change(browser, "wrong").status_code == 200  # type: ignore[attr-defined]

    refused = change(browser, PASSWORD)

    assert refused.status_code == 429  # type: ignore[attr-defined]
    assert hooks.values(refused, "retry-after-minutes") == ["15"]


def test_mistyping_the_new_password_is_no_guess(browser: Client) -> None:
    for _ in range(MAX_FAILURES):
        change(browser, PASSWORD, again="different")

    assert change(browser, PASSWORD).status_code == 302  # type: ignore[attr-defined]
