"""Pictures of a list: adding, checking and putting back."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts import at_work, wording
from accounts.http import actor_of, page, wants_fragment
from accounts.permissions import Permission
from common.errors import (
    Conflict,
    Forbidden,
    LookalikeError,
    NotFound,
    QuotaExceeded,
    Unavailable,
)
from dashboard import uploads
from dashboard.uploads import Keeping
from dashboard.views.lists import frame_of
from lists import selectors
from review.pages import shown_claims
from review.pairs import services as pairs_services

if TYPE_CHECKING:
    from lists.models import List


@page
@require_POST
def add(request: HttpRequest, list_id: str) -> HttpResponse:
    """Add the files to the list and say of each what became of it."""
    image_list = selectors.list_for(actor_of(request), list_id)
    by = actor_of(request)
    with at_work.place(by.organisation_id):
        files = request.FILES.getlist("images")
        added = uploads.add_all(by=by, image_list=image_list, files=files)
    template = "lists/_added.html" if wants_fragment(request) else "lists/added.html"
    context = frame_of(request, image_list, tab="items") | {"added": added}
    return render(request, template, context)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, list_id: str) -> HttpResponse:
    """Check a picture against the list."""
    actor_of(request).require(Permission.CHECK_IMAGES)
    image_list = selectors.list_for(actor_of(request), list_id)
    context = frame_of(request, image_list, tab="check") | {"keeping": Keeping.NOTHING}
    status = HTTPStatus.OK
    if request.method == "POST":
        keeping = _keeping(request.POST.get("keeping", ""))
        context |= {"keeping": keeping}
        try:
            checked = _check(request, image_list, keeping)
            pictures = [match.item.image for match in checked.matches]
            context |= {"checked": checked, "lines": shown_claims.lines_read(pictures)}
        except (Forbidden, NotFound, QuotaExceeded, Unavailable):
            raise
        except LookalikeError as error:
            context |= {"refusal": wording.said(error)}
            status = HTTPStatus.UNPROCESSABLE_ENTITY
    template = "lists/_checked.html" if wants_fragment(request) else "lists/check.html"
    return render(request, template, context, status=status)


@page
@require_POST
def restore(request: HttpRequest, list_id: str) -> HttpResponse:
    """Put back into the list those of the removed images that can be, and say why others cannot."""
    actor_of(request).require(Permission.CHANGE_ITEMS)
    image_list = selectors.list_for(actor_of(request), list_id)
    restored, refusals = 0, {}
    for item_id in dict.fromkeys(request.POST.getlist("item")):
        try:
            item = selectors.removed_item_for(image_list, item_id)
            pairs_services.restore_item(by=actor_of(request), item=item)
            restored += 1
        except (Conflict, NotFound) as error:
            refusals[wording.said(error)] = error.code
    for refusal, code in refusals.items():
        messages.error(request, refusal, extra_tags=code)
    if restored:
        text = ngettext("%(n)d image is back.", "%(n)d images are back.", restored)
        messages.success(request, text % {"n": restored}, extra_tags="items_restored")
    return redirect("dashboard:list", list_id)


def _check(request: HttpRequest, image_list: List, keeping: Keeping) -> uploads.Checked:
    file = request.FILES.get("image")
    if file is None:
        raise uploads.NoPicture(_("Choose a picture first."))
    by = actor_of(request)
    with at_work.place(by.organisation_id):
        return uploads.check(by=by, image_list=image_list, file=file, keeping=keeping)


def _keeping(text: str) -> Keeping:
    return Keeping(text) if text in list(Keeping) else Keeping.NOTHING
