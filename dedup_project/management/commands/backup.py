"""Copy the database and all stored files into a folder, while the server runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dedup_project.backups import taking
from dedup_project.backups.manifest import BackupFailed


class Command(BaseCommand):
    """`manage.py backup FOLDER [--prune]`."""

    help = "Brings the backup in a folder up to now; files that it holds are not copied again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say where to."""
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--prune", action="store_true", help="delete copies of what is not stored any more"
        )

    def handle(self, **options: Any) -> None:
        """Take the backup and say what it holds."""
        try:
            made = taking.take(options["folder"], prunes=options["prune"])
        except (BackupFailed, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{options['folder']} holds the database of {made.begun_at} and "
            f"{made.files} files of {made.file_bytes / 1e6:.1f} MB."
        )
