"""A list as a workbench: its images searched, sorted and filtered, and what is done with many."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import wording
from accounts.http import actor_of, page, wants_fragment
from accounts.permissions import Permission
from common.errors import Conflict, InvalidInput
from dashboard import exports
from dashboard.item_forms import ItemForm
from dashboard.list_filters import AskedItems
from dashboard.views.lists import frame_of
from imports import staging
from lists import browsing, exporting, selectors, tags
from lists import services as lists_services
from lists.bulk_kinds import BulkKind
from lists.exporting import ExportFormat
from lists.pages import row_id
from review.life import many_items
from review.life.many_items import Chosen, NewChange

if TYPE_CHECKING:
    from lists.models import Item, List

ITEMS_PER_PAGE = 60
DENSITIES = ("small", "middle", "large")
_DENSITY_COOKIE = "list_density"
_YEAR_S = 365 * 24 * 60 * 60


@page
@require_GET
def index(request: HttpRequest, list_id: str) -> HttpResponse:
    """Show a list's images; a page that is scrolled to comes as a fragment."""
    actor = actor_of(request)
    image_list = selectors.list_for(actor, list_id)
    asked = _asked(request, image_list)
    after = row_id(request.GET.get("after", ""))
    items_page = browsing.items_page(image_list, asked.wanted, after=after, size=ITEMS_PER_PAGE)
    density = _density(request)
    context = {
        "list": image_list,
        "asked": asked,
        "page": items_page,
        "after": request.GET.get("after", ""),
        "density": density,
    }
    if after is not None and wants_fragment(request):
        return render(request, "lists/_grid.html", context)
    counts = browsing.filter_counts(image_list, asked.wanted)
    up_to = row_id(request.GET.get("up_to", ""))
    context |= frame_of(request, image_list, tab="items") | {
        "chips": asked.chips(counts),
        "counts": counts,
        "most_counted": browsing.MOST_COUNTED,
        "densities": DENSITIES,
        "up_to": browsing.newest_id(image_list) if up_to is None else up_to,
        "targets": selectors.other_lists(actor, image_list),
        "part_bytes": staging.PART_BYTES,
        "change": many_items.latest_change(actor, image_list),
    }
    response = render(request, "lists/items.html", context)
    if request.GET.get("size") == density:
        response.set_cookie(_DENSITY_COOKIE, density, max_age=_YEAR_S, samesite="Lax")
    return response


@page
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest, list_id: str) -> HttpResponseBase:
    """Send the list, or what a filter leaves of it; of what is chosen, that alone."""
    actor = actor_of(request)
    image_list = selectors.list_for(actor, list_id)
    sent = request.POST if request.method == "POST" else request.GET
    kind = ExportFormat(sent["as"]) if sent.get("as") in ExportFormat.values else ExportFormat.CSV
    ids = sent.getlist("item")
    if ids and not sent.get("all"):
        items = browsing.each_chosen(image_list, list(dict.fromkeys(ids)))
    else:
        up_to = row_id(sent.get("up_to", ""))
        items = browsing.each_wanted(
            image_list,
            _asked(request, image_list).wanted,
            up_to=browsing.newest_id(image_list) if up_to is None else up_to,
        )
    rows = exporting.lines(items, kind, address_of=_address_of(request))
    return exports.download(
        request,
        by=actor,
        name=f"{image_list.public_id}.{kind.value}",
        rows=rows,
        content_type=exporting.CONTENT_TYPES[kind],
    )


@page
@require_POST
def change(request: HttpRequest, list_id: str) -> HttpResponseBase:
    """Copy, move, tag, remove or restore what is chosen, or all that match."""
    if request.POST.get("act") == "export":
        return export(request, list_id)
    actor = actor_of(request)
    actor.require(Permission.CHANGE_ITEMS)
    image_list = selectors.list_for(actor, list_id)
    try:
        many_items.begin(by=actor, image_list=image_list, new=_new_change(request, image_list))
    except InvalidInput as error:
        messages.error(request, wording.said(error), extra_tags=error.code)
    return redirect(_back(request, image_list))


@page
@require_POST
def undo_change(request: HttpRequest, list_id: str, change_id: str) -> HttpResponse:
    """Take a change of many images back."""
    actor = actor_of(request)
    actor.require(Permission.CHANGE_ITEMS)
    image_list = selectors.list_for(actor, list_id)
    made = many_items.change_for(actor, image_list, change_id)
    try:
        many_items.undo(by=actor, change=made)
    except Conflict as error:
        messages.error(request, wording.said(error), extra_tags=error.code)
    return redirect(_back(request, image_list))


@page
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, media_id: str) -> HttpResponse:
    """Change an item's own id, name, tags and context."""
    actor = actor_of(request)
    actor.require(Permission.CHANGE_ITEMS)
    item = selectors.item_ever_in_reach(actor, media_id)
    form = ItemForm(request.POST if request.method == "POST" else None, initial=ItemForm.of(item))
    if form.is_valid():
        try:
            with transaction.atomic():
                lists_services.change_item(by=actor, item=item, texts=form.texts)
                tags.set_tags(by=actor, item=item, names=form.tag_names)
        except (InvalidInput, Conflict) as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."), extra_tags="item_saved")
            return redirect("dashboard:item", item.public_id)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "items/edit.html", {"item": item, "form": form}, status=status)


def _asked(request: HttpRequest, image_list: List) -> AskedItems:
    may_see_removed = actor_of(request).may(Permission.CHANGE_ITEMS)
    return AskedItems(request.GET, image_list, may_see_removed=may_see_removed)


def _new_change(request: HttpRequest, image_list: List) -> NewChange:
    sent = request.POST
    kind = sent.get("act", "")
    if kind not in BulkKind.values:
        raise InvalidInput(_("Choose what to do first."), field="act")
    if sent.get("all"):
        up_to = row_id(sent.get("up_to", "")) or 0
        query = _asked(request, image_list).wanted.as_query
        chosen = Chosen(query=query, up_to=up_to)
    else:
        chosen = Chosen(ids=list(dict.fromkeys(sent.getlist("item"))))
    to = sent.get("target", "")
    target = selectors.list_for(actor_of(request), to) if to else None
    return NewChange(BulkKind(kind), chosen, target=target, tag_name=sent.get("tag", ""))


def _back(request: HttpRequest, image_list: List) -> str:
    address = reverse("dashboard:list", args=[image_list.public_id])
    return f"{address}?{request.GET.urlencode()}" if request.GET else address


def _density(request: HttpRequest) -> str:
    asked = request.GET.get("size") or request.COOKIES.get(_DENSITY_COOKIE, "")
    return asked if asked in DENSITIES else "middle"


def _address_of(request: HttpRequest) -> exporting.AddressOf:
    def address_of(item: Item) -> str:
        return request.build_absolute_uri(reverse("pictures:original", args=(item.image.sha256,)))

    return address_of
