"""Counts that cost the same however many there are: nobody reads more than "999+"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import IntegerField, QuerySet, Subquery

# One more than is shown, so that "999+" is known.
MOST_COUNTED = 1000


class CappedCount(Subquery):
    """The number of rows of a query, which may name the outer one, up to `MOST_COUNTED`."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Any]) -> None:
        """Count these rows."""
        super().__init__(_capped(rows))


def capped_counts(queries: Sequence[QuerySet[Any]]) -> list[int]:
    """Return the number of rows of each query, up to `MOST_COUNTED`, asking the database once."""
    parts = [_capped(rows).query.sql_with_params() for rows in queries]
    columns = ", ".join(
        f"(SELECT COUNT(*) FROM ({sql}) AS counted_{number})"  # noqa: S608 - Django's own SQL
        for number, (sql, _) in enumerate(parts)
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}", [value for _, values in parts for value in values])
        return list(cursor.fetchone())


def _capped(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.order_by().values("pk")[:MOST_COUNTED]
