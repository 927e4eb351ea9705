"""The team outside of a test's transaction: each service brings the one that its lock needs."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest

from accounts import selectors, services
from accounts.actors import Actor
from accounts.models import Membership, User
from accounts.permissions import Role
from accounts.services import LastAdmin
from common.errors import Forbidden, NotFound
from tests import team
from tests.team import NewMember
from tests.threads import run_threads

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lena(admin: Actor) -> NewMember:
    """A second admin."""
    return team.add_member(by=admin, email="lena@example.org", role=Role.ADMIN)


def test_each_change_of_the_team_brings_its_own_transaction(admin: Actor, lena: NewMember) -> None:
    services.change_role(by=admin, membership=lena.membership, role=Role.ANALYST)
    services.reset_password(by=admin, membership=lena.membership)
    services.remove_member(by=admin, membership=lena.membership)

    assert not Membership.objects.filter(pk=lena.membership.pk).exists()
    assert not User.objects.get(email="lena@example.org").is_active


def test_a_removal_that_fails_half_way_removes_nobody(
    admin: Actor, lena: NewMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("The database went away.")

    monkeypatch.setattr(User, "save", fail)
    with pytest.raises(RuntimeError):
        services.remove_member(by=admin, membership=lena.membership)

    assert Membership.objects.filter(pk=lena.membership.pk).exists()


def test_two_admins_who_remove_each_other_at_once_leave_one(
    admin: Actor, lena: NewMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both look for another admin before either is gone, unless one has to wait for the other."""
    both_looked = threading.Barrier(2)
    keep_an_admin = services._keep_an_admin

    def look(leaving: Membership) -> None:
        keep_an_admin(leaving)
        with suppress(threading.BrokenBarrierError):
            both_looked.wait(timeout=1)

    monkeypatch.setattr(services, "_keep_an_admin", look)
    own = selectors.members_for(admin).get(user_id=admin.user_id or 0)
    other = selectors.actor_for_user(lena.membership.user)

    def remove(by: Actor, membership: Membership) -> None:
        with suppress(LastAdmin, NotFound, Forbidden):
            services.remove_member(by=by, membership=membership)

    run_threads(lambda: remove(admin, lena.membership), lambda: remove(other, own))

    assert selectors.admins_of(admin.organisation_id).count() == 1
