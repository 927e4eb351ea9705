"""Files without a row: what a process leaves when it is killed between file and row."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction

from lists import storage
from lists.models import Image

# A request that is still running may have written its files and not yet its row.
MIN_AGE = dt.timedelta(hours=1)


def delete_orphans(*, now: dt.datetime) -> int:
    """Delete files older than an hour that no image owns; return how many pictures went."""
    storage.delete_drafts_older_than(now - MIN_AGE)
    old = list(storage.originals_older_than(now - MIN_AGE))
    return sum(
        _delete_unless_owned(organisation_id, sha256)
        for organisation_id, sha256 in old
        if not _is_owned(organisation_id, sha256)
    )


@transaction.atomic
def _delete_unless_owned(organisation_id: int, sha256: str) -> int:
    """Delete a picture's files unless a row has appeared that owns them.

    No row appears while this looks and deletes: an add that meets the orphan waits for the lock
    and then finds, under its own, that the files must be written.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE lists_image IN SHARE ROW EXCLUSIVE MODE")
    if _is_owned(organisation_id, sha256):
        return 0
    storage.delete_named(organisation_id, sha256)
    return 1


def _is_owned(organisation_id: int, sha256: str) -> bool:
    return Image.objects.filter(
        organisation_id=organisation_id, sha256=sha256, is_stored=True
    ).exists()
