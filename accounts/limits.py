"""What may be used and kept: the installation's limits, or an organisation's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from accounts.models import Organisation


@dataclass(frozen=True, slots=True)
class ApiLimits:
    """The most that may be used in each window; 0 is no limit.

    Requests are counted for each credential, pictures for the whole organisation.
    """

    rate_limit_per_minute: int = 0
    quota_per_day: int = 0
    quota_per_month: int = 0


NO_LIMITS = ApiLimits()


@dataclass(frozen=True, slots=True)
class KeepingLimits:
    """The most that an organisation may keep, by people and programs; 0 is no limit.

    `size_bytes` is of the originals of all its pictures, `snapshot_bytes` of those among them that
    no list has, but a check that matched.
    """

    size_bytes: int = 0
    items: int = 0
    snapshot_bytes: int = 0


def limits_of(organisation: Organisation) -> ApiLimits:
    """Return the organisation's own limits, the installation's where it has none."""
    return ApiLimits(
        rate_limit_per_minute=_own_or(
            organisation.rate_limit_per_minute, settings.RATE_LIMIT_PER_MINUTE
        ),
        quota_per_day=_own_or(organisation.quota_per_day, settings.QUOTA_PER_DAY),
        quota_per_month=_own_or(organisation.quota_per_month, settings.QUOTA_PER_MONTH),
    )


def keeping_limits_of(organisation: Organisation) -> KeepingLimits:
    """Return the organisation's own limits, the installation's where it has none."""
    return KeepingLimits(
        size_bytes=_own_or(organisation.quota_bytes, settings.QUOTA_BYTES),
        items=_own_or(organisation.quota_items, settings.QUOTA_ITEMS),
        snapshot_bytes=_own_or(organisation.quota_snapshot_bytes, settings.QUOTA_SNAPSHOT_BYTES),
    )


def _own_or(own: int | None, installation: int) -> int:
    return max(0, installation if own is None else own)
