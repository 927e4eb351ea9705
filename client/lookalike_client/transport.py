"""Requests to one server: never without a time limit, and repeated only where that is harmless."""

from __future__ import annotations

import email.utils
import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import HTTPError, NewConnectionError

from lookalike_client import errors
from lookalike_client.errors import LookalikeError, NoAnswer, Problem, UnreadableAnswer

# The longest that a call waits because a server asks it to; beyond, the caller decides.
MAX_WAIT_S = 60.0
_FIRST_WAIT_S = 0.5
_BUSY = (429, 503)
_GATEWAY_FAULTS = (502, 503, 504)


@dataclass(frozen=True)
class Request:
    """One request; `is_repeatable` says that sending it twice does no more than sending it once.

    `is_text` says that a success is no JSON.
    """

    method: str
    path: str
    query: Mapping[str, object]
    is_repeatable: bool
    body: bytes | None = None
    content_type: str | None = None
    is_text: bool = False


@dataclass(frozen=True)
class Answer:
    """A success: its JSON, or its text; None for an empty body."""

    body: Any
    headers: Mapping[str, str]


class Transport:
    """Sends requests to one server with one token; may be used by several threads."""

    def __init__(self, base_url: str, token: str, *, timeout_s: float, retries: int) -> None:
        """Connect to nothing yet; raise ValueError for an address that is none of the web's."""
        if not base_url.startswith(("https://", "http://")):
            raise ValueError("base_url has to begin with https:// or http://.")
        self._base_url = base_url.rstrip("/")
        self._retries = retries
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Accept": "application/json",
            "User-Agent": "lookalike-client/0.1.0",
        }
        self._pool = urllib3.PoolManager(
            retries=False, timeout=urllib3.Timeout(connect=timeout_s, read=timeout_s)
        )

    def close(self) -> None:
        """Close all connections."""
        self._pool.clear()

    def send(self, request: Request) -> Answer:
        """Return the answer; raise LookalikeError when every attempt that may be made failed."""
        for attempt in range(self._retries + 1):
            try:
                return self._sent(request)
            except LookalikeError as error:
                wait_s = _wait_s(error, request, attempt)
                if attempt == self._retries or wait_s is None:
                    raise
            time.sleep(wait_s)
        raise AssertionError("unreachable")

    def _sent(self, request: Request) -> Answer:
        headers = dict(self._headers)
        if request.content_type:
            headers["Content-Type"] = request.content_type
        query = {name: value for name, value in request.query.items() if value is not None}
        url = f"{self._base_url}{request.path}" + (f"?{urlencode(query)}" if query else "")
        try:
            # A redirect is not followed: the token is for this server alone.
            response = self._pool.request(
                request.method, url, body=request.body, headers=headers, redirect=False
            )
        except HTTPError as error:
            raise _no_answer(error) from error
        is_success = 200 <= response.status < 300
        body = _text(response) if request.is_text and is_success else _json(response)
        if not is_success:
            raise errors.from_answer(response.status, body, _retry_after_s(response))
        if body is None and response.status != 204:
            raise unreadable(response.status)
        return Answer(body, response.headers)


def unreadable(status: int | None = None) -> UnreadableAnswer:
    """Return the error for an answer that is not as this client knows it."""
    return UnreadableAnswer(
        "The answer cannot be understood. Check that the address is that of a Lookalike server.",
        Problem(status=status, code="unreadable_answer"),
    )


def _wait_s(error: LookalikeError, request: Request, attempt: int) -> float | None:
    """Return how long to wait before the next attempt, None if there must be none."""
    if error.status in _BUSY and error.retry_after_s is not None:
        # The server says that it has done nothing.
        return error.retry_after_s if error.retry_after_s <= MAX_WAIT_S else None
    was_never_sent = isinstance(error, NoAnswer) and error.code == "no_connection"
    may_pass = isinstance(error, NoAnswer) or error.status in _GATEWAY_FAULTS
    if was_never_sent or (may_pass and request.is_repeatable):
        # Many clients that failed together shall not come back together.
        return _FIRST_WAIT_S * 2.0**attempt * random.uniform(0.5, 1)  # noqa: S311 - no secret
    return None


def _no_answer(error: HTTPError) -> NoAnswer:
    # NewConnectionError stands for refused, unreachable and unknown hosts, ConnectTimeoutError for
    # hosts that do not respond: of all others nobody knows what the server has done.
    is_unsent = isinstance(error, (NewConnectionError, urllib3.exceptions.ConnectTimeoutError))
    code = "no_connection" if is_unsent else "no_answer"
    return NoAnswer(f"The server did not answer: {type(error).__name__}.", Problem(code=code))


def _json(response: urllib3.BaseHTTPResponse) -> Any:
    try:
        return json.loads(response.data)
    except ValueError:
        return None


def _text(response: urllib3.BaseHTTPResponse) -> str:
    try:
        return response.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise unreadable(response.status) from error


def _retry_after_s(response: urllib3.BaseHTTPResponse) -> float | None:
    text = response.headers.get("Retry-After", "")
    if text.isdecimal():
        return float(text)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
