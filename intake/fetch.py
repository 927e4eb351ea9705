"""The only place that fetches what people name by its address.

Nothing of an answer but its status is ever told, and nothing of where the address led.
"""

from __future__ import annotations

import posixpath
import socket
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from http.client import HTTPException
from urllib.parse import unquote, urljoin

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ReadTimeoutError,
)
from urllib3.response import BaseHTTPResponse

from common import timings
from intake import addresses, sources
from intake.addresses import Address
from intake.errors import FetchFailed
from intake.limits import Limits
from intake.sources import RawImage

_CHUNK_BYTES = 65_536
_MAX_IPS_TRIED = 4


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """What may be fetched; `allow_hosts` lists each `host` or `host:port` that may be private."""

    allow_hosts: frozenset[str] = frozenset()
    max_bytes: int = Limits().max_bytes
    timeout_s: float = 10.0
    max_redirects: int = 3


@timings.measured(timings.FETCH)
def fetch(url: str, policy: FetchPolicy) -> RawImage:
    """Return what the address answers, named after its last path component.

    Raise FetchRefused, FetchFailed or TooManyBytes; the deadline holds for the whole.
    """
    addresses.parse(url)
    download = _Download(policy)
    # The resolver knows no deadline, nor does a server that sends its headers byte by byte:
    # whoever asks leaves in time, and the thread follows when its socket is shut.
    executor = ThreadPoolExecutor(1, thread_name_prefix="fetch")
    try:
        return executor.submit(download.image, url).result(policy.timeout_s)
    except TimeoutError:
        download.give_up()
        raise _too_slow(policy.timeout_s) from None
    finally:
        executor.shutdown(wait=False)


class _Download:
    """One image on its way, over at most a few redirects."""

    def __init__(self, policy: FetchPolicy) -> None:
        self._policy = policy
        self._ends_at_s = time.monotonic() + policy.timeout_s
        self._socket: socket.socket | None = None

    def image(self, url: str) -> RawImage:
        """Follow redirects, each checked like the first address, and receive the body."""
        location = url
        for _ in range(self._policy.max_redirects + 1):
            address = addresses.parse(location)
            try:
                with ExitStack() as opened:
                    connection = self._connected(address, opened)
                    response = opened.enter_context(closing(self._answer(connection, address)))
                    following = response.get_redirect_location()
                    if not following:
                        return self._received(response, name=_name(url))
            except (ReadTimeoutError, TimeoutError):
                raise _too_slow(self._policy.timeout_s) from None
            except (HTTPError, HTTPException, OSError) as error:
                raise _failed(reason=type(error).__name__) from error
            location = urljoin(location, _as_sent(following))
        raise FetchFailed(
            "This address is forwarded too often. Use the address of the image itself.",
            field="url",
        )

    def give_up(self) -> None:
        """Wake the thread that waits for the server, wherever it waits."""
        if self._socket is not None:
            with suppress(OSError):
                # Not SSLSocket.shutdown, which takes the session away from under the reader.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def _connected(self, address: Address, opened: ExitStack) -> HTTPConnection:
        """Connect to the first checked IP address that answers, and to no other one."""
        ips = addresses.resolve(address, self._policy.allow_hosts)[:_MAX_IPS_TRIED]
        for tries_left, ip in zip(range(len(ips), 0, -1), ips, strict=True):
            connection = _connection(address, ip, self._remaining_s() / tries_left)
            opened.callback(connection.close)
            with suppress(NewConnectionError, ConnectTimeoutError):
                connection.connect()
                self._socket = connection.sock
                return connection
        raise _failed(reason="no connection")

    def _answer(self, connection: HTTPConnection, address: Address) -> BaseHTTPResponse:
        connection.timeout = self._remaining_s()
        connection.request(
            "GET",
            address.target,
            headers={
                "Host": address.host_header,
                "User-Agent": "Lookalike",
                "Accept": "image/*",
                "Accept-Encoding": "identity",
                "Connection": "close",
            },
            preload_content=False,
            decode_content=False,
        )
        return connection.getresponse()

    def _received(self, response: BaseHTTPResponse, *, name: str) -> RawImage:
        if response.status != 200:
            raise FetchFailed(
                f"The server of this address answers with status {response.status}. "
                "Check the address, or send the file itself.",
                field="url",
                status=response.status,
            )
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise _failed(reason="content encoding")
        max_bytes = self._policy.max_bytes
        if (response.length_remaining or 0) > max_bytes:
            raise sources.too_many_bytes(max_bytes)
        return sources.from_chunks(self._chunks(response), name=name, max_bytes=max_bytes)

    def _chunks(self, response: BaseHTTPResponse) -> Iterator[bytes]:
        # One receive each: `read` would wait until a slow sender has filled the whole chunk.
        while chunk := response.read1(_CHUNK_BYTES):
            self._remaining_s()
            yield chunk

    def _remaining_s(self) -> float:
        remaining_s = self._ends_at_s - time.monotonic()
        if remaining_s <= 0:
            raise _too_slow(self._policy.timeout_s)
        return remaining_s


def _connection(address: Address, ip: str, timeout_s: float) -> HTTPConnection:
    if address.scheme == "http":
        return HTTPConnection(ip, address.port, timeout=timeout_s)
    return HTTPSConnection(
        ip,
        address.port,
        timeout=timeout_s,
        server_hostname=address.host,
        ssl_context=ssl.create_default_context(),
    )


def _name(url: str) -> str:
    return unquote(posixpath.basename(addresses.parse(url).target.partition("?")[0]))


def _as_sent(location: str) -> str:
    """Return a header as the UTF-8 that it mostly is; http.client reads it as Latin-1."""
    return location.encode("latin-1", "replace").decode("utf-8", "replace")


def _too_slow(timeout_s: float) -> FetchFailed:
    return FetchFailed(
        f"The server of this address did not send the image within {timeout_s:g} seconds. "
        "Try again, or send the file itself.",
        field="url",
        reason="deadline",
    )


def _failed(*, reason: str) -> FetchFailed:
    return FetchFailed(
        "The image could not be fetched from this address. Try again, or send the file itself.",
        field="url",
        reason=reason,
    )
