"""Errors of the Alegre dialect: one table of codes and statuses."""

from __future__ import annotations

from api import errors
from api.errors import ErrorRow, Failure, Refusal
from api.shapes import TEXT, Shape
from common.errors import InvalidInput, LookalikeError, NotFound
from intake.errors import DeliveryRefused


class CallNotHere(NotFound):
    """A call of Alegre's that this server does not answer."""

    code = "not_here"


class NoCallback(InvalidInput):
    """A result is to be sent to an address, and there is none."""

    code = "no_callback"


TABLE: dict[type[LookalikeError], ErrorRow] = {
    **errors.ROWS,
    errors.MalformedBody: ErrorRow(400, "malformed_request"),
    DeliveryRefused: ErrorRow(400, "blocked_callback"),
    NoCallback: ErrorRow(400, "no_callback"),
    CallNotHere: ErrorRow(501, "not_here"),
}


FAILURE = Shape[Refusal[ErrorRow]](
    "SimilarityFailure",
    "The answer of a request that failed.",
    message=TEXT.of(lambda refusal: refusal.error.message),
    error=TEXT.of(lambda refusal: refusal.row.error),
    request_id=TEXT.of(lambda refusal: refusal.request_id),
    field=TEXT.if_any(lambda refusal: refusal.error.field or None),
)


def failure(error: LookalikeError, request_id: str) -> Failure:
    """Return the error as JSON, with the sentence where Alegre's clients look for it."""
    row = errors.row_for(error, TABLE)
    body = FAILURE(Refusal(error, row, request_id))
    return Failure(row.status, body, errors.challenge(row.status))
