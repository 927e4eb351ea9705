"""Counting what programs use against their limits: in the database, so that every process knows.

What is used is counted before the work is done, by one statement that counts only what fits; so
requests sent all at once cannot slip through together. The windows are fixed: two of them next to
each other may be used up one right after the other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts.actors import Actor
from accounts.limits import ApiLimits
from accounts.models import PictureCount, RequestCount
from accounts.windows import Period, Window
from common.errors import QuotaExceeded

# A process whose clock is a little behind counts in the newer window and never begins the old one
# anew. A window further ahead was begun by a clock that has been set back since, and is over.
_SKEW = dt.timedelta(minutes=1)
_COUNT = """
    INSERT INTO {table} AS kept ({key}, starts_at, used) VALUES ({places}, %s, %s)
    ON CONFLICT ({key}) DO UPDATE SET
        used = CASE WHEN {is_over} THEN 0 ELSE kept.used END + excluded.used,
        starts_at = CASE WHEN {is_over} THEN excluded.starts_at ELSE kept.starts_at END
    WHERE {is_over} OR kept.used + excluded.used <= %s
    RETURNING used
"""
_IS_OVER = "(kept.starts_at < excluded.starts_at OR kept.starts_at > %s)"
_COUNT_REQUEST = _COUNT.format(
    table="accounts_requestcount", key="credential_id", places="%s", is_over=_IS_OVER
)
_COUNT_PICTURES = _COUNT.format(
    table="accounts_picturecount", key="organisation_id, period", places="%s, %s", is_over=_IS_OVER
)


@dataclass(frozen=True, slots=True)
class Allowance:
    """A limit and what of it was used in the present window."""

    limit: int
    used: int
    resets_at: dt.datetime

    @property
    def remaining(self) -> int:
        """Return how much is left."""
        return max(0, self.limit - self.used)

    @property
    def resets_in_s(self) -> int:
        """Return the whole seconds until the next window, at least one."""
        return max(1, ceil((self.resets_at - timezone.now()).total_seconds()))


class LimitReached(QuotaExceeded):
    """A limit allows no more in its present window."""

    def __init__(self, message: str, allowance: Allowance) -> None:
        """Say when the next window begins."""
        super().__init__(message, retry_after_s=allowance.resets_in_s)
        self.allowance = allowance


class TooManyRequests(LimitReached):
    """The credential has sent all requests that it may send in a minute."""

    code = "too_many_requests"


class NoPicturesLeft(LimitReached):
    """The organisation has sent all pictures that it may send in a day or a month."""

    code = "quota_exceeded"


@dataclass(frozen=True, slots=True)
class TakenPictures:
    """Pictures that were counted, in which window, and what was used then."""

    organisation_id: int
    period: Period
    starts_at: dt.datetime
    allowance: Allowance


@dataclass(frozen=True, slots=True)
class Usage:
    """What was used of each limit; None where there is no limit and so nothing is counted."""

    requests_per_minute: Allowance | None
    pictures_per_day: Allowance | None
    pictures_per_month: Allowance | None

    @property
    def is_limited(self) -> bool:
        """Tell whether there is any limit."""
        limits = (self.requests_per_minute, self.pictures_per_day, self.pictures_per_month)
        return any(limit is not None for limit in limits)


def take_request(*, by: Actor) -> Allowance | None:
    """Count a request of a credential; raise TooManyRequests when its minute is used up.

    A refused request is not counted. Without a limit nothing is counted, and nothing returned.
    """
    limit = by.limits.rate_limit_per_minute
    if not limit or by.credential_id is None:
        return None
    window = Period.MINUTE.window(timezone.now())
    used = _counted(_COUNT_REQUEST, [by.credential_id], window, count=1, limit=limit)
    if used is None:
        raise TooManyRequests(
            f"This credential may send {limit} requests a minute. Wait for the next minute.",
            Allowance(limit, limit, window.ends_at),
        )
    return Allowance(limit, used, window.ends_at)


def take_pictures(*, by: Actor, count: int) -> list[TakenPictures]:
    """Count pictures of a credential before they are looked at, all or none; raise NoPicturesLeft.

    Without a quota nothing is counted, and nothing returned.
    """
    quotas = _quotas(by.limits)
    if not quotas or by.credential_id is None:
        return []
    now = timezone.now()
    with transaction.atomic():
        return [_taken(by, period, limit, count, now) for period, limit in quotas]


def give_back(*, taken: Sequence[TakenPictures], count: int) -> list[TakenPictures]:
    """Subtract pictures that failed from the count, unless its window is over.

    Return what stays taken.
    """
    for each in taken:
        PictureCount.objects.filter(
            organisation_id=each.organisation_id,
            period=each.period,
            starts_at=each.starts_at,
            used__gte=count,
        ).update(used=F("used") - count)
    return [
        replace(each, allowance=replace(each.allowance, used=each.allowance.used - count))
        for each in taken
    ]


def usage_for(actor: Actor) -> Usage:
    """Return what the actor's organisation has used by now, and the credential that asks."""
    limits = actor.limits
    requests = pictures_today = pictures_this_month = None
    if limits.rate_limit_per_minute:
        count = RequestCount.objects.filter(credential_id=actor.credential_id).first()
        requests = _allowance(limits.rate_limit_per_minute, Period.MINUTE, count)
    if limits.quota_per_day:
        pictures_today = _present(actor.organisation_id, Period.DAY, limits.quota_per_day)
    if limits.quota_per_month:
        pictures_this_month = _present(actor.organisation_id, Period.MONTH, limits.quota_per_month)
    return Usage(requests, pictures_today, pictures_this_month)


def _quotas(limits: ApiLimits) -> list[tuple[Period, int]]:
    """Return the quotas that there are, the month's first: to wait until tomorrow may be in vain.

    The order is always the same, so that two requests never wait for each other.
    """
    quotas = [(Period.MONTH, limits.quota_per_month), (Period.DAY, limits.quota_per_day)]
    return [(period, limit) for period, limit in quotas if limit]


def _taken(by: Actor, period: Period, limit: int, count: int, now: dt.datetime) -> TakenPictures:
    window = period.window(now)
    key: list[int | str] = [by.organisation_id, period.value]
    used = _counted(_COUNT_PICTURES, key, window, count=count, limit=limit)
    if used is None:
        left = _present(by.organisation_id, period, limit)
        raise NoPicturesLeft(
            f"Your organisation may send {limit} pictures a {period.value} and has "
            f"{left.remaining} left. Wait until {left.resets_at:%Y-%m-%d %H:%M} UTC, or ask the "
            "operator of this server for more.",
            left,
        )
    allowance = Allowance(limit, used, window.ends_at)
    return TakenPictures(by.organisation_id, period, window.starts_at, allowance)


def _counted(
    statement: str, key: Sequence[int | str], window: Window, *, count: int, limit: int
) -> int | None:
    """Return what is used with the count in it; None when that is too much, and nothing counted."""
    if count > limit:  # a new window is begun without a look at its limit
        return None
    starts_at = connection.ops.adapt_datetimefield_value(window.starts_at)
    latest = connection.ops.adapt_datetimefield_value(timezone.now() + _SKEW)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*key, starts_at, count, latest, latest, latest, limit])
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def _present(organisation_id: int, period: Period, limit: int) -> Allowance:
    """Return what of a quota is used."""
    count = PictureCount.objects.filter(organisation_id=organisation_id, period=period).first()
    return _allowance(limit, period, count)


def _allowance(limit: int, period: Period, count: RequestCount | PictureCount | None) -> Allowance:
    now = timezone.now()
    window = period.window(now)
    is_present = count is not None and window.starts_at <= count.starts_at <= now + _SKEW
    return Allowance(limit, count.used if count and is_present else 0, window.ends_at)
