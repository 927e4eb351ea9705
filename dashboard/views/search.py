"""Searching all lists by a picture."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import at_work, wording
from accounts.http import actor_of, page, wants_fragment
from accounts.permissions import Permission
from common.errors import Forbidden, InvalidInput, LookalikeError, QuotaExceeded, Unavailable
from dashboard import searches, uploads
from dashboard.forms import SearchForm
from intake.sources import RawImage
from lists import selectors

if TYPE_CHECKING:
    from lists.models import List


@page
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Show which pictures of which lists are like the one given; nothing of it is kept."""
    actor_of(request).require(Permission.CHECK_IMAGES)
    lists = {
        each.public_id: each for each in selectors.lists_for(actor_of(request)).order_by("name")
    }
    choices = [(each.public_id, each.name) for each in lists.values()]
    if request.method != "POST":
        return render(request, "search/index.html", {"form": SearchForm(list_choices=choices)})
    form = SearchForm(request.POST, request.FILES, list_choices=choices)
    context: dict[str, object] = {"form": form}
    status = HTTPStatus.OK
    try:
        with at_work.place(actor_of(request).organisation_id):
            context |= {"found": _found(request, form, lists)}
    except (Forbidden, QuotaExceeded, Unavailable):
        raise
    except LookalikeError as error:
        context |= {"refusal": wording.said(error), "refusal_code": error.code}
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    template = "search/_found.html" if wants_fragment(request) else "search/index.html"
    return render(request, template, context, status=status)


def _found(request: HttpRequest, form: SearchForm, lists: dict[str, List]) -> searches.Found:
    if not form.is_valid():
        raise InvalidInput(" ".join(str(each[0]) for each in form.errors.values()))
    chosen = form.cleaned_data["lists"] or list(lists)
    return searches.search(
        by=actor_of(request),
        lists=[lists[list_id] for list_id in chosen],
        raw=_picture(request, form),
    )


def _picture(request: HttpRequest, form: SearchForm) -> RawImage:
    file, text = form.cleaned_data["image"], form.cleaned_data["text"]
    if file and text:
        raise InvalidInput(_("Give a file or what names a picture, not both."))
    if file:
        return uploads.raw_of(file)
    if text:
        return searches.picture_named(by=actor_of(request), text=text)
    raise uploads.NoPicture(_("Choose a picture first, or name one."))
