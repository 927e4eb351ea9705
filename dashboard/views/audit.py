"""The audit: who did what in the organisation, for its admins, and the table of it all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts import audit_trail
from accounts.audit import AuditAct, SubjectKind
from accounts.http import actor_of, page
from common.errors import InvalidInput
from dashboard import exports
from dashboard.filters import AuditFilter
from lists import pages
from lists.pages import row_id

if TYPE_CHECKING:
    from accounts.models import AuditEntry

ENTRIES_PER_PAGE = 60


@dataclass(frozen=True, slots=True)
class _Shown:
    """An entry in words; `details` are (name, value before or the only one, value after)."""

    entry: AuditEntry
    act: str
    kind: str
    details: list[tuple[str, object, object]]


@page
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show what was done, newest first."""
    chosen = _filter(request)
    after = row_id(request.GET.get("after", ""))
    entries = audit_trail.entries_for(actor_of(request), chosen.wanted)
    found = pages.newest_page(entries, after=after, size=ENTRIES_PER_PAGE)
    context = {
        "chosen": chosen,
        "page": found.showing([_shown(entry) for entry in found.rows]),
        "after": after,
        "max_exported": exports.MAX_ROWS,
    }
    return render(request, "settings/audit.html", context)


@page
@require_GET
def export(request: HttpRequest) -> HttpResponseBase:
    """Send what the filter leaves as a table, the newest first."""
    chosen = _filter(request)
    if chosen.errors:
        raise InvalidInput(_("This filter cannot be understood. Choose again on the page."))
    entries = audit_trail.entries_for(actor_of(request), chosen.wanted)
    rows = exports.audit_csv(pages.newest(entries, limit=exports.MAX_ROWS))
    return exports.download(request, by=actor_of(request), name="audit.csv", rows=rows)


def _filter(request: HttpRequest) -> AuditFilter:
    actor = actor_of(request)
    return AuditFilter(
        request.GET,
        people=audit_trail.people(actor),
        credentials=audit_trail.credentials(actor),
    )


def _shown(entry: AuditEntry) -> _Shown:
    return _Shown(
        entry=entry,
        act=_label(AuditAct, entry.act),
        kind=_label(SubjectKind, entry.subject_kind),
        details=_details(entry.details),
    )


def _label(choices: type[AuditAct | SubjectKind], code: str) -> str:
    """Return what a code is called; one that another version wrote stands for itself."""
    return str(dict(choices.choices).get(code, code))


def _details(details: Mapping[str, Any]) -> list[tuple[str, object, object]]:
    return [
        (name, *value) if isinstance(value, list) and len(value) == 2 else (name, value, None)
        for name, value in details.items()
    ]
