"""How our own API appears in the OpenAPI description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers

from api.native import examples
from api.native.paging import PageRequest
from api.native.serializers import (
    CheckAnswer,
    CheckedImage,
    ConfirmationRequest,
    CountedList,
    DecisionRequest,
    FailureAnswer,
    ImageList,
    ListChange,
    ListItem,
    MatchFilter,
    NewItem,
    NewList,
    ReviewMatch,
    ReviewMatchInFull,
    UploadedCheck,
    UploadedItem,
)

View = TypeVar("View", bound=Callable[..., Any])

_GONE = OpenApiResponse(description="Done.")
_IMAGE_FAILURES = (413, 415, 424, 503)


def _page_of(row: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    return inline_serializer(
        f"{row.__name__}Page",
        {"results": row(many=True), "next": serializers.CharField(allow_null=True)},
    )


def _failures(*statuses: int) -> dict[int, Any]:
    return dict.fromkeys((400, 401, 403, *statuses), FailureAnswer)


def _described(tag: str, operation_id: str, **options: Any) -> Callable[[View], View]:
    return extend_schema(tags=[tag], operation_id=operation_id, **options)


LISTS = _described(
    "Lists",
    "lists",
    parameters=[PageRequest],
    responses={200: _page_of(CountedList), **_failures()},
)
NEW_LIST = _described(
    "Lists", "list_create", request=NewList, responses={201: ImageList, **_failures()}
)
LIST = _described("Lists", "list", responses={200: ImageList, **_failures(404)})
LIST_CHANGE = _described(
    "Lists", "list_change", request=ListChange, responses={200: ImageList, **_failures(404)}
)
LIST_REMOVAL = _described("Lists", "list_remove", responses={204: _GONE, **_failures(404)})
ITEMS = _described(
    "Items",
    "items",
    parameters=[PageRequest],
    responses={200: _page_of(ListItem), **_failures(404)},
)
NEW_ITEM = _described(
    "Items",
    "item_add",
    request={"multipart/form-data": UploadedItem, "application/json": NewItem},
    responses={201: ListItem, **_failures(404, *_IMAGE_FAILURES)},
)
ITEM = _described("Items", "item", responses={200: ListItem, **_failures(404)})
ITEM_REMOVAL = _described("Items", "item_remove", responses={204: _GONE, **_failures(404)})
CHECK = _described(
    "Items",
    "check",
    request={"multipart/form-data": UploadedCheck, "application/json": CheckedImage},
    responses={200: CheckAnswer, **_failures(404, *_IMAGE_FAILURES)},
    examples=[examples.CHECKED],
)
MATCHES = _described(
    "Matches",
    "matches",
    parameters=[MatchFilter, PageRequest],
    responses={200: _page_of(ReviewMatch), **_failures(404)},
)
MATCH = _described(
    "Matches",
    "match",
    responses={200: ReviewMatchInFull, **_failures(404)},
    examples=[examples.MATCH_IN_FULL],
)
CONFIRM, DISSOCIATE, UNDO = (
    _described(
        "Matches",
        f"match_{act}",
        request=read,
        responses={200: ReviewMatch, **_failures(404, 409)},
    )
    for act, read in (
        ("confirm", ConfirmationRequest),
        ("dissociate", DecisionRequest),
        ("undo", DecisionRequest),
    )
)
