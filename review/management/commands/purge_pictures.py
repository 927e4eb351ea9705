"""Deletes what nothing needs any more; meant for a daily timer."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from jobs import sightings
from jobs.models import SeenKind
from lists import feed_pruning
from lists.installation import ForeignStorage
from lists.orphans import TooManyOrphans
from review.life import retention
from review.life.retention import Purged


class Command(BaseCommand):
    """`manage.py purge_pictures [--dry-run] [--force] [--adopt]`."""

    help = (
        "Removes images that their lists have kept for long enough, deletes what was removed 30 "
        "days ago and pictures whose retention is over, and sets files without a row aside for 30 "
        "days."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what to delete."""
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
        parser.add_argument(
            "--force", action="store_true", help="go on when many files have no row"
        )
        parser.add_argument(
            "--adopt", action="store_true", help="take over the pictures of another installation"
        )

    def handle(self, *_args: object, **options: Any) -> None:
        """Purge and say how many."""
        now = timezone.now()
        try:
            if options["dry_run"]:
                self.stdout.write(f"Would do: {_told(retention.preview(now=now))}")
                return
            purged = retention.purge(now=now, is_certain=options["force"], adopts=options["adopt"])
        except TooManyOrphans as error:
            raise CommandError(
                f"{error} Look at DATABASE_URL; --dry-run counts, --force goes on all the same."
            ) from error
        except ForeignStorage as error:
            raise CommandError(
                f"{error} Look at DATABASE_URL and DATA_DIR, or STORAGE_BUCKET and STORAGE_PREFIX. "
                "If they are right, as after a move, say --adopt once."
            ) from error
        feed_pruning.prune_feed(now=now)
        sightings.note(kind=SeenKind.PURGE, name="purge_pictures")
        self.stdout.write(f"Done: {_told(purged)}")


def _told(purged: Purged) -> str:
    return (
        f"{purged.removed} images removed, the removal of {purged.items} made final, "
        f"{purged.pictures} pictures deleted, {purged.orphans} without a row set aside."
    )
