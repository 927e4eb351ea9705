"""Delete the files of pictures that nothing needs any more; meant for a daily timer."""

from __future__ import annotations

from django.core.management.base import BaseCommand
from django.utils import timezone

from lists import orphans, services


class Command(BaseCommand):
    """`manage.py purge_pictures`."""

    help = "Deletes files whose retention is over and that no item needs, and files without a row."

    def handle(self, *_args: object, **_options: object) -> None:
        """Purge and say how many."""
        now = timezone.now()
        purged = services.purge_expired_files(now=now)
        orphaned = orphans.delete_orphans(now=now)
        self.stdout.write(
            f"Deleted the files of {purged} pictures, and of {orphaned} that nothing owned."
        )
