"""Many entries of a text list at once: pasted, or in a file."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from accounts.http import actor_of, page
from accounts.permissions import Permission
from dashboard import text_shown
from dashboard.text_list_forms import PasteForm, TableForm, taken
from dashboard.views.text_entries import suggested_categories
from dashboard.views.text_lists import frame_of
from text_lists import importing, selectors

if TYPE_CHECKING:
    from text_lists.models import TextList
    from text_lists.values import PutEntries


@page
@require_GET
def index(request: HttpRequest, list_id: str) -> HttpResponse:
    """Offer to paste many texts, and to send a file of them."""
    actor_of(request).require(Permission.CHANGE_ITEMS)
    text_list = selectors.list_for(actor_of(request), list_id)
    return _many(request, text_list, PasteForm(), TableForm())


@page
@require_POST
def paste(request: HttpRequest, list_id: str) -> HttpResponse:
    """Add a text for each line."""
    actor = actor_of(request)
    actor.require(Permission.CHANGE_ITEMS)
    text_list = selectors.list_for(actor, list_id)
    form = PasteForm(request.POST)
    put = taken(
        form,
        lambda: importing.put_lines(
            by=actor, text_list=text_list, lines=form.cleaned_data["lines"], like=form.like()
        ),
    )
    if put is None:
        return _many(request, text_list, form, TableForm())
    return _put(request, text_list, put, is_table=False)


@page
@require_POST
def import_table(request: HttpRequest, list_id: str) -> HttpResponse:
    """Put the entries of a file into the list."""
    actor = actor_of(request)
    actor.require(Permission.CHANGE_ITEMS)
    text_list = selectors.list_for(actor, list_id)
    form = TableForm(request.POST, request.FILES)
    put = taken(
        form,
        lambda: importing.import_table(
            by=actor, text_list=text_list, file=form.cleaned_data["table"]
        ),
    )
    if put is None:
        return _many(request, text_list, PasteForm(), form)
    return _put(request, text_list, put, is_table=True)


def _many(
    request: HttpRequest, text_list: TextList, paste_form: PasteForm, table: TableForm
) -> HttpResponse:
    context = frame_of(text_list, tab="many") | {
        "paste": paste_form,
        "table": table,
        "categories": suggested_categories(text_list),
    }
    is_refused = bool(paste_form.errors or table.errors)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_refused else HTTPStatus.OK
    return render(request, "text_lists/many.html", context, status=status)


def _put(
    request: HttpRequest, text_list: TextList, put: PutEntries, *, is_table: bool
) -> HttpResponse:
    context = frame_of(text_list, tab="many") | {
        "put": put,
        "is_table": is_table,
        "refusals": [text_shown.refusal(each) for each in put.refused],
    }
    return render(request, "text_lists/put.html", context)
