"""Errors as the Check dialect says them: one table of codes and statuses."""

from __future__ import annotations

from api import errors
from api.errors import ErrorRow, Failure, Refusal
from api.shapes import FLAG, TEXT, Shape
from common.errors import LookalikeError

TABLE: dict[type[LookalikeError], ErrorRow] = {
    **errors.ROWS,
    errors.NoImage: ErrorRow(400, "no_image"),
}


FAILURE = Shape[Refusal[ErrorRow]](
    "MatchFailure",
    "The answer of a request that failed.",
    success=FLAG.of(lambda _: False),
    match=FLAG.of(lambda _: False),
    error=TEXT.of(lambda refusal: refusal.row.error),
    message=TEXT.of(lambda refusal: refusal.error.message),
    request_id=TEXT.of(lambda refusal: refusal.request_id),
    field=TEXT.if_any(lambda refusal: refusal.error.field or None),
)


def failure(error: LookalikeError, request_id: str) -> Failure:
    """Return the error in the Check dialect's envelope."""
    row = errors.row_for(error, TABLE)
    body = FAILURE(Refusal(error, row, request_id))
    return Failure(row.status, body, errors.challenge(row.status))
