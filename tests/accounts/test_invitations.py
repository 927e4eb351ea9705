"""Invitations: a link works once and for a week, and tells an admin nothing about others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.contrib.auth import authenticate

from accounts import invitations, selectors, services
from accounts.actors import Actor
from accounts.invitations import AddressTaken
from accounts.links import LinkOver
from accounts.models import Invitation, Membership, User
from accounts.permissions import Role
from common.errors import Forbidden, InvalidInput, NotFound
from tests import team

START = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)
PASSWORD = "a first password"


def accept(token: str) -> User:
    return invitations.accept(token=token, name="Lena", password=PASSWORD)


@pytest.fixture
def invited(admin: Actor) -> invitations.NewInvitation:
    """Lena, invited as an analyst."""
    return invitations.invite(by=admin, email=" Lena@Example.org ", role=Role.ANALYST)


def test_the_invited_person_signs_in_and_has_the_role(invited: invitations.NewInvitation) -> None:
    accept(invited.token)

    user = authenticate(username="lena@example.org", password=PASSWORD)
    assert isinstance(user, User)
    assert (user.first_name, selectors.actor_for_user(user).role) == ("Lena", Role.ANALYST)


def test_a_link_works_once(invited: invitations.NewInvitation) -> None:
    accept(invited.token)

    with pytest.raises(LinkOver):
        accept(invited.token)


def test_a_link_works_for_seven_days(admin: Actor) -> None:
    with time_machine.travel(START, tick=False) as clock:
        token = invitations.invite(by=admin, email="lena@example.org", role=Role.VIEWER).token
        clock.shift(dt.timedelta(days=7, seconds=-1))
        assert invitations.opened(token).email == "lena@example.org"
        clock.shift(1)
        with pytest.raises(LinkOver):
            invitations.opened(token)
        with pytest.raises(LinkOver):
            accept(token)


def test_the_token_is_nowhere_in_the_row_nor_in_the_repr(
    invited: invitations.NewInvitation,
) -> None:
    assert invited.token not in str(Invitation.objects.values().get())
    assert invited.token not in repr(invited)


def test_an_address_that_is_invited_again_has_the_last_role_and_link(
    admin: Actor, invited: invitations.NewInvitation
) -> None:
    again = invitations.invite(by=admin, email="lena@example.org", role=Role.MANAGER)

    with pytest.raises(LinkOver):
        accept(invited.token)
    assert Membership.objects.get(user=accept(again.token)).role == Role.MANAGER


@pytest.fixture
def known_elsewhere(stranger: Actor, db: None) -> list[str]:
    """Addresses that have accounts, in another organisation or in none."""
    team.add_member(by=stranger, email="theirs@example.org", role=Role.VIEWER)
    User.objects.create_superuser("root@example.org", "secret")
    User.objects.create(email="Mixed@Example.org")
    closed = User.objects.create_superuser("gone-root@example.org", "secret")
    User.objects.filter(pk=closed.pk).update(is_active=False)
    return [f"{name}@example.org" for name in ("theirs", "root", "mixed", "gone-root")]


def test_inviting_tells_nothing_about_accounts_elsewhere(
    admin: Actor, known_elsewhere: list[str]
) -> None:
    """The rows that an admin sees are the same too, whatever happens at the other end."""
    for email in [*known_elsewhere, "nobody@example.org"]:
        token = invitations.invite(by=admin, email=email, role=Role.VIEWER).token
        assert invitations.opened(token).email == email

    assert invitations.invitations_for(admin).count() == len(known_elsewhere) + 1


def test_an_account_elsewhere_is_never_taken_over(admin: Actor, known_elsewhere: list[str]) -> None:
    before = list(User.objects.order_by("pk").values())
    for email in known_elsewhere:
        token = invitations.invite(by=admin, email=email, role=Role.VIEWER).token
        with pytest.raises(AddressTaken):
            accept(token)

    assert list(User.objects.order_by("pk").values()) == before
    assert not Membership.objects.filter(
        user__email__in=known_elsewhere, organisation_id=admin.organisation_id
    ).exists()


def test_somebody_who_was_removed_is_invited_back_with_another_password(
    admin: Actor, invited: invitations.NewInvitation
) -> None:
    member = Membership.objects.get(user=accept(invited.token))
    services.remove_member(by=admin, membership=member)

    token = invitations.invite(by=admin, email="lena@example.org", role=Role.VIEWER).token
    user = invitations.accept(token=token, name="Lena", password="another password")

    assert user.pk == member.user_id
    assert authenticate(username="lena@example.org", password="another password") == user


@pytest.mark.parametrize("change", ["demoted", "removed"])
def test_an_admin_who_is_one_no_more_keeps_no_link_back(admin: Actor, change: str) -> None:
    lena = team.add_member(by=admin, email="lena@example.org", role=Role.ADMIN).membership
    by = selectors.actor_for_user(lena.user)
    token = invitations.invite(by=by, email="back@example.org", role=Role.ADMIN).token

    if change == "demoted":
        services.change_role(by=admin, membership=lena, role=Role.MANAGER)
    else:
        services.remove_member(by=admin, membership=lena)

    with pytest.raises(LinkOver):
        accept(token)
    with pytest.raises(Forbidden):
        invitations.invite(by=by, email="back@example.org", role=Role.ADMIN)


@pytest.mark.parametrize("email", ["", "lena", "a\x00@example.org", "x" * 250 + "@example.org"])
def test_what_is_no_address_is_refused(admin: Actor, email: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        invitations.invite(by=admin, email=email, role=Role.VIEWER)

    assert refusal.value.field == "email"


def test_only_admins_of_the_organisation_see_and_change_its_invitations(
    make_actor: Callable[..., Actor], stranger: Actor, invited: invitations.NewInvitation
) -> None:
    manager = make_actor(Role.MANAGER)
    with pytest.raises(Forbidden):
        invitations.invitations_for(manager)
    with pytest.raises(Forbidden):
        invitations.invite(by=manager, email="x@example.org", role=Role.VIEWER)
    with pytest.raises(Forbidden):
        invitations.withdraw(by=manager, invitation=invited.invitation)
    with pytest.raises(NotFound):
        invitations.withdraw(by=stranger, invitation=invited.invitation)
    assert not invitations.invitations_for(stranger).exists()
