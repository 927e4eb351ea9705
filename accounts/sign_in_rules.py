"""How the people of an organisation have to sign in."""

from __future__ import annotations

from django.db import transaction

from accounts import audit, services
from accounts.actors import Actor
from accounts.audit import AuditAct, Subject, SubjectKind
from accounts.models import Organisation, SecondFactor, User
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
def require_second_factor(*, by: Actor, is_required: bool) -> None:
    """Ask everybody for a code, or no more; those who were not asked yet sign in anew."""
    services.lock_team(by)
    has_own = SecondFactor.objects.filter(user_id=by.user_id).exists()
    if is_required and not has_own:
        raise NotForOneself(
            Sentence("Set up your own app first, so that you do not lock yourself out.")
        )
    own = Organisation.objects.get(pk=by.organisation_id)
    own.requires_second_factor = is_required
    own.save(update_fields=["requires_second_factor"])
    audit.record(
        by=by,
        act=AuditAct.ORGANISATION_CHANGED,
        about=Subject(SubjectKind.ORGANISATION, own.public_id, own.name),
        details={"requires_second_factor": is_required},
    )
    if is_required:
        people = User.objects.filter(membership__organisation_id=by.organisation_id)
        people.filter(second_factor=None).update(session_salt=random_text(_SALT_LENGTH))
