"""The team page and the page to change one's password."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import Settings

from accounts import services
from accounts.actors import Actor
from accounts.models import Membership, User
from accounts.permissions import Role
from accounts.sign_in import MAX_FAILURES
from tests import hooks, team
from tests.conftest import PASSWORD
from tests.team import NewMember

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
    return team.add_member(by=admin, email="lena@example.org", role=Role.ANALYST)


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


def invite(browser: Client, email: str = "new@example.org", role: str = "viewer") -> object:
    return browser.post("/settings/team/", {"email": email, "role": role})


def take(link: str, password: str = NEW_PASSWORD) -> object:
    """Open a link as a stranger would, and choose a name and a password."""
    stranger = Client()
    opened = stranger.get(link, follow=True)
    if opened.status_code != 200:
        return opened
    form = {"name": "Nia", "new_password1": password, "new_password2": password}
    return stranger.post("/invitation/", form)


def test_without_mail_the_link_is_shown_once_and_opens_the_door(browser: Client) -> None:
    answer = invite(browser)

    link = answer.context["handover"].link  # type: ignore[attr-defined]
    assert link in page_of(answer)
    assert "no-store" in answer["Cache-Control"]  # type: ignore[index]
    assert link not in page_of(browser.get("/settings/team/"))
    assert take(link).url == "/"  # type: ignore[attr-defined]
    assert opens("new@example.org", NEW_PASSWORD)
    assert Membership.objects.get(user__email="new@example.org").role == Role.VIEWER


def test_a_mail_brings_the_link_and_the_admin_does_not_see_it(
    browser: Client, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    settings.SENDS_MAIL = True

    answer = invite(browser)

    (mail,) = mailoutbox
    assert mail.to == ["new@example.org"]
    (link,) = re.findall(r"http\S+", str(mail.body))
    token = link.partition("=")[2]
    assert token not in page_of(answer) + page_of(browser.get("/settings/team/"))
    assert take(link).url == "/"  # type: ignore[attr-defined]


def test_a_mail_that_cannot_be_sent_is_told_and_can_be_sent_again(
    browser: Client, settings: Settings
) -> None:
    settings.SENDS_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    invite(browser)

    page = browser.get("/settings/team/")
    assert hooks.told(page) == ["mail_not_sent"]
    assert len(hooks.values(page, "invitation")) == 1


def test_a_link_keeps_its_token_out_of_the_address_of_the_page(browser: Client) -> None:
    link = invite(browser).context["handover"].link  # type: ignore[attr-defined]

    assert Client().get(link).headers["Location"] == "/invitation/"


def test_wrong_links_are_looked_at_five_times(browser: Client) -> None:
    stranger = Client()
    for _ in range(MAX_FAILURES):
        answer = stranger.get("/invitation/?token=wrong")
        assert (answer.status_code, hooks.values(answer, "code")) == (404, ["link_over"])

    assert stranger.get("/invitation/?token=wrong").status_code == 429


def test_a_link_replaced_or_withdrawn_opens_nothing(browser: Client) -> None:
    first = invite(browser).context["handover"].link  # type: ignore[attr-defined]
    (invitation_id,) = hooks.values(browser.get("/settings/team/"), "invitation")
    address = f"/settings/team/invitations/{invitation_id}"

    second = browser.post(f"{address}/again/").context["handover"].link
    assert hooks.values(take(first), "code") == ["link_over"]
    browser.post(f"{address}/withdraw/")

    assert hooks.told(browser.get("/settings/team/")) == ["withdrawn"]
    assert hooks.values(take(second), "code") == ["link_over"]


def test_who_is_in_the_team_is_refused_beside_the_field(browser: Client, lena: NewMember) -> None:
    answer = invite(browser, "LENA@example.org", "admin")

    assert hooks.mistakes(answer) == [("email", "invalid_input")]
    assert Membership.objects.get(user__email="lena@example.org").role == Role.ANALYST


def test_an_invited_person_chooses_no_weak_password(browser: Client) -> None:
    link = invite(browser).context["handover"].link  # type: ignore[attr-defined]

    answer = take(link, password="password1")

    assert hooks.mistakes(answer) == [("new_password2", "password_too_common")]
    assert not Membership.objects.filter(user__email="new@example.org").exists()


def test_an_unknown_role_is_refused(browser: Client, lena: NewMember) -> None:
    address = f"/settings/team/{lena.membership.public_id}/role/"

    assert browser.post(address, {"role": "emperor"}).status_code == 400
    assert browser.post(address).status_code == 400


def choose(link: str) -> object:
    """Open a link as a stranger would, and choose a password."""
    stranger = Client()
    stranger.get(link)
    form = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    return stranger.post("/password/new/", form)


def test_without_mail_a_link_to_another_password_is_shown_once(
    browser: Client, lena: NewMember
) -> None:
    answer = browser.post(f"/settings/team/{lena.membership.public_id}/password/")

    link = answer.context["handover"].link
    assert link in page_of(answer)
    assert "no-store" in answer["Cache-Control"]
    assert not opens("lena@example.org", lena.password)
    choose(link)
    assert opens("lena@example.org", NEW_PASSWORD)


def test_with_mail_the_person_alone_gets_the_link_to_another_password(
    browser: Client, lena: NewMember, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    settings.SENDS_MAIL = True

    browser.post(f"/settings/team/{lena.membership.public_id}/password/")

    assert hooks.told(browser.get("/settings/team/")) == ["mail_sent"]
    (mail,) = mailoutbox
    assert mail.to == ["lena@example.org"]
    choose(re.findall(r"http\S+", str(mail.body))[0])
    assert opens("lena@example.org", NEW_PASSWORD)


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
