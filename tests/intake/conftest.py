"""What the tests of fetching and delivering may ask for: a misbehaving server and a resolver."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.intake.scripted_server import Server


@pytest.fixture
def server() -> Iterator[Server]:
    """A server, ready."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(listener)
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield server
    server.is_over.set()
    # A close alone does not wake the thread that accepts.
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


@pytest.fixture
def resolve_once(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, list[str]], None]:
    """Make the resolver know a name the first time, and another place every time after it."""
    system = socket.getaddrinfo

    def make(name: str, ips: list[str]) -> None:
        answers = iter([ips])

        def look_up(host: str, port: int, *hints: int, **more: int) -> list[Any]:
            places = next(answers, ["10.0.0.1"]) if host == name else [host]
            return [each for ip in places for each in system(ip, port, *hints, **more)]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)

    return make


@pytest.fixture
def certified(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The same server with a certificate for pictures.example, which is trusted."""
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
        "-subj /CN=test -keyout key.pem -out cert.pem -addext subjectAltName=DNS:pictures.example"
    )
    subprocess.run(
        command.split(),
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    return server
