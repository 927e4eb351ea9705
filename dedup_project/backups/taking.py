"""Take a backup: the database, then the files, then the manifest that makes it one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from dedup_project.backups import databases, manifest, media
from dedup_project.backups.manifest import Manifest
from dedup_project.backups.media import Entry
from dedup_project.management.commands.migrate import alone


def take(folder: Path, *, prunes: bool = False) -> Manifest:
    """Bring the folder's backup up to now; an interrupted one leaves the one before as it is.

    With `prunes`, copies of what is not stored any more are deleted afterwards.
    """
    media.require_outside(folder)
    with manifest.only_user(folder):
        for draft in folder.glob(".draft-*"):
            draft.unlink()
        made = _made(folder)
        manifest.write(folder, made)
        if prunes:
            media.prune(folder, media.read_list(folder / made.media))
    return made


def _made(folder: Path) -> Manifest:
    begun_at = timezone.now()
    stamp = begun_at.strftime("%Y%m%dT%H%M%S%fZ")
    database = f"database-{stamp}{databases.SUFFIXES[connection.vendor]}"
    listed = f"media-{stamp}.jsonl.gz"
    # The tables must not change while they are dumped.
    with alone(connection):
        migrations = databases.migrations()
        databases.dump(folder / database)
    files, file_bytes = media.write_list(
        folder / listed, media.copy_out(folder, known=_known(folder))
    )
    return Manifest(
        product=settings.VERSION,
        vendor=connection.vendor,
        migrations=migrations,
        database=database,
        database_sha256=manifest.sha256_of(folder / database),
        media=listed,
        media_sha256=manifest.sha256_of(folder / listed),
        files=files,
        file_bytes=file_bytes,
        begun_at=begun_at.isoformat(),
        completed_at=timezone.now().isoformat(),
    )


def _known(folder: Path) -> Iterator[Entry]:
    """Return the list of the backup before; none where there was none."""
    before = manifest.previous(folder)
    return media.read_list(folder / before.media) if before else iter(())
