"""How a test calls the Ximilar dialect, and a web site on this machine to fetch from."""

from __future__ import annotations

import base64
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.api.conftest import Caller

PREFIX = "/image_matching/v2/"


@dataclass(frozen=True, slots=True)
class XimilarCaller:
    """A program with a token; `collection` is the id that it sends along, if any."""

    caller: Caller
    collection: str = ""

    def __call__(self, method: str, **body: Any) -> Any:
        """Post a method's JSON body."""
        return self.raw(f"{PREFIX}{method}", body)

    def raw(self, path: str, body: Any, **headers: str) -> Any:
        """Post anything to any address."""
        token = f"Token {self.caller.credential.token}"
        sent = {"authorization": token, **headers}
        if self.collection:
            sent["collection-id"] = self.collection
        return self.caller.anonymous.post(path, body, content_type="application/json", headers=sent)


@dataclass(slots=True)
class Site:
    """A site with pictures by path; `answers` are the statuses that a path gives first."""

    url: str
    pictures: Mapping[str, bytes]
    answers: dict[str, list[int]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    def status(self, path: str) -> int:
        """Return what to answer now, and count the request."""
        self.asked[path] += 1
        if self.answers.get(path):
            return self.answers[path].pop(0)
        return 200 if path in self.pictures else 404


@contextmanager
def serving(pictures: Mapping[str, bytes]) -> Iterator[Site]:
    """Serve pictures on a free port until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status = site.status(self.path)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(pictures[self.path] if status == 200 else b"nothing here")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Site(f"http://127.0.0.1:{server.server_port}", pictures)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def base64_text(photo: bytes) -> str:
    """Return a picture as it goes into `_base64`."""
    return base64.b64encode(photo).decode()
