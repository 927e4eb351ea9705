"""Pages of a collection: each goes on after a row of the one before, and counts nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet

_YIELDED_AT_ONCE = 500

Row = TypeVar("Row")
Shown = TypeVar("Shown")
Stored = TypeVar("Stored", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """A piece of a collection, and the row id to go on after; None at the end."""

    rows: Sequence[Row]
    next_after: int | None

    def showing(self, rows: Sequence[Shown]) -> Page[Shown]:
        """Return the page with what its rows are shown as; it goes on after the same row."""
        return Page(rows, self.next_after)


def page_of(rows: QuerySet[Stored], *, size: int) -> Page[Stored]:
    """Return the first `size` rows of an ordered query."""
    found = list(rows[: size + 1])
    return Page(found[:size], found[size - 1].pk if len(found) > size else None)


def newest_page(rows: QuerySet[Stored], *, after: int | None, size: int) -> Page[Stored]:
    """Return the rows that follow row id `after`, newest first."""
    older = rows if after is None else rows.filter(pk__lt=after)
    return page_of(older.order_by("-pk"), size=size)


def ids_of_newest(
    rows: QuerySet[Stored], *, after: int | None, size: int
) -> QuerySet[Stored, dict[str, Any]]:
    """Return the row ids of what `newest_page` looks at, for a query that joins much to them."""
    older = rows if after is None else rows.filter(pk__lt=after)
    return older.order_by("-pk").values("pk")[: size + 1]


def newest(rows: QuerySet[Stored], *, limit: int) -> Iterator[Stored]:
    """Yield the newest rows, `limit` at most, without ever holding more than a page."""
    after = None
    while limit > 0:
        page = newest_page(rows, after=after, size=min(limit, _YIELDED_AT_ONCE))
        yield from page.rows
        limit -= len(page.rows)
        after = page.next_after
        if after is None:
            return


def row_id(text: str) -> int | None:
    """Return a row id that an SQL integer holds; None for anything else starts from the top."""
    is_row_id = text.isascii() and text.isdigit() and len(text) <= 18
    return int(text) if is_row_id else None
