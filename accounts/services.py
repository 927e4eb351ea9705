"""Writes of accounts: organisations, people, credentials, and signing in with a credential."""

from __future__ import annotations

import datetime as dt
import hmac
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit, passwords, selectors, team
from accounts.actors import Actor
from accounts.audit import AuditAct, Subject, SubjectKind
from accounts.links import sha256
from accounts.models import (
    ApiCredential,
    Invitation,
    Membership,
    OpenIdIdentity,
    Organisation,
    SecondFactor,
    User,
)
from accounts.permissions import Permission, Role
from common import metrics
from common.errors import Conflict, InvalidInput, Unauthenticated
from common.ids import random_text
from common.sentences import Sentence

_API_USER_LENGTH = 12
_SECRET_LENGTH = 32  # base62: 190 bits
_LAST_USED_RESOLUTION = dt.timedelta(minutes=1)
_MAX_NAME_LENGTH = 200


class LastAdmin(Conflict):
    """Nobody would be left who keeps the people of the organisation."""

    code = "last_admin"


@dataclass(frozen=True, slots=True)
class NewCredential:
    """A credential together with its secret, which exists in the clear only here."""

    credential: ApiCredential
    api_secret: str

    @property
    def token(self) -> str:
        """Return the one-string form for `Authorization: Bearer` and `Token`, 45 characters."""
        return f"{self.credential.api_user}.{self.api_secret}"


@transaction.atomic
def ensure_organisation(*, name: str) -> Organisation:
    """Return the organisation of that name, created if new."""
    organisation, is_new = Organisation.objects.get_or_create(name=_checked_name(name))
    if is_new:
        about = Subject(SubjectKind.ORGANISATION, organisation.public_id, organisation.name)
        audit.record(
            act=AuditAct.ORGANISATION_CREATED, about=about, organisation_id=organisation.pk
        )
    return organisation


@transaction.atomic
def ensure_member(
    *, organisation: Organisation, email: str, password: str | None, role: Role
) -> User:
    """Return the person of that address in the organisation with the role and password given.

    Raise InvalidInput when the address belongs to a member of another organisation.
    """
    user = User.objects.filter(email=User.objects.normalize_email(email).lower()).first()
    if user is None:
        user = User.objects.create_user(email, password)
    membership = Membership.objects.filter(user=user).first()
    if membership is not None and membership.organisation_id != organisation.pk:
        raise InvalidInput(
            f"{email} already belongs to another organisation. Use another address.", field="email"
        )
    has_new_password = password is not None and not user.check_password(password)
    if has_new_password:
        user.set_password(password)
    # Somebody who was removed may be brought back this way.
    user.is_active = True
    user.save(update_fields=["password", "is_active"])
    Membership.objects.update_or_create(
        user=user, defaults={"organisation": organisation, "role": role}
    )
    _record_ensured(user, membership, organisation, role, has_new_password=has_new_password)
    return user


@transaction.atomic
def change_role(*, by: Actor, membership: Membership, role: Role) -> None:
    """Give a person another role; raise LastAdmin when nobody else is admin."""
    member = team.locked_member(by=by, membership=membership)
    if role != Role.ADMIN:
        _keep_an_admin(member)
        _withdraw_invitations(member)
    audit.record(
        by=by,
        act=AuditAct.ROLE_CHANGED,
        about=audit.person(member.user),
        details={"role": [member.role, role]},
    )
    member.role = role
    member.save(update_fields=["role"])


@transaction.atomic
def choose_language(*, user: User, language: str) -> None:
    """Remember in which language a person wants pages."""
    user.language = language
    user.save(update_fields=["language"])


@transaction.atomic
def choose_password(*, user: User, password: str) -> None:
    """Keep the password that a person has chosen, of which the caller knows that it may be theirs.

    All their sessions end, but for one whose hash the caller renews.
    """
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.record(by=user, act=AuditAct.PASSWORD_CHANGED, about=audit.person(user))


@transaction.atomic
def remove_member(*, by: Actor, membership: Membership) -> None:
    """Close a person's account from the next request on; what they decided keeps their name."""
    refusal = Sentence("You cannot remove yourself. Ask another admin to do it.")
    member = team.locked_other(by=by, membership=membership, refusal=refusal)
    _keep_an_admin(member)
    audit.record(
        by=by,
        act=AuditAct.PERSON_REMOVED,
        about=audit.person(member.user),
        details={"role": member.role},
    )
    _withdraw_invitations(member)
    # Somebody who comes back by another invitation begins anew.
    SecondFactor.objects.filter(user=member.user_id).delete()
    OpenIdIdentity.objects.filter(user=member.user_id).delete()
    member.delete()
    # The sessions die with the password, also if an operator opens the account again.
    member.user.set_unusable_password()
    member.user.is_active = False
    member.user.save(update_fields=["password", "is_active"])


@transaction.atomic
def reset_password(*, by: Actor, membership: Membership) -> str:
    """End a person's sessions and their password; return the token of a link to choose another."""
    refusal = Sentence("Change your own password from the account menu.")
    member = team.locked_other(by=by, membership=membership, refusal=refusal)
    member.user.set_unusable_password()
    member.user.save(update_fields=["password"])
    audit.record(by=by, act=AuditAct.PASSWORD_RESET, about=audit.person(member.user))
    return passwords.token_for(member.user)


def create_credential(*, by: Actor, name: str, role: Role, is_restricted: bool) -> NewCredential:
    """Create a credential in the actor's organisation, with a role not above the actor's own."""
    by.require(Permission.CHANGE_CREDENTIALS)
    credential = ApiCredential(
        organisation_id=by.organisation_id,
        name=name,
        role=role,
        is_restricted=is_restricted,
        created_by_id=by.user_id,
    )
    return _issued(credential, by=by)


def issue_credential(
    *,
    organisation_id: int,
    name: str,
    role: Role,
    is_restricted: bool = False,
    created_by_id: int | None = None,
) -> NewCredential:
    """Create a credential without asking who wants it: for operators' commands and set-up."""
    credential = ApiCredential(
        organisation_id=organisation_id,
        name=name,
        role=role,
        is_restricted=is_restricted,
        created_by_id=created_by_id,
    )
    return _issued(credential, by=None)


@transaction.atomic
def revoke_credential(*, by: Actor, credential: ApiCredential) -> None:
    """Close a credential for good, from the next request on; repeating it changes nothing."""
    by.require(Permission.CHANGE_CREDENTIALS)
    live = ApiCredential.objects.filter(pk=credential.pk, revoked_at=None)
    if live.update(revoked_at=timezone.now()):
        audit.record(by=by, act=AuditAct.CREDENTIAL_REVOKED, about=audit.credential(credential))


def sign_in_credential(*, api_user: str, api_secret: str) -> ApiCredential:
    """Return the live credential that the pair opens; raise Unauthenticated for any other pair.

    An unknown user is compared too, so that the answer takes as long as for a wrong secret.
    """
    credential = _live_credential(api_user)
    expected = credential.secret_sha256 if credential else sha256("")
    is_right = hmac.compare_digest(sha256(api_secret), expected)
    if credential is None or not is_right:
        metrics.SIGN_INS_REFUSED.labels("credential").inc()
        raise Unauthenticated("Incorrect API user or API secret")
    _note_use(credential)
    return credential


def sign_in_token(*, token: str) -> ApiCredential:
    """Return the live credential that the token `api_user.api_secret` opens."""
    api_user, _, api_secret = token.partition(".")
    return sign_in_credential(api_user=api_user, api_secret=api_secret)


@transaction.atomic
def _issued(credential: ApiCredential, *, by: Actor | None) -> NewCredential:
    secret = random_text(_SECRET_LENGTH)
    credential.name = _checked_name(credential.name)
    credential.api_user = random_text(_API_USER_LENGTH)
    credential.secret_sha256 = sha256(secret)
    credential.save(force_insert=True)
    audit.record(
        by=by,
        act=AuditAct.CREDENTIAL_CREATED,
        about=audit.credential(credential),
        organisation_id=credential.organisation_id,
        details={"role": credential.role, "restricted": credential.is_restricted},
    )
    return NewCredential(credential=credential, api_secret=secret)


def _record_ensured(
    user: User,
    before: Membership | None,
    organisation: Organisation,
    role: Role,
    *,
    has_new_password: bool,
) -> None:
    """Record what a command has changed of a person."""
    about, organisation_id = audit.person(user), organisation.pk
    if before is None:
        audit.record(
            act=AuditAct.PERSON_ADDED,
            about=about,
            organisation_id=organisation_id,
            details={"role": role},
        )
        return
    if before.role != role:
        audit.record(
            act=AuditAct.ROLE_CHANGED,
            about=about,
            organisation_id=organisation_id,
            details={"role": [before.role, role]},
        )
    if has_new_password:
        audit.record(act=AuditAct.PASSWORD_RESET, about=about, organisation_id=organisation_id)


def _keep_an_admin(leaving: Membership) -> None:
    others = selectors.admins_of(leaving.organisation_id).exclude(pk=leaving.pk)
    if leaving.role == Role.ADMIN and not others.exists():
        raise LastAdmin(
            Sentence(
                "%(email)s is the only admin. Make somebody else an admin first.",
                email=leaving.user.email,
            )
        )


def _withdraw_invitations(member: Membership) -> None:
    """Close the ways back in that somebody may have kept: they may have seen the links."""
    Invitation.objects.filter(
        organisation_id=member.organisation_id, created_by_id=member.user_id
    ).delete()


def _live_credential(api_user: str) -> ApiCredential | None:
    # PostgreSQL refuses text with NUL; what cannot be an api_user is not worth a query anyway.
    if not (api_user.isascii() and api_user.isalnum()):
        return None
    live = ApiCredential.objects.select_related("organisation").filter(revoked_at=None)
    return live.filter(api_user=api_user).first()


def _note_use(credential: ApiCredential) -> None:
    """Remember the last use to the minute: busy clients must not cost a write per request."""
    now = timezone.now()
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - _LAST_USED_RESOLUTION)
    if credential.last_used_at is None or credential.last_used_at < now - _LAST_USED_RESOLUTION:
        ApiCredential.objects.filter(stale, pk=credential.pk).update(last_used_at=now)


def _checked_name(name: str) -> str:
    stripped = name.strip()
    if not stripped or len(stripped) > _MAX_NAME_LENGTH or "\x00" in stripped:
        raise InvalidInput(
            Sentence("A name has 1 to %(most)s characters.", most=_MAX_NAME_LENGTH), field="name"
        )
    return stripped
