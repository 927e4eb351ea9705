"""Checking a picture against the lists: what is like it, side by side, and what is kept of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import at_work, wording
from accounts.http import actor_of, page, wants_fragment
from accounts.permissions import Permission
from common.errors import Forbidden, InvalidInput, LookalikeError, QuotaExceeded, Unavailable
from dashboard import comparing, searches, uploads
from dashboard.forms import CheckForm
from intake.sources import RawImage
from lists import selectors

if TYPE_CHECKING:
    from lists.models import List


@page
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Show which pictures of which lists are like the one given; nothing is kept unasked."""
    return _check(request)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def from_search(request: HttpRequest) -> HttpResponse:
    """Lead from the address of before to the page."""
    actor_of(request).require(Permission.CHECK_IMAGES)
    return _check(request) if request.method == "POST" else _page_asking(request.GET.dict())


@page
@require_http_methods(["GET", "HEAD", "POST"])
def from_list(request: HttpRequest, list_id: str) -> HttpResponse:
    """Lead from the address of before to the page, for one list."""
    actor_of(request).require(Permission.CHECK_IMAGES)
    image_list = selectors.list_for(actor_of(request), list_id)
    if request.method == "POST":
        return _check(request, only=image_list)
    return _page_asking({"lists": image_list.public_id})


def _page_asking(asked: dict[str, str]) -> HttpResponse:
    query = f"?{urlencode(asked)}" if asked else ""
    return redirect(f"{reverse('dashboard:check')}{query}")


def _check(request: HttpRequest, only: List | None = None) -> HttpResponse:
    actor = actor_of(request)
    actor.require(Permission.CHECK_IMAGES)
    lists = {each.public_id: each for each in selectors.lists_for(actor).order_by("name")}
    form = _form(request, lists)
    context: dict[str, object] = {"form": form, **comparing.CONTEXT}
    status = HTTPStatus.OK
    if request.method == "POST":
        try:
            with at_work.place(actor.organisation_id):
                found = _found(request, form, lists, only)
            context |= {"found": found, "hits": comparing.hits_of(actor, found)}
        except (Forbidden, QuotaExceeded, Unavailable):
            raise
        except LookalikeError as error:
            context |= {"refusal": wording.said(error), "refusal_code": error.code}
            status = HTTPStatus.UNPROCESSABLE_ENTITY
    template = "check/_found.html" if wants_fragment(request) else "check/index.html"
    return render(request, template, context, status=status)


def _form(request: HttpRequest, lists: dict[str, List]) -> CheckForm:
    choices = [(each.public_id, each.name) for each in lists.values()]
    may_add = actor_of(request).may(Permission.CHANGE_ITEMS)
    if request.method == "POST":
        return CheckForm(request.POST, request.FILES, list_choices=choices, may_add=may_add)
    chosen = [each for each in request.GET.getlist("lists") if each in lists]
    asked = {"lists": chosen, "text": request.GET.get("text", ""), "add_to": chosen[:1]}
    return CheckForm(list_choices=choices, may_add=may_add, initial={**asked})


def _found(
    request: HttpRequest, form: CheckForm, lists: dict[str, List], only: List | None
) -> searches.Found:
    if not form.is_valid():
        raise InvalidInput(" ".join(str(each[0]) for each in form.errors.values()))
    asked = form.cleaned_data
    chosen = [lists[list_id] for list_id in asked["lists"]] or list(lists.values())
    return searches.search(
        by=actor_of(request),
        lists=[only] if only else chosen,
        raw=_picture(request, form),
        keeping=asked["keeping"],
        add_to=only or lists.get(asked["add_to"]),
    )


def _picture(request: HttpRequest, form: CheckForm) -> RawImage:
    file, text = form.cleaned_data["image"], form.cleaned_data["text"]
    if file and text:
        raise InvalidInput(_("Give a file or what names a picture, not both."))
    if file:
        return uploads.raw_of(file)
    if text:
        return searches.picture_named(by=actor_of(request), text=text)
    raise uploads.NoPicture(_("Choose a picture first, or name one."))
