"""How the database would do what the code asks of it."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext

# What a plan says of rows that are sorted after they were read.
SORTING = ("Sort", "TEMP B-TREE")


def plans_of(ask: Callable[[], object]) -> list[str]:
    """Return the plan of each query, read as a large table would be: through an index."""
    with CaptureQueriesContext(connection) as asked:
        ask()
    is_postgresql = connection.vendor == "postgresql"
    explain = "EXPLAIN" if is_postgresql else "EXPLAIN QUERY PLAN"
    plans = []
    with connection.cursor() as cursor:
        if is_postgresql:
            # A table this small is read as a whole where that may be.
            for way in ("seqscan", "bitmapscan"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
        for query in asked.captured_queries:
            cursor.execute(f"{explain} {query['sql']}")
            plans.append("\n".join(str(row) for row in cursor.fetchall()))
    return plans
