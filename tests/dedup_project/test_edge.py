"""The edge: every request's body is whole, bounded and of known length before Django sees it."""

from __future__ import annotations

import io
import json
import socket
import threading
import uuid
from collections.abc import Sequence
from ipaddress import IPv4Network
from typing import IO, Any

import pytest

from dedup_project.edge import BodyLimits, Edge

_LIMITS = BodyLimits(max_bytes=1000, timeout_s=5)


class Answer:
    """What an edge answered, and the environment that reached the application, if any."""

    def __init__(
        self, limits: BodyLimits, trusted_proxies: Sequence[IPv4Network] = (), **environ: Any
    ) -> None:
        self.reached: dict[str, Any] | None = None
        self.received = b""
        self.headers: dict[str, str] = {}
        sent = {"PATH_INFO": "/v1/lists/", "wsgi.input": io.BytesIO(), **environ}
        edge = Edge(self._application, limits, trusted_proxies)
        parts = edge(sent, self._start)  # type: ignore[arg-type]
        self.body = b"".join(parts)
        close = getattr(parts, "close", None)
        if close is not None:
            close()

    def _start(self, status: str, headers: list[tuple[str, str]], *_: object) -> None:
        self.status = int(status.split(maxsplit=1)[0])
        self.headers = dict(headers)

    def _application(self, environ: dict[str, Any], start: Any) -> list[bytes]:
        self.reached = environ
        self.received = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start("200 OK", [("Content-Type", "text/plain")])
        return [b"seen"]


def chunked(body: IO[bytes] | bytes) -> dict[str, Any]:
    """Return the environment of a body that a server decodes from chunks."""
    return {
        "HTTP_TRANSFER_ENCODING": "chunked",
        "wsgi.input_terminated": True,
        "wsgi.input": io.BytesIO(body) if isinstance(body, bytes) else body,
    }


def sized(body: bytes, length: int | None = None) -> dict[str, Any]:
    """Return the environment of a body of declared length."""
    return {
        "CONTENT_LENGTH": str(len(body) if length is None else length),
        "wsgi.input": io.BytesIO(body),
    }


@pytest.mark.parametrize("path", ["//1.0/check.json", "/1.0///check.json", "///1.0/check.json"])
def test_several_slashes_are_one(path: str) -> None:
    answer = Answer(_LIMITS, PATH_INFO=path)

    assert answer.reached is not None
    assert answer.reached["PATH_INFO"] == "/1.0/check.json"


@pytest.mark.parametrize("environ", [chunked(b"x" * 1000), sized(b"x" * 1000), sized(b"")])
def test_a_body_arrives_whole_with_its_length(environ: dict[str, Any]) -> None:
    expected = environ["wsgi.input"].getvalue()

    answer = Answer(_LIMITS, **environ)

    assert answer.body == b"seen"
    assert answer.received == expected
    assert answer.reached is not None
    assert "HTTP_TRANSFER_ENCODING" not in answer.reached


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/1.0/check.json", "status"),
        ("/v1/match/", "success"),
        ("/v1/lists/", "error"),
        ("/t/x", "error"),
    ],
)
@pytest.mark.parametrize("environ", [chunked(b"x" * 1001), sized(b"x" * 1001)])
def test_a_body_that_is_too_large_is_refused_in_the_dialect(
    path: str, key: str, environ: dict[str, Any]
) -> None:
    environ["wsgi.input"].seek(0)

    answer = Answer(_LIMITS, PATH_INFO=path, **environ)

    assert answer.reached is None
    assert answer.status == 413
    assert key in json.loads(answer.body)
    assert answer.headers["Content-Type"] == "application/json"
    assert environ["wsgi.input"].read() == b""  # drained, so that the client can read the answer


def test_a_page_s_body_that_is_too_large_is_refused_in_plain_words() -> None:
    answer = Answer(_LIMITS, PATH_INFO="/lists/", **sized(b"x" * 1001))

    assert answer.status == 413
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_every_answer_has_an_id_that_its_body_repeats() -> None:
    refused = Answer(_LIMITS, **sized(b"x" * 1001))
    served = Answer(_LIMITS)

    assert json.loads(refused.body)["request_id"] == refused.headers["X-Request-Id"]
    assert served.headers["X-Request-Id"].startswith("req_")
    assert served.headers["X-Request-Id"] != refused.headers["X-Request-Id"]


@pytest.mark.parametrize("path", ["/image_matching/v2/ping", "//authorization/v2/authorize"])
def test_the_id_is_a_uuid_where_ximilars_clients_ask(path: str) -> None:
    answer = Answer(_LIMITS, PATH_INFO=path)

    assert str(uuid.UUID(answer.headers["X-Request-Id"])) == answer.headers["X-Request-Id"]


def test_chunks_that_a_server_does_not_decode_are_refused() -> None:
    answer = Answer(_LIMITS, HTTP_TRANSFER_ENCODING="chunked")

    assert answer.status == 400


def test_a_body_that_is_cut_short_is_refused() -> None:
    answer = Answer(_LIMITS, **sized(b"x" * 10, length=20))

    assert answer.status == 400
    assert answer.reached is None


def test_broken_chunks_are_refused() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("Invalid chunk size")

    assert Answer(_LIMITS, **chunked(Broken())).status == 400


def test_a_body_that_trickles_is_cut_off_when_the_time_is_up() -> None:
    server, client = socket.socketpair()
    stop = threading.Event()

    def trickle() -> None:
        while not stop.wait(0.01):
            try:
                client.send(b"x")
            except OSError:
                return

    sender = threading.Thread(target=trickle)
    sender.start()
    body = server.makefile("rb")
    try:
        answer = Answer(
            BodyLimits(max_bytes=100_000, timeout_s=0.2),
            **{**sized(b"", length=50_000), "wsgi.input": body, "gunicorn.socket": server},
        )
    finally:
        stop.set()
        sender.join()
        body.close()
        server.close()
        client.close()

    assert answer.status == 408
    assert answer.reached is None


def test_a_body_that_stops_arriving_is_cut_off_when_the_time_is_up() -> None:
    server, client = socket.socketpair()
    body = server.makefile("rb")

    answer = Answer(
        BodyLimits(max_bytes=100_000, timeout_s=0.2),
        **{**sized(b"", length=50_000), "wsgi.input": body, "gunicorn.socket": server},
    )

    body.close()
    server.close()
    client.close()
    assert answer.status == 408


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "192.0.2.66, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "192.0.2.66, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9, not an address", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("", "203.0.113.9", "203.0.113.9"),
    ],
)
def test_a_trusted_proxy_is_believed_and_nobody_else(
    peer: str, forwarded: str, address: str
) -> None:
    answer = Answer(
        _LIMITS,
        [IPv4Network("10.0.0.0/8")],
        REMOTE_ADDR=peer,
        HTTP_X_FORWARDED_FOR=forwarded,
    )

    assert answer.reached is not None
    assert answer.reached["REMOTE_ADDR"] == address


def test_without_a_trusted_proxy_nothing_that_is_forwarded_counts() -> None:
    answer = Answer(_LIMITS, REMOTE_ADDR="", HTTP_X_FORWARDED_FOR="203.0.113.9")

    assert answer.reached is not None
    assert answer.reached["REMOTE_ADDR"] == ""
