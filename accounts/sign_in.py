"""How often passwords may be tried: counted in the database, so that every process knows."""

from __future__ import annotations

import datetime as dt
import ipaddress
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from math import ceil
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts import at_work, audit, known_devices, origins
from accounts.audit import AuditAct, Subject, SubjectKind
from accounts.models import SignInAttempt, User
from common import metrics
from common.errors import InvalidInput, QuotaExceeded, Unavailable
from common.sentences import Sentence

# Of one account from one address, from one address whatever the accounts, of one account whatever
# the addresses, and in all.
MAX_FAILURES = 5
MAX_FAILURES_OF_ADDRESS = 30
MAX_FAILURES_OF_ACCOUNT = 20
MAX_FAILURES_OF_SERVER = 300
FAILURE_PERIOD = dt.timedelta(minutes=15)
# Somebody who has one IPv6 address mostly has the whole /64 around it.
_OWN_BITS_OF_IPV6 = 64
# A hash takes 100 MB and all cores for a while: strangers get no more than one at a time.
_hashing = threading.Lock()
_LONGEST_WAIT_S = 10.0
# No organisation's row id.
STRANGERS = 0
# What the audit knows an account by that does not exist: enough to see the same one again.
_ALIAS_LENGTH = 12


class TooManyAttempts(QuotaExceeded):
    """Passwords were tried too often: of this account, from this address, or in all."""

    code = "too_many_attempts"

    def __init__(self, retry_after_s: int) -> None:
        """Say when the next attempt will be looked at."""
        super().__init__(
            Sentence("Too many attempts to sign in. Try again later."), retry_after_s=retry_after_s
        )


class WrongPassword(InvalidInput):
    """The password is not the person's."""

    code = "password_incorrect"


def check_password(*, user: User, password: str) -> None:
    """Raise WrongPassword unless it is the person's."""
    if not user.check_password(password):
        raise WrongPassword(Sentence("This is not your current password."), field="password")


def begin_attempt(*, email: str, address: str, by_link: bool = False) -> list[int]:
    """Count an attempt before its password is looked at; return the row ids of what counts it.

    Raise TooManyAttempts beyond a limit.

    Counting first means that attempts sent all at once do not slip through together. A refused
    attempt is not counted, so that the wait does not grow with impatience. Links are counted apart:
    any page can have a browser open some, and that must keep nobody from signing in.
    """
    now = timezone.now()
    SignInAttempt.objects.filter(created_at__lte=now - FAILURE_PERIOD).delete()
    limits = _limits(email, address, by_link=by_link)
    attempts = [SignInAttempt.objects.create(key=key, created_at=now) for key in limits]
    free_at, key = max((_free_at(each, limits[each.key]), each.key) for each in attempts)
    counted = [attempt.pk for attempt in attempts]
    if free_at > now:
        take_back(attempts=counted)
        _record_refusal(email, key)
        metrics.SIGN_INS_REFUSED.labels("too_many").inc()
        raise TooManyAttempts(max(1, ceil((free_at - now).total_seconds())))
    return counted


def take_back(*, attempts: Collection[int]) -> None:
    """Count an attempt no longer of which nothing was looked at."""
    SignInAttempt.objects.filter(pk__in=attempts).delete()


def forget_attempts(*, email: str, address: str, by_link: bool = False) -> None:
    """Start counting anew after the right password: what was tried before was a slip."""
    own, *shared = _limits(email, address, by_link=by_link)
    forgotten, _ = SignInAttempt.objects.filter(key=own).delete()
    for key in shared:
        newest = SignInAttempt.objects.filter(key=key).order_by("-created_at", "-pk")
        pks = list(newest.values_list("pk", flat=True)[:forgotten])
        SignInAttempt.objects.filter(pk__in=pks).delete()


def record(*, act: AuditAct, email: str, details: Mapping[str, Any] | None = None) -> None:
    """Record what happened to a sign-in; of accounts that do not exist no address of mail."""
    user = User.objects.select_related("membership").filter(email=email.strip().lower()).first()
    if user is None:
        alias = _hashed(email.strip().lower())[:_ALIAS_LENGTH]
        about = Subject(SubjectKind.PERSON)
        audit.record(act=act, about=about, details={**(details or {}), "unknown_account": alias})
        return
    membership = getattr(user, "membership", None)
    audit.record(
        act=act,
        about=audit.person(user),
        organisation_id=membership.organisation_id if membership else None,
        details=details,
    )


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let a password be looked at while no other is; raise Unavailable after a long wait."""
    with place():
        if not _hashing.acquire(timeout=_LONGEST_WAIT_S):
            raise _busy()
        try:
            yield
        finally:
            _hashing.release()


@contextmanager
def place() -> Iterator[None]:
    """Let somebody wait who has not signed in; raise Unavailable where too many do.

    Who waits holds a thread, and strangers have no more of them than an organisation has.
    """
    with ExitStack() as held:
        try:
            held.enter_context(at_work.place(STRANGERS))
        except (QuotaExceeded, Unavailable) as error:
            raise _busy() from error
        yield


def _busy() -> Unavailable:
    return Unavailable(Sentence("Too many people are signing in. Try again in a moment."))


@transaction.atomic
def _record_refusal(email: str, key: str) -> None:
    """Record that a limit was reached, once while its failures count: refusals have no bound."""
    noted = _hashed(f"refused\n{key}")
    if not SignInAttempt.objects.filter(key=noted).exists():
        SignInAttempt.objects.create(key=noted, created_at=timezone.now())
        record(act=AuditAct.SIGN_IN_REFUSED, email=email)


def _free_at(attempt: SignInAttempt, limit: int) -> dt.datetime:
    """Return when the attempt may be looked at: at once unless `limit` others were before it."""
    others = SignInAttempt.objects.filter(key=attempt.key).exclude(pk=attempt.pk)
    earlier = others.order_by("-created_at").values_list("created_at", flat=True)
    recent = list(earlier[:limit])
    return recent[-1] + FAILURE_PERIOD if len(recent) == limit else attempt.created_at


def _limits(email: str, address: str, *, by_link: bool) -> dict[str, int]:
    """Return how often what may be tried: the account from there first, then what others share.

    A browser in which the account has signed in before is counted by itself, so that whatever
    strangers try, its person is not locked out.
    """
    if by_link:
        place = _hashed(f"links from {_key_of_address(address)}")
        return {_key(email, address): MAX_FAILURES, place: MAX_FAILURES_OF_ADDRESS}
    device = known_devices.device_of(origins.current().device, email=email)
    if device:
        return {_key(email, f"device {device}"): MAX_FAILURES}
    return {
        _key(email, address): MAX_FAILURES,
        _key_of_address(address): MAX_FAILURES_OF_ADDRESS,
        _key(email, "any address"): MAX_FAILURES_OF_ACCOUNT,
        _hashed("any account"): MAX_FAILURES_OF_SERVER,
    }


def _key(email: str, place: str) -> str:
    return _hashed(f"{email.strip().lower()}\n{place}")


def _key_of_address(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:  # a socket of this machine has none
        return _hashed(address)
    own_bits = _OWN_BITS_OF_IPV6 if parsed.version == 6 else parsed.max_prefixlen
    return _hashed(str(ipaddress.ip_network((parsed, own_bits), strict=False)))


def _hashed(identity: str) -> str:
    return salted_hmac("accounts.sign_in", identity, algorithm="sha256").hexdigest()
