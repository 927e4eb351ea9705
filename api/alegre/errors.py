"""Errors of the Alegre dialect: one table of codes and statuses."""

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
from intake.errors import DeliveryRefused, FetchFailed, FetchRefused, NotBase64, TooManyBytes


class NotHere(NotFound):
    """A call of Alegre's that this server does not answer."""

    code = "not_here"


class NoCallback(InvalidInput):
    """A result is to be sent to an address, and there is none."""

    code = "no_callback"


@dataclass(frozen=True, slots=True)
class Row:
    """What the dialect makes of a class of errors."""

    status: int
    error: str


TABLE: dict[type[LookalikeError], Row] = {
    InvalidInput: Row(400, "param_error"),
    errors.MalformedBody: Row(400, "malformed_request"),
    FetchRefused: Row(400, "blocked_url"),
    DeliveryRefused: Row(400, "blocked_callback"),
    NoCallback: Row(400, "no_callback"),
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
    NotHere: Row(501, "not_here"),
    Unavailable: Row(503, "busy"),
}


def failure(error: LookalikeError, request_id: str) -> Failure:
    """Return the error as JSON, with the sentence where Alegre's clients look for it."""
    row = errors.row_for(error, TABLE)
    body: dict[str, object] = {
        "message": error.message,
        "error": row.error,
        "request_id": request_id,
    }
    if error.field:
        body["field"] = error.field
    headers = {"WWW-Authenticate": "Bearer"} if row.status == 401 else {}
    return Failure(status=row.status, body=body, headers=headers)
