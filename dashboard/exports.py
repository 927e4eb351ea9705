"""What was decided and done as tables for spreadsheets."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponseBase, QueryDict, StreamingHttpResponse

from accounts import audit
from accounts.audit import AuditAct, Subject, SubjectKind

if TYPE_CHECKING:
    from accounts.actors import Actor
    from accounts.models import AuditEntry
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
AUDIT_COLUMNS = (
    "when",
    "who",
    "surface",
    "act",
    "kind",
    "id",
    "name",
    "details",
    "address",
    "request_id",
)
_MAX_FILTER_LENGTH = 300
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
    return _lines(COLUMNS, map(_cells, deeds))


def audit_csv(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """Yield the lines of the audit's table, the names of the columns first."""
    return _lines(AUDIT_COLUMNS, map(_audit_cells, entries))


def download(
    request: HttpRequest, *, by: Actor, name: str, rows: Iterable[str]
) -> HttpResponseBase:
    """Record that a table is downloaded, and send it."""
    audit.record(
        by=by,
        act=AuditAct.EXPORT_DOWNLOADED,
        about=Subject(SubjectKind.EXPORT, label=name),
        details=_filter_told(request.GET),
    )
    return StreamingHttpResponse(
        rows,
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )


def _filter_told(asked: QueryDict) -> dict[str, str]:
    """Return what the audit says about an export: how it was narrowed."""
    return {"filter": asked.urlencode()[:_MAX_FILTER_LENGTH]} if asked else {}


def harmless(cell: str) -> str:
    """Return the text such that no spreadsheet runs it: an apostrophe makes it plain text."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA_STARTS) else cell


def _lines(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield _BYTE_ORDER_MARK + str(writer.writerow(columns))
    for row in rows:
        yield str(writer.writerow([harmless(cell) for cell in row]))


def _audit_cells(entry: AuditEntry) -> Sequence[str]:
    return [
        entry.created_at.isoformat(timespec="seconds"),
        entry.who,
        entry.surface,
        entry.act,
        entry.subject_kind,
        entry.subject_id,
        entry.subject_label,
        json.dumps(entry.details, ensure_ascii=False) if entry.details else "",
        entry.address,
        entry.request_id,
    ]


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
