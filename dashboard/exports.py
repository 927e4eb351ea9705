"""What was decided and done as tables for spreadsheets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeVar

from django.http import HttpRequest, HttpResponseBase, QueryDict, StreamingHttpResponse

from accounts import audit
from accounts.audit import AuditAct, Subject, SubjectKind
from common import spreadsheets
from verdicts.activity import OF_VERDICTS, ShownVerdictDeed

if TYPE_CHECKING:
    from accounts.actors import Actor
    from accounts.models import AuditEntry
    from dashboard.figures import Figure, Value
    from review.models import Decision
    from review.pairs.activity import Deed
    from review.pairs.selectors import Side
    from verdicts.activity import Row as Done
    from verdicts.models import VerdictDeed

Row = TypeVar("Row")
# What a table has: the name of each column, and what a row has there.
Columns = Mapping[str, Callable[[Row], str]]

MAX_ROWS = 50_000
_MAX_FILTER_LENGTH = 300


def activity_csv(rows: Iterable[Done]) -> Iterator[str]:
    """Yield the lines of the table, the names of the columns first."""
    return _lines(ACTIVITY_COLUMNS, rows)


def audit_csv(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """Yield the lines of the audit's table, the names of the columns first."""
    return _lines(AUDIT_COLUMNS, entries)


def figure_csv(figure: Figure) -> Iterator[str]:
    """Yield the lines of a figure's table, the codes of the columns first."""
    rows = ([_cell_of(value) for value in row] for row in figure.values)
    return spreadsheets.lines([column.code for column in figure.columns], rows)


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


def _cell_of(value: Value) -> str:
    if value is None:
        return ""
    # A person typed the texts; a number that is negative is no formula.
    return spreadsheets.harmless(value) if isinstance(value, str) else str(value)


def _decider(decision: Decision) -> str:
    return decision.rule_run.version.rule.name if decision.rule_run else _who(decision)


def _who(act: Decision | VerdictDeed) -> str:
    if act.user:
        return act.user.email
    return act.credential.name if act.credential else ""


def _id(side: Side) -> str:
    return side.item.public_id if side.item else ""


def _custom_id(side: Side) -> str:
    return side.item.custom_id if side.item else ""


def _cause(decision: Decision) -> str:
    """Return the pair whose decision this one follows from, empty for anybody's own."""
    return decision.follows_from.candidate.public_id if decision.follows_from else ""


def _moment(row: Decision | VerdictDeed | AuditEntry) -> str:
    return row.created_at.isoformat(timespec="seconds")


DECISION_COLUMNS: Columns[Deed] = {
    "when": lambda deed: _moment(deed.decision),
    "who": lambda deed: _decider(deed.decision),
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
# Of acts about verdicts: what they have in common with decisions stands in the same columns.
VERDICT_COLUMNS: Columns[ShownVerdictDeed] = {
    "when": lambda row: _moment(row.act),
    "who": lambda row: _who(row.act),
    "surface": lambda row: row.act.surface,
    "act": lambda row: OF_VERDICTS + row.act.act,
    "list": lambda row: row.act.image_list.name if row.act.image_list else "",
    "list_id": lambda row: row.act.image_list.public_id if row.act.image_list else "",
    "item_id": lambda row: row.item.public_id if row.item else "",
    "item_custom_id": lambda row: row.item.custom_id if row.item else "",
    "item_sha256": lambda row: row.act.verdict.image.sha256 if row.act.verdict else "",
    "verdict": lambda row: row.act.subject,
    "version": lambda row: str(row.act.number or ""),
    "rating": lambda row: row.content.rating if row.content else "",
    "title": lambda row: row.content.title if row.content else "",
    "details": lambda row: json.dumps(row.act.details) if row.act.details else "",
}


def _cell(name: str) -> Callable[[Done], str]:
    """Return what a row of either kind has in a column; "" where its kind has none."""

    def cell(row: Done) -> str:
        if isinstance(row, ShownVerdictDeed):
            return VERDICT_COLUMNS[name](row) if name in VERDICT_COLUMNS else ""
        return DECISION_COLUMNS[name](row) if name in DECISION_COLUMNS else ""

    return cell


ACTIVITY_COLUMNS: Columns[Done] = {
    name: _cell(name) for name in dict.fromkeys([*DECISION_COLUMNS, *VERDICT_COLUMNS])
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
