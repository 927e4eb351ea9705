"""The addresses of our own API: each view reads, calls one service and shows what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import StreamingHttpResponse
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import quotas
from accounts.permissions import Permission
from api.authentication import actor_of
from api.images import image_of
from api.native import answers, paging, schema
from api.native.answers import Shown
from api.native.base import NativeView
from api.native.serializers import (
    ChangedItem,
    CheckedImage,
    ExportFilter,
    ItemFilter,
    ListChange,
    ListedFilter,
    ListFilter,
    NewItem,
    NewList,
)
from api.parameters import checked, parameters_of
from api.views import DialectView
from lists import browsing, exporting, list_settings, tags
from lists import selectors as lists_selectors
from lists import services as lists_services
from lists.browsing import Sort, WantedItems
from lists.exporting import ExportFormat
from lists.list_settings import ListSettings
from lists.selectors import SoughtItems
from lists.services import ItemTexts
from review.pairs import services as pairs_services
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission

if TYPE_CHECKING:
    from lists.depths import Depth
    from lists.models import Item

_IMAGE_FIELDS = ("image", "media")


class Lists(NativeView):
    """All lists."""

    @schema.LISTS
    def get(self, request: Request) -> Response:
        """Return the lists, newest first."""
        piece = paging.asked_piece(request)
        page = lists_selectors.lists_page(actor_of(request), after=piece.after, size=piece.size)
        return Response(answers.LISTS(paging.answer(request, page)))

    @schema.NEW_LIST
    def post(self, request: Request) -> Response:
        """Create a list."""
        asked = checked(NewList, parameters_of(request))
        image_list = lists_services.create_list(by=actor_of(request), settings=_settings(asked))
        return Response(answers.LIST(image_list), status=201)


class OneList(NativeView):
    """One list."""

    @schema.LIST
    def get(self, request: Request, list_id: str) -> Response:
        """Return a list."""
        image_list = lists_selectors.list_for(actor_of(request), list_id)
        return Response(answers.LIST(image_list))

    @schema.LIST_CHANGE
    def patch(self, request: Request, list_id: str) -> Response:
        """Change a list's settings."""
        actor = actor_of(request)
        image_list = lists_selectors.list_for(actor, list_id)
        asked = checked(ListChange, parameters_of(request))
        changed = lists_services.change_list(
            by=actor, image_list=image_list, settings=_settings(asked)
        )
        return Response(answers.LIST(changed))

    @schema.LIST_REMOVAL
    def delete(self, request: Request, list_id: str) -> Response:
        """Take a list and its items out of service."""
        actor = actor_of(request)
        image_list = lists_selectors.list_for(actor, list_id)
        pairs_services.remove_list(by=actor, image_list=image_list)
        return Response(status=204)


class RestoredList(NativeView):
    """A removed list that comes back."""

    @schema.LIST_RESTORE
    def post(self, request: Request, list_id: str) -> Response:
        """Take the removal of a list back, within 30 days."""
        actor = actor_of(request)
        actor.require(Permission.CHANGE_LISTS)
        removed = lists_selectors.removed_list_for(actor, list_id)
        restored = pairs_services.restore_list(by=actor, image_list=removed)
        return Response(answers.LIST(restored))


class Items(NativeView):
    """The items of a list."""

    @schema.ITEMS
    def get(self, request: Request, list_id: str) -> Response:
        """Return the items of a list that are asked for."""
        piece = paging.asked_piece(request)
        image_list = lists_selectors.list_for(actor_of(request), list_id)
        wanted = _wanted(request, ListedFilter)
        page = browsing.items_page(image_list, wanted, after=piece.after, size=piece.size)
        rows = [Shown(item, request) for item in page.rows]
        return Response(answers.ITEMS(paging.answer(request, page.showing(rows))))

    @schema.NEW_ITEM
    def post(self, request: Request, list_id: str) -> Response:
        """Add an image to a list; the same bytes under the same custom_id are one item."""
        actor = actor_of(request)
        image_list = lists_selectors.list_for(actor, list_id)
        asked = checked(NewItem, parameters_of(request))
        submission = NewSubmission(
            raw=image_of(request, fields=_IMAGE_FIELDS, url=asked["url"]),
            add_to=image_list,
            custom_id=asked["custom_id"],
            depth=_depth(asked["depth"]),
        )
        outcome = submissions_services.submit(by=actor, submission=submission)
        if outcome.item is None:
            raise AssertionError("what is added has an item")
        status = 201 if outcome.is_new_item else 200
        return Response(answers.ITEM(Shown(outcome.item, request)), status=status)


class OneItem(NativeView):
    """One item of a list."""

    @schema.ITEM
    def get(self, request: Request, list_id: str, item_id: str) -> Response:
        """Return an item."""
        image_list = lists_selectors.list_for(actor_of(request), list_id)
        return Response(answers.ITEM(Shown(lists_selectors.item_for(image_list, item_id), request)))

    @schema.ITEM_CHANGE
    def patch(self, request: Request, list_id: str, item_id: str) -> Response:
        """Change an item's own id, name, tags and context."""
        actor = actor_of(request)
        image_list = lists_selectors.list_for(actor, list_id)
        item = lists_selectors.item_for(image_list, item_id)
        asked = checked(ChangedItem, parameters_of(request))
        texts = {name: asked[name] for name in ("custom_id", "name", "context") if name in asked}
        with transaction.atomic():
            changed = lists_services.change_item(by=actor, item=item, texts=ItemTexts(**texts))
            if "tags" in asked:
                tags.set_tags(by=actor, item=changed, names=asked["tags"])
        return Response(answers.ITEM(Shown(changed, request)))

    @schema.ITEM_REMOVAL
    def delete(self, request: Request, list_id: str, item_id: str) -> Response:
        """Take an item out of its list."""
        actor = actor_of(request)
        image_list = lists_selectors.list_for(actor, list_id)
        pairs_services.remove_item(by=actor, item=lists_selectors.item_for(image_list, item_id))
        return Response(status=204)


class RestoredItem(NativeView):
    """A removed item that comes back."""

    @schema.ITEM_RESTORE
    def post(self, request: Request, list_id: str, item_id: str) -> Response:
        """Take the removal of an item back, within 30 days."""
        actor = actor_of(request)
        actor.require(Permission.CHANGE_ITEMS)
        image_list = lists_selectors.list_for(actor, list_id)
        removed = lists_selectors.removed_item_for(image_list, item_id)
        restored = pairs_services.restore_item(by=actor, item=removed)
        restored.image = removed.image
        return Response(answers.ITEM(Shown(restored, request)))


class ExportedItems(NativeView):
    """A list as a file."""

    @schema.EXPORT
    def get(self, request: Request, list_id: str) -> StreamingHttpResponse:
        """Send the items that are asked for, newest first, as a table or as JSON lines."""
        image_list = lists_selectors.list_for(actor_of(request), list_id)
        wanted = _wanted(request, ExportFilter)
        kind = ExportFormat(checked(ExportFilter, dict(request.query_params.items()))["as"])
        items = browsing.each_wanted(image_list, wanted, up_to=browsing.newest_id(image_list))
        rows = exporting.lines(items, kind, address_of=lambda item: _original(request, item))
        return StreamingHttpResponse(rows, content_type=exporting.CONTENT_TYPES[kind])


class FoundItems(NativeView):
    """The items of all lists."""

    @schema.FOUND_ITEMS
    def get(self, request: Request) -> Response:
        """Return items, newest first."""
        actor = actor_of(request)
        piece = paging.asked_piece(request)
        asked = checked(ItemFilter, dict(request.query_params.items()))
        sought = SoughtItems(
            custom_id=asked["external_id"],
            sha256=asked["sha256"],
            image_list=lists_selectors.list_for(actor, asked["list"]) if asked["list"] else None,
        )
        page = lists_selectors.found_items_page(actor, sought, after=piece.after, size=piece.size)
        return Response(answers.FOUND_ITEMS(paging.answer(request, page)))


class ItemKnownAs(NativeView):
    """One item by its id, or the items of a picture by its SHA-256."""

    @schema.FOUND_ITEM
    def get(self, request: Request, name: str) -> Response:
        """Return the item, of several the newest."""
        return Response(answers.FOUND_ITEM(self._found(request, name)[0]))

    @schema.FOUND_ITEM_REMOVAL
    def delete(self, request: Request, name: str) -> Response:
        """Take the item out of its list; by SHA-256 all items of the picture, or none."""
        pairs_services.remove_items(by=actor_of(request), items=self._found(request, name))
        return Response(status=204)

    def _found(self, request: Request, name: str) -> list[Item]:
        actor = actor_of(request)
        asked = checked(ListFilter, dict(request.query_params.items()))
        image_list = lists_selectors.list_for(actor, asked["list"]) if asked["list"] else None
        return lists_selectors.items_known_as(actor, name, image_list=image_list)


class CheckAgainstList(NativeView):
    """A check of an image against a list."""

    @schema.CHECK
    def post(self, request: Request, list_id: str) -> Response:
        """Compare an image with a list; it joins no list."""
        actor = actor_of(request)
        image_list = lists_selectors.list_for(actor, list_id)
        asked = checked(CheckedImage, parameters_of(request))
        submission = NewSubmission(
            raw=image_of(request, fields=_IMAGE_FIELDS, url=asked["url"]),
            check_lists=[image_list],
            min_score=asked["min_score"],
            limit=asked["limit"],
            depth=_depth(asked["depth"]),
        )
        outcome = submissions_services.submit(by=actor, submission=submission)
        return Response(answers.CHECK(Shown(outcome, request)))


class ReadUsage(NativeView):
    """What was used of the limits."""

    @schema.USAGE
    def get(self, request: Request) -> Response:
        """Return the limits and what was used of each."""
        return Response(answers.USAGE(quotas.usage_for(actor_of(request))))


class UnknownNativeAddress(NativeView):
    """All other addresses under /v1/."""

    authentication_classes = []
    schema = None
    get = post = put = patch = delete = DialectView.no_such_address


def _settings(asked: dict[str, Any]) -> ListSettings:
    for name in ("auto_confirmed_kinds", "verdict_kinds"):
        if name in asked:
            asked[name] = tuple(asked[name])
    if "item_retention_days" in asked:
        asked["item_retention_days"] = asked["item_retention_days"] or 0
    return ListSettings(**asked)


def _depth(name: str | None) -> Depth | None:
    """Return the depth that a request names, None when it leaves that to the list."""
    return None if name is None else list_settings.depth_named(name)


def _wanted(request: Request, filter_class: type[ListedFilter]) -> WantedItems:
    """Return which items of a list a request asks for."""
    actor = actor_of(request)
    asked = checked(filter_class, dict(request.query_params.items()))
    if asked.get("removed"):
        actor.require(Permission.CHANGE_ITEMS)
    tag = tags.tag_named(actor.organisation_id, asked["tag"]) if asked["tag"] else None
    return WantedItems(
        text=asked["q"],
        has_copies=asked.get("copies", False),
        to_review=asked.get("review", False),
        is_flat=asked.get("flat", False),
        is_removed=asked.get("removed", False),
        # No item has a tag that there is not.
        tag=(tag.pk if tag else 0) if asked["tag"] else None,
        sort=Sort(asked["sort"]),
    )


def _original(request: Request, item: Item) -> str:
    return request.build_absolute_uri(reverse("pictures:original", args=(item.image.sha256,)))
