"""How our own API appears in the OpenAPI description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
)

from api.native import answers, cluster_answers, errors, examples
from api.native.paging import PageRequest
from api.native.serializers import (
    CheckedImage,
    ConfirmationRequest,
    DecisionRequest,
    ItemFilter,
    ListChange,
    ListFilter,
    ManyDecisions,
    MatchFilter,
    NewItem,
    NewList,
    NewMatch,
    UploadedCheck,
    UploadedItem,
)

View = TypeVar("View", bound=Callable[..., Any])

_GONE = OpenApiResponse(description="Done.")
_ITEM_BEFORE = OpenApiResponse(answers.ITEM, description="The item was there before.")
_PAIR_BEFORE = OpenApiResponse(answers.MATCH, description="The pair was there before.")
_IMAGE_FAILURES = (413, 415, 424, 503)
_IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    location=OpenApiParameter.HEADER,
    description='The `version` that you saw, as in `"3"`, instead of the one in the body.',
)
_ETAG = OpenApiParameter(
    "ETag",
    str,
    location=OpenApiParameter.HEADER,
    response=[200],
    description="The match's version, for `If-Match`.",
)
_ITEM_NAME = OpenApiParameter(
    "name",
    str,
    location=OpenApiParameter.PATH,
    description="Id of an item, `med_…`, or the SHA-256 of a picture in hexadecimal.",
)


def _failures(*statuses: int) -> dict[int, Any]:
    return dict.fromkeys((400, 401, 403, 429, *statuses), errors.FAILURE)


def _described(tag: str, operation_id: str, **options: Any) -> Callable[[View], View]:
    return extend_schema(tags=[tag], operation_id=operation_id, **options)


LISTS = _described(
    "Lists",
    "lists",
    parameters=[PageRequest],
    responses={200: answers.LISTS, **_failures()},
)
NEW_LIST = _described(
    "Lists", "list_create", request=NewList, responses={201: answers.LIST, **_failures()}
)
LIST = _described("Lists", "list", responses={200: answers.LIST, **_failures(404)})
LIST_CHANGE = _described(
    "Lists", "list_change", request=ListChange, responses={200: answers.LIST, **_failures(404)}
)
LIST_REMOVAL = _described("Lists", "list_remove", responses={204: _GONE, **_failures(404)})
ITEMS = _described(
    "Items",
    "items",
    parameters=[PageRequest],
    responses={200: answers.ITEMS, **_failures(404)},
)
NEW_ITEM = _described(
    "Items",
    "item_add",
    request={"multipart/form-data": UploadedItem, "application/json": NewItem},
    responses={200: _ITEM_BEFORE, 201: answers.ITEM, **_failures(404, *_IMAGE_FAILURES)},
)
ITEM = _described("Items", "item", responses={200: answers.ITEM, **_failures(404)})
ITEM_REMOVAL = _described("Items", "item_remove", responses={204: _GONE, **_failures(404)})
FOUND_ITEMS = _described(
    "Items",
    "found_items",
    parameters=[ItemFilter, PageRequest],
    responses={200: answers.FOUND_ITEMS, **_failures(404)},
)
FOUND_ITEM = _described(
    "Items",
    "found_item",
    parameters=[_ITEM_NAME, ListFilter],
    responses={200: answers.FOUND_ITEM, **_failures(404)},
)
FOUND_ITEM_REMOVAL = _described(
    "Items",
    "found_item_remove",
    parameters=[_ITEM_NAME, ListFilter],
    responses={204: _GONE, **_failures(404)},
)
CLUSTER = _described(
    "Items",
    "item_cluster",
    parameters=[_ITEM_NAME, PageRequest],
    responses={200: cluster_answers.CLUSTER, **_failures(404)},
)
CHECK = _described(
    "Items",
    "check",
    request={"multipart/form-data": UploadedCheck, "application/json": CheckedImage},
    responses={200: answers.CHECK, **_failures(404, *_IMAGE_FAILURES)},
    examples=[examples.CHECKED],
)
MATCHES = _described(
    "Matches",
    "matches",
    parameters=[MatchFilter, PageRequest],
    responses={200: answers.MATCHES, **_failures(404)},
)
NEW_MATCH = _described(
    "Matches",
    "match_create",
    request=NewMatch,
    responses={200: _PAIR_BEFORE, 201: answers.MATCH, **_failures(404, 409, 503)},
)
DECIDE_MANY = _described(
    "Matches",
    "matches_decide",
    request=ManyDecisions,
    responses={200: answers.DECIDED_MATCHES, **_failures()},
)
MATCH = _described(
    "Matches",
    "match",
    parameters=[_ETAG],
    responses={200: answers.MATCH_IN_FULL, **_failures(404)},
    examples=[examples.MATCH_IN_FULL],
)
CONFIRM, DISSOCIATE, UNDO = (
    _described(
        "Matches",
        f"match_{act}",
        parameters=[_IF_MATCH],
        request=read,
        responses={200: answers.MATCH, **_failures(404, 409)},
    )
    for act, read in (
        ("confirm", ConfirmationRequest),
        ("dissociate", DecisionRequest),
        ("undo", DecisionRequest),
    )
)
USAGE = _described("Usage", "usage", responses={200: answers.USAGE, **_failures()})
