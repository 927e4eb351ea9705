"""Files without a row: what a process leaves when it is killed between file and row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from lists import storage
from lists.models import Image

# A request that is still running may have written its files and not yet its row.
MIN_AGE = dt.timedelta(hours=1)
# For so long they can be put back where they were.
SET_ASIDE = dt.timedelta(days=30)
# A killed process leaves one picture. More than these look like the files of another database.
_MOST = 100
_MOST_SHARE = 0.01

# Organisation row id, SHA-256.
Picture = tuple[int, str]


class TooManyOrphans(Exception):
    """So many files have no row that this may be the wrong database; nothing was touched."""


@dataclass(frozen=True, slots=True)
class Swept:
    """Pictures whose files no row owns, and how many the database does own."""

    orphans: Sequence[Picture]
    owned: int

    @property
    def is_suspicious(self) -> bool:
        """Tell whether these may be the files of another database."""
        most = max(_MOST, _MOST_SHARE * self.owned) if self.owned else 0
        return len(self.orphans) > most


def find_orphans(*, now: dt.datetime) -> Swept:
    """Look for the files of pictures that are older than an hour and that no row owns."""
    orphans: list[Picture] = []
    owned = 0
    for organisation_id, hashes in storage.originals_by_folder():
        known = _owned_of(organisation_id, hashes)
        owned += len(known)
        orphans += [
            (organisation_id, sha256)
            for sha256 in hashes
            if sha256 not in known and storage.is_older_than(now - MIN_AGE, organisation_id, sha256)
        ]
    return Swept(orphans=orphans, owned=owned)


def set_aside_orphans(*, now: dt.datetime, is_certain: bool = False) -> int:
    """Set aside what `find_orphans` finds, delete what was for long enough; return how many.

    Raise TooManyOrphans where that is suspicious, unless the one who asks is certain.
    """
    storage.delete_set_aside(before=(now - SET_ASIDE).date())
    storage.delete_drafts_older_than(now - MIN_AGE)
    swept = find_orphans(now=now)
    if swept.is_suspicious and not is_certain:
        raise TooManyOrphans(
            f"{len(swept.orphans)} pictures are in the storage that this database does not know, "
            f"and it knows {swept.owned}. Is it the right one? Nothing was touched."
        )
    return sum(_set_aside_unless_owned(*picture, now.date()) for picture in swept.orphans)


@transaction.atomic
def _set_aside_unless_owned(organisation_id: int, sha256: str, day: dt.date) -> int:
    """Set a picture's files aside unless a row has appeared that owns them.

    No row appears while this looks and moves: an add that meets the orphan waits for the lock
    and then finds, under its own, that the files must be written.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE lists_image IN SHARE ROW EXCLUSIVE MODE")
    if _owned_of(organisation_id, [sha256]):
        return 0
    storage.set_aside(organisation_id, sha256, day)
    return 1


def _owned_of(organisation_id: int, hashes: Sequence[str]) -> set[str]:
    """Return the owned ones; a folder may have more hashes than a statement has parameters."""
    if not hashes:
        return set()
    owned = Image.objects.filter(
        organisation_id=organisation_id,
        sha256__gte=min(hashes),
        sha256__lte=max(hashes),
        is_stored=True,
    )
    return set(owned.values_list("sha256", flat=True))
