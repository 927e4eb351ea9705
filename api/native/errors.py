"""Errors as our own API says them: one table of statuses; codes are the errors' own."""

from __future__ import annotations

from api import errors
from api.errors import Failure, Refusal
from api.shapes import TEXT, Shape
from common.errors import LookalikeError
from intake.errors import DeliveryFailed, NotBase64
from verdicts.errors import TwoVerdicts
from webhooks.errors import EventsDeleted

# A file of text that is not base64 is a bad request here, where other dialects speak of media.
TABLE: dict[type[LookalikeError], int] = {
    **{kind: row.status for kind, row in errors.ROWS.items()},
    NotBase64: 400,
    DeliveryFailed: 424,
    EventsDeleted: 410,
}


PROBLEM = Shape[LookalikeError](
    "Problem",
    "What went wrong; `code` is stable, `message` is for people.",
    code=TEXT.of(lambda error: error.code),
    message=TEXT.of(lambda error: error.message),
    field=TEXT.if_any(lambda error: error.field or None),
    verdicts=TEXT.many.if_any(
        lambda error: error.verdict_ids if isinstance(error, TwoVerdicts) else None,
        "Of `two_verdicts`: the ids of the two.",
    ),
)
FAILURE = Shape[Refusal[int]](
    "FailureAnswer",
    "The answer of a request that failed.",
    error=PROBLEM.of(lambda refusal: refusal.error),
    request_id=TEXT.of(lambda refusal: refusal.request_id),
)


def failure(error: LookalikeError, request_id: str) -> Failure:
    """Return the error in our envelope."""
    status = errors.row_for(error, TABLE)
    body = FAILURE(Refusal(error, status, request_id))
    return Failure(status, body, errors.challenge(status))
