"""The second step of signing in: codes of an authenticator app (RFC 6238), and recovery codes."""

from __future__ import annotations

import base64
import hmac
import re
import secrets
import time
from dataclasses import dataclass

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from accounts import audit, team
from accounts.actors import Actor
from accounts.audit import AuditAct
from accounts.links import sha256
from accounts.models import Membership, Organisation, RecoveryCode, SecondFactor, User
from common.errors import Conflict, InvalidInput, NotFound
from common.sentences import Sentence

RECOVERY_CODES = 10
_RECOVERY_BYTES = 10  # 80 bits: 16 letters and digits of base32
_STEP_S = 30
# Telephones are up to half a minute wrong, and typing takes a while.
_STEPS_ASIDE = 1
_BETWEEN = re.compile(r"[\s-]+")


class WrongCode(InvalidInput):
    """The code is wrong, too old, or was used before."""

    code = "wrong_code"

    def __init__(self) -> None:
        super().__init__(
            Sentence("This code is wrong or was used before. Look at the newest one in your app."),
            field="code",
        )


class SecondFactorRequired(Conflict):
    """The organisation asks for the second step."""

    code = "second_factor_required"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A QR code as the path of an SVG whose view box has `side` units, its quiet zone included."""

    side: int
    path: str


def new_secret() -> str:
    """Return a secret for an app, 160 bits in base32."""
    return pyotp.random_base32()


def drawing(*, user: User, secret: str) -> Drawing:
    """Return the QR code that an app reads the secret from."""
    address = pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name="Lookalike")
    rows = [bytes(row) for row in segno.make(address, error="m").matrix_iter(border=4)]
    dark = [
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, module in enumerate(row) if module
    ]
    return Drawing(side=len(rows), path="".join(dark))


def is_on(user: User) -> bool:
    """Tell whether a code is asked of the person."""
    return SecondFactor.objects.filter(user=user).exists()


def is_required(user: User) -> bool:
    """Tell whether the person's organisation asks everybody for a code."""
    return Organisation.objects.filter(memberships__user=user, requires_second_factor=True).exists()


def codes_left(user: User) -> int:
    """Return how many recovery codes were not used yet."""
    return RecoveryCode.objects.filter(factor__user=user).count()


@transaction.atomic
def turn_on(*, user: User, secret: str, code: str) -> list[str]:
    """Ask the person for codes from now on; return their recovery codes. Raise WrongCode."""
    step = _step_of(secret, _tidy(code), after=0)
    if step is None:
        raise WrongCode
    # Nobody replaces an app who did not turn it off, as who holds a stolen session.
    factor, is_new = SecondFactor.objects.get_or_create(
        user=user, defaults={"secret": _encrypted(secret), "last_step": step}
    )
    if not is_new:
        raise Conflict(Sentence("An app is set up already. Turn it off first."))
    audit.record(by=user, act=AuditAct.SECOND_FACTOR_ADDED, about=audit.person(user))
    return _fresh_codes(factor)


@transaction.atomic
def renew_codes(*, user: User) -> list[str]:
    """Replace all recovery codes and return the new ones; raise NotFound without an app."""
    factor = SecondFactor.objects.select_for_update().filter(user=user).first()
    if factor is None:
        raise NotFound("There is no app that asks for codes.")
    audit.record(by=user, act=AuditAct.RECOVERY_CODES_MADE, about=audit.person(user))
    return _fresh_codes(factor)


@transaction.atomic
def turn_off(*, user: User) -> None:
    """Ask the person for no codes any more; raise SecondFactorRequired where everybody has to."""
    if is_required(user):
        raise SecondFactorRequired(
            Sentence("Your organisation asks everybody for a code. It cannot be turned off.")
        )
    _forget(user, by=user)


@transaction.atomic
def reset(*, by: Actor, membership: Membership) -> None:
    """Forget the app and the codes of somebody who lost them."""
    refusal = Sentence("Turn it off from the account menu, or ask another admin.")
    member = team.locked_other(by=by, membership=membership, refusal=refusal)
    _forget(member.user, by=by)


@transaction.atomic
def use_code(*, user: User, code: str) -> None:
    """Let a code of the app or a recovery code count once; raise WrongCode for any other."""
    factor = SecondFactor.objects.select_for_update().filter(user=user).first()
    if factor is None:
        raise WrongCode
    tidy = _tidy(code)
    if not tidy.isdecimal():
        used, _ = factor.recovery_codes.filter(code_sha256=sha256(tidy)).delete()
        if not used:
            raise WrongCode
        audit.record(by=user, act=AuditAct.RECOVERY_CODE_USED, about=audit.person(user))
        return
    step = _step_of(_decrypted(factor.secret), tidy, after=factor.last_step)
    if step is None:
        raise WrongCode
    factor.last_step = step
    factor.save(update_fields=["last_step"])


def _forget(user: User, *, by: Actor | User) -> None:
    """Forget an app and its codes, and record it where there was one."""
    gone, _ = SecondFactor.objects.filter(user=user).delete()
    if gone:
        audit.record(by=by, act=AuditAct.SECOND_FACTOR_REMOVED, about=audit.person(user))


def _step_of(secret: str, code: str, *, after: int) -> int | None:
    """Return the half minute whose code it is, of those near now and later than `after`."""
    now = int(time.time()) // _STEP_S
    totp = pyotp.TOTP(secret)
    found = None
    for step in range(now - _STEPS_ASIDE, now + _STEPS_ASIDE + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()) and step > after:
            found = step
    return found


def _tidy(code: str) -> str:
    """Return a code as it is kept: no blanks, small letters, digits of any script as ASCII."""
    letters = _BETWEEN.sub("", code).lower()
    return "".join(str(int(each)) if each.isdecimal() else each for each in letters)


def _fresh_codes(factor: SecondFactor) -> list[str]:
    factor.recovery_codes.all().delete()
    plain = [
        base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().lower()
        for _ in range(RECOVERY_CODES)
    ]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(factor=factor, code_sha256=sha256(each)) for each in plain
    )
    return ["-".join(re.findall("....", each)) for each in plain]


def _encrypted(secret: str) -> str:
    return _cipher().encrypt(secret.encode()).decode()


def _decrypted(kept: str) -> str:
    """Return the secret; where SECRET_KEY is another one, one that no app has."""
    try:
        return _cipher().decrypt(kept.encode()).decode()
    except InvalidToken:
        return new_secret()


def _cipher() -> MultiFernet:
    return MultiFernet(
        [_cipher_of(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _cipher_of(key: str | bytes) -> Fernet:
    digest = salted_hmac("accounts.second_factor", "", secret=key, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(digest))
