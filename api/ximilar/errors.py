"""Errors as Ximilar's clients read them: one table for requests and for single records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from api import errors
from api.errors import Failure
from api.ximilar import statuses
from common.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    LookalikeError,
    NotFound,
    QuotaExceeded,
    Unauthenticated,
    Unavailable,
    UnusableImage,
)
from intake.errors import FetchFailed, FetchRefused, NotBase64, TooManyBytes


class DuplicateId(Conflict):
    """The collection has a record of this id."""

    code = "duplicate_id"


class TookTooLong(Unavailable):
    """The request's time was over before it was this record's turn."""

    code = "took_too_long"


class NoSuchService(Forbidden):
    """Access is asked to a service that this server does not have."""

    code = "no_such_service"


@dataclass(frozen=True, slots=True)
class Row:
    """What the dialect makes of a class of errors.

    `http` is the answer's status when the request fails by it, `code` goes into `status` and into
    a record's `_status`; `is_loading` tells that there is no picture to go on with.
    """

    http: int
    code: int
    is_loading: bool = False


TABLE: dict[type[LookalikeError], Row] = {
    InvalidInput: Row(400, 400),
    errors.NoImage: Row(400, 400, is_loading=True),
    FetchRefused: Row(400, 400, is_loading=True),
    FetchFailed: Row(400, 400, is_loading=True),
    NotBase64: Row(400, 400, is_loading=True),
    TooManyBytes: Row(400, 400, is_loading=True),
    UnusableImage: Row(400, 400, is_loading=True),
    errors.MalformedBody: Row(400, 400),
    Unauthenticated: Row(401, 401),
    Forbidden: Row(403, 403),
    NotFound: Row(404, 404),
    errors.MethodNotAllowed: Row(405, 405),
    errors.BodyTimedOut: Row(408, 408),
    Conflict: Row(409, 409),
    DuplicateId: Row(409, 411),
    errors.BodyTooLarge: Row(413, 413),
    QuotaExceeded: Row(429, 429),
    LookalikeError: Row(500, 500),
    Unavailable: Row(503, 503),
}
# What these answers hold is fixed by what clients compare.
_DETAIL_ALONE = frozenset({401, 405})


def failure(error: LookalikeError, request_id: str) -> Failure:
    """Return the error of a request: `detail`, and the `status` of every other answer."""
    row = errors.row_for(error, TABLE)
    body: dict[str, Any] = {"detail": error.message}
    if row.http not in _DETAIL_ALONE:
        body["status"] = statuses.of_request(row.code, error.message, request_id)
    headers = {"WWW-Authenticate": "Token"} if row.http == 401 else {}
    return Failure(status=row.http, body=body, headers=headers)


def record_status(error: LookalikeError, *, url: str, request_id: str) -> dict[str, Any]:
    """Return the `_status` of a record that failed; `url` is where its picture should be."""
    row = errors.row_for(error, TABLE)
    text = f"Error Loading Image: {_reason(error, url)}" if row.is_loading else error.message
    return statuses.of_record(row.code, text, request_id)


def _reason(error: LookalikeError, url: str) -> str:
    if isinstance(error, FetchFailed):
        attempts = error.context.get("attempts", 1)
        return f"Unable to download image from '{url}', Attempts: {attempts}"
    return error.message
