"""Lost passwords: a link to choose a new one, which works once and for an hour.

Django makes and checks the token. It is signed over the present password, so it dies with it, and
nothing is stored. How long it lives is PASSWORD_RESET_TIMEOUT.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction

from accounts import audit, selectors
from accounts.audit import AuditAct
from accounts.links import LinkOver
from accounts.models import Membership, User


@dataclass(frozen=True, slots=True)
class PasswordLink:
    """The token of a link, and the address that it is sent to."""

    email: str
    token: str = field(repr=False)


def token_for(user: User) -> str:
    """Return the token of a link that lets its holder choose the person's password."""
    return f"{user.pk}.{default_token_generator.make_token(user)}"


def opened(token: str) -> User:
    """Return the person whose password a link is for; raise LinkOver for any other token."""
    number, _, rest = token.partition(".")
    user = _active_person(number)
    if user is None or not default_token_generator.check_token(user, rest):
        raise LinkOver
    return user


@transaction.atomic
def link_for(*, email: str) -> PasswordLink | None:
    """Return what to send to an address; None where nobody has it who may choose a password."""
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None or selectors.needs_openid(user):
        return None
    membership = Membership.objects.filter(user=user).first()
    audit.record(
        act=AuditAct.PASSWORD_LINK_MADE,
        about=audit.person(user),
        organisation_id=membership.organisation_id if membership else None,
    )
    return PasswordLink(user.email, token_for(user))


@transaction.atomic
def choose(*, token: str, password: str) -> None:
    """Give the person of the link a new password; their sessions end. Raise LinkOver."""
    # The second of two who use a link at once finds another password than the token's.
    User.objects.select_for_update().filter(pk=opened(token).pk).first()
    user = opened(token)
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.record(by=user, act=AuditAct.PASSWORD_CHANGED, about=audit.person(user))


def _active_person(number: str) -> User | None:
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    return User.objects.filter(pk=int(number), is_active=True).first()
