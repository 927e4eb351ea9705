"""Browsers in which people have signed in before, as a signed cookie tells.

Nothing is kept about them here. The cookie opens nothing: it only has failures counted apart.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpResponseBase
from django.utils.crypto import salted_hmac

from common.ids import random_text

COOKIE = "device"
AGE_S = 31_536_000
_SALT = "accounts.known_devices"
_ID_LENGTH = 16
_ALIAS_LENGTH = 16
# A browser that more people share knows the last ones of them.
_MAX_ACCOUNTS = 8


def device_of(cookie: str, *, email: str) -> str:
    """Return the id of the browser if the account has signed in there before, else nothing."""
    device, aliases = _read(cookie)
    return device if _alias(email) in aliases else ""


def remember(response: HttpResponseBase, cookie: str, *, email: str) -> None:
    """Have the browser remember that the account has signed in, beside those before."""
    device, aliases = _read(cookie)
    others = [each for each in aliases if each != _alias(email)]
    known = [_alias(email), *others][:_MAX_ACCOUNTS]
    response.set_cookie(
        COOKIE,
        signing.dumps([device or random_text(_ID_LENGTH), known], salt=_SALT),
        max_age=AGE_S,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(cookie: str) -> tuple[str, list[str]]:
    if not cookie:
        return "", []
    try:
        kept: Any = signing.loads(cookie, salt=_SALT, max_age=AGE_S)
    except signing.BadSignature:
        return "", []
    device, aliases = kept
    return str(device), list(aliases)


def _alias(email: str) -> str:
    hashed = salted_hmac(_SALT, email.strip().lower(), algorithm="sha256")
    return hashed.hexdigest()[:_ALIAS_LENGTH]
