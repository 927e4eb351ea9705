"""Calls of the WSGI application: its whole answer is held, so that no thread waits for a reader."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes
from wsgiref.util import FileWrapper

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

_IN_MEMORY_BYTES = 256 * 1024
# Their answers have no body, so its length is not said.
_WITHOUT_BODY = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class HeldAnswer:
    """An answer, its body a file at its start."""

    status: int
    headers: list[tuple[str, str]]
    body: IO[bytes]


def environ_of(scope: Mapping[str, Any]) -> WSGIEnvironment:
    """Return the environment of a request without its body."""
    server, client = scope.get("server") or ("", None), scope.get("client")
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": _path(scope["raw_path"]),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1] or ""),
        "REMOTE_ADDR": str(client[0]) if client else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileWrapper,
    }
    for name, value in scope["headers"]:
        key = _key(name.decode("latin-1"))
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]},{text}" if key in environ else text
    return environ


def answered(application: WSGIApplication, environ: WSGIEnvironment) -> HeldAnswer:
    """Return the application's answer to a request whose body is whole."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start(
        status: str, headers: list[tuple[str, str]], _exc_info: object = None, /
    ) -> Callable[[bytes], object]:
        started[:] = [(status, headers)]
        return lambda _: None  # nobody uses what WSGI keeps for old applications

    with environ["wsgi.input"]:
        parts = application(environ, start)
        try:
            body, size_bytes = _held(parts)
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()
    status, headers = int(started[0][0].split(maxsplit=1)[0]), started[0][1]
    has_length = any(name.lower() == "content-length" for name, _ in headers)
    if not (has_length or status in _WITHOUT_BODY or environ["REQUEST_METHOD"] == "HEAD"):
        headers = [*headers, ("Content-Length", str(size_bytes))]
    return HeldAnswer(status, headers, body)


def _held(parts: Iterable[bytes]) -> tuple[IO[bytes], int]:
    """Return a file of a whole answer, and its size; files of the disk are not copied."""
    if isinstance(parts, FileWrapper) and (file := _on_disk(parts.filelike)) is not None:
        # Another descriptor, so that the application can close its own.
        own = open(os.dup(file.fileno()), "rb")  # noqa: PTH123, SIM115 - no path, and sent later
        position = own.seek(file.tell())
        return own, os.fstat(own.fileno()).st_size - position
    spool = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115 - sent later
    for part in parts:
        spool.write(part)
    size_bytes = spool.tell()
    spool.seek(0)
    return spool, size_bytes


def _on_disk(file: object) -> io.BufferedReader | None:
    inner = getattr(file, "file", file)  # Django's own wrapper
    if isinstance(inner, io.BufferedReader) and isinstance(inner.raw, io.FileIO):
        return inner
    return None


def _path(raw: bytes) -> str:
    if not raw.startswith((b"/", b"*")):
        # A proxy's client names the whole address; what stands for the host may be anything.
        _, slash, rest = raw.partition(b"://")[2].partition(b"/")
        raw = slash + rest or b"/"
    return unquote_to_bytes(raw).decode("latin-1")


def _key(name: str) -> str:
    key = name.upper().replace("-", "_")
    return key if key in {"CONTENT_LENGTH", "CONTENT_TYPE"} else f"HTTP_{key}"
