"""What was removed and can be taken back: lists and images, by whom and until when."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import wording
from accounts.http import actor_of, page
from accounts.permissions import Permission
from common.errors import Conflict
from lists import selectors
from lists.pages import newest_page, row_id
from review.pairs import services as pairs_services

ROWS_PER_PAGE = 40


@page
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the images that can be taken back, and before the first of them the newest lists."""
    actor, now = actor_of(request), timezone.now()
    after = row_id(request.GET.get("after", ""))
    items = selectors.removed_items_page(actor, now=now, after=after, size=ROWS_PER_PAGE)
    context: dict[str, object] = {"page": items, "after": after}
    if after is None:
        lists = selectors.removed_lists(actor, now=now)
        context["lists_page"] = newest_page(lists, after=None, size=ROWS_PER_PAGE)
    return render(request, "removed/index.html", context)


@page
@require_GET
def lists(request: HttpRequest) -> HttpResponse:
    """Show the lists alone: there are more than fit above the images."""
    after = row_id(request.GET.get("after", ""))
    removed = selectors.removed_lists(actor_of(request), now=timezone.now())
    found = newest_page(removed, after=after, size=ROWS_PER_PAGE)
    return render(request, "removed/index.html", {"lists_page": found, "lists_after": after})


@page
@require_POST
def restore_list(request: HttpRequest, list_id: str) -> HttpResponse:
    """Take the removal of a list back."""
    actor = actor_of(request)
    actor.require(Permission.CHANGE_LISTS)
    removed = selectors.removed_list_for(actor, list_id)
    try:
        restored = pairs_services.restore_list(by=actor, image_list=removed)
    except Conflict as error:
        messages.error(request, wording.said(error), extra_tags=error.code)
        return redirect("dashboard:removed")
    text = _("The list “%(name)s” is back.") % {"name": restored.name}
    messages.success(request, text, extra_tags="list_restored")
    return redirect("dashboard:list", restored.public_id)


@page
@require_POST
def restore_item(request: HttpRequest, media_id: str) -> HttpResponse:
    """Take the removal of an image back."""
    actor = actor_of(request)
    actor.require(Permission.CHANGE_ITEMS)
    item = selectors.item_ever_in_reach(actor, media_id)
    try:
        pairs_services.restore_item(by=actor, item=item)
    except Conflict as error:
        messages.error(request, wording.said(error), extra_tags=error.code)
    else:
        messages.success(request, _("The image is back."), extra_tags="items_restored")
    return redirect("dashboard:removed")
