"""Errors as Ximilar's clients read them: one table for requests and for single records."""

from __future__ import annotations

from dataclasses import dataclass

from api import errors
from api.errors import Failure
from api.shapes import Json
from api.ximilar import statuses
from common.errors import Conflict, Forbidden, LookalikeError, Unavailable, UnusableImage
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
class XimilarErrorRow:
    """What the dialect makes of a class of errors.

    `http` is the answer's status when the request fails by it, `code` goes into `status` and into
    a record's `_status`; `is_loading` tells that there is no picture to go on with.
    """

    http: int
    code: int
    is_loading: bool = False


_NO_PICTURE = XimilarErrorRow(400, 400, is_loading=True)
TABLE: dict[type[LookalikeError], XimilarErrorRow] = {
    **{kind: XimilarErrorRow(row.status, row.status) for kind, row in errors.ROWS.items()},
    errors.NoImage: _NO_PICTURE,
    FetchRefused: _NO_PICTURE,
    FetchFailed: _NO_PICTURE,
    NotBase64: _NO_PICTURE,
    TooManyBytes: _NO_PICTURE,
    UnusableImage: _NO_PICTURE,
    DuplicateId: XimilarErrorRow(409, 411),
}
# What these answers hold is fixed by what clients compare.
_DETAIL_ALONE = frozenset({401, 405})


def failure(error: LookalikeError, request_id: str) -> Failure:
    """Return the error of a request: `detail`, and the `status` of every other answer."""
    row = errors.row_for(error, TABLE)
    body: Json = {"detail": error.message}
    if row.http not in _DETAIL_ALONE:
        body["status"] = statuses.of_request(row.code, error.message, request_id)
    return Failure(status=row.http, body=body, headers=errors.challenge(row.http, "Token"))


def record_status(error: LookalikeError, *, url: str, request_id: str) -> Json:
    """Return the `_status` of a record that failed; `url` is where its picture should be."""
    row = errors.row_for(error, TABLE)
    text = f"Error Loading Image: {_reason(error, url)}" if row.is_loading else error.message
    return statuses.of_record(row.code, text, request_id)


def _reason(error: LookalikeError, url: str) -> str:
    if isinstance(error, FetchFailed):
        attempts = error.context.get("attempts", 1)
        return f"Unable to download image from '{url}', Attempts: {attempts}"
    return error.message
