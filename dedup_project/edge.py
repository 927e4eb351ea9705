"""The edge of the application: every request passes here before Django sees it.

Some clients send bodies in chunks without a length, which Django reads as empty; some write two
slashes for one; some send far too much, or too slowly. Here each body is read whole, in bounded
size and time, so that Django always has one of known length, and a client that is refused can
read why.
"""

from __future__ import annotations

import json
import re
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import IO, TYPE_CHECKING, Self

from api import dialects, errors, request_ids
from api.errors import BodyTimedOut, Failure, MalformedBody
from api.native import errors as native
from common.errors import LookalikeError
from dedup_project import logs

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_READ_BYTES = 64 * 1024
_IN_MEMORY_BYTES = 1_000_000
# A client that is refused goes on sending for a while. Bytes that nobody reads make the kernel
# reset the connection, and the client never sees the answer; so these are read and dropped.
_DRAIN_BYTES = 250_000_000


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How much may come in with a request, and how long it may take."""

    max_bytes: int
    timeout_s: float


class Edge:
    """A WSGI application around another one."""

    def __init__(
        self,
        application: WSGIApplication,
        limits: BodyLimits,
        trusted_proxies: Sequence[IPv4Network | IPv6Network] = (),
    ) -> None:
        """Guard the application; trusted proxies are believed where a request is from."""
        self._application = application
        self._limits = limits
        self._trusted_proxies = trusted_proxies

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer the request, or refuse its body."""
        environ["PATH_INFO"] = re.sub("/{2,}", "/", environ.get("PATH_INFO", ""))
        environ["REMOTE_ADDR"] = _client_address(environ, self._trusted_proxies)
        request_id = request_ids.new(environ["PATH_INFO"])
        environ[request_ids.ENVIRON_KEY] = request_id
        logs.begin(request_id)
        start = _with_request_id(start_response, request_id)
        try:
            spool = _read_body(environ, self._limits)
        except LookalikeError as error:
            return _refuse(environ, start, error)
        if spool is None:
            return self._application(environ, start)
        answer = self._application(_with_body(environ, spool), start)
        return _ClosingSpool(answer, spool)


class _ClosingSpool:
    """An application's answer, whose end also ends the body that was read for it."""

    def __init__(self, answer: Iterable[bytes], spool: IO[bytes]) -> None:
        self._answer = answer
        self._spool = spool

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._answer)

    def close(self) -> None:
        """Close the answer, then the body."""
        close_answer = getattr(self._answer, "close", None)
        if close_answer is not None:
            close_answer()
        self._spool.close()


class _Clock:
    """A total deadline: when it is over, the client can send no more."""

    def __init__(self, client: socket.socket | None, timeout_s: float) -> None:
        self._ends_at = time.monotonic() + timeout_s
        self._timer = threading.Timer(timeout_s, self._hang_up, args=[client])
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    @property
    def is_over(self) -> bool:
        """Tell whether the time is up."""
        return time.monotonic() >= self._ends_at

    @staticmethod
    def _hang_up(client: socket.socket | None) -> None:
        # A read that waits for the client returns at once; the answer can still be written.
        if client is not None:
            with suppress(OSError):
                client.shutdown(socket.SHUT_RD)


def _client_address(
    environ: WSGIEnvironment, trusted_proxies: Sequence[IPv4Network | IPv6Network]
) -> str:
    """Return the address that the request is from, as the nearest proxy that is trusted saw it.

    Each proxy adds to the end of X-Forwarded-For whom it was asked by; anybody may have written
    what stands before.
    """
    address = str(environ.get("REMOTE_ADDR", ""))
    hops = [hop.strip() for hop in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    while hops and _is_in(address, trusted_proxies):
        hop = hops.pop()
        if not _is_address(hop):
            break
        address = hop
    return address


def _is_in(address: str, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    if not _is_address(address):  # a socket of this machine, which only a proxy writes to
        return bool(networks)
    return any(ip_address(address) in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _read_body(environ: WSGIEnvironment, limits: BodyLimits) -> IO[bytes] | None:
    """Return the whole body, or nothing for a request without one."""
    length = _declared_length(environ)
    if length == 0:
        return None
    if length is None and not environ.get("wsgi.input_terminated"):
        raise MalformedBody("This server needs to know a body's length. Send Content-Length.")
    with _Clock(environ.get("gunicorn.socket"), limits.timeout_s) as clock:
        try:
            return _spooled(environ["wsgi.input"], length, limits.max_bytes, clock)
        except OSError as error:  # the client went away, or its chunks are wrong
            raise _cut_short(clock) from error


def _declared_length(environ: WSGIEnvironment) -> int | None:
    """Return the body's length in bytes; None for a body in chunks, which ends by itself."""
    if environ.get("HTTP_TRANSFER_ENCODING"):
        return None
    text = environ.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdecimal() else 0


def _spooled(body: IO[bytes], length: int | None, max_bytes: int, clock: _Clock) -> IO[bytes]:
    """Return a file of the body, at its end; raise when it is too large, late or cut short."""
    if length is not None and length > max_bytes:
        _drain(body, length, clock)
        raise errors.too_large()
    with ExitStack() as unless_whole:
        spool = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115 - see the stack
        unless_whole.callback(spool.close)
        for chunk in _chunks(body, max_bytes + 1 if length is None else length, clock):
            spool.write(chunk)
        received = spool.tell()
        if received > max_bytes:
            _drain(body, _DRAIN_BYTES, clock)
            raise errors.too_large()
        if clock.is_over or received < (length or 0):
            raise _cut_short(clock)
        unless_whole.pop_all()
    return spool


def _chunks(body: IO[bytes], max_bytes: int, clock: _Clock) -> Iterator[bytes]:
    """Yield what arrives, `max_bytes` at most, until the body or the time ends."""
    left = max_bytes
    while left and not clock.is_over:
        chunk = body.read(min(_READ_BYTES, left))
        if not chunk:
            return
        left -= len(chunk)
        yield chunk


def _drain(body: IO[bytes], max_bytes: int, clock: _Clock) -> None:
    with suppress(OSError):
        for _ in _chunks(body, min(max_bytes, _DRAIN_BYTES), clock):
            pass


def _cut_short(clock: _Clock) -> LookalikeError:
    if clock.is_over:
        return BodyTimedOut("The request took too long to arrive. Try again on a faster line.")
    return errors.malformed()


def _with_body(environ: WSGIEnvironment, spool: IO[bytes]) -> WSGIEnvironment:
    length = spool.tell()
    spool.seek(0)
    return {
        **{name: value for name, value in environ.items() if name != "HTTP_TRANSFER_ENCODING"},
        "wsgi.input": spool,
        "CONTENT_LENGTH": str(length),
    }


def _with_request_id(start_response: StartResponse, request_id: str) -> StartResponse:
    def start(
        status: str, headers: list[tuple[str, str]], exc_info: OptExcInfo | None = None, /
    ) -> Callable[[bytes], object]:
        return start_response(status, [*headers, ("X-Request-Id", request_id)], exc_info)

    return start


def _refuse(
    environ: WSGIEnvironment, start: StartResponse, error: LookalikeError
) -> Iterable[bytes]:
    failure_of = dialects.failure_of(environ["PATH_INFO"])
    if failure_of is None:
        return _sent(start, _page(error), "text/plain; charset=utf-8", error.message.encode())
    failure = errors.said(error, environ[request_ids.ENVIRON_KEY], by=failure_of)
    return _sent(start, failure, "application/json", json.dumps(failure.body).encode())


def _page(error: LookalikeError) -> Failure:
    return Failure(status=native.failure(error, "").status, body={})


def _sent(
    start: StartResponse, failure: Failure, content_type: str, body: bytes
) -> Iterable[bytes]:
    status = f"{failure.status} {HTTPStatus(failure.status).phrase}"
    headers = {
        "Content-Type": content_type,
        "Content-Length": str(len(body)),
        "X-Content-Type-Options": "nosniff",
        **failure.headers,
    }
    start(status, list(headers.items()))
    return [body]
