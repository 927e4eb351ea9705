"""How our own API appears in the OpenAPI description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

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


def _described(
    tag: str, operation_id: str, answered: dict[int, Any], *failures: int, **options: Any
) -> Callable[[View], View]:
    """Describe an operation; `failures` are its statuses besides those of every operation."""
    responses = answered | dict.fromkeys((400, 401, 403, 429, *failures), errors.FAILURE)
    return extend_schema(tags=[tag], operation_id=operation_id, responses=responses, **options)


LISTS = _described("Lists", "lists", {200: answers.LISTS}, parameters=[PageRequest])
NEW_LIST = _described("Lists", "list_create", {201: answers.LIST}, request=NewList)
LIST = _described("Lists", "list", {200: answers.LIST}, 404)
LIST_CHANGE = _described("Lists", "list_change", {200: answers.LIST}, 404, request=ListChange)
LIST_REMOVAL = _described("Lists", "list_remove", {204: _GONE}, 404)
LIST_RESTORE = _described("Lists", "list_restore", {200: answers.LIST}, 404, 409, request=None)
ITEMS = _described("Items", "items", {200: answers.ITEMS}, 404, parameters=[PageRequest])
NEW_ITEM = _described(
    "Items",
    "item_add",
    {200: _ITEM_BEFORE, 201: answers.ITEM},
    404,
    *_IMAGE_FAILURES,
    request={"multipart/form-data": UploadedItem, "application/json": NewItem},
)
ITEM = _described("Items", "item", {200: answers.ITEM}, 404)
ITEM_REMOVAL = _described("Items", "item_remove", {204: _GONE}, 404)
ITEM_RESTORE = _described("Items", "item_restore", {200: answers.ITEM}, 404, 409, request=None)
FOUND_ITEMS = _described(
    "Items", "found_items", {200: answers.FOUND_ITEMS}, 404, parameters=[ItemFilter, PageRequest]
)
FOUND_ITEM = _described(
    "Items", "found_item", {200: answers.FOUND_ITEM}, 404, parameters=[_ITEM_NAME, ListFilter]
)
FOUND_ITEM_REMOVAL = _described(
    "Items", "found_item_remove", {204: _GONE}, 404, parameters=[_ITEM_NAME, ListFilter]
)
CLUSTER = _described(
    "Items",
    "item_cluster",
    {200: cluster_answers.CLUSTER},
    404,
    parameters=[_ITEM_NAME, PageRequest],
)
CHECK = _described(
    "Items",
    "check",
    {200: answers.CHECK},
    404,
    *_IMAGE_FAILURES,
    request={"multipart/form-data": UploadedCheck, "application/json": CheckedImage},
    examples=[examples.CHECKED],
)
MATCHES = _described(
    "Matches", "matches", {200: answers.MATCHES}, 404, parameters=[MatchFilter, PageRequest]
)
NEW_MATCH = _described(
    "Matches",
    "match_create",
    {200: _PAIR_BEFORE, 201: answers.MATCH},
    404,
    409,
    503,
    request=NewMatch,
)
DECIDE_MANY = _described(
    "Matches", "matches_decide", {200: answers.DECIDED_MATCHES}, request=ManyDecisions
)
MATCH = _described(
    "Matches",
    "match",
    {200: answers.MATCH_IN_FULL},
    404,
    parameters=[_ETAG],
    examples=[examples.MATCH_IN_FULL],
)
CONFIRM, DISSOCIATE, UNDO = (
    _described(
        "Matches",
        f"match_{act}",
        {200: answers.MATCH},
        404,
        409,
        parameters=[_IF_MATCH],
        request=read,
    )
    for act, read in (
        ("confirm", ConfirmationRequest),
        ("dissociate", DecisionRequest),
        ("undo", DecisionRequest),
    )
)
USAGE = _described("Usage", "usage", {200: answers.USAGE})
