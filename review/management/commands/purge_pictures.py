"""Delete the files of pictures, and notes of changes, that nothing needs; for a daily timer."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from jobs import sightings
from jobs.models import SeenKind
from lists import feed_pruning, orphans, selectors
from review.life import retention


class Command(BaseCommand):
    """`manage.py purge_pictures [--dry-run] [--force]`."""

    help = "Deletes files whose retention is over and that no item needs, and files without a row."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what to delete."""
        parser.add_argument("--dry-run", action="store_true", help="only say what would be deleted")
        parser.add_argument(
            "--force", action="store_true", help="delete also when much of it has no row"
        )

    def handle(self, *_args: object, **options: Any) -> None:
        """Purge and say how many."""
        now = timezone.now()
        if options["dry_run"]:
            expired = selectors.expired_images(now=now, needed=retention.awaited()).count()
            unowned = len(orphans.find_orphans(now=now).orphans)
            self.stdout.write(
                f"Would delete the files of {expired} pictures, and of {unowned} that nothing owns."
            )
            return
        try:
            purged = retention.purge(now=now, is_certain=options["force"])
        except orphans.TooManyOrphans as error:
            raise CommandError(
                f"{error} Look at DATABASE_URL; --dry-run counts, --force deletes all the same."
            ) from error
        feed_pruning.prune_feed(now=now)
        sightings.note(kind=SeenKind.PURGE, name="purge_pictures")
        self.stdout.write(
            f"Deleted the files of {purged.pictures} pictures, and of {purged.orphans} that "
            f"nothing owned. The removal of {purged.items} images can no longer be taken back."
        )
