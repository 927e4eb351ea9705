"""The only outbound GET of addresses that users name.

The parser that checks an address is the one that connects, the host is resolved once, every
address it resolves to is checked, and the connection goes to exactly a checked one, while the name
stays in Host, SNI and the certificate. Redirects go through all of it again. One deadline covers
everything, and nothing of what a server answered is repeated in an error.
"""

from __future__ import annotations

import contextlib
import http.client
import re
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as LookupTimeoutError
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote, urljoin

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, LocationParseError
from urllib3.response import BaseHTTPResponse
from urllib3.util import Url, parse_url

from intake.addresses import is_public
from intake.errors import FetchFailed, FetchRefused
from intake.sources import RawImage, require_size

_PORTS = {"http": 80, "https": 443}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OK = 200
_CHUNK_BYTES = 64 * 1024
_MAX_URL_LENGTH = 2048
_MAX_NAME_LENGTH = 255
_FORBIDDEN_CHARACTERS = re.compile(r"[\x00-\x20\x7f-\x9f\\]")
_HOST = re.compile(r"[a-z0-9._-]+|\[[0-9a-f:.]+\]")
_HEADERS = {
    "Accept": "image/*,*/*;q=0.5",
    # A compressed answer would have to be unpacked before its size is known.
    "Accept-Encoding": "identity",
    "Connection": "close",
    "User-Agent": "Lookalike",
}
# The system's resolver has no deadline of its own; a lookup that hangs must not hang its caller.
_LOOKUPS = ThreadPoolExecutor(16, thread_name_prefix="lookup")


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """What may be fetched; `allow_hosts`, as `host` or `host:port`, may have any address."""

    max_bytes: int
    timeout_s: float = 10.0
    max_redirects: int = 3
    allow_hosts: frozenset[str] = frozenset()

    def exempts(self, host: str, port: int) -> bool:
        """Tell whether this host may have any address."""
        return not self.allow_hosts.isdisjoint({host, f"{host}:{port}"})


@dataclass(frozen=True, slots=True)
class _Target:
    """A parsed address: `host` lower case, IPv6 in brackets; `origin_form` is path and query."""

    scheme: str
    host: str
    port: int
    origin_form: str
    url: str

    @property
    def host_header(self) -> str:
        """Return the host, with the port unless it is the scheme's own."""
        return self.host if self.port == _PORTS[self.scheme] else f"{self.host}:{self.port}"


class _Deadline:
    """A moment by which everything must be done."""

    def __init__(self, timeout_s: float) -> None:
        """Start now."""
        self._end = time.monotonic() + timeout_s

    def remaining_s(self) -> float:
        """Return the seconds left; raise FetchFailed if there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise _too_slow()
        return left


def fetch(url: str, policy: FetchPolicy) -> RawImage:
    """Return what is found at a public http or https address.

    Raises:
        FetchRefused: if the address, or one it redirects to, may not be fetched.
        FetchFailed: if it does not answer in time, or not with a plain file.
        TooManyBytes: if the file is larger than `policy.max_bytes`.

    """
    deadline = _Deadline(policy.timeout_s)
    for _ in range(policy.max_redirects + 1):
        target = _parsed(url)
        with _answer(target, policy, deadline) as response:
            if response.status not in _REDIRECTS:
                return RawImage.of(_body(response, policy, deadline), _name(target))
            url = urljoin(target.url, response.headers.get("Location", ""))
    raise FetchFailed("The address redirects too often; give the address of the file itself.")


def _parsed(url: str) -> _Target:
    if len(url) > _MAX_URL_LENGTH or _FORBIDDEN_CHARACTERS.search(url):
        raise _malformed()
    try:
        parsed = parse_url(url)
    except LocationParseError as error:
        raise _malformed() from error
    if parsed.scheme not in _PORTS:
        raise FetchRefused("Only http and https addresses are fetched.")
    host = (parsed.host or "").lower().rstrip(".")
    if parsed.auth is not None or not _HOST.fullmatch(host):
        raise _malformed()
    return _Target(parsed.scheme, host, _port(parsed), parsed.request_uri, parsed.url)


def _port(parsed: Url) -> int:
    port = _PORTS[str(parsed.scheme)] if parsed.port is None else parsed.port
    if port == 0:
        raise _malformed()
    return port


@contextmanager
def _answer(
    target: _Target, policy: FetchPolicy, deadline: _Deadline
) -> Iterator[BaseHTTPResponse]:
    """Give the response to a GET; connection errors within the block become FetchFailed."""
    addresses = _checked_addresses(target, policy, deadline)
    try:
        with _connected(target, addresses, deadline) as connection, _cut_off(connection, deadline):
            connection.request(
                "GET",
                target.origin_form,
                headers={"Host": target.host_header, **_HEADERS},
                preload_content=False,
                decode_content=False,
            )
            yield connection.getresponse()
    except (HTTPError, http.client.HTTPException, OSError, ValueError) as error:
        deadline.remaining_s()
        raise FetchFailed(
            "The file could not be fetched; check the address, or send the file itself.",
            reason=type(error).__name__,
        ) from error


def _checked_addresses(target: _Target, policy: FetchPolicy, deadline: _Deadline) -> list[str]:
    """Resolve the host once; raise FetchRefused if any of its addresses is not public."""
    lookup: Future[list[str]] = _LOOKUPS.submit(_resolved, target.host.strip("[]"), target.port)
    try:
        addresses = lookup.result(timeout=deadline.remaining_s())
    except LookupTimeoutError as error:
        lookup.cancel()
        raise _too_slow() from error
    except (OSError, UnicodeError) as error:
        raise FetchFailed("The host of the address is not known; check the address.") from error
    if not policy.exempts(target.host, target.port) and not all(map(is_public, addresses)):
        raise FetchRefused(
            "The address is not on the public internet; send the file itself.", host=target.host
        )
    return addresses


def _resolved(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@contextmanager
def _connected(
    target: _Target, addresses: list[str], deadline: _Deadline
) -> Iterator[HTTPConnection]:
    """Connect to the first of the addresses that answers, and to no other."""
    for number, address in enumerate(addresses, start=1):
        connection = _connection(target, address, deadline)
        with contextlib.closing(connection):
            try:
                connection.connect()
            except (HTTPError, OSError):
                if number == len(addresses):
                    raise
                continue
            connection.timeout = deadline.remaining_s()
            yield connection
            return


def _connection(target: _Target, address: str, deadline: _Deadline) -> HTTPConnection:
    # Connecting and the TLS handshake may each take this long.
    timeout_s = deadline.remaining_s() / 2
    if target.scheme == "http":
        return HTTPConnection(address, target.port, timeout=timeout_s)
    name = target.host.strip("[]")
    return HTTPSConnection(
        address,
        target.port,
        timeout=timeout_s,
        cert_reqs="CERT_REQUIRED",
        server_hostname=name,
        assert_hostname=name,
    )


@contextmanager
def _cut_off(connection: HTTPConnection, deadline: _Deadline) -> Iterator[None]:
    """Shut the connection down at the deadline: a byte a second never trips a socket's timeout."""
    plain = socket.fromfd(connection.sock.fileno(), socket.AF_INET, socket.SOCK_STREAM)
    timer = threading.Timer(deadline.remaining_s(), _shut_down, [plain])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        plain.close()


def _shut_down(connected: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it has just ended by itself
        connected.shutdown(socket.SHUT_RDWR)


def _body(response: BaseHTTPResponse, policy: FetchPolicy, deadline: _Deadline) -> bytes:
    if response.status != _OK:
        raise FetchFailed(
            f"The server of the address answered with status {response.status}; check the address.",
            status=response.status,
        )
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise FetchFailed("The server sends the file compressed; send the file itself.")
    announced = response.headers.get("Content-Length", "")
    if announced.isdecimal():
        require_size(int(announced), policy.max_bytes)
    gathered = bytearray()
    while chunk := response.read(_CHUNK_BYTES, decode_content=False):
        gathered += chunk
        require_size(len(gathered), policy.max_bytes)
    deadline.remaining_s()  # a connection that was cut off may look like the end of the file
    return bytes(gathered)


def _name(target: _Target) -> str:
    """Return the last part of the path as the file's name."""
    path = target.origin_form.partition("?")[0]
    return unquote(PurePosixPath(path).name)[:_MAX_NAME_LENGTH]


def _malformed() -> FetchRefused:
    return FetchRefused("The address is malformed; give a plain http or https address.")


def _too_slow() -> FetchFailed:
    return FetchFailed("The server of the address is too slow; send the file itself.")
