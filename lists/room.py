"""How much an organisation keeps, against what it may: bytes of originals, items and snapshots.

What comes is counted in the transaction that stores it, by one statement that counts only what
fits. What goes is not counted at each of its many ways out: the count is made anew from the rows
once a day, and before anybody is refused. Until then it may be too high, which then hurts nobody.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from accounts import limits
from accounts.limits import KeepingLimits
from accounts.models import Organisation
from common.errors import QuotaExceeded
from common.sentences import Sentence
from lists.models import Image, Item, KeptCount

_MAX_AGE = dt.timedelta(days=1)
# Refused as often as somebody asks, and counted anew once in this time.
_MAX_AGE_TO_REFUSE = dt.timedelta(minutes=1)
_RETRY_AFTER_S = 3600


class StorageQuotaExceeded(QuotaExceeded):
    """The organisation keeps as much as it may."""

    code = "storage_quota_exceeded"


@dataclass(frozen=True, slots=True)
class Amount:
    """What is kept, or is to be: `snapshot_bytes` of the bytes are of pictures in no list."""

    size_bytes: int = 0
    items: int = 0
    snapshot_bytes: int = 0


_KINDS = ("size_bytes", "items", "snapshot_bytes")


@dataclass(frozen=True, slots=True)
class KeptQuota:
    """A limit of what may be kept, and what is."""

    kind: str
    limit: int
    used: int

    @property
    def remaining(self) -> int:
        """Return how much is left."""
        return max(0, self.limit - self.used)


@dataclass(frozen=True, slots=True)
class StorageUse:
    """What an organisation may keep, and what it keeps."""

    limits: KeepingLimits
    kept: Amount

    @property
    def quotas(self) -> list[KeptQuota]:
        """Return the limits that there are."""
        every = (
            KeptQuota(kind, getattr(self.limits, kind), getattr(self.kept, kind)) for kind in _KINDS
        )
        return [quota for quota in every if quota.limit]

    def has_room(self, more: Amount) -> bool:
        """Tell whether this much more is within every limit that it counts against."""
        return all(getattr(more, each.kind) <= each.remaining for each in self.quotas)


def storage_use_of(organisation_id: int) -> StorageUse:
    """Return what the organisation may keep and keeps; without a limit nothing is counted."""
    allowed, count = _limits_and_count(organisation_id)
    if allowed == KeepingLimits():
        return StorageUse(allowed, Amount())
    if count is None or _is_older(count, _MAX_AGE):
        # A look writes nothing: the count is for this answer alone.
        return StorageUse(allowed, _counted(organisation_id))
    return StorageUse(allowed, _amount(count))


def has_room(organisation_id: int, more: Amount) -> bool:
    """Tell whether the organisation may keep this much more; `more` is not counted by that."""
    allowed, count = _limits_and_count(organisation_id)
    if allowed == KeepingLimits():
        return True
    if count is None or _is_older(count, _MAX_AGE):
        count = recount(organisation_id=organisation_id)
    if StorageUse(allowed, _amount(count)).has_room(more):
        return True
    if not _is_older(count, _MAX_AGE_TO_REFUSE):
        return False
    count = recount(organisation_id=organisation_id)
    return StorageUse(allowed, _amount(count)).has_room(more)


def require_room(organisation_id: int, more: Amount) -> None:
    """Raise StorageQuotaExceeded unless the organisation may keep this much more."""
    if not has_room(organisation_id, more):
        raise _exceeded()


@transaction.atomic
def take(*, organisation_id: int, amount: Amount) -> None:
    """Count what the caller's transaction has stored; raise StorageQuotaExceeded if it is too much.

    To be called last in it: until it ends, others who add wait.
    """
    if amount == Amount():
        return
    allowed = limits.keeping_limits_of(Organisation.objects.get(pk=organisation_id))
    mine = KeptCount.objects.filter(pk=organisation_id)
    fits = Q()
    # A snapshot was let in by `has_room`; the check it is of is not to fail.
    if allowed.size_bytes and amount.size_bytes > amount.snapshot_bytes:
        fits &= Q(size_bytes__lte=allowed.size_bytes - amount.size_bytes)
    if allowed.items and amount.items:
        fits &= Q(items__lte=allowed.items - amount.items)
    is_counted = mine.filter(fits).update(
        size_bytes=F("size_bytes") + amount.size_bytes,
        items=F("items") + amount.items,
        snapshot_bytes=F("snapshot_bytes") + amount.snapshot_bytes,
    )
    if not is_counted and mine.exists():
        raise _exceeded()


@transaction.atomic
def recount(*, organisation_id: int) -> KeptCount:
    """Count what the organisation keeps by its rows.

    Under the row that everybody counts in: those who have counted have committed by then.
    """
    now = timezone.now()
    KeptCount.objects.get_or_create(pk=organisation_id, defaults={"counted_at": now})
    count = KeptCount.objects.select_for_update().get(pk=organisation_id)
    kept = _counted(organisation_id)
    count.size_bytes, count.items = kept.size_bytes, kept.items
    count.snapshot_bytes = kept.snapshot_bytes
    count.counted_at = now
    count.save()
    return count


def _limits_and_count(organisation_id: int) -> tuple[KeepingLimits, KeptCount | None]:
    organisation = Organisation.objects.select_related("kept_count").get(pk=organisation_id)
    count: KeptCount | None = getattr(organisation, "kept_count", None)
    return limits.keeping_limits_of(organisation), count


def _counted(organisation_id: int) -> Amount:
    stored = Image.objects.filter(organisation_id=organisation_id, is_stored=True)
    of_checks = stored.filter(~Exists(Item.objects.filter(image=OuterRef("pk"))))
    items = Item.objects.filter(
        image_list__organisation_id=organisation_id,
        image_list__removed_at=None,
        removed_at=None,
    )
    return Amount(
        size_bytes=_bytes_of(stored),
        items=items.count(),
        snapshot_bytes=_bytes_of(of_checks.exclude(kept_until=None)),
    )


def _bytes_of(images: QuerySet[Image]) -> int:
    return int(images.aggregate(total=Sum("byte_size"))["total"] or 0)


def _is_older(count: KeptCount, age: dt.timedelta) -> bool:
    # A clock that was set back must not keep a count for ever.
    return abs(timezone.now() - count.counted_at) > age


def _amount(count: KeptCount) -> Amount:
    return Amount(count.size_bytes, count.items, count.snapshot_bytes)


def _exceeded() -> StorageQuotaExceeded:
    return StorageQuotaExceeded(
        Sentence(
            "Your organisation keeps as many pictures as it may. Remove some, or ask the operator "
            "of this server for more."
        ),
        retry_after_s=_RETRY_AFTER_S,
    )
