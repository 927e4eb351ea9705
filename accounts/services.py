"""Writes of accounts: organisations, people, credentials, and signing in with a credential."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import ApiCredential, Membership, Organisation, User
from accounts.permissions import Permission, Role
from common.errors import InvalidInput, Unauthenticated
from common.ids import random_text

_API_USER_LENGTH = 12
_SECRET_LENGTH = 32  # base62: 190 bits
_LAST_USED_RESOLUTION = dt.timedelta(minutes=1)
_MAX_NAME_LENGTH = 200


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
    organisation, _ = Organisation.objects.get_or_create(name=_checked_name(name))
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
    if password is not None and not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
    Membership.objects.update_or_create(
        user=user, defaults={"organisation": organisation, "role": role}
    )
    return user


def create_credential(*, by: Actor, name: str, role: Role, is_restricted: bool) -> NewCredential:
    """Create a credential in the actor's organisation, with a role not above the actor's own."""
    by.require(Permission.CHANGE_CREDENTIALS)
    return issue_credential(
        organisation_id=by.organisation_id,
        name=name,
        role=role,
        is_restricted=is_restricted,
        created_by_id=by.user_id,
    )


def issue_credential(
    *,
    organisation_id: int,
    name: str,
    role: Role,
    is_restricted: bool = False,
    created_by_id: int | None = None,
) -> NewCredential:
    """Create a credential without asking who wants it: for operators' commands and set-up."""
    secret = random_text(_SECRET_LENGTH)
    credential = ApiCredential.objects.create(
        organisation_id=organisation_id,
        name=_checked_name(name),
        api_user=random_text(_API_USER_LENGTH),
        secret_sha256=_sha256(secret),
        role=role,
        is_restricted=is_restricted,
        created_by_id=created_by_id,
    )
    return NewCredential(credential=credential, api_secret=secret)


def revoke_credential(*, by: Actor, credential: ApiCredential) -> None:
    """Close a credential for good, from the next request on; repeating it changes nothing."""
    by.require(Permission.CHANGE_CREDENTIALS)
    ApiCredential.objects.filter(pk=credential.pk, revoked_at=None).update(
        revoked_at=timezone.now()
    )


def sign_in_credential(*, api_user: str, api_secret: str) -> ApiCredential:
    """Return the live credential that the pair opens; raise Unauthenticated for any other pair.

    An unknown user is compared too, so that the answer takes as long as for a wrong secret.
    """
    credential = _live_credential(api_user)
    expected = credential.secret_sha256 if credential else _sha256("")
    is_right = hmac.compare_digest(_sha256(api_secret), expected)
    if credential is None or not is_right:
        raise Unauthenticated("Incorrect API user or API secret")
    _note_use(credential)
    return credential


def sign_in_token(*, token: str) -> ApiCredential:
    """Return the live credential that the token `api_user.api_secret` opens."""
    api_user, _, api_secret = token.partition(".")
    return sign_in_credential(api_user=api_user, api_secret=api_secret)


def _live_credential(api_user: str) -> ApiCredential | None:
    # PostgreSQL refuses text with NUL; what cannot be an api_user is not worth a query anyway.
    if not (api_user.isascii() and api_user.isalnum()):
        return None
    return ApiCredential.objects.filter(api_user=api_user, revoked_at=None).first()


def _note_use(credential: ApiCredential) -> None:
    """Remember the last use to the minute: busy clients must not cost a write per request."""
    now = timezone.now()
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - _LAST_USED_RESOLUTION)
    if credential.last_used_at is None or credential.last_used_at < now - _LAST_USED_RESOLUTION:
        ApiCredential.objects.filter(stale, pk=credential.pk).update(last_used_at=now)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _checked_name(name: str) -> str:
    stripped = name.strip()
    if not stripped or len(stripped) > _MAX_NAME_LENGTH or "\x00" in stripped:
        raise InvalidInput(f"A name has 1 to {_MAX_NAME_LENGTH} characters.", field="name")
    return stripped
