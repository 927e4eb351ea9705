"""What was decided and done as tables for spreadsheets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeVar

from django.http import HttpRequest, HttpResponseBase, QueryDict, StreamingHttpResponse

from accounts import audit
from accounts.audit import AuditAct, Subject, SubjectKind
from common import spreadsheets

if TYPE_CHECKING:
    from accounts.actors import Actor
    from accounts.models import AuditEntry
    from review.models import Decision
    from review.pairs.activity import Deed
    from review.pairs.selectors import Side

Row = TypeVar("Row")
# What a table has: the name of each column, and what a row has there.
Columns = Mapping[str, Callable[[Row], str]]

MAX_ROWS = 50_000
_MAX_FILTER_LENGTH = 300


def decisions_csv(deeds: Iterable[Deed]) -> Iterator[str]:
    """Yield the lines of the table, the names of the columns first."""
    return _lines(DECISION_COLUMNS, deeds)


def audit_csv(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """Yield the lines of the audit's table, the names of the columns first."""
    return _lines(AUDIT_COLUMNS, entries)


def download(
    request: HttpRequest,
    *,
    by: Actor,
    name: str,
    rows: Iterable[str],
    content_type: str = "text/csv; charset=utf-8",
) -> HttpResponseBase:
    """Record that a table is downloaded, and send it row by row."""
    audit.record(
        by=by,
        act=AuditAct.EXPORT_DOWNLOADED,
        about=Subject(SubjectKind.EXPORT, label=name),
        details=_filter_told(request.GET),
    )
    return StreamingHttpResponse(
        rows,
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )


def _filter_told(asked: QueryDict) -> dict[str, str]:
    """Return what the audit says about an export: how it was narrowed."""
    return {"filter": asked.urlencode()[:_MAX_FILTER_LENGTH]} if asked else {}


def _lines(columns: Columns[Row], rows: Iterable[Row]) -> Iterator[str]:
    cells = ([spreadsheets.harmless(cell_of(row)) for cell_of in columns.values()] for row in rows)
    return spreadsheets.lines(columns, cells)


def _who(decision: Decision) -> str:
    if decision.user:
        return decision.user.email
    return decision.credential.name if decision.credential else ""


def _id(side: Side) -> str:
    return side.item.public_id if side.item else ""


def _custom_id(side: Side) -> str:
    return side.item.custom_id if side.item else ""


def _cause(decision: Decision) -> str:
    """Return the pair whose decision this one follows from, empty for anybody's own."""
    return decision.follows_from.candidate.public_id if decision.follows_from else ""


def _moment(row: Decision | AuditEntry) -> str:
    return row.created_at.isoformat(timespec="seconds")


DECISION_COLUMNS: Columns[Deed] = {
    "when": lambda deed: _moment(deed.decision),
    "who": lambda deed: _who(deed.decision),
    "surface": lambda deed: deed.decision.surface,
    "act": lambda deed: deed.decision.act,
    "from": lambda deed: deed.decision.from_state,
    "to": lambda deed: deed.decision.to_state,
    "scope": lambda deed: deed.decision.to_scope,
    "unsure": lambda deed: "yes" if deed.decision.to_unsure else "",
    "list": lambda deed: deed.shown.pair.image_list.name,
    "list_id": lambda deed: deed.shown.pair.image_list.public_id,
    "match_id": lambda deed: deed.shown.pair.public_id,
    "score": lambda deed: f"{deed.shown.pair.score:.4f}",
    "kind": lambda deed: deed.shown.pair.kind,
    "algorithm_version": lambda deed: str(deed.algorithm_version or ""),
    "query_id": lambda deed: _id(deed.shown.query),
    "query_custom_id": lambda deed: _custom_id(deed.shown.query),
    "query_sha256": lambda deed: deed.shown.query.image.sha256,
    "item_id": lambda deed: _id(deed.shown.item),
    "item_custom_id": lambda deed: _custom_id(deed.shown.item),
    "item_sha256": lambda deed: deed.shown.item.image.sha256,
    "reason": lambda deed: deed.decision.reason,
    "note": lambda deed: deed.decision.note,
    "follows_from": lambda deed: _cause(deed.decision),
}
AUDIT_COLUMNS: Columns[AuditEntry] = {
    "when": _moment,
    "who": lambda entry: entry.who,
    "surface": lambda entry: entry.surface,
    "act": lambda entry: entry.act,
    "kind": lambda entry: entry.subject_kind,
    "id": lambda entry: entry.subject_id,
    "name": lambda entry: entry.subject_label,
    "details": lambda entry: json.dumps(entry.details, ensure_ascii=False) if entry.details else "",
    "address": lambda entry: entry.address,
    "request_id": lambda entry: entry.request_id,
}
