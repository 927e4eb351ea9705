"""What our own API answers about imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.native.paging import page_of
from api.shapes import INTEGER, MOMENT, NUMBER, TEXT, TEXT_OR_EMPTY, Shape, one_of
from imports import plans, selectors, spoken, staging, tables
from imports.plans import PlannedColumn

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from imports.models import Import


REASON: Shape[Mapping[str, Any]] = Shape(
    "ImportReason",
    "Why an import does not go on, or never began; `code` is stable, `message` is for people.",
    code=TEXT.of(lambda kept: kept["code"]),
    message=TEXT.of(spoken.sentence),
)
COLUMN: Shape[PlannedColumn] = Shape(
    "ImportColumn",
    "A column of a table, and what it means.",
    name=TEXT_OR_EMPTY.of(lambda column: column.name),
    meaning=one_of(tables.MEANINGS).of(
        lambda column: column.meaning, "Empty: the column is not read."
    ),
)
IMPORT: Shape[Import] = Shape(
    "Import",
    "Many images on their way into a list.",
    id=TEXT.of(lambda run: run.public_id),
    list=TEXT.of(lambda run: run.image_list.public_id),
    source=one_of(selectors.SOURCES).of(lambda run: run.source),
    name=TEXT.of(lambda run: run.name),
    state=one_of(selectors.STATES).of(
        lambda run: run.state,
        "`receiving`: parts of the file are missing. `ready`: a table waits for `start/`.",
    ),
    reason=REASON.or_null.of(
        lambda run: run.reason or None, "Why it is paused, was refused, or waits while it runs."
    ),
    byte_size=INTEGER.of(lambda run: run.byte_size, "Of the file that is sent; else 0."),
    received_bytes=INTEGER.of(
        lambda run: run.received_bytes, "How much of it is here: where the next part begins."
    ),
    part_bytes=INTEGER.of(
        lambda _: staging.PART_BYTES, "How many bytes each part has, but for the last one."
    ),
    columns=COLUMN.many.of(plans.columns_of, "Of a table; else empty."),
    total=INTEGER.or_null.of(
        lambda run: run.total, "How many rows there are; null: nobody has counted them."
    ),
    done=INTEGER.of(lambda run: run.position, "`added`, `known` and `refused` together."),
    added=INTEGER.of(lambda run: run.added),
    known=INTEGER.of(lambda run: run.known, "Were in the list before."),
    refused=INTEGER.of(lambda run: run.refused, "`refused/` has each with its reason."),
    skipped=INTEGER.of(lambda run: run.skipped, "Were kept back by the sender."),
    worked_s=NUMBER.of(lambda run: round(run.worked_s, 1), "How long it was at work, in seconds."),
    key=TEXT.or_null.of(lambda run: run.key or None),
    by=TEXT_OR_EMPTY.or_null.of(
        selectors.beginner_name,
        "The person's address or the credential's name; null for a command of the operator.",
    ),
    created_at=MOMENT.of(lambda run: run.created_at),
    finished_at=MOMENT.or_null.of(lambda run: run.finished_at),
)
IMPORTS = page_of(IMPORT)
