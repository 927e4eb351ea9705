"""What was decided as a table for spreadsheets."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from review.models import Decision
    from review.pairs.activity import Deed
    from review.pairs.selectors import Side

MAX_ROWS = 50_000
COLUMNS = (
    "when",
    "who",
    "surface",
    "act",
    "from",
    "to",
    "scope",
    "unsure",
    "list",
    "list_id",
    "match_id",
    "score",
    "kind",
    "algorithm_version",
    "query_id",
    "query_custom_id",
    "query_sha256",
    "item_id",
    "item_custom_id",
    "item_sha256",
    "reason",
    "note",
)
# Spreadsheets take what begins so for a formula, which may send other cells away.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# By it spreadsheets know UTF-8.
_BYTE_ORDER_MARK = "\ufeff"


class _Line:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def decisions_csv(deeds: Iterable[Deed]) -> Iterator[str]:
    """Yield the lines of the table, the names of the columns first."""
    writer = csv.writer(_Line())
    yield _BYTE_ORDER_MARK + str(writer.writerow(COLUMNS))
    for deed in deeds:
        yield str(writer.writerow([harmless(cell) for cell in _cells(deed)]))


def harmless(cell: str) -> str:
    """Return the text such that no spreadsheet runs it: an apostrophe makes it plain text."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA_STARTS) else cell


def _cells(deed: Deed) -> Sequence[str]:
    decision, pair = deed.decision, deed.shown.pair
    return [
        decision.created_at.isoformat(timespec="seconds"),
        _who(decision),
        decision.surface,
        decision.act,
        decision.from_state,
        decision.to_state,
        decision.to_scope,
        "yes" if decision.to_unsure else "",
        pair.image_list.name,
        pair.image_list.public_id,
        pair.public_id,
        f"{pair.score:.4f}",
        pair.kind,
        "" if deed.algorithm_version is None else str(deed.algorithm_version),
        *_side_cells(deed.shown.query),
        *_side_cells(deed.shown.item),
        decision.reason,
        decision.note,
    ]


def _who(decision: Decision) -> str:
    if decision.user:
        return decision.user.email
    return decision.credential.name if decision.credential else ""


def _side_cells(side: Side) -> Sequence[str]:
    item = side.item
    return [
        item.public_id if item else "",
        item.custom_id if item else "",
        side.image.sha256,
    ]
