"""Rows that were refused, as a table that may be corrected and imported again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from common import spreadsheets
from imports import plans, selectors, spoken, tables

if TYPE_CHECKING:
    from imports.models import Import, ImportRow

CONTENT_TYPE: Final = "text/csv; charset=utf-8"


def table(
    run: Import, *, say: Callable[[Mapping[str, Any]], str] = spoken.sentence
) -> Iterator[str]:
    """Yield the lines of a table: a table's own columns, and why, as `say` says a kept sentence."""
    # What was no table, or could not be read as one, has neither columns nor rows.
    own = [column.name for column in plans.columns_of(run)] or ["name"]
    rows = (
        [*_own_cells(row, len(own)), str(row.position), row.code, say(row.said)]
        for row in selectors.all_refused(run)
    )
    lines = ([spreadsheets.harmless(cell) for cell in cells] for cells in rows)
    names = [spreadsheets.harmless(name) for name in own]
    return tables.lines((*names, "row", "code", "reason"), lines)


def _own_cells(row: ImportRow, count: int) -> list[str]:
    cells = list(row.cells) or [row.name]
    return (cells + [""] * count)[:count]
