"""The edge of the application: every request passes here before Django sees it.

Some clients send bodies in chunks without a length, which Django reads as empty; some write two
slashes for one; some send far too much, or too slowly. Here each body is taken whole, in bounded
size and time, and each answer is held until it is read. Both cost no thread: those work on whole
requests only, and whether the server is well is asked in threads that do nothing else.
"""

from __future__ import annotations

import asyncio
import io
import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Any, TypeVar

from api import dialects, errors, request_ids
from api.errors import Failure
from api.native import errors as native
from common.errors import LookalikeError, QuotaExceeded
from dedup_project import bodies, logs
from dedup_project.addresses import counted_as
from dedup_project.admission import Admission, is_known
from dedup_project.bodies import BodyLimits, Incoming, Receive
from dedup_project.calls import HeldAnswer, answered, environ_of
from dedup_project.refusals import PACED, Pace

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Done = TypeVar("Done")

HEALTH_PATHS = frozenset({"/healthz", "/readyz"})
_SEND_BYTES = 32 * 1024
# For questions that are answered at once, also while every other thread is busy.
_SHORT_THREADS = 2


class Edge:
    """An ASGI application around a WSGI one."""

    def __init__(
        self,
        application: WSGIApplication,
        limits: BodyLimits,
        *,
        threads: int,
        requests_per_address: int,
    ) -> None:
        """Work in so many threads; more requests of one address at once are refused."""
        self._application = application
        self._limits = limits
        self._requests_per_address = requests_per_address
        self._at_once: Counter[str] = Counter()
        self._pace = Pace()
        self._work = ThreadPoolExecutor(threads, "work")
        self._short = ThreadPoolExecutor(_SHORT_THREADS, "short")
        self._admission = Admission(lambda each: _in_thread(self._short, partial(is_known, each)))

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer a request; there is nothing else to connect to."""
        if scope["type"] != "http":
            await send({"type": "websocket.close"})
            return
        environ = environ_of(scope)
        environ["PATH_INFO"] = re.sub("/{2,}", "/", environ["PATH_INFO"])
        request_id = request_ids.new(environ["PATH_INFO"])
        environ[request_ids.ENVIRON_KEY] = request_id
        logs.begin(request_id)
        try:
            with self._counted(environ):
                answer = await self._answer_in_time(environ, receive)
        except LookalikeError as error:
            answer = _refusal(environ, error)
        await _sent(answer, request_id, send)

    async def _answer_in_time(self, environ: WSGIEnvironment, receive: Receive) -> HeldAnswer:
        """Return an answer; refusals of a client that does not wait are held back."""
        try:
            answer = await self._answer(environ, receive)
        except LookalikeError as error:
            answer = _refusal(environ, error)
        if answer.status in PACED:
            client = environ.get("HTTP_AUTHORIZATION") or counted_as(environ["REMOTE_ADDR"])
            await asyncio.sleep(self._pace.hold_s(client, _length(environ)))
        return answer

    async def _answer(self, environ: WSGIEnvironment, receive: Receive) -> HeldAnswer:
        body = await self._body(environ, receive)
        length = body.tell()
        body.seek(0)
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        whole = {**environ, "wsgi.input": body, "CONTENT_LENGTH": str(length)}
        threads = self._short if environ["PATH_INFO"] in HEALTH_PATHS else self._work
        return await _in_thread(threads, partial(answered, self._application, whole))

    async def _body(self, environ: WSGIEnvironment, receive: Receive) -> IO[bytes]:
        length = _length(environ)
        if length == 0 and "HTTP_TRANSFER_ENCODING" not in environ:
            return io.BytesIO()
        expects = environ.get("HTTP_EXPECT", "").lower() == "100-continue"
        incoming = Incoming(receive, length=length, waits_for_continue=expects)
        return await bodies.whole(incoming, self._limits, partial(self._admission.of, environ))

    @contextmanager
    def _counted(self, environ: WSGIEnvironment) -> Iterator[None]:
        """Count the request while it arrives and is worked on; refuse one too many."""
        address = counted_as(environ["REMOTE_ADDR"])
        if self._at_once[address] >= self._requests_per_address:
            raise QuotaExceeded("Too many requests at once from this address.", retry_after_s=1)
        self._at_once[address] += 1
        try:
            yield
        finally:
            self._at_once[address] -= 1
            if not self._at_once[address]:
                del self._at_once[address]


async def _in_thread(threads: ThreadPoolExecutor, act: Callable[[], Done]) -> Done:
    """Return what is done in a thread that knows the request's id; raise our own errors only."""

    def call() -> Done:
        # A fault is noted in the database, which is not asked in the loop.
        try:
            return act()
        except Exception as error:
            raise errors.from_exception(error) from error

    return await asyncio.get_running_loop().run_in_executor(threads, copy_context().run, call)


def _length(environ: WSGIEnvironment) -> int:
    """Return how many bytes of a body the client names, 0 where it names none."""
    text = environ.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdecimal() else 0


def _refusal(environ: WSGIEnvironment, error: LookalikeError) -> HeldAnswer:
    failure_of = dialects.failure_of(environ["PATH_INFO"])
    if failure_of is None:
        status = native.failure(error, "").status
        failure = errors.said(error, "", by=lambda *_: Failure(status=status, body={}))
        return _answer_of(failure, "text/plain; charset=utf-8", error.message.encode())
    failure = errors.said(error, environ[request_ids.ENVIRON_KEY], by=failure_of)
    return _answer_of(failure, "application/json", json.dumps(failure.body).encode())


def _answer_of(failure: Failure, content_type: str, body: bytes) -> HeldAnswer:
    headers = {
        "Content-Type": content_type,
        "Content-Length": str(len(body)),
        "X-Content-Type-Options": "nosniff",
        # What is left of the body would be read as the next request.
        "Connection": "close",
        **failure.headers,
    }
    return HeldAnswer(HTTPStatus(failure.status), list(headers.items()), io.BytesIO(body))


async def _sent(answer: HeldAnswer, request_id: str, send: Send) -> None:
    """Send an answer as fast as it is read; the server hangs up on clients that read too slowly."""
    headers = [*answer.headers, ("X-Request-Id", request_id)]
    encoded = [(name.encode("latin-1"), text.encode("latin-1")) for name, text in headers]
    with answer.body:
        await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
        more = True
        while more:
            chunk = answer.body.read(_SEND_BYTES)
            more = len(chunk) == _SEND_BYTES
            await send({"type": "http.response.body", "body": chunk, "more_body": more})
