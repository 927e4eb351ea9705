"""The addresses of our own API: each view reads, calls one service and shows what came of it."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from api.authentication import actor_of
from api.images import image_of
from api.native import errors, paging, schema, shapes
from api.native.serializers import (
    CheckedImage,
    ConfirmationRequest,
    CountedList,
    DecisionRequest,
    ImageList,
    ListChange,
    ListItem,
    MatchFilter,
    NewItem,
    NewList,
)
from api.parameters import checked, parameters_of
from api.views import DialectView
from lists import selectors as lists_selectors
from lists import services as lists_services
from lists.list_settings import ListSettings
from review import selectors, services
from review.submissions import Submission

_IMAGE_FIELDS = ("image", "media")


class NativeView(DialectView):
    """A view that answers in our own envelope."""

    failure_of = staticmethod(errors.failure)

    def shown(self, serializer: type[Any], rows: Any, *, many: bool = False) -> Any:
        """Return rows as the serializer shows them."""
        return serializer(rows, many=many, context={"request": self.request}).data


class Lists(NativeView):
    """All lists."""

    @schema.LISTS
    def get(self, request: Request) -> Response:
        """Return the lists, newest first."""
        piece = paging.asked_piece(request)
        page = lists_selectors.lists_page(actor_of(request), after=piece.after, size=piece.size)
        return Response(
            paging.page_body(request, page, lambda rows: self.shown(CountedList, rows, many=True))
        )

    @schema.NEW_LIST
    def post(self, request: Request) -> Response:
        """Create a list."""
        asked = checked(NewList, parameters_of(request))
        image_list = lists_services.create_list(by=actor_of(request), settings=_settings(asked))
        return Response(self.shown(ImageList, image_list), status=201)


class OneList(NativeView):
    """One list."""

    @schema.LIST
    def get(self, request: Request, list_id: str) -> Response:
        """Return a list."""
        image_list = lists_selectors.list_for(actor_of(request), list_id)
        return Response(self.shown(ImageList, image_list))

    @schema.LIST_CHANGE
    def patch(self, request: Request, list_id: str) -> Response:
        """Change a list's settings."""
        actor = actor_of(request)
        image_list = lists_selectors.list_for(actor, list_id)
        asked = checked(ListChange, parameters_of(request))
        changed = lists_services.change_list(
            by=actor, image_list=image_list, settings=_settings(asked)
        )
        return Response(self.shown(ImageList, changed))

    @schema.LIST_REMOVAL
    def delete(self, request: Request, list_id: str) -> Response:
        """Take a list and its items out of service."""
        actor = actor_of(request)
        image_list = lists_selectors.list_for(actor, list_id)
        lists_services.remove_list(by=actor, image_list=image_list)
        return Response(status=204)


class Items(NativeView):
    """The items of a list."""

    @schema.ITEMS
    def get(self, request: Request, list_id: str) -> Response:
        """Return a list's items, newest first."""
        piece = paging.asked_piece(request)
        image_list = lists_selectors.list_for(actor_of(request), list_id)
        page = lists_selectors.items_page(image_list, after=piece.after, size=piece.size)
        return Response(
            paging.page_body(request, page, lambda rows: self.shown(ListItem, rows, many=True))
        )

    @schema.NEW_ITEM
    def post(self, request: Request, list_id: str) -> Response:
        """Add an image to a list; the same bytes under the same custom_id are one item."""
        actor = actor_of(request)
        image_list = lists_selectors.list_for(actor, list_id)
        asked = checked(NewItem, parameters_of(request))
        submission = Submission(
            raw=image_of(request, fields=_IMAGE_FIELDS, url=asked["url"]),
            add_to=image_list,
            custom_id=asked["custom_id"],
            depth=shapes.depth(asked["depth"]),
        )
        outcome = services.submit(by=actor, submission=submission)
        return Response(self.shown(ListItem, outcome.item), status=201)


class OneItem(NativeView):
    """One item of a list."""

    @schema.ITEM
    def get(self, request: Request, list_id: str, item_id: str) -> Response:
        """Return an item."""
        image_list = lists_selectors.list_for(actor_of(request), list_id)
        return Response(self.shown(ListItem, lists_selectors.item_for(image_list, item_id)))

    @schema.ITEM_REMOVAL
    def delete(self, request: Request, list_id: str, item_id: str) -> Response:
        """Take an item out of its list."""
        actor = actor_of(request)
        image_list = lists_selectors.list_for(actor, list_id)
        services.remove_item(by=actor, item=lists_selectors.item_for(image_list, item_id))
        return Response(status=204)


class CheckImage(NativeView):
    """A check of an image against a list."""

    @schema.CHECK
    def post(self, request: Request, list_id: str) -> Response:
        """Compare an image with a list; it joins no list."""
        actor = actor_of(request)
        image_list = lists_selectors.list_for(actor, list_id)
        asked = checked(CheckedImage, parameters_of(request))
        submission = Submission(
            raw=image_of(request, fields=_IMAGE_FIELDS, url=asked["url"]),
            check_lists=[image_list],
            min_score=asked["min_score"],
            limit=asked["limit"],
            depth=shapes.depth(asked["depth"]),
        )
        return Response(shapes.checked(services.submit(by=actor, submission=submission), request))


class Matches(NativeView):
    """The matches of all lists."""

    @schema.MATCHES
    def get(self, request: Request) -> Response:
        """Return matches, best score first."""
        actor = actor_of(request)
        piece = paging.asked_piece(request)
        asked = checked(MatchFilter, dict(request.query_params.items()))
        page = selectors.candidates_page(
            actor,
            state=selectors.state_named(asked["state"]) if asked["state"] else None,
            image_list=lists_selectors.list_for(actor, asked["list"]) if asked["list"] else None,
            after=selectors.candidate_at(actor, piece.after) if piece.after else None,
            size=piece.size,
        )
        return Response(
            paging.page_body(request, page, lambda rows: shapes.candidates(rows, request))
        )


class OneMatch(NativeView):
    """One match."""

    @schema.MATCH
    def get(self, request: Request, match_id: str) -> Response:
        """Return a match with its evidence and history."""
        candidate = selectors.candidate_for(actor_of(request), match_id)
        return Response(shapes.candidate_in_full(candidate, request))


class Confirm(NativeView):
    """The decision that two images match."""

    @schema.CONFIRM
    def post(self, request: Request, match_id: str) -> Response:
        """Decide that the two images match."""
        actor = actor_of(request)
        candidate = selectors.candidate_for(actor, match_id)
        asked = checked(ConfirmationRequest, parameters_of(request))
        decided = services.confirm(
            by=actor,
            candidate=candidate,
            scope=asked["scope"],
            note=asked["note"],
            expected_version=asked["version"],
        )
        return Response(shapes.candidates([decided], request)[0])


class Dissociate(NativeView):
    """The decision that two images do not match."""

    @schema.DISSOCIATE
    def post(self, request: Request, match_id: str) -> Response:
        """Decide that the two images do not match: they are never suggested again."""
        actor = actor_of(request)
        candidate = selectors.candidate_for(actor, match_id)
        asked = checked(DecisionRequest, parameters_of(request))
        decided = services.dissociate(
            by=actor, candidate=candidate, note=asked["note"], expected_version=asked["version"]
        )
        return Response(shapes.candidates([decided], request)[0])


class Undo(NativeView):
    """The taking back of a decision."""

    @schema.UNDO
    def post(self, request: Request, match_id: str) -> Response:
        """Take the latest decision about a match back."""
        actor = actor_of(request)
        candidate = selectors.candidate_for(actor, match_id)
        asked = checked(DecisionRequest, parameters_of(request))
        undone = services.undo(by=actor, candidate=candidate, expected_version=asked["version"])
        return Response(shapes.candidates([undone], request)[0])


class UnknownAddress(NativeView):
    """Whatever else lies under /v1/."""

    authentication_classes = []
    schema = None
    get = post = put = patch = delete = DialectView.no_such_address


def _settings(asked: dict[str, Any]) -> ListSettings:
    kinds = asked.pop("auto_confirmed_kinds", None)
    return ListSettings(**asked, auto_confirmed_kinds=None if kinds is None else tuple(kinds))
