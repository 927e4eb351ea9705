"""Erasing an image or a list at once, and the receipts of what was erased."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import actor_of, page
from accounts.page_forms import accepted
from accounts.permissions import Permission
from dashboard.forms import ErasureForm
from lists import selectors as lists_selectors
from lists.pages import row_id
from review.life import selectors, services

if TYPE_CHECKING:
    from lists.models import List

RECEIPTS_PER_PAGE = 40


@page
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the receipts, newest first."""
    after = row_id(request.GET.get("after", ""))
    receipts = selectors.receipts_page(actor_of(request), after=after, size=RECEIPTS_PER_PAGE)
    return render(request, "erasures/index.html", {"page": receipts, "after": after})


@page
@require_GET
def receipt(request: HttpRequest, erasure_id: str) -> HttpResponse:
    """Send a receipt as a file."""
    found = selectors.receipt_for(actor_of(request), erasure_id)
    name = f"{found.erasure.public_id}.json"
    return JsonResponse(
        found.as_json(),
        json_dumps_params={"indent": 2},
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )


@page
@require_http_methods(["GET", "HEAD", "POST"])
def erase_item(request: HttpRequest, media_id: str) -> HttpResponse:
    """Ask why, then erase an image."""
    actor = actor_of(request)
    actor.require(Permission.CHANGE_ITEMS)
    item = lists_selectors.item_ever_in_reach(actor, media_id)
    form = ErasureForm(request.POST if request.method == "POST" else None)
    erase = partial(services.erase_item, by=actor, item=item)
    if accepted(form, lambda: erase(reason=form.cleaned_data["reason"])):
        messages.success(request, _("The image was erased."), extra_tags="erased")
        return redirect("dashboard:erasures")
    context = {
        "item": item,
        "others": selectors.other_lists_with(item),
        "form": form,
        "back": reverse("dashboard:item", args=(media_id,)),
    }
    return render(request, "erasures/item.html", context)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def erase_list(request: HttpRequest, list_id: str) -> HttpResponse:
    """Ask why, then erase a list."""
    actor = actor_of(request)
    actor.require(Permission.CHANGE_LISTS)
    image_list = _list_ever_in_reach(request, list_id)
    form = ErasureForm(request.POST if request.method == "POST" else None)
    erase = partial(services.erase_list, by=actor, image_list=image_list)
    if accepted(form, lambda: erase(reason=form.cleaned_data["reason"])):
        text = _("The list is out of service and is being erased.")
        messages.success(request, text, extra_tags="erased")
        return redirect("dashboard:erasures")
    context = {
        "list": image_list,
        "item_count": lists_selectors.item_count(image_list),
        "form": form,
        "back": _place_of(image_list),
    }
    return render(request, "erasures/list.html", context)


def _place_of(image_list: List) -> str:
    if image_list.removed_at:
        return reverse("dashboard:removed")
    return reverse("dashboard:list-settings", args=(image_list.public_id,))


def _list_ever_in_reach(request: HttpRequest, list_id: str) -> List:
    actor = actor_of(request)
    try:
        return lists_selectors.list_for(actor, list_id)
    except lists_selectors.ListNotFound:
        return lists_selectors.removed_list_for(actor, list_id)
