"""How often a password may be tried: counted in the database, so that every process knows."""

from __future__ import annotations

import datetime as dt
from math import ceil

from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import SignInAttempt
from common.errors import QuotaExceeded

MAX_FAILURES = 5
FAILURE_PERIOD = dt.timedelta(minutes=15)


class TooManyAttempts(QuotaExceeded):
    """The password of this account was tried too often from this address."""

    code = "too_many_attempts"

    def __init__(self, retry_after_s: int) -> None:
        """Say when the next attempt will be looked at."""
        super().__init__(
            "Too many attempts to sign in. Try again later.", retry_after_s=retry_after_s
        )


def begin_attempt(*, email: str, address: str) -> None:
    """Count an attempt before its password is looked at; raise TooManyAttempts beyond the limit.

    Counting first means that attempts sent all at once do not slip through together. A refused
    attempt is not counted, so that the wait does not grow with impatience.
    """
    now = timezone.now()
    SignInAttempt.objects.filter(created_at__lte=now - FAILURE_PERIOD).delete()
    attempt = SignInAttempt.objects.create(key=_key(email, address), created_at=now)
    earlier = SignInAttempt.objects.filter(key=attempt.key).exclude(pk=attempt.pk)
    recent = list(earlier.order_by("-created_at").values_list("created_at", flat=True))
    if len(recent) < MAX_FAILURES:
        return
    attempt.delete()
    free_at = recent[MAX_FAILURES - 1] + FAILURE_PERIOD
    raise TooManyAttempts(max(1, ceil((free_at - now).total_seconds())))


def forget_attempts(*, email: str, address: str) -> None:
    """Start counting anew after the right password."""
    SignInAttempt.objects.filter(key=_key(email, address)).delete()


def _key(email: str, address: str) -> str:
    identity = f"{email.strip().lower()}\n{address}"
    return salted_hmac("accounts.sign_in", identity, algorithm="sha256").hexdigest()
