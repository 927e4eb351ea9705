"""Rewrites the database's files, so that nothing of deleted rows stays in their free room."""

from __future__ import annotations

from django.core.management.base import BaseCommand
from django.db import connection
from django.db.utils import Error

from lists import purging


class Command(BaseCommand):
    """`manage.py rewrite_tables`."""

    help = (
        "Write all tables anew. What waits for a table waits until that is done, and the database "
        "needs as much free room as its largest table takes."
    )

    def handle(self, *_args: object, **_options: object) -> None:
        """Rewrite, and let the old files go."""
        whole = "VACUUM FULL" if connection.vendor == "postgresql" else "VACUUM"
        with connection.cursor() as cursor:
            cursor.execute(whole)
        if connection.vendor == "postgresql":
            self._let_go()
        purging.forget_copies()
        self.stdout.write("The tables are written anew.")

    def _let_go(self) -> None:
        """Let go of old files; the write-ahead log keeps what it has until it is overwritten."""
        try:
            with connection.cursor() as cursor:
                cursor.execute("CHECKPOINT")
        except Error as error:
            self.stderr.write(f"Old files stay until the next checkpoint: {error}")
