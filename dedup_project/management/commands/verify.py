"""Look whether the database and the stored files are whole and agree; the server may run."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dedup_project import verification

_SHOWN = 5


class Command(BaseCommand):
    """`manage.py verify [--quick]`."""

    help = "Checks rows, files and hashes; ends with status 1 when something is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say how thoroughly."""
        parser.add_argument(
            "--quick", action="store_true", help="look whether files are there, and read none"
        )

    def handle(self, **options: Any) -> None:
        """Print the first faults of each kind, and how many there are."""
        counts = Counter[str]()
        for fault in verification.faults(reads_files=not options["quick"]):
            counts[fault.kind] += 1
            if counts[fault.kind] <= _SHOWN:
                self.stdout.write(f"{fault.kind}: {fault.place}")
        if counts:
            said = ", ".join(f"{count} x {kind}" for kind, count in counts.items())
            raise CommandError(f"Something is wrong: {said}.")
        self.stdout.write("Rows, files and hashes are as they should be.")
