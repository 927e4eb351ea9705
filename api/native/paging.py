"""Pages of a collection: a link to the next one, whose mark nobody can make up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core import signing
from rest_framework import serializers
from rest_framework.request import Request

from api.fields import optional_text
from api.parameters import checked
from api.shapes import TEXT, Shape
from common.errors import InvalidInput
from lists.pages import Page

DEFAULT_SIZE = 50
MAX_SIZE = 100

Row = TypeVar("Row")


class PageRequest(serializers.Serializer[Any]):
    """Which piece of a collection is asked for."""

    limit = serializers.IntegerField(
        required=False, default=DEFAULT_SIZE, min_value=1, max_value=MAX_SIZE
    )
    after = optional_text(200, "Opaque; comes with the link `next`.")


@dataclass(frozen=True, slots=True)
class Piece:
    """The row to go on after, and how many rows to return."""

    after: int | None
    size: int


def asked_piece(request: Request) -> Piece:
    """Return which page the request asks for; raise InvalidInput for a mark that is not ours."""
    asked = checked(PageRequest, dict(request.query_params.items()))
    try:
        after = int(signing.loads(asked["after"], salt=request.path)) if asked["after"] else None
    except signing.BadSignature:
        raise InvalidInput(
            "after is not a mark of this collection. Follow the link 'next'.", field="after"
        ) from None
    return Piece(after=after, size=asked["limit"])


@dataclass(frozen=True, slots=True)
class PageAnswer(Generic[Row]):
    """A page's rows, and the address of the next page; None for the last one."""

    rows: Sequence[Row]
    next: str | None


def answer(request: Request, page: Page[Row]) -> PageAnswer[Row]:
    """Return the page with a link to the next one."""
    return PageAnswer(page.rows, _next_address(request, page.next_after))


def page_of(row: Shape[Row]) -> Shape[PageAnswer[Row]]:
    """Return the shape of pages with rows of a shape."""
    return Shape(
        f"{row.name}Page",
        "",
        results=row.many.of(lambda page: page.rows),
        next=TEXT.or_null.of(lambda page: page.next),
    )


def _next_address(request: Request, next_after: int | None) -> str | None:
    if next_after is None:
        return None
    query = request.query_params.copy()
    query["after"] = signing.dumps(next_after, salt=request.path)
    for secret in ("api_user", "api_secret"):
        query.pop(secret, None)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
