"""Errors as the Check dialect says them: one table of codes and statuses."""

from __future__ import annotations

from dataclasses import dataclass

from api import errors
from api.errors import Failure
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


@dataclass(frozen=True, slots=True)
class Row:
    """What the dialect makes of a class of errors."""

    status: int
    error: str


TABLE: dict[type[LookalikeError], Row] = {
    InvalidInput: Row(400, "param_error"),
    errors.NoImage: Row(400, "no_image"),
    FetchRefused: Row(400, "blocked_url"),
    Unauthenticated: Row(401, "unauthorized"),
    Forbidden: Row(403, "forbidden"),
    NotFound: Row(404, "not_found"),
    errors.MethodNotAllowed: Row(405, "method_not_allowed"),
    errors.BodyTimedOut: Row(408, "timeout"),
    Conflict: Row(409, "conflict"),
    TooManyBytes: Row(413, "too_large"),
    errors.BodyTooLarge: Row(413, "too_large"),
    UnusableImage: Row(415, "not_an_image"),
    NotBase64: Row(415, "not_an_image"),
    FetchFailed: Row(424, "fetch_failed"),
    QuotaExceeded: Row(429, "rate_limited"),
    LookalikeError: Row(500, "internal_error"),
    Unavailable: Row(503, "busy"),
}


def failure(error: LookalikeError, request_id: str) -> Failure:
    """Return the error in the Check dialect's envelope."""
    row = errors.row_for(error, TABLE)
    body: dict[str, object] = {
        "success": False,
        "match": False,
        "error": row.error,
        "message": error.message,
        "request_id": request_id,
    }
    if error.field:
        body["field"] = error.field
    headers = {"WWW-Authenticate": "Bearer"} if row.status == 401 else {}
    return Failure(status=row.status, body=body, headers=headers)
