"""Entries as tables for spreadsheets (CSV, RFC 4180): what is written is read back as it was."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from common import spreadsheets
from common.errors import InvalidInput
from common.sentences import Sentence
from text_lists.models import TextEntry
from text_lists.putting import MAX_ENTRIES
from text_lists.values import NewEntry, RefusedEntry

COLUMNS = ("text", "language", "match", "category", "note")
MAX_TABLE_BYTES = 15_000_000
# Where a comma stands in numbers, spreadsheets put a semicolon between cells.
_DELIMITERS = ",;\t"


class UnusableTable(InvalidInput):
    """A file that is no table of entries, or too large a one."""

    code = "unusable_table"


@dataclass(frozen=True, slots=True)
class EntryTable:
    """The entries of a table by their row, the header being row 1, and the rows that are none."""

    entries: dict[int, NewEntry]
    refused: tuple[RefusedEntry, ...]


def lines(entries: Iterable[TextEntry]) -> Iterator[str]:
    """Return the lines of a table, the names of the columns first."""
    cells = ([spreadsheets.harmless(getattr(entry, name)) for name in COLUMNS] for entry in entries)
    return spreadsheets.lines(COLUMNS, cells)


def read(raw: bytes) -> EntryTable:
    """Return what a file holds; raise UnusableTable for what is no table, or has too many rows.

    Empty rows are passed over, and count as rows all the same.
    """
    if len(raw) > MAX_TABLE_BYTES:
        raise UnusableTable(
            Sentence(
                "The file has more than %(most)s MB. Divide it into smaller ones.",
                most=MAX_TABLE_BYTES // 1_000_000,
            )
        )
    rows = _rows(_decoded(raw))
    _, header = next(rows, (1, []))
    return _table(_columns(header), rows)


def _decoded(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\x00"
    # Every second byte of Latin letters in UTF-16 is NUL.
    if "\x00" in text[:4]:
        raise UnusableTable(
            Sentence("The file is not in UTF-8. Save it as “CSV UTF-8” and send that one.")
        )
    return text


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnusableTable(
                Sentence("Row %(row)s cannot be read. Is a quotation mark missing?", row=number)
            ) from error


def _columns(header: Sequence[str]) -> list[str]:
    names = [name.strip().lower() for name in header]
    unknown = [name for name in names if name not in COLUMNS]
    if unknown or "text" not in names or len(set(names)) < len(names):
        raise UnusableTable(
            Sentence(
                "The first row has to name the columns: text, and any of language, match, category "
                "and note, each once. It says “%(said)s”.",
                said=", ".join(names)[:100],
            )
        )
    return names


def _table(columns: list[str], rows: Iterator[tuple[int, list[str]]]) -> EntryTable:
    entries: dict[int, NewEntry] = {}
    refused: list[RefusedEntry] = []
    for number, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if len(entries) + len(refused) == MAX_ENTRIES:
            raise UnusableTable(
                Sentence(
                    "The table has more than %(most)s rows, and a list no more entries. "
                    "Divide it among several lists.",
                    most=f"{MAX_ENTRIES:,}",
                )
            )
        if len(row) > len(columns):
            refused.append(RefusedEntry(number, row[0], _too_many_cells(len(row), len(columns))))
        else:
            entries[number] = _entry(
                dict(zip(columns, map(spreadsheets.as_written, row), strict=False))
            )
    return EntryTable(entries, tuple(refused))


def _entry(cells: dict[str, str]) -> NewEntry:
    """Return the entry of a row; what is empty is as it is when nothing is said."""
    given = {name: cell for name, cell in cells.items() if cell.strip()}
    for name in ("language", "match"):
        if name in given:
            given[name] = given[name].strip().lower()
    return NewEntry(**({"text": ""} | given))


def _too_many_cells(count: int, most: int) -> InvalidInput:
    return InvalidInput(
        Sentence(
            "The row has %(count)s cells for %(most)s columns. A text with commas needs quotation "
            "marks around it.",
            count=count,
            most=most,
        )
    )
