"""The team: admins keep its people, and an organisation never loses its last admin."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.contrib.auth import authenticate
from django.test import Client

from accounts import passwords, selectors, services
from accounts.actors import Actor
from accounts.models import Membership, Organisation, User
from accounts.permissions import Role
from accounts.services import LastAdmin
from accounts.team import OwnAccount
from common.errors import Forbidden, NotFound
from tests import team
from tests.team import NewMember
from tests.threads import run_threads

REMOVALS = [services.remove_member, services.reset_password]


@pytest.fixture
def lena(admin: Actor) -> NewMember:
    """An analyst whom the admin added."""
    return team.add_member(by=admin, email="Lena@Example.org ", role=Role.ANALYST)


@pytest.fixture
def own(admin: Actor) -> Membership:
    """The admin's own membership."""
    return selectors.members_for(admin).get(role=Role.ADMIN)


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def is_signed_in(client: Client) -> bool:
    return client.get("/lists/").status_code == 200


def test_people_are_listed_by_address_and_others_are_not(
    admin: Actor, stranger: Actor, lena: NewMember
) -> None:
    team.add_member(by=admin, email="zoe@example.org", role=Role.VIEWER)

    emails = [each.user.email for each in selectors.members_for(admin)]

    assert emails == sorted(emails)
    assert {"lena@example.org", "zoe@example.org"} < set(emails)
    assert "lena@example.org" not in [each.user.email for each in selectors.members_for(stranger)]


def test_a_role_is_changed(admin: Actor, lena: NewMember) -> None:
    services.change_role(by=admin, membership=lena.membership, role=Role.MANAGER)

    assert selectors.actor_for_user(lena.membership.user).role == Role.MANAGER


def test_a_removed_person_is_signed_out_and_cannot_come_back(admin: Actor, lena: NewMember) -> None:
    client = browser_of(lena.membership.user)
    assert is_signed_in(client)

    services.remove_member(by=admin, membership=lena.membership)

    assert not is_signed_in(client)
    assert authenticate(username="lena@example.org", password=lena.password) is None
    assert User.objects.filter(email="lena@example.org", is_active=False).exists()


def test_the_sessions_of_a_removed_person_stay_dead_when_an_operator_opens_the_account(
    admin: Actor, lena: NewMember
) -> None:
    client = browser_of(lena.membership.user)
    services.remove_member(by=admin, membership=lena.membership)

    User.objects.filter(email="lena@example.org").update(is_active=True)

    assert client.get("/lists/").status_code == 302


def test_a_new_password_replaces_the_old_one_and_ends_the_sessions(
    admin: Actor, lena: NewMember
) -> None:
    client = browser_of(lena.membership.user)

    token = services.reset_password(by=admin, membership=lena.membership)

    assert not is_signed_in(client)
    assert authenticate(username="lena@example.org", password=lena.password) is None
    passwords.choose(token=token, password="another horse battery")
    assert authenticate(username="lena@example.org", password="another horse battery") is not None


def test_the_last_admin_stays_admin(admin: Actor, own: Membership, lena: NewMember) -> None:
    with pytest.raises(LastAdmin) as refusal:
        services.change_role(by=admin, membership=own, role=Role.MANAGER)

    assert refusal.value.code == "last_admin"
    own.refresh_from_db()
    assert own.role == Role.ADMIN


def test_an_admin_steps_down_when_there_is_another(
    admin: Actor, own: Membership, lena: NewMember
) -> None:
    services.change_role(by=admin, membership=lena.membership, role=Role.ADMIN)
    services.change_role(by=admin, membership=own, role=Role.VIEWER)

    own.refresh_from_db()
    assert own.role == Role.VIEWER


def test_an_admin_who_cannot_sign_in_does_not_count(
    admin: Actor, own: Membership, lena: NewMember
) -> None:
    services.change_role(by=admin, membership=lena.membership, role=Role.ADMIN)
    User.objects.filter(pk=lena.membership.user_id).update(is_active=False)

    with pytest.raises(LastAdmin):
        services.change_role(by=admin, membership=own, role=Role.VIEWER)


def test_admins_of_other_organisations_do_not_count(
    admin: Actor, stranger: Actor, own: Membership
) -> None:
    with pytest.raises(LastAdmin):
        services.change_role(by=admin, membership=own, role=Role.VIEWER)


@pytest.mark.parametrize("act", [*REMOVALS, partial(services.change_role, role=Role.ANALYST)])
@pytest.mark.parametrize("change", ["demoted", "removed"])
def test_an_admin_who_is_one_no_more_changes_nobody(
    admin: Actor, own: Membership, lena: NewMember, change: str, act: Callable[..., object]
) -> None:
    """As when two change each other at once: the slower one had been let in before."""
    services.change_role(by=admin, membership=lena.membership, role=Role.ADMIN)
    slower = selectors.actor_for_user(lena.membership.user)
    if change == "demoted":
        services.change_role(by=admin, membership=lena.membership, role=Role.ANALYST)
    else:
        services.remove_member(by=admin, membership=lena.membership)

    with pytest.raises(Forbidden):
        act(by=slower, membership=own)


@pytest.mark.parametrize("act", REMOVALS)
def test_nobody_removes_or_resets_themselves(
    admin: Actor, own: Membership, lena: NewMember, act: Callable[..., object]
) -> None:
    services.change_role(by=admin, membership=lena.membership, role=Role.ADMIN)

    with pytest.raises(OwnAccount):
        act(by=admin, membership=own)


@pytest.mark.parametrize("act", REMOVALS)
@pytest.mark.parametrize("right", ["is_superuser", "is_staff"])
def test_an_admin_never_takes_the_account_of_an_operator(
    admin: Actor, lena: NewMember, act: Callable[..., object], right: str
) -> None:
    User.objects.filter(pk=lena.membership.user_id).update(**{right: True})

    with pytest.raises(Forbidden):
        act(by=admin, membership=lena.membership)

    assert authenticate(username="lena@example.org", password=lena.password) is not None


def test_only_admins_see_and_change_the_team(
    make_actor: Callable[..., Actor], lena: NewMember
) -> None:
    member = lena.membership
    for role in (Role.VIEWER, Role.ANALYST, Role.MANAGER):
        actor = make_actor(role)
        with pytest.raises(Forbidden):
            selectors.members_for(actor)
        with pytest.raises(Forbidden):
            services.change_role(by=actor, membership=member, role=Role.ADMIN)
        for act in REMOVALS:
            with pytest.raises(Forbidden):
                act(by=actor, membership=member)


def test_a_stranger_reaches_nobody(stranger: Actor, lena: NewMember) -> None:
    member = lena.membership
    sentences = set()
    for public_id in (member.public_id, "mem_unknown"):
        with pytest.raises(NotFound) as refusal:
            selectors.member_for(stranger, public_id)
        sentences.add(refusal.value.message)
    with pytest.raises(NotFound):
        services.change_role(by=stranger, membership=member, role=Role.ADMIN)
    for act in REMOVALS:
        with pytest.raises(NotFound):
            act(by=stranger, membership=member)

    assert len(sentences) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(5))
def test_two_admins_who_demote_each_other_at_once_leave_one(
    organisation: Organisation, admin: Actor, lena: NewMember, attempt: int
) -> None:
    services.change_role(by=admin, membership=lena.membership, role=Role.ADMIN)
    members = list(selectors.members_for(admin))
    ready = threading.Barrier(len(members))
    refused = []

    def demote(member: Membership, by: Actor) -> None:
        ready.wait(10)
        try:
            services.change_role(by=by, membership=member, role=Role.VIEWER)
        except (LastAdmin, Forbidden) as error:
            refused.append(error)

    actors = [selectors.actor_for_user(each.user) for each in reversed(members)]
    pairs = zip(members, actors, strict=True)
    run_threads(*(lambda pair=pair: demote(*pair) for pair in pairs))

    assert selectors.admins_of(organisation.pk).count() == len(refused) == 1
