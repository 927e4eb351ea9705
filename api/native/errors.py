"""Errors as our own API says them: one table of statuses; codes are the errors' own."""

from __future__ import annotations

from typing import Any

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
from intake.errors import FetchFailed, TooManyBytes

TABLE: dict[type[LookalikeError], int] = {
    InvalidInput: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    errors.MethodNotAllowed: 405,
    errors.BodyTimedOut: 408,
    Conflict: 409,
    TooManyBytes: 413,
    errors.BodyTooLarge: 413,
    UnusableImage: 415,
    FetchFailed: 424,
    QuotaExceeded: 429,
    LookalikeError: 500,
    Unavailable: 503,
}


def failure(error: LookalikeError, request_id: str) -> Failure:
    """Return the error in our envelope."""
    status = errors.row_for(error, TABLE)
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    body = {"error": described(error), "request_id": request_id}
    return Failure(status=status, body=body, headers=headers)


def described(error: LookalikeError) -> dict[str, Any]:
    """Return what went wrong, in the envelope or beside what went well."""
    shown = {"code": error.code, "message": error.message}
    return {**shown, "field": error.field} if error.field else shown
