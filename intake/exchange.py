"""Talking to servers that people name: only the address that was checked, and only for so long.

Nothing of where an address led is ever told, nor what the server there said.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from http.client import HTTPException
from typing import TypeVar

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ReadTimeoutError,
)
from urllib3.response import BaseHTTPResponse

from intake import addresses
from intake.addresses import Address
from intake.errors import FetchFailed

_CHUNK_BYTES = 65_536
_MAX_IPS_TRIED = 4
_HEADERS = {"User-Agent": "Lookalike", "Accept-Encoding": "identity", "Connection": "close"}

Result = TypeVar("Result")


class TooSlow(Exception):
    """The deadline has passed."""


class Broken(Exception):
    """The server could not be reached, or does not speak HTTP; `reason` is safe to keep."""

    def __init__(self, reason: str) -> None:
        """Keep what kind of fault it was, and nothing that a server or an address said."""
        super().__init__(reason)
        self.reason = reason


class NoConnection(OSError):
    """None of the host's checked addresses answers."""


def within(
    timeout_s: float,
    work: Callable[[Exchange], Result],
    *,
    allow_hosts: frozenset[str],
    allow_ports: frozenset[int],
) -> Result:
    """Return what the work returns; raise TooSlow, Broken, or what the work itself raises.

    The resolver has no deadline, nor does a server that sends its headers byte by byte: the caller
    leaves in time, and the thread that works follows when its socket is shut.
    """
    exchange = Exchange(allow_hosts, allow_ports, timeout_s)
    executor = ThreadPoolExecutor(1, thread_name_prefix="exchange")
    try:
        return executor.submit(work, exchange).result(timeout_s)
    except (ReadTimeoutError, TimeoutError):
        exchange.give_up()
        raise TooSlow from None
    except (HTTPError, HTTPException, OSError) as error:
        # What others say of an error may hold an address, and an address may hold a secret.
        raise Broken(type(error).__name__) from None
    finally:
        executor.shutdown(wait=False)


def refuse_private(
    url: str, *, allow_hosts: frozenset[str], allow_ports: frozenset[int], timeout_s: float
) -> None:
    """Raise FetchRefused for an address that may not be reached, by what is known now.

    A name that nobody knows at the moment passes: it is asked for again when it is needed.
    """
    address = addresses.parse(url)
    with suppress(FetchFailed, TooSlow, Broken):
        within(
            timeout_s,
            lambda _: addresses.resolve(address, allow_hosts, allow_ports),
            allow_hosts=allow_hosts,
            allow_ports=allow_ports,
        )


class Exchange:
    """A request to a checked address, or a few one after the other, within one deadline."""

    def __init__(
        self, allow_hosts: frozenset[str], allow_ports: frozenset[int], timeout_s: float
    ) -> None:
        self._allow_hosts, self._allow_ports = allow_hosts, allow_ports
        self._ends_at_s = time.monotonic() + timeout_s
        self._socket: socket.socket | None = None

    def send(
        self,
        address: Address,
        opened: ExitStack,
        *,
        method: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
    ) -> BaseHTTPResponse:
        """Return the answer with its headers read; `opened` closes it and its connection."""
        connection = self._connected(address, opened)
        connection.timeout = self._remaining_s()
        connection.request(
            method,
            address.target,
            body=body,
            headers={"Host": address.host_header, **_HEADERS, **headers},
            preload_content=False,
            decode_content=False,
        )
        return opened.enter_context(closing(connection.getresponse()))

    def chunks(self, response: BaseHTTPResponse) -> Iterator[bytes]:
        """Yield the answer's body as it comes."""
        # One receive each: `read` would wait until a slow sender has filled the whole chunk.
        while chunk := response.read1(_CHUNK_BYTES):
            self._remaining_s()
            yield chunk

    def give_up(self) -> None:
        """Wake the thread that waits for the server, wherever it waits."""
        if self._socket is not None:
            with suppress(OSError):
                # Not SSLSocket.shutdown, which takes the session away from under the reader.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def _connected(self, address: Address, opened: ExitStack) -> HTTPConnection:
        """Connect to the first checked IP address that answers, and to no other one."""
        ips = addresses.resolve(address, self._allow_hosts, self._allow_ports)[:_MAX_IPS_TRIED]
        for tries_left, ip in zip(range(len(ips), 0, -1), ips, strict=True):
            connection = _connection(address, ip, self._remaining_s() / tries_left)
            opened.callback(connection.close)
            with suppress(NewConnectionError, ConnectTimeoutError):
                connection.connect()
                self._socket = connection.sock
                return connection
        raise NoConnection

    def _remaining_s(self) -> float:
        remaining_s = self._ends_at_s - time.monotonic()
        if remaining_s <= 0:
            raise TimeoutError
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
