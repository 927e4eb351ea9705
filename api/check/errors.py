"""Errors as the Check dialect says them: one table of codes and statuses."""

from __future__ import annotations

from api import errors
from api.errors import Failure, Row
from common.errors import LookalikeError

TABLE: dict[type[LookalikeError], Row] = {
    **errors.ROWS,
    errors.NoImage: Row(400, "no_image"),
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
    return Failure(status=row.status, body=body, headers=errors.challenge(row.status))
