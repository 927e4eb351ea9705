"""What the server answers about imports: many images on their way into a list."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lookalike_client.reading import known, moment


@dataclass(frozen=True)
class ImportReason:
    """Why an import does not go on, or never began."""

    code: str
    message: str


@dataclass(frozen=True)
class ImportColumn:
    """A column of a table; the `meaning` is empty where it is not read."""

    name: str
    meaning: str


@dataclass(frozen=True)
class Import:
    """Many images on their way into a list.

    `state` is receiving, ready, running, paused, done or cancelled. Of the `total` rows, None while
    nobody has counted them, `done` are through: `added`, `known` or `refused`.
    """

    id: str
    list: str
    source: str
    name: str
    state: str
    reason: ImportReason | None
    byte_size: int
    received_bytes: int
    part_bytes: int
    columns: tuple[ImportColumn, ...]
    total: int | None
    done: int
    added: int
    known: int
    refused: int
    skipped: int
    worked_s: float
    key: str | None
    by: str | None
    created_at: dt.datetime
    finished_at: dt.datetime | None


@dataclass(frozen=True)
class RefusedImportRow:
    """A row that was not imported, and why; `cells` are those that were sent, by column."""

    row: int
    code: str
    reason: str
    cells: Mapping[str, str]


def image_import(answer: Mapping[str, Any]) -> Import:
    """Return an import."""
    reason, finished_at = answer["reason"], answer["finished_at"]
    return known(
        Import,
        answer,
        reason=None if reason is None else known(ImportReason, reason),
        columns=tuple(known(ImportColumn, each) for each in answer["columns"]),
        created_at=moment(answer["created_at"]),
        finished_at=None if finished_at is None else moment(finished_at),
    )


def refused_rows(table: str) -> tuple[RefusedImportRow, ...]:
    """Return the rows of a table of refused rows."""
    lines = csv.reader(io.StringIO(table))
    *columns, _row, _code, _reason = next(lines)
    return tuple(
        RefusedImportRow(int(row), code, reason, dict(zip(columns, cells)))
        for *cells, row, code, reason in lines
    )
