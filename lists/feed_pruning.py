"""Deletes rows of the change feed that every process has read, or will do without.

Rows have no time. So a mark is kept of how far the feed was, and a day later the rows up to it go.
A process that has not looked for so long loads its index anew.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from lists import feed
from lists.models import FeedMark

# Processes look at every search, and before that when they are asked for their health.
KEPT_FOR = dt.timedelta(days=1)
_DELETED_AT_ONCE = 10_000


def prune_feed(*, now: dt.datetime) -> int:
    """Delete what is older than a day and return how many rows that were; meant for every day."""
    _set_marks(now)
    mark = FeedMark.objects.filter(pruned=True).order_by("pk").last()
    if mark is None:
        return 0
    pruned = 0
    # A few at a time: on SQLite nobody writes meanwhile.
    while deleted := feed.current_feed().prune(mark.cursor, _DELETED_AT_ONCE):
        pruned += deleted
    return pruned


@transaction.atomic
def _set_marks(now: dt.datetime) -> None:
    """Set a mark of today, and let the newest one that is a day old be the one to prune to.

    It is there before the first row goes: no reader may take what is left for all there was.
    """
    due = FeedMark.objects.filter(created_at__lte=now - KEPT_FOR).order_by("pk").last()
    if due is not None:
        FeedMark.objects.filter(pk__lt=due.pk).delete()
        due.pruned = True
        due.save(update_fields=["pruned"])
    if not FeedMark.objects.filter(created_at__gt=now - KEPT_FOR).exists():
        FeedMark.objects.create(cursor=feed.current_feed().start(), created_at=now)
