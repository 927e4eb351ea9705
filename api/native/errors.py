"""Errors as our own API says them: one table of statuses; codes are the errors' own."""

from __future__ import annotations

from typing import Any

from api import errors
from api.errors import Failure
from common.errors import LookalikeError
from intake.errors import NotBase64

# A file of text that is not base64 is a bad request here, where other dialects speak of media.
TABLE: dict[type[LookalikeError], int] = {
    **{kind: row.status for kind, row in errors.ROWS.items()},
    NotBase64: 400,
}


def failure(error: LookalikeError, request_id: str) -> Failure:
    """Return the error in our envelope."""
    status = errors.row_for(error, TABLE)
    body = {"error": described(error), "request_id": request_id}
    return Failure(status=status, body=body, headers=errors.challenge(status))


def described(error: LookalikeError) -> dict[str, Any]:
    """Return what went wrong, in the envelope or beside what went well."""
    shown = {"code": error.code, "message": error.message}
    return {**shown, "field": error.field} if error.field else shown
