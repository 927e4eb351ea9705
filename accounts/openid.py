"""Signing in by OpenID Connect: who somebody is at the provider, and who that is here.

Nobody signs up. The provider vouches for an address, and that address is a person's here already or
is invited. From then on the provider's own name for the person counts, not the address.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from accounts import audit, invitations
from accounts.audit import AuditAct
from accounts.invitations import AddressTaken
from accounts.links import LinkOver, sha256
from accounts.models import Invitation, Membership, OpenIdIdentity, User
from common.errors import Forbidden
from common.sentences import Sentence


class OpenIdRefused(Forbidden):
    """The provider knows who it is, and nobody here is that."""

    code = "openid_refused"


@dataclass(frozen=True, slots=True)
class Claims:
    """What the provider says about somebody."""

    issuer: str
    subject: str
    email: str
    is_verified: bool
    name: str = ""


def has_identity(user: User) -> bool:
    """Tell whether the person signed in by the provider before."""
    return OpenIdIdentity.objects.filter(user=user).exists()


@transaction.atomic
def sign_in(*, claims: Claims, invitation_token: str = "") -> User:
    """Return the person here; raise OpenIdRefused where there is none.

    Somebody with an open invitation joins: the one of the token, else the only one of the address.
    """
    identity = OpenIdIdentity.objects.select_related("user").filter(
        issuer=claims.issuer, subject=claims.subject
    )
    known = identity.first()
    if known is None:
        return _linked(claims, invitation_token)
    if not known.user.is_active:
        raise _refused()
    return known.user


def _linked(claims: Claims, invitation_token: str) -> User:
    if not (claims.is_verified and claims.email):
        raise OpenIdRefused(
            Sentence("The sign-in service does not vouch for your e-mail address. Ask who runs it.")
        )
    user = _member(claims.email) or _invited(claims, invitation_token)
    # Another person may have the address at the provider by now.
    if has_identity(user):
        raise _refused()
    OpenIdIdentity.objects.create(user=user, issuer=claims.issuer, subject=claims.subject)
    audit.record(
        by=user,
        act=AuditAct.IDENTITY_LINKED,
        about=audit.person(user),
        details={"issuer": claims.issuer},
    )
    return user


def _member(email: str) -> User | None:
    """Return the member of that address; never an operator, whom the provider must not become."""
    user = User.objects.select_for_update().filter(email=email.strip().lower()).first()
    if user is None or not Membership.objects.filter(user=user).exists():
        return None
    if not user.is_active or user.is_staff or user.is_superuser:
        raise _refused()
    return user


def _invited(claims: Claims, token: str) -> User:
    open_ones = invitations.open_for(claims.email.strip().lower())
    of_token = open_ones.filter(token_sha256=sha256(token))
    found: list[Invitation] = list(of_token or open_ones[:2])
    if len(found) != 1:
        raise _refused()
    try:
        return invitations.join(invitation=found[0], name=claims.name, password=None)
    except (AddressTaken, LinkOver) as error:
        raise _refused() from error


def _refused() -> OpenIdRefused:
    return OpenIdRefused(
        Sentence("Nobody here has your e-mail address. Ask an admin for an invitation to it.")
    )
