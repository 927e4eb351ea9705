"""Put a backup in place; the servers must not run meanwhile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from common.errors import LookalikeError
from dedup_project.backups import restoring
from dedup_project.backups.manifest import BackupFailed


class Command(BaseCommand):
    """`manage.py restore FOLDER [--force] [--drop-sessions]`."""

    help = "Restores the backup in a folder into an empty database and an empty storage."
    # The database may be empty, or of another version.
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Say where from, and what may be lost."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--force", action="store_true", help="replace the data that is here")
        parser.add_argument(
            "--drop-sessions", action="store_true", help="let everybody sign in again"
        )

    def handle(self, **options: Any) -> None:
        """Restore, and say what is there now."""
        try:
            found = restoring.restore(
                options["folder"],
                replaces=options["force"],
                drops_sessions=options["drop_sessions"],
            )
        except OperationalError as error:
            raise CommandError(f"Do the servers still run? {error}") from error
        except (BackupFailed, LookalikeError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Restored the database of {found.begun_at} and {found.files} files. "
            "Look at it with `manage.py verify`, and start the servers."
        )
