"""What every change of a team has in common: its lock, and whom an admin changes."""

from __future__ import annotations

from accounts import selectors
from accounts.actors import Actor
from accounts.models import Membership, Organisation, User
from accounts.permissions import Permission
from common.errors import Conflict, Forbidden
from common.sentences import Sentence


class OwnAccount(Conflict):
    """What is done to others only, so that nobody locks themselves out."""

    code = "own_account"


def lock(*, by: Actor) -> None:
    """Let nobody else change the team until the transaction ends; raise Forbidden to non-admins.

    The organisation's row is the one lock: admins who locked each other's rows would each still
    see the other as admin.
    """
    by.require(Permission.CHANGE_TEAM)
    Organisation.objects.select_for_update(no_key=True).get(pk=by.organisation_id)
    if by.user_id is not None:
        # Another admin may have been faster, and changed the role of the one who asks.
        selectors.actor_for_user(User(pk=by.user_id)).require(Permission.CHANGE_TEAM)


def locked_member(*, by: Actor, membership: Membership) -> Membership:
    """Return the membership as it is now, while nobody else changes the team."""
    lock(by=by)
    return selectors.member_for(by, membership.public_id)


def locked_other(*, by: Actor, membership: Membership, refusal: Sentence) -> Membership:
    """Return the membership of somebody else, as `locked_member` does.

    Raise OwnAccount with the sentence for the actor's own, and Forbidden for an operator's: no
    organisation's admin rules over those who run them all.
    """
    member = locked_member(by=by, membership=membership)
    if member.user_id == by.user_id:
        raise OwnAccount(refusal)
    if member.user.is_superuser or member.user.is_staff:
        raise Forbidden(
            "This person runs the whole installation. Only an operator changes their account."
        )
    return member
