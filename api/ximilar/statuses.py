"""The status codes of Ximilar's envelope, which only in part are HTTP's."""

from __future__ import annotations

import time
import uuid
from enum import IntEnum

from api.shapes import Json


class Status(IntEnum):
    """What became of a request, or of one of its records."""

    OK = 200
    FOUND = 205
    SOME_NOT_FOUND = 206
    INSERTED = 210
    SOME_INSERTED = 211
    DELETED = 220
    MIXED_RESULT = 300
    FAILED = 400
    NOT_FOUND = 404
    DUPLICATE = 411

    @property
    def text(self) -> str:
        """Return the words that go with the code."""
        return _TEXTS[self]

    @property
    def http(self) -> int:
        """Return the status of the HTTP answer: 2xx codes of the family are 200 there."""
        return _HTTP.get(self, 200)


_TEXTS = {
    Status.OK: "OK",
    Status.FOUND: "records found",
    Status.SOME_NOT_FOUND: "some of the records not found",
    Status.INSERTED: "records inserted",
    Status.SOME_INSERTED: "some records inserted",
    Status.DELETED: "records deleted",
    Status.MIXED_RESULT: "MIXED_RESULT",
    Status.FAILED: "all records failed",
    Status.NOT_FOUND: "records not found",
    Status.DUPLICATE: "record duplicate",
}
_HTTP = {Status.FAILED: 400, Status.NOT_FOUND: 404, Status.DUPLICATE: 409}


def of_request(code: int, text: str, request_id: str) -> Json:
    """Return the envelope's `status`; `proc_id` tells apart two answers to one request."""
    return {**of_record(code, text, request_id), "proc_id": str(uuid.uuid4())}


def of_record(code: int, text: str, request_id: str) -> Json:
    """Return a record's `_status`."""
    return {"code": int(code), "text": text, "request_id": request_id}


def statistics(started_s: float) -> dict[str, float]:
    """Return how long a request has taken since `started_s` of `time.perf_counter`."""
    return {"processing time": time.perf_counter() - started_s}
