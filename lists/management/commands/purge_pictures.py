"""Delete the files of pictures that nothing needs any more; meant for a daily timer."""

from __future__ import annotations

from django.core.management.base import BaseCommand
from django.utils import timezone

from lists import services


class Command(BaseCommand):
    """`manage.py purge_pictures`."""

    help = "Deletes originals and thumbnails whose retention is over and that no item needs."

    def handle(self, *_args: object, **_options: object) -> None:
        """Purge and say how many."""
        purged = services.purge_expired_files(now=timezone.now())
        self.stdout.write(f"Deleted the files of {purged} pictures.")
