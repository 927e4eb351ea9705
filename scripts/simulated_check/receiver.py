"""The receiver of a webhook: verifies who posts, and hands on what was posted."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from lookalike_client import WrongSignature, verified_id

_PATH = "/webhook"


@dataclass(frozen=True)
class WebhookReceiver:
    """A receiver that listens: its host and port, and the address to be posted to."""

    host: str

    @property
    def url(self) -> str:
        """Return the address of the webhook."""
        return f"http://{self.host}{_PATH}"


@contextmanager
def receiving(
    secret: str, hear: Callable[[Mapping[str, Any]], None], *, port: int = 0
) -> Iterator[WebhookReceiver]:
    """Hear on a port of this machine, a free one without a number; raise OSError if it is taken."""

    class Inbox(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                verified_id(secret, dict(self.headers.items()), body)
            except WrongSignature:
                self.answer(401)
                return
            hear(json.loads(body))
            self.answer(204)

        def answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Inbox)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield WebhookReceiver(f"127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
