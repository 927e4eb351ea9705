"""A server on loopback that answers with scripted bytes, whatever HTTP says about them."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, repeat

from intake.fetch import FetchPolicy

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 300
OK = b"HTTP/1.1 200 OK\r\n"


def answer(body: bytes = PICTURE, *headers: str, status: str = "200 OK") -> bytes:
    """Return a complete answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def redirect(location: str, status: int = 302) -> bytes:
    """Return an answer that leads elsewhere."""
    return answer(b"", f"Location: {location}", status=f"{status} Elsewhere")


@dataclass
class Server:
    """A server on loopback that sends scripted bytes, whatever HTTP says about them."""

    listener: socket.socket
    pieces: dict[str, Iterator[bytes]] = field(default_factory=dict)
    pause_s: float = 0
    requests: list[str] = field(default_factory=list)
    gone: threading.Event = field(default_factory=threading.Event)
    is_over: threading.Event = field(default_factory=threading.Event)
    context: ssl.SSLContext | None = None

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    @property
    def policy(self) -> FetchPolicy:
        """A policy that allows this server and nothing else that is private."""
        return FetchPolicy(frozenset({f"127.0.0.1:{self.port}"}), max_bytes=200_000, timeout_s=5)

    def url(self, path: str, *pieces: bytes) -> str:
        """Serve these pieces under a path, and return its address."""
        return self.endless_url(path, iter(pieces))

    def endless_url(self, path: str, pieces: Iterator[bytes]) -> str:
        """Serve pieces as they are made."""
        self.pieces[path.partition("?")[0]] = pieces
        return f"http://127.0.0.1:{self.port}{path}"

    def slow_url(self, path: str, start: bytes, each: bytes) -> str:
        """Serve the start at once and then a little every few milliseconds, without an end."""
        self.pause_s = 0.02
        return self.endless_url(path, chain([start], repeat(each)))

    def serve(self) -> None:
        """Answer one client after the other until the listener closes."""
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with client:
                client.settimeout(5)
                try:
                    self._answer(client)
                except OSError:  # the client had enough
                    self.gone.set()

    def _answer(self, client: socket.socket) -> None:
        with self.context.wrap_socket(client, server_side=True) if self.context else client as link:
            request = b""
            while b"\r\n\r\n" not in request and (received := link.recv(65_536)):
                request += received
            head, _, body = request.partition(b"\r\n\r\n")
            announced = re.search(rb"content-length: (\d+)", head.lower())
            while announced and len(body) < int(announced.group(1)):
                body += link.recv(65_536)
            self.requests.append((head + b"\r\n\r\n" + body).decode())
            path = request.split(b" ")[1].partition(b"?")[0].decode()
            for piece in self.pieces[path]:
                link.sendall(piece)
                if self.is_over.wait(self.pause_s):
                    return
