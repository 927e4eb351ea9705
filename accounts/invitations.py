"""Invitations: an address may join an organisation with a role, by a link that works once.

An admin is answered the same whether or not somebody with that address is known elsewhere; who
opens the link is answered by what can be done.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import audit, selectors, team
from accounts.actors import Actor
from accounts.audit import AuditAct, Subject, SubjectKind
from accounts.links import LinkOver, new_token, sha256
from accounts.models import Invitation, Membership, User
from accounts.permissions import Permission, Role
from common.errors import Conflict, InvalidInput, NotFound
from common.sentences import Sentence

LIFE = dt.timedelta(days=7)
_MAX_EMAIL_LENGTH = 254
_MAX_NAME_LENGTH = 150
_MAX_EMAIL_LENGTH = 254  # RFC 5321, 4.5.3.1.3


class AddressTaken(Conflict):
    """The invited address has an account that cannot join: a person has one organisation."""

    code = "address_taken"

    def __init__(self) -> None:
        super().__init__(
            Sentence(
                "This invitation cannot be taken: its address has an account. "
                "Ask for one to another address."
            )
        )


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation with the token of its link, which exists in the clear only here."""

    invitation: Invitation
    token: str = field(repr=False)


def invitations_for(actor: Actor) -> QuerySet[Invitation]:
    """Return the organisation's open invitations by address, those that are too old among them."""
    actor.require(Permission.CHANGE_TEAM)
    return Invitation.objects.filter(organisation_id=actor.organisation_id).order_by("email")


def invitation_for(actor: Actor, public_id: str) -> Invitation:
    """Return one of the organisation's open invitations; raise NotFound for any other id."""
    invitation = invitations_for(actor).filter(public_id=public_id).first()
    if invitation is None:
        raise NotFound("There is no such invitation.")
    return invitation


def opened(token: str) -> Invitation:
    """Return the invitation that a link opens; raise LinkOver for any other token."""
    invitation = (
        _open_ones().filter(token_sha256=sha256(token)).select_related("organisation").first()
    )
    if invitation is None:
        raise LinkOver
    return invitation


@transaction.atomic
def invite(*, by: Actor, email: str, role: Role) -> NewInvitation:
    """Invite an address, also one that was invited before: the new link and role replace the old.

    Raise InvalidInput only for what is no address or is in the team, which the admin sees anyway.
    """
    team.lock(by=by)
    address = _checked_address(email)
    if selectors.members_for(by).filter(user__email__iexact=address).exists():
        raise InvalidInput(Sentence("This person is in your team already."), field="email")
    token = new_token()
    invitation, _ = Invitation.objects.update_or_create(
        organisation_id=by.organisation_id,
        email=address,
        defaults={
            "role": role,
            "token_sha256": sha256(token),
            "created_by_id": by.user_id,
            "expires_at": timezone.now() + LIFE,
        },
    )
    audit.record(
        by=by,
        act=AuditAct.PERSON_INVITED,
        about=_subject(invitation),
        details={"role": invitation.role},
    )
    return NewInvitation(invitation, token)


@transaction.atomic
def withdraw(*, by: Actor, invitation: Invitation) -> None:
    """Close an invitation: its link opens nothing from now on."""
    team.lock(by=by)
    invitation_for(by, invitation.public_id).delete()
    audit.record(by=by, act=AuditAct.INVITATION_WITHDRAWN, about=_subject(invitation))


def accept(*, token: str, name: str, password: str) -> User:
    """Make the person of a link a member and return them.

    Raise LinkOver for a link that opens nothing, AddressTaken for an account that cannot join, and
    Conflict where everybody signs in by OpenID Connect.
    """
    invitation = opened(token)
    if invitation.organisation.requires_openid:
        raise Conflict(Sentence("Your organisation signs in without a password."))
    return join(invitation=invitation, name=name, password=password)


@transaction.atomic
def join(*, invitation: Invitation, name: str, password: str | None) -> User:
    """Make the invited person a member, once; None is a password that opens nothing.

    Raise LinkOver for an invitation that was taken, replaced or withdrawn meanwhile, AddressTaken
    for an account that cannot join.
    """
    taken = _open_ones().select_for_update().filter(pk=invitation.pk)
    if not taken.filter(token_sha256=invitation.token_sha256).exists():
        raise LinkOver
    user = _newcomer(invitation.email)
    user.first_name = name[:_MAX_NAME_LENGTH]
    user.set_password(password)
    user.is_active = True
    try:
        with transaction.atomic():
            user.save()
            Membership.objects.create(
                user=user, organisation_id=invitation.organisation_id, role=invitation.role
            )
    except IntegrityError as error:  # taken since it was looked for
        raise AddressTaken from error
    invitation.delete()
    audit.record(
        by=user,
        act=AuditAct.PERSON_ADDED,
        about=audit.person(user),
        details={"role": invitation.role},
    )
    return user


def open_for(email: str) -> QuerySet[Invitation]:
    """Return the invitations of an address, by any organisation, that can be taken now."""
    return _open_ones().filter(email=email)


def _newcomer(email: str) -> User:
    """Return a new person, or the closed account of one who was removed from a team."""
    user = User.objects.select_for_update().filter(email__iexact=email).first()
    if user is None:
        return User(email=email)
    is_free = not (user.is_active or user.is_staff or user.is_superuser)
    if not is_free or Membership.objects.filter(user=user).exists():
        raise AddressTaken
    return user


def _subject(invitation: Invitation) -> Subject:
    return Subject(SubjectKind.PERSON, invitation.public_id, invitation.email)


def _checked_address(email: str) -> str:
    """Return the address as accounts keep it; raise InvalidInput for what is none."""
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise InvalidInput(Sentence("This is not an e-mail address."), field="email") from error
    if len(address) > _MAX_EMAIL_LENGTH:
        raise InvalidInput(
            Sentence("An e-mail address has at most %(most)s characters.", most=_MAX_EMAIL_LENGTH),
            field="email",
        )
    return address


def _open_ones() -> QuerySet[Invitation]:
    return Invitation.objects.filter(expires_at__gt=timezone.now())
