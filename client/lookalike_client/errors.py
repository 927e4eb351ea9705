"""Everything that a call may raise.

LookalikeError
├── NoAnswer          nobody answered: no connection, or it broke, or it took too long
├── UnreadableAnswer  the answer is not what this client understands
├── InvalidInput      400: something in the request is wrong, see `field`
├── Unauthenticated   401: the token is missing, wrong or revoked
├── Forbidden         403: the credential's role may not do this
├── NotFound          404: no such list, item or match
├── Conflict          409: the object has changed since you looked
├── Gone              410: events are deleted that you have not read
├── TooLarge          413: the picture has too many bytes
├── UnusableImage     415: the file is no picture, or a broken one
├── FetchFailed       424: the server could not fetch the address
├── QuotaExceeded     429: too many requests, see `retry_after_s`
├── Unavailable       503: too busy, see `retry_after_s`
└── ServerFault       any other status from 500 on
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Problem:
    """What an answer says went wrong; what it does not say is None."""

    status: int | None = None
    code: str | None = None
    field: str | None = None
    request_id: str | None = None
    retry_after_s: float | None = None
    verdicts: tuple[str, ...] = ()


class LookalikeError(Exception):
    """A call failed; `code` is stable, `message` is for people, `request_id` for the operator.

    `verdicts` are the ids of the two that a merge or a confirmation would bring together.
    """

    def __init__(self, message: str, problem: Problem) -> None:
        super().__init__(message)
        self.message = message
        self.status = problem.status
        self.code = problem.code
        self.field = problem.field
        self.request_id = problem.request_id
        self.retry_after_s = problem.retry_after_s
        self.verdicts = problem.verdicts


class NoAnswer(LookalikeError):
    """Nobody answered: no connection, or it broke, or it took too long."""


class UnreadableAnswer(LookalikeError):
    """The answer is not what this client understands; perhaps something else is answering."""


class InvalidInput(LookalikeError):
    """Something in the request is wrong."""


class Unauthenticated(LookalikeError):
    """The token is missing, wrong or revoked."""


class Forbidden(LookalikeError):
    """The credential's role may not do this."""


class NotFound(LookalikeError):
    """No such list, item or match."""


class Conflict(LookalikeError):
    """The object has changed since you looked."""


class Gone(LookalikeError):
    """Events are deleted that you have not read."""


class TooLarge(LookalikeError):
    """The picture has too many bytes."""


class UnusableImage(LookalikeError):
    """The file is no picture, or a broken one."""


class FetchFailed(LookalikeError):
    """The server could not fetch the address."""


class QuotaExceeded(LookalikeError):
    """Too many requests in a while."""


class Unavailable(LookalikeError):
    """The server is too busy."""


class ServerFault(LookalikeError):
    """The server, or something before it, is broken."""


_BY_STATUS = {
    400: InvalidInput,
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: Gone,
    413: TooLarge,
    415: UnusableImage,
    424: FetchFailed,
    429: QuotaExceeded,
    503: Unavailable,
}


def from_answer(status: int, body: Any, retry_after_s: float | None) -> LookalikeError:
    """Return the error for an answer that is no success, whichever dialect it is in."""
    said: Mapping[str, Any] = body if isinstance(body, dict) else {}
    told = said.get("error")
    # Our own API and the Sightengine dialect have an object here, the Check dialect has the code.
    details = told if isinstance(told, dict) else {**said, "code": told}
    code, request = details.get("code"), said.get("request")
    problem = Problem(
        status=status,
        code=None if code is None else str(code),
        field=details.get("field"),
        request_id=request.get("id") if isinstance(request, dict) else said.get("request_id"),
        retry_after_s=retry_after_s,
        verdicts=tuple(details.get("verdicts") or ()),
    )
    message = details.get("message") or f"The server answers with status {status}."
    return _class_for(status)(str(message), problem)


def _class_for(status: int) -> type[LookalikeError]:
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= 500:
        return ServerFault
    return InvalidInput if status >= 400 else UnreadableAnswer
