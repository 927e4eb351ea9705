"""The end of what was removed: its texts go, and nothing holds its pictures any more."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce

from lists import index_snapshots
from lists.models import BulkChange, Item, ItemChange, ItemTag, List
from lists.selectors import REMOVAL_UNDO_PERIOD

_AT_ONCE = 1_000


def purge_removed(*, now: dt.datetime) -> int:
    """Purge the lists and items whose removal can no longer be taken back; return how many items.

    Each statement looks once more at what it changes, so nothing that is taken back meanwhile goes.
    """
    since = now - REMOVAL_UNDO_PERIOD
    expired = List.objects.filter(removed_at__lt=since, purged_at=None)
    expired.update(purged_at=now, name="", description="")
    # What they were chosen by may be personal, and nothing of them can be undone any more.
    BulkChange.objects.filter(created_at__lt=since).delete()
    left = Item.objects.filter(purged_at=None)
    of_lists = left.filter(image_list__removed_at__lt=since, image_list__purged_at__isnull=False)
    list_ids = list(of_lists.values_list("image_list", flat=True).distinct())
    purged = sum(_purge_items(left.filter(image_list=list_id), now) for list_id in list_ids)
    return purged + _purge_items(left.filter(removed_at__lt=since), now)


def _purge_items(items: QuerySet[Item], now: dt.datetime) -> int:
    purged = 0
    while item_ids := list(items.values_list("pk", flat=True)[:_AT_ONCE]):
        with transaction.atomic():
            purged += items.filter(pk__in=item_ids).update(
                removed_at=Coalesce("removed_at", Value(now)),
                purged_at=now,
                custom_id="",
                name="",
                context={},
                sort_name="",
                search_text="",
            )
            ItemTag.objects.filter(item__in=item_ids, item__purged_at=now).delete()
            ItemChange.objects.bulk_create(ItemChange(item_id=item_id) for item_id in item_ids)
    return purged


def forget_copies() -> None:
    """Delete what else this machine keeps of deleted rows, where that is cheap.

    The snapshot of the index holds local features, and SQLite's log the pages as they were.
    PostgreSQL keeps rows in its files until tables are rewritten: `manage.py rewrite_tables`.
    """
    index_snapshots.forget(settings.DATA_DIR / "index")
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        timeout_s = connection.settings_dict["OPTIONS"].get("timeout", 5)
        with connection.cursor() as cursor:
            # Readers of the log keep it as it is; the next purge tries again.
            cursor.execute("PRAGMA busy_timeout = 500")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute(f"PRAGMA busy_timeout = {int(timeout_s * 1000)}")
