"""A proxy that passes bytes on, hangs, answers that it has failed, or hangs up."""

from __future__ import annotations

import socket
import socketserver
import threading
from contextlib import suppress

_FAILED = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_LONGEST_S = 60.0


class Proxy(socketserver.ThreadingTCPServer):
    """Listens on a free port of loopback; `mode` may change at any time."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, target: tuple[str, int]) -> None:
        """Listen; `serve_forever` begins."""
        super().__init__(("127.0.0.1", 0), _Passing)
        self.target = target
        self.mode = "passes"


class _Passing(socketserver.BaseRequestHandler):
    server: Proxy

    def handle(self) -> None:
        """Pass a connection's bytes in both directions, as long as that is the mode."""
        with suppress(OSError), socket.create_connection(self.server.target, 10) as upstream:
            upstream.settimeout(_LONGEST_S)
            self.request.settimeout(_LONGEST_S)
            threading.Thread(target=self._back, args=(upstream,), daemon=True).start()
            while sent := self.request.recv(65536):
                if self.server.mode == "fails":
                    self.request.sendall(_FAILED)
                    return
                if self.server.mode == "cuts":
                    return
                if self.server.mode == "passes":
                    upstream.sendall(sent)

    def _back(self, upstream: socket.socket) -> None:
        with suppress(OSError):
            while answered := upstream.recv(65536):
                self.request.sendall(answered)
