"""A web process of gunicorn that holds slow connections where they cost nothing.

gunicorn's own worker for ASGI receives and sends without a thread for each connection. Here its
connections get deadlines and bounds, so that nobody can fill the process with them either.
"""

from __future__ import annotations

import asyncio
import os
import resource
import socket
import struct
import sys
from collections import Counter
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from django.conf import settings
from gunicorn.asgi.protocol import ASGIProtocol, ASGIResponseInfo
from gunicorn.glogging import Logger
from gunicorn.workers.gasgi import ASGIWorker

from dedup_project.addresses import client_address, counted_as, is_trusted

# The loop gives the interpreter away whenever it sends, and waits this long to have it back while
# threads compute: Python's 5 ms for each of a thousand connections are seconds.
_SWITCH_INTERVAL_S = 0.0005
# A client may be sending its next request already when the server stops.
_LINGER_S = 2.0
# The loop looks after those who are connected in between.
_ACCEPTED_AT_ONCE = 50
_ACCEPT_PAUSE_S = 1.0
# Connections of an address that ended before a request was made; a fifth is forgiven each second,
# and more than the latter are not remembered.
_MOST_WASTED = 20
_REMEMBERED_WASTED = 100
# The kernel's number of the state of a connection that no side has ended.
_ESTABLISHED = 1
# Linger: on, for no time.
_RESET = struct.pack("ii", 1, 0)
# What waits in memory for a client that does not read; the rest is in a file.
_HELD_BYTES = 16 * 1024
# What the kernel keeps of an answer for each client, which would take megabytes by itself.
_SEND_BUFFER_BYTES = 128 * 1024
# Of the files that a process may open, what is not for connections; each of those may have a file
# for what it sends.
_OTHER_FILES = 256
_FILES_PER_CONNECTION = 2

# What the access log says of a request whose client left before there was an answer.
_CLIENT_CLOSED_REQUEST = 499
_IS_GONE = "lookalike.is_gone"


class Connection(ASGIProtocol):  # type: ignore[misc]
    """A client's connection, hung up on when it keeps the server waiting."""

    worker: WholeRequestWorker

    def __init__(self, worker: WholeRequestWorker, peer: str) -> None:
        """Wait for a client that the gate let in."""
        super().__init__(worker)
        self._peer = peer
        self._client = peer
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Wait for the head of the first request."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=_HELD_BYTES)
        self.worker.gate.waiting[self] = None
        self._hang_up_in(settings.HEADER_TIMEOUT_S)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the client."""
        self._stop_clock()
        self.worker.gate.waiting.pop(self, None)
        made_none = self.req_count <= 1 and self._current_request is None
        self.worker.gate.forget(self._peer, was_wasted=made_none)
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Wait for the client to read on, but not for ever."""
        super().pause_writing()
        self._hang_up_in(settings.ANSWER_TIMEOUT_S)

    def resume_writing(self) -> None:
        """Go on: the client reads."""
        self._stop_clock()
        super().resume_writing()

    def hang_up(self) -> None:
        """Reset the connection; what was not read yet is lost.

        The kernel would keep it, and the end behind it, for as long as the client lives.
        """
        client = self.transport.get_extra_info("socket")
        with suppress(OSError):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.transport.abort()

    def _feed_callback_parser(self, data: bytes) -> bool:
        try:
            return bool(super()._feed_callback_parser(data))
        except ValueError:  # a length with more digits than Python reads
            self._send_error_response(HTTPStatus.BAD_REQUEST, "Bad Request")
            self._close_transport()
            return False

    def _on_headers_complete(self) -> bool:
        self._stop_clock()
        self.worker.gate.waiting.pop(self, None)
        return bool(super()._on_headers_complete())

    def _arm_keepalive_timer(self) -> None:
        self.worker.gate.waiting[self] = None
        super()._arm_keepalive_timer()

    def _close_transport(self) -> None:
        super()._close_transport()
        # Closing waits until the rest is read.
        if self.transport.get_write_buffer_size():
            self._hang_up_in(settings.ANSWER_TIMEOUT_S)

    def _build_http_scope(self, *about: object) -> dict[str, Any]:
        scope: dict[str, Any] = super()._build_http_scope(*about)
        forwarded = [text for name, text in scope["headers"] if name == b"x-forwarded-for"]
        self._client = client_address(
            self._peer, b",".join(forwarded).decode("latin-1"), settings.TRUSTED_PROXIES
        )
        return {**scope, "client": (self._client, 0)}

    def _build_environ(self, *about: object) -> dict[str, Any]:
        """Return what the line of the access log is made from."""
        environ: dict[str, Any] = super()._build_environ(*about)
        return {**environ, "REMOTE_ADDR": self._client or "-", _IS_GONE: self._closed}

    def _hang_up_in(self, seconds: float) -> None:
        self._stop_clock()
        self._deadline = self.worker.loop.call_later(seconds, self.hang_up)

    def _stop_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class AccessLogger(Logger):  # type: ignore[misc]
    """Writes a client that left before its answer as 499, as nginx does, and not as a fault."""

    def access(
        self, resp: ASGIResponseInfo, req: object, environ: dict[str, Any], request_time: object
    ) -> None:
        """Write the line of a request."""
        if environ.get(_IS_GONE) and not resp.headers:
            resp.status = _CLIENT_CLOSED_REQUEST
        super().access(resp, req, environ, request_time)


class Gate:
    """How many may be connected to this process: in all, and from one address."""

    def __init__(
        self,
        most: int,
        most_per_address: int,
        trusted_proxies: list[IPv4Network | IPv6Network],
    ) -> None:
        """Bound all but proxies that are trusted, which bound their own clients."""
        self._most = most
        self._most_per_address = most_per_address
        self._trusted_proxies = trusted_proxies
        self._count = 0
        self._connections: Counter[str] = Counter()
        self._wasted: Counter[str] = Counter()
        # Those that have not sent the head of a request, the longest silent first.
        self.waiting: dict[Connection, None] = {}

    def let_in(self, peer: str) -> bool:
        """Count one more if it fits; the longest silent one makes room where it does not."""
        place = counted_as(peer)
        if not is_trusted(peer, self._trusted_proxies) and not self._may_connect(place):
            return False
        if self._count >= self._most:
            if not self.waiting:
                return False
            longest = next(iter(self.waiting))
            del self.waiting[longest]
            longest.hang_up()
        self._count += 1
        self._connections[place] += 1
        return True

    def forget(self, peer: str, *, was_wasted: bool) -> None:
        """Count a connection no longer."""
        place = counted_as(peer)
        self._wasted[place] += was_wasted
        self._count -= 1
        self._connections[place] -= 1
        if not self._connections[place]:
            del self._connections[place]

    def forgive(self) -> None:
        """Forget a fifth of what was wasted; called every second."""
        wasted = {place: min(n, _REMEMBERED_WASTED) * 4 // 5 for place, n in self._wasted.items()}
        self._wasted = Counter({place: n for place, n in wasted.items() if n})

    def _may_connect(self, place: str) -> bool:
        if self._wasted[place] > _MOST_WASTED:
            self._wasted[place] += 1
            return False
        return self._connections[place] < self._most_per_address


class WholeRequestWorker(ASGIWorker):  # type: ignore[misc]
    """A web process whose threads work on whole requests only."""

    gate: Gate

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)
        self._connecting: set[asyncio.Task[Any]] = set()
        # While the process started nobody looked after those who connected.
        self._has_caught_up = False

    @classmethod
    def check_config(cls, cfg: object, log: object) -> None:
        """Accept what gunicorn is told; its own threads are not used."""

    async def _serve(self) -> None:
        sys.setswitchinterval(_SWITCH_INTERVAL_S)
        most = min(self.worker_connections, _connections_by_files())
        self.gate = Gate(most, settings.CONNECTIONS_PER_ADDRESS, settings.TRUSTED_PROXIES)
        for listener in self.sockets:
            self._listen(listener.sock)
        while self.alive and self.ppid == os.getppid():
            self.notify()
            self.gate.forgive()
            await asyncio.sleep(1)
        await self._shutdown()

    def _listen(self, listener: socket.socket) -> None:
        if self.alive:
            self.loop.add_reader(listener, self._accept, listener)

    def _accept(self, listener: socket.socket) -> None:
        """Let clients in; one that has gone, or is one too many, costs next to nothing."""
        for _ in range(_ACCEPTED_AT_ONCE):
            try:
                client, address = listener.accept()
            except (BlockingIOError, ConnectionAbortedError):
                self._has_caught_up = True
                return
            except OSError:
                self.log.exception("No connection can be taken for a moment.")
                self.loop.remove_reader(listener)
                self.loop.call_later(_ACCEPT_PAUSE_S, self._listen, listener)
                return
            peer = _host(address)
            if not self.gate.let_in(peer):
                client.close()
            elif _has_gone(client):
                client.close()
                self.gate.forget(peer, was_wasted=self._has_caught_up)
            else:
                self._connect(client, peer)

    def _connect(self, client: socket.socket, peer: str) -> None:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
        connected = self.loop.connect_accepted_socket(partial(Connection, self, peer), client)
        task = self.loop.create_task(connected)
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)

    async def _shutdown(self) -> None:
        for listener in self.sockets:
            self.loop.remove_reader(listener.sock)
        if not self._quick_shutdown:
            await asyncio.sleep(_LINGER_S)
            for connection in list(self.gate.waiting):
                connection.hang_up()
        await super()._shutdown()


def _has_gone(client: socket.socket) -> bool:
    """Tell whether a client hung up before anybody looked after it."""
    if client.family == socket.AF_UNIX or not hasattr(socket, "TCP_INFO"):
        return False
    return client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] != _ESTABLISHED


def _host(address: object) -> str:
    """Return where a client is; what is connected to a socket of this machine has no address."""
    return str(address[0]) if isinstance(address, tuple) else ""


def _connections_by_files() -> int:
    """Let the process open all files that it may; return how many connections they suffice for."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return max(1, (most - _OTHER_FILES) // _FILES_PER_CONNECTION)
