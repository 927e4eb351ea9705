"""What goes when its time is over: removed lists and items, and the pictures that nothing needs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from lists import orphans, purging
from lists import services as lists_services
from review.models import MatchCandidate, State


@dataclass(frozen=True, slots=True)
class Purged:
    """How many went: places in lists, pictures, and pictures that no row owned."""

    items: int
    pictures: int
    orphans: int


def purge(*, now: dt.datetime, is_certain: bool = False) -> Purged:
    """Delete everything whose time is over; raise TooManyOrphans unless somebody is certain."""
    orphaned = orphans.delete_orphans(now=now, is_certain=is_certain)
    items = purging.purge_removed(now=now)
    pictures = lists_services.purge_expired_files(now=now, needed=awaited())
    if items or pictures:
        purging.forget_copies()
    return Purged(items=items, pictures=pictures, orphans=orphaned)


def awaited() -> Q:
    """Return which images people still have to look at: a pair of theirs waits for review."""
    waiting = MatchCandidate.objects.filter(state=State.SUGGESTED, image_list__purged_at=None)
    as_low, as_high = (
        Exists(waiting.filter(**{side: OuterRef("pk")})) for side in ("image_low", "image_high")
    )
    return Q(as_low) | Q(as_high)
