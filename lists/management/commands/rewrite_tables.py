"""Rewrites the database's files, so that nothing of deleted rows stays in their free room."""

from __future__ import annotations

from django.core.management.base import BaseCommand
from django.db import connection
from django.db.utils import Error

from lists import purging

# Of each column PostgreSQL keeps some values, and of an empty table those that it had: ANALYZE
# looks at rows alone. Giving a column the type that it has drops them.
_STALE_STATISTICS = """
SELECT format('ALTER TABLE %I ALTER COLUMN %I TYPE %s', class.relname, attribute.attname,
              format_type(attribute.atttypid, attribute.atttypmod))
FROM pg_stats AS kept
JOIN pg_class AS class
  ON class.relname = kept.tablename AND class.relnamespace = current_schema()::regnamespace
JOIN pg_attribute AS attribute
  ON attribute.attrelid = class.oid AND attribute.attname = kept.attname
WHERE kept.schemaname = current_schema() AND class.relkind = 'r' AND class.reltuples <= 0
"""


class Command(BaseCommand):
    help = (
        "Write all tables anew. What waits for a table waits until that is done, and the database "
        "needs as much free room as its largest table takes."
    )

    def handle(self, *_args: object, **_options: object) -> None:
        """Rewrite, and let the old files go."""
        if connection.vendor == "postgresql":
            self._rewrite_postgresql()
        else:
            with connection.cursor() as cursor:
                cursor.execute("VACUUM")
        purging.forget_copies()
        self.stdout.write("The tables are written anew.")

    def _rewrite_postgresql(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
            cursor.execute(_STALE_STATISTICS)
            for (statement,) in cursor.fetchall():
                cursor.execute(statement)
            cursor.execute("VACUUM FULL")
            try:
                cursor.execute("CHECKPOINT")
            except Error as error:
                self.stderr.write(f"Old files stay until the next checkpoint: {error}")
