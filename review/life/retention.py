"""What goes when its time is over: removed lists and items, and the pictures that nothing needs."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from accounts.actors import Actor, Surface
from accounts.permissions import Role
from lists import installation, orphans, purging, selectors
from lists import services as lists_services
from lists.models import List
from review.models import MatchCandidate, State
from review.pairs import services as pairs_services
from text_lists import services as text_lists_services
from webhooks import services as webhooks_services

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Purged:
    """How many images were removed, how many removals are final, and how many pictures went."""

    removed: int
    items: int
    pictures: int
    orphans: int


def purge(*, now: dt.datetime, is_certain: bool = False, adopts: bool = False) -> Purged:
    """Delete everything whose time is over.

    Raise TooManyOrphans unless somebody is certain, and ForeignStorage where the pictures are
    another installation's, unless this one adopts them.
    """
    installation.require_own_storage(adopts=adopts)
    orphaned = orphans.set_aside_orphans(now=now, is_certain=is_certain)
    removed = remove_outlived(now=now)
    items = purging.purge_removed(now=now)
    pictures = lists_services.purge_expired_files(now=now, needed=awaited())
    texts = text_lists_services.purge_removed(now=now)
    webhooks_services.delete_old(now=now)
    if items or pictures or texts:
        purging.forget_copies()
    return Purged(removed=removed, items=items, pictures=pictures, orphans=orphaned)


def preview(*, now: dt.datetime) -> Purged:
    """Return what a purge would do; raise ForeignStorage as it does."""
    installation.require_no_other()
    with transaction.atomic():
        removed = remove_outlived(now=now)
        items = purging.purge_removed(now=now)
        pictures = selectors.expired_images(now=now, needed=awaited()).count()
        transaction.set_rollback(True)
    orphaned = len(orphans.find_orphans(now=now).orphans)
    return Purged(removed=removed, items=items, pictures=pictures, orphans=orphaned)


def remove_outlived(*, now: dt.datetime) -> int:
    """Remove the items that their lists have kept for long enough; return how many.

    They can be taken back like any others.
    """
    lists = List.objects.filter(removed_at=None, item_retention_days__isnull=False)
    return sum(_remove_outlived(image_list, now) for image_list in lists.order_by("pk"))


def _remove_outlived(image_list: List, now: dt.datetime) -> int:
    by = Actor(image_list.organisation_id, Role.MANAGER, Surface.SYSTEM)
    removed = 0
    while items := list(selectors.outlived_items(image_list, now=now)[:_AT_ONCE]):
        with suppress(selectors.ItemNotFound):  # somebody was faster: look again
            pairs_services.remove_items(by=by, items=items)
            removed += len(items)
    return removed


def awaited() -> Q:
    """Return which images people still have to look at: a pair of theirs waits for review."""
    waiting = MatchCandidate.objects.filter(state=State.SUGGESTED, image_list__purged_at=None)
    as_low, as_high = (
        Exists(waiting.filter(**{side: OuterRef("pk")})) for side in ("image_low", "image_high")
    )
    return Q(as_low) | Q(as_high)
