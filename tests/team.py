"""People for tests: invited by an admin, and there at once."""

from __future__ import annotations

from dataclasses import dataclass

from accounts import invitations
from accounts.actors import Actor
from accounts.models import Membership
from accounts.permissions import Role

PASSWORD = "a first password"


@dataclass(frozen=True, slots=True)
class NewMember:
    """A person who took an invitation."""

    membership: Membership
    password: str = PASSWORD


def add_member(*, by: Actor, email: str, role: Role) -> NewMember:
    """Invite somebody, who joins at once."""
    token = invitations.invite(by=by, email=email, role=role).token
    user = invitations.accept(token=token, name="Somebody", password=PASSWORD)
    return NewMember(Membership.objects.select_related("user").get(user=user))
