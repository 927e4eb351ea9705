"""How the people of an organisation have to sign in."""

from __future__ import annotations

from django.db import transaction

from accounts import audit, team
from accounts.actors import Actor
from accounts.audit import AuditAct, Subject, SubjectKind
from accounts.models import OpenIdIdentity, Organisation, SecondFactor, User
from accounts.permissions import Permission
from common.errors import Conflict
from common.ids import random_text
from common.sentences import Sentence

_SALT_LENGTH = 32


class NotForOneself(Conflict):
    """An admin asks of everybody what they have not set up themselves."""

    code = "set_up_first"


def rules_for(actor: Actor) -> Organisation:
    """Return the organisation with its rules; raise Forbidden to non-admins."""
    actor.require(Permission.CHANGE_TEAM)
    return Organisation.objects.get(pk=actor.organisation_id)


@transaction.atomic
def change_rules(*, by: Actor, second_factor: bool, openid: bool) -> None:
    """Say whether everybody needs a code, and whether all sign in by OpenID Connect.

    Where more is asked than before, all others sign in anew. Raise NotForOneself to an admin who
    could not sign in themselves any more.
    """
    team.lock(by=by)
    own_id = by.user_id or 0  # a program has none, and set nothing up
    if second_factor and not SecondFactor.objects.filter(user_id=own_id).exists():
        raise NotForOneself(
            Sentence("Set up your own app first, so that you do not lock yourself out.")
        )
    if openid and not OpenIdIdentity.objects.filter(user_id=own_id).exists():
        raise NotForOneself(
            Sentence("Sign in that way yourself first, so that you do not lock yourself out.")
        )
    own = Organisation.objects.get(pk=by.organisation_id)
    asks_more = second_factor > own.requires_second_factor or openid > own.requires_openid
    own.requires_second_factor, own.requires_openid = second_factor, openid
    own.save(update_fields=["requires_second_factor", "requires_openid"])
    audit.record(
        by=by,
        act=AuditAct.ORGANISATION_CHANGED,
        about=Subject(SubjectKind.ORGANISATION, own.public_id, own.name),
        details={"requires_second_factor": second_factor, "requires_openid": openid},
    )
    if asks_more:
        others = User.objects.filter(membership__organisation=own).exclude(pk=own_id)
        others.update(session_salt=random_text(_SALT_LENGTH))
