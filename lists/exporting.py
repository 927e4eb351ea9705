"""Items as tables and as JSON lines, a row at a time: what is written can be imported again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from django.db.models import TextChoices

from common import spreadsheets
from lists import tags
from lists.models import Item

# The address where an item's picture can be had.
AddressOf = Callable[[Item], str]


class ExportFormat(TextChoices):
    """What items are exported as; JSON lines are of https://jsonlines.org."""

    CSV = "csv", "CSV"
    JSON_LINES = "jsonl", "JSON Lines"


COLUMNS: Final = (
    "media_id",
    "custom_id",
    "name",
    "tags",
    "context",
    "sha256",
    "format",
    "width",
    "height",
    "bytes",
    "added_at",
    "url",
)
CONTENT_TYPES: Final[Mapping[ExportFormat, str]] = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.JSON_LINES: "application/jsonl; charset=utf-8",
}


def lines(items: Iterable[Item], kind: ExportFormat, *, address_of: AddressOf) -> Iterator[str]:
    """Yield the lines of an export as the items come; of a table, the names of the columns first.

    In a table tags stand in one cell with | between them, and the context is JSON. Items have
    their images and tags loaded.
    """
    facts = (_facts(item, address_of) for item in items)
    if kind == ExportFormat.JSON_LINES:
        return (json.dumps(each, ensure_ascii=False) + "\n" for each in facts)
    return spreadsheets.lines(COLUMNS, (_cells(each) for each in facts))


def _facts(item: Item, address_of: AddressOf) -> dict[str, Any]:
    image = item.image
    return {
        "media_id": item.public_id,
        "custom_id": item.custom_id,
        "name": item.name,
        "tags": tags.names_of(item),
        "context": item.context,
        "sha256": image.sha256,
        "format": image.format,
        "width": image.width,
        "height": image.height,
        "bytes": image.byte_size,
        "added_at": item.created_at.isoformat(),
        "url": address_of(item),
    }


def _cells(facts: Mapping[str, Any]) -> list[str]:
    context = facts["context"]
    shown = {
        **facts,
        "tags": tags.SEPARATOR.join(facts["tags"]),
        "context": json.dumps(context, ensure_ascii=False) if context else "",
    }
    return [spreadsheets.harmless(str(shown[name])) for name in COLUMNS]
