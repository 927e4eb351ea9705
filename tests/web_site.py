"""A web site on this machine, for tests in which the product fetches pictures and posts answers."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(slots=True)
class WebSite:
    """Files to fetch by path, and notes of who came.

    `answers` are the statuses that a path gives first; after them it gives what is right.
    """

    files: dict[str, bytes]
    port: int = 0
    answers: dict[str, list[int]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    posts: list[tuple[str, bytes]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)  # of the posts

    @property
    def host(self) -> str:
        """Return the host and port that may be fetched from."""
        return f"127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        """Return the address of the site, without a slash at its end."""
        return f"http://{self.host}"

    def url(self, path: str) -> str:
        """Return the address of a path."""
        return self.address + path

    def status(self, path: str, *, exists: bool) -> int:
        """Return what to answer now."""
        if self.answers.get(path):
            return self.answers[path].pop(0)
        return 200 if exists else 404


@contextmanager
def serving(files: Mapping[str, bytes]) -> Iterator[WebSite]:
    """Serve the files on a free port until the block ends; anything can be posted to any path."""
    site = WebSite(dict(files))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked[self.path] += 1
            status = site.status(self.path, exists=self.path in site.files)
            self.answer(status, site.files[self.path] if status == 200 else b"nothing here")

        def do_POST(self) -> None:
            site.headers.append({name.lower(): text for name, text in self.headers.items()})
            site.posts.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.answer(site.status(self.path, exists=True), b"")

        def answer(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def web_site(files: Mapping[str, bytes]) -> Iterator[str]:
    """Serve the files, and give no more than the address of the site."""
    with serving(files) as site:
        yield site.address
