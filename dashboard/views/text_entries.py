"""The entries of a text list: looking through, adding, changing, removing and putting back."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import wording
from accounts.http import actor_of, page
from accounts.permissions import Permission
from common.errors import Conflict
from dashboard import exports, text_shown
from dashboard.text_list_forms import EntryFilter, EntryForm, taken
from dashboard.views.text_lists import frame_of, moment_of
from lists.pages import newest_page, row_id
from moderation.types import Key
from text_lists import selectors, services, tables

if TYPE_CHECKING:
    from text_lists.models import TextEntry, TextList

ENTRIES_PER_PAGE = 50
# What is asked of the page in its address; everything else is left behind.
_ASKED = ("text", "language", "category", "after")


@page
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest, list_id: str) -> HttpResponse:
    """Show a list's entries, newest first; add one."""
    actor = actor_of(request)
    text_list = selectors.list_for(actor, list_id)
    form = EntryForm(request.POST if request.method == "POST" else None)
    added = taken(
        form, lambda: services.add_entry(by=actor, text_list=text_list, entry=form.entry())
    )
    if added:
        text = _("“%(text)s” was added.") % {"text": added.text}
        messages.success(request, text, extra_tags="entry_added")
        return redirect("dashboard:text-list", list_id)
    return _entries(request, text_list, form)


@page
@require_POST
def change(request: HttpRequest, list_id: str, entry_id: str) -> HttpResponse:
    """Change an entry, in its place on the page."""
    actor = actor_of(request)
    text_list = selectors.list_for(actor, list_id)
    entry = selectors.entry_for(text_list, entry_id)
    actor.require(Permission.CHANGE_ITEMS)
    form = EntryForm(request.POST, prefix=entry_id)
    changed = taken(
        form, lambda: services.change_entry(by=actor, entry=entry, change=form.change())
    )
    if changed is None:
        return _entries(request, text_list, EntryForm(), changing=(entry, form))
    text = _("“%(text)s” was saved.") % {"text": changed.text}
    messages.success(request, text, extra_tags="entry_saved")
    return _back(request, text_list, at=f"#{entry_id}")


@page
@require_POST
def remove(request: HttpRequest, list_id: str) -> HttpResponse:
    """Take the chosen entries out of the list, and offer to take that back."""
    text_list = selectors.list_for(actor_of(request), list_id)
    ids = request.POST.getlist("entry")
    if not ids:
        messages.error(
            request, _("Choose the entries to remove first."), extra_tags="nothing_selected"
        )
        return _back(request, text_list)
    removal = services.remove_entries(by=actor_of(request), text_list=text_list, entry_ids=ids)
    return _back(request, text_list, removed=removal.removed_at.isoformat())


@page
@require_POST
def restore(request: HttpRequest, list_id: str) -> HttpResponse:
    """Put back the entries that were removed at a moment."""
    actor = actor_of(request)
    actor.require(Permission.CHANGE_ITEMS)
    text_list = selectors.list_for(actor, list_id)
    moment = moment_of(request.POST.get("removed", ""))
    if moment is not None:
        _restore(request, text_list, moment)
    return _back(request, text_list)


@page
@require_GET
def removed(request: HttpRequest, list_id: str) -> HttpResponse:
    """Show the entries that can be taken back."""
    actor = actor_of(request)
    actor.require(Permission.CHANGE_ITEMS)
    text_list = selectors.list_for(actor, list_id)
    after = row_id(request.GET.get("after", ""))
    entries = selectors.removed_entries(text_list, now=timezone.now())
    found = newest_page(entries, after=after, size=ENTRIES_PER_PAGE)
    shown = found.showing([text_shown.entry(row) for row in found.rows])
    context = frame_of(text_list, tab="entries") | {"page": shown, "after": after}
    return render(request, "text_lists/removed.html", context)


@page
@require_POST
def restore_one(request: HttpRequest, list_id: str, entry_id: str) -> HttpResponse:
    """Put one removed entry back."""
    actor = actor_of(request)
    actor.require(Permission.CHANGE_ITEMS)
    text_list = selectors.list_for(actor, list_id)
    entry = selectors.removed_entry_for(text_list, entry_id)
    try:
        services.restore_entry(by=actor, entry=entry)
    except Conflict as error:
        messages.error(request, wording.said(error), extra_tags=error.code)
    else:
        text = _("“%(text)s” is back.") % {"text": entry.text}
        messages.success(request, text, extra_tags="entries_restored")
    return redirect("dashboard:text-list-removed", list_id)


@page
@require_GET
def export(request: HttpRequest, list_id: str) -> HttpResponseBase:
    """Send the list as a table, in the order in which its entries came."""
    actor = actor_of(request)
    text_list = selectors.list_for(actor, list_id)
    rows = tables.lines(selectors.entries_in_order(text_list).iterator(chunk_size=1_000))
    return exports.download(request, by=actor, name=f"{text_list.public_id}.csv", rows=rows)


def _entries(
    request: HttpRequest,
    text_list: TextList,
    form: EntryForm,
    *,
    changing: tuple[TextEntry, EntryForm] | None = None,
) -> HttpResponse:
    chosen = EntryFilter(request.GET, categories=selectors.categories_of(text_list))
    after = row_id(request.GET.get("after", ""))
    entries = selectors.entries_of(text_list, chosen.sought)
    found = newest_page(entries, after=after, size=ENTRIES_PER_PAGE)
    rows = [
        text_shown.entry(row, _form_of(row))
        for row in found.rows
        if changing is None or row.pk != changing[0].pk
    ]
    if changing is not None:
        rows.insert(0, text_shown.entry(*changing))
    removed_at = moment_of(request.GET.get("removed", ""))
    context = frame_of(text_list, tab="entries") | {
        "form": form,
        "chosen": chosen,
        "page": found,
        "rows": rows,
        "after": after,
        "asked": _asked(request),
        "categories": suggested_categories(text_list),
        "removed_at": removed_at,
        "removed_count": selectors.removed_count(text_list, removed_at) if removed_at else 0,
    }
    is_refused = bool(form.errors) or changing is not None
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_refused else HTTPStatus.OK
    return render(request, "text_lists/entries.html", context, status=status)


def _form_of(entry: TextEntry) -> EntryForm:
    return EntryForm(initial=vars(entry), prefix=entry.public_id)


def suggested_categories(text_list: TextList) -> list[str]:
    """Return what categories are mostly called: as in this list, then as built-in ones are."""
    built_in = [key.value for key in Key if key != Key.BLACKLIST]
    return list(dict.fromkeys([*selectors.categories_of(text_list), *built_in]))


def _restore(request: HttpRequest, text_list: TextList, moment: dt.datetime) -> None:
    try:
        restored = services.restore_entries(
            by=actor_of(request), text_list=text_list, removed_at=moment
        )
    except Conflict as error:
        messages.error(request, wording.said(error), extra_tags=error.code)
        return
    if restored.left_out:
        text = ngettext(
            "%(n)d text was added anew meanwhile and stays as it is.",
            "%(n)d texts were added anew meanwhile and stay as they are.",
            restored.left_out,
        )
        messages.warning(request, text % {"n": restored.left_out}, extra_tags="added_anew")
    if restored.count:
        text = ngettext("%(n)d entry is back.", "%(n)d entries are back.", restored.count)
        messages.success(request, text % {"n": restored.count}, extra_tags="entries_restored")


def _asked(request: HttpRequest) -> str:
    """Return what the page was asked for, to be asked for again."""
    return urlencode({name: request.GET[name] for name in _ASKED if request.GET.get(name)})


def _back(request: HttpRequest, text_list: TextList, *, at: str = "", **more: str) -> HttpResponse:
    """Lead back to the page of entries that a form was on."""
    asked = "&".join(filter(None, [_asked(request), urlencode(more)]))
    address = reverse("dashboard:text-list", args=(text_list.public_id,))
    return redirect(f"{address}{'?' if asked else ''}{asked}{at}")
