"""Tables for spreadsheets (CSV, RFC 4180)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

# Spreadsheets take what begins so for a formula, which may send other cells away.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# By it spreadsheets know UTF-8.
_BYTE_ORDER_MARK = "\ufeff"


class _WrittenLine:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def lines(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Yield the lines of a table, the names of the columns first; cells are written as they are."""
    writer = csv.writer(_WrittenLine())
    yield _BYTE_ORDER_MARK + str(writer.writerow(columns))
    for row in rows:
        yield str(writer.writerow(row))


def harmless(cell: str) -> str:
    """Return the text such that no spreadsheet runs it: an apostrophe makes it plain text."""
    return f"'{cell}" if _would_run(cell) else cell


def as_written(cell: str) -> str:
    """Return the text without the apostrophe that `harmless` puts before it."""
    return cell[1:] if cell.startswith("'") and _would_run(cell) else cell


def _would_run(cell: str) -> bool:
    # Behind apostrophes of its own too, so that one more can be told from them.
    return cell.lstrip("' ").startswith(FORMULA_STARTS)
