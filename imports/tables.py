"""Tables of images: CSV and JSON lines, with addresses, or as a list is exported.

A table is read in one pass and from its beginning each time, and no row may be longer than a person
would make it, so that memory does not grow with it.
Columns have a meaning each: that of a field, of a fact in the context under the column's own name,
or none. What is empty in a cell is not said.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import IO, Any
from urllib.parse import urlsplit

from common import spreadsheets
from common.errors import InvalidInput
from common.sentences import Sentence
from imports.errors import RefusedRow, UnusableImageTable
from imports.rows import GivenRow, RowDetails
from imports.spoken import storable
from intake.sources import RawImage
from lists.tags import MAX_TAGS_PER_ITEM

MAX_TABLE_BYTES = 200_000_000
MAX_ROWS = 500_000
MAX_COLUMNS = 100
SHOWN_ROWS = 3
_SHOWN_CHARACTERS = 120
_SAMPLE_BYTES = 64 * 1024
# A field of more is no text of a person.
_MAX_CELL_CHARACTERS = 100_000
# Of a row with all its cells, and the lines in them.
MAX_ROW_CHARACTERS = 1_000_000
_MAX_COLUMN_LENGTH = 100
# Where a comma stands in numbers, spreadsheets put a semicolon between cells.
_DELIMITERS = ",;\t|"
_FIELDS = ("url", "custom_id", "name", "tags", "context", "media_id", "sha256")
FACT = "fact"
IGNORED = ""
MEANINGS = (*_FIELDS, FACT, IGNORED)
# Names of columns in common use, lower case and without signs.
_KNOWN_AS = {
    "url": ("url", "address", "image", "imageurl", "link", "imagelink", "mediaurl", "src"),
    "custom_id": ("customid", "id", "ticket", "externalid", "reference"),
    "name": ("name", "file", "filename"),
    "tags": ("tags",),
    "context": ("context",),
    "media_id": ("mediaid",),
    "sha256": ("sha256",),
    # What an export says of the picture itself, and what a table of refused rows adds.
    IGNORED: ("format", "width", "height", "bytes", "addedat", "row", "code", "reason"),
}
_SIGNS = re.compile(r"[^a-z0-9]")
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")

Fetch = Callable[[str], RawImage]


@dataclass(frozen=True, slots=True)
class TablePlan:
    """How a table is read: its columns by name, and what each of them means."""

    encoding: str
    delimiter: str  # empty: JSON lines
    columns: tuple[str, ...]
    meanings: tuple[str, ...]

    @property
    def has_header(self) -> bool:
        """Tell whether the first row names the columns."""
        return bool(self.delimiter)


class Table:
    """A table that was opened and is read as planned."""

    def __init__(self, file: IO[bytes], plan: TablePlan, *, total: int, fetch: Fetch) -> None:
        self._file = file
        self._plan = plan
        self._fetch = fetch
        self.total = total

    def rows(self, *, after: int, place: str = "") -> Iterator[GivenRow]:  # noqa: ARG002 - as others
        """Yield the rows behind a position."""
        for position, cells in islice(_cells(self._file, self._plan), after, None):
            yield self._row(position, cells)

    def _row(self, position: int, cells: Sequence[str]) -> GivenRow:
        said = dict(_said(self._plan, cells))
        url = said.get("url", "")
        name = said.get("name") or _name_in(url) or said.get("custom_id", "")
        try:
            details, sha256 = _details(self._plan, said, cells), _sha256(said.get("sha256", ""))
        except InvalidInput as error:
            raw = partial(_refuse, error)
            return GivenRow(position=position, name=name, raw=raw, cells=cells)
        return GivenRow(
            position=position,
            name=name,
            raw=partial(self._fetch, url) if url else None,
            media_id=said.get("media_id", ""),
            sha256=sha256,
            details=details,
            cells=cells,
        )


def plan_of(file: IO[bytes], *, byte_size: int) -> TablePlan:
    """Guess how a table is read from its beginning; raise UnusableImageTable."""
    if byte_size > MAX_TABLE_BYTES:
        raise UnusableImageTable(
            Sentence(
                "The file has more than %(most)s MB. Divide it into smaller ones.",
                most=MAX_TABLE_BYTES // 1_000_000,
            )
        )
    encoding = _encoding(file)
    file.seek(0)
    sample = file.read(_SAMPLE_BYTES).decode(encoding, errors="ignore")
    if sample.lstrip().startswith("{"):
        plan = TablePlan(encoding, "", (), ())
        columns = _keys(_objects(file, plan))
    else:
        first = sample.partition("\n")[0]
        plan = TablePlan(encoding, max(_DELIMITERS, key=first.count), (), ())
        columns = tuple(next(_lines(file, plan), []))
    return TablePlan(encoding, plan.delimiter, _named(columns), tuple(_guessed(columns)))


def _keys(objects: Iterator[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the names of all keys in their order, more than there may be where there are more."""
    keys: dict[str, None] = {}
    for each in objects:
        keys |= dict.fromkeys(map(_column_name, each))
        if len(keys) > MAX_COLUMNS:
            break
    return tuple(keys)


def _named(columns: Sequence[str]) -> tuple[str, ...]:
    if not columns or not any(each.strip() for each in columns) or len(columns) > MAX_COLUMNS:
        raise UnusableImageTable(
            Sentence(
                "The first row has to name the columns, at most %(most)s of them.",
                most=MAX_COLUMNS,
            )
        )
    return tuple(map(_column_name, columns))


def _column_name(written: str) -> str:
    return storable(written.strip()[:_MAX_COLUMN_LENGTH].strip())


def counted(file: IO[bytes], plan: TablePlan) -> int:
    """Return how many rows there are; raise UnusableImageTable for too many, or unreadable ones."""
    total = 0
    for total, _cells_of_it in _cells(file, plan):
        if total > MAX_ROWS:
            raise UnusableImageTable(
                Sentence(
                    "The table has more than %(most)s rows. Divide it into smaller ones.",
                    most=f"{MAX_ROWS:,}",
                )
            )
    if not total:
        raise UnusableImageTable(Sentence("The table has no rows."))
    return total


def first_rows(file: IO[bytes], plan: TablePlan) -> list[list[str]]:
    """Return the cells of the first rows, as much of each as is shown."""
    first = islice(_cells(file, plan), SHOWN_ROWS)
    return [[storable(each[:_SHOWN_CHARACTERS]) for each in cells] for _, cells in first]


def lines(columns: Sequence[str], rows: Iterator[Sequence[str]]) -> Iterator[str]:
    """Return rows as a table that may be imported again."""
    return spreadsheets.lines(columns, rows)


def _encoding(file: IO[bytes]) -> str:
    """Return the encoding: that of a mark at the beginning, else UTF-8, else Windows' own."""
    file.seek(0)
    start = file.read(4)
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "utf-16"
    file.seek(0)
    reader = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        while reader.read(1_000_000):
            pass
    except UnicodeDecodeError:
        return "cp1252"
    else:
        return "utf-8-sig"
    finally:
        reader.detach()


def _cells(file: IO[bytes], plan: TablePlan) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield (position, cells in the order of the columns) of the rows that are not empty."""
    if plan.has_header:
        rows: Iterator[Sequence[str]] = islice(_lines(file, plan), 1, None)
    else:
        rows = (_cells_of(each, plan.columns) for each in _objects(file, plan))
    filled = (cells for cells in rows if any(cell.strip() for cell in cells))
    yield from enumerate(filled, start=1)


def _cells_of(given: Mapping[str, Any], columns: Sequence[str]) -> list[str]:
    named = {_column_name(key): value for key, value in given.items()}
    return [_text(named.get(name)) for name in columns]


class _BoundedLines:
    """The lines of a text, of which those of one row are never more than are kept in memory."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._left = MAX_ROW_CHARACTERS

    def begin_row(self) -> None:
        """Take what comes next for another row."""
        self._left = MAX_ROW_CHARACTERS

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """Return the next line; raise csv.Error for a row that is too long."""
        line = self._text.readline(self._left + 1)
        self._left -= len(line)
        if self._left < 0:
            raise csv.Error("The row is too long.")
        if not line:
            raise StopIteration
        return line


def _lines(file: IO[bytes], plan: TablePlan) -> Iterator[list[str]]:
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=plan.encoding, errors="replace", newline="")
    bounded = _BoundedLines(text)
    reader = csv.reader(bounded, delimiter=plan.delimiter, strict=True)
    try:
        for cells in reader:
            yield [spreadsheets.as_written(cell) for cell in cells]
            bounded.begin_row()
    except csv.Error as error:
        raise UnusableImageTable(
            Sentence(
                "Line %(line)s cannot be read. Is a quotation mark missing?",
                line=reader.line_num or 1,
            )
        ) from error
    finally:
        text.detach()


def _objects(file: IO[bytes], plan: TablePlan) -> Iterator[Mapping[str, Any]]:
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=plan.encoding, errors="replace")
    number = 0
    bounded = _BoundedLines(text)
    try:
        for number, line in enumerate(bounded, start=1):
            if line.strip():
                yield _object(line, number)
            bounded.begin_row()
    except csv.Error as error:
        raise _no_object(number + 1) from error
    finally:
        text.detach()


def _object(line: str, number: int) -> Mapping[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _no_object(number)
    return found


def _no_object(line: int) -> UnusableImageTable:
    return UnusableImageTable(Sentence("Line %(line)s is no JSON object.", line=line))


def _text(value: object) -> str:
    """Return a value of JSON as the cell that a table would have."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "|".join(value)
    return json.dumps(value, ensure_ascii=False)


def _guessed(columns: Sequence[str]) -> Iterator[str]:
    """Yield what each column seems to mean; of two that mean one field the first does."""
    taken = set()
    for column in columns:
        name = _SIGNS.sub("", column.strip().lower())
        meaning = next((each for each, names in _KNOWN_AS.items() if name in names), FACT)
        if meaning in taken:
            meaning = FACT
        if meaning in _FIELDS:
            taken.add(meaning)
        yield meaning if column.strip() else IGNORED


def _said(plan: TablePlan, cells: Sequence[str]) -> Iterator[tuple[str, str]]:
    for meaning, cell in zip(plan.meanings, cells, strict=False):
        if meaning in _FIELDS and cell.strip():
            yield meaning, cell if meaning in {"custom_id", "context"} else cell.strip()


def _details(plan: TablePlan, said: Mapping[str, str], cells: Sequence[str]) -> RowDetails:
    if len(cells) > len(plan.columns):
        raise RefusedRow(
            "too_many_cells",
            Sentence(
                "The row has %(count)s cells for %(most)s columns. A text with commas needs "
                "quotation marks around it.",
                count=len(cells),
                most=len(plan.columns),
            ),
        )
    if any(len(cell) > _MAX_CELL_CHARACTERS for cell in cells):
        raise RefusedRow("long_cell", Sentence("A cell of the row is too long."))
    tags = said.get("tags")
    return RowDetails(
        custom_id=said.get("custom_id"),
        name=said.get("name"),
        tags=None if tags is None else _tags(tags),
        context=_context(plan, said.get("context", ""), cells),
    )


def _context(plan: TablePlan, text: str, cells: Sequence[str]) -> Mapping[str, Any] | None:
    """Return the context of a row: that of its own column, and the facts of others."""
    facts = {
        name: cell.strip()
        for name, meaning, cell in zip(plan.columns, plan.meanings, cells, strict=False)
        if meaning == FACT and cell.strip()
    }
    if not text:
        return facts or None
    try:
        context = json.loads(text)
    except (ValueError, RecursionError):
        context = None
    if not isinstance(context, dict):
        raise RefusedRow("no_context", Sentence("The context is no JSON object."))
    return {**context, **facts}


def _tags(text: str) -> list[str]:
    tags = list(dict.fromkeys(each.strip() for each in text.split("|") if each.strip()))
    if len(tags) > MAX_TAGS_PER_ITEM:
        raise RefusedRow(
            "too_many_tags", Sentence("A row has at most %(most)s tags.", most=MAX_TAGS_PER_ITEM)
        )
    return tags


def _sha256(text: str) -> str:
    if text and not _SHA256.fullmatch(text):
        raise RefusedRow("no_sha256", Sentence("The SHA-256 is not one: it has 64 hex digits."))
    return text.lower()


def _name_in(url: str) -> str:
    try:
        return urlsplit(url).path.rpartition("/")[2]
    except ValueError:
        return ""


def _refuse(error: InvalidInput) -> RawImage:
    raise error
