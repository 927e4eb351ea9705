"""A server of pictures on loopback, for imports by address; each address has other bytes."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from PIL import Image

from bench.freshness import picture

_SOURCES = 12
_source = cache(picture)


def named_picture(name: str) -> bytes:
    """Return a JPEG that this name alone has, a copy of one of a few pictures."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4])
    written = io.BytesIO()
    small = _source(number % _SOURCES).resize((192, 192), Image.Resampling.BICUBIC)
    small.save(written, "JPEG", quality=50 + number // _SOURCES % 45, comment=name.encode())
    return written.getvalue()


class _Answering(BaseHTTPRequestHandler):
    picture_of: Callable[[str], bytes]

    def do_GET(self) -> None:
        """Answer with the picture of the path."""
        body = self.picture_of(self.path.strip("/"))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(picture_of: Callable[[str], bytes] = named_picture) -> Iterator[str]:
    """Yield the address of a server, to which a name is appended; it ends with the block."""
    answering = type("Answering", (_Answering,), {"picture_of": staticmethod(picture_of)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
