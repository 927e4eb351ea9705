"""Errors of the Alegre dialect: one table of codes and statuses."""

from __future__ import annotations

from api import errors
from api.errors import Failure, Row
from common.errors import InvalidInput, LookalikeError, NotFound
from intake.errors import DeliveryRefused


class NotHere(NotFound):
    """A call of Alegre's that this server does not answer."""

    code = "not_here"


class NoCallback(InvalidInput):
    """A result is to be sent to an address, and there is none."""

    code = "no_callback"


TABLE: dict[type[LookalikeError], Row] = {
    **errors.ROWS,
    errors.MalformedBody: Row(400, "malformed_request"),
    DeliveryRefused: Row(400, "blocked_callback"),
    NoCallback: Row(400, "no_callback"),
    NotHere: Row(501, "not_here"),
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
    return Failure(status=row.status, body=body, headers=errors.challenge(row.status))
