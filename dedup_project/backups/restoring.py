"""Restore a backup: the database, brought to this version's tables, and then the files."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from accounts.models import Organisation, User
from dedup_project.backups import databases, manifest, media
from dedup_project.backups.manifest import BackupFailed, Manifest
from lists import feed
from lists import services as lists_services


def restore(folder: Path, *, replaces: bool = False, drops_sessions: bool = False) -> Manifest:
    """Put a folder's backup in place of what is here; may be done again when it fails half way.

    Raise BackupFailed, before anything changes, for a backup that is incomplete, of another kind
    of database or of a newer version, and, unless it `replaces`, where there is data already.
    """
    found = manifest.read(folder)
    _require_fitting(found)
    if not replaces:
        _require_empty()
    databases.load(folder / found.database)
    call_command("migrate", interactive=False, verbosity=0)
    media.copy_in(folder, media.read_list(folder / found.media))
    _begin_anew(found)
    if drops_sessions:
        Session.objects.all().delete()
    return found


def _require_fitting(found: Manifest) -> None:
    if found.vendor != connection.vendor:
        raise BackupFailed(
            f"The backup is of {found.vendor}, and DATABASE_URL names {connection.vendor}."
        )
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    unknown = sorted(set(found.migrations) - known)
    if unknown:
        raise BackupFailed(
            f"The backup is of another version ({found.product}), whose tables this one does not "
            f"know ({unknown[0]}). Install that version, restore, and upgrade then."
        )


def _require_empty() -> None:
    tables = connection.introspection.table_names()
    has_rows = any(
        model.objects.exists()
        for model in (Organisation, User)
        if model._meta.db_table in tables  # noqa: SLF001 - Django's documented interface
    )
    if has_rows or next(media.stored_names(), None) is not None:
        raise BackupFailed(
            "There is data here already. Look at DATABASE_URL and DATA_DIR; with --force it is "
            "replaced for good."
        )


def _begin_anew(found: Manifest) -> None:
    """Let nobody go on from what was true of the database before."""
    feed.current_feed().begin_anew()
    shutil.rmtree(settings.DATA_DIR / "index", ignore_errors=True)
    # What a purge deleted between the dump and the copies of the files has a row without files.
    lists_services.purge_expired_files(now=dt.datetime.fromisoformat(found.completed_at))
