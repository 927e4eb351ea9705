"""Fetching from a real server that does what servers should not do."""

from __future__ import annotations

import gzip
import hashlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from common.errors import LookalikeError
from intake.errors import FetchFailed, FetchRefused, TooManyBytes
from intake.fetch import FetchPolicy, check, fetch
from tests.intake.scripted_server import OK, PICTURE, Server, answer, redirect


def refused(url: str, policy: FetchPolicy, error: type[LookalikeError]) -> LookalikeError:
    """Return the error that fetching ends with."""
    with pytest.raises(error) as refusal:
        fetch(url, policy)
    return refusal.value


def test_a_picture_is_fetched_and_named_after_its_address(server: Server) -> None:
    raw = fetch(server.url("/a/my%20cat.png?size=2", answer()), server.policy)

    assert raw.data == PICTURE
    assert raw.sha256 == hashlib.sha256(PICTURE).hexdigest()
    assert raw.name == "my cat.png"


def test_the_request_names_the_host_and_asks_for_plain_bytes(server: Server) -> None:
    fetch(server.url("/a.png?b=c", answer()), server.policy)

    (request,) = server.requests
    assert request.startswith("GET /a.png?b=c HTTP/1.1\r\n")
    assert f"\r\nHost: 127.0.0.1:{server.port}\r\n" in request
    assert "\r\nAccept-Encoding: identity\r\n" in request
    assert "cookie" not in request.lower()
    assert "authorization" not in request.lower()


@pytest.mark.parametrize(
    "pieces",
    [
        [OK + b"Connection: close\r\n\r\n", PICTURE],
        [OK + b"Transfer-Encoding: chunked\r\n\r\n", b"4\r\n\x89PNG\r\n", b"3\r\nabc\r\n0\r\n\r\n"],
        [OK + b"Content-Length: 0\r\n\r\n"],
    ],
    ids=["until the end", "chunked", "empty"],
)
def test_bodies_of_unknown_length_are_received(server: Server, pieces: list[bytes]) -> None:
    raw = fetch(server.url("/", *pieces), server.policy)

    assert raw.data in (PICTURE, b"\x89PNGabc", b"")


def test_environment_proxies_are_ignored(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert fetch(server.url("/", answer()), server.policy).data == PICTURE


@pytest.mark.parametrize("by_port", [True, False])
def test_a_private_host_is_fetched_from_only_if_it_is_allowed(
    server: Server, by_port: bool
) -> None:
    url = server.url("/", answer())
    allowed = f"127.0.0.1:{server.port}" if by_port else "127.0.0.1"

    refused(url, FetchPolicy(), FetchRefused)
    refused(url, FetchPolicy(frozenset({f"127.0.0.1:{server.port + 1}"})), FetchRefused)
    assert not server.requests
    assert fetch(url, FetchPolicy(frozenset({allowed}))).data == PICTURE


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(server: Server, status: int) -> None:
    server.url("/b/picture.png", answer())
    url = server.url("/a/first.png", redirect("../b/picture.png", status))

    raw = fetch(url, server.policy)

    assert raw.data == PICTURE
    assert raw.name == "first.png"


@pytest.mark.parametrize(
    "location",
    [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/",
        "http://127.0.0.1:1/",
        "//localhost/",
        "http://[::1]/",
        "http://user@127.0.0.1/",
        "http:\\\\127.0.0.1\\",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
    ],
)
def test_redirects_are_checked_like_the_first_address(server: Server, location: str) -> None:
    refused(server.url("/", redirect(location)), server.policy, FetchRefused)


@pytest.mark.parametrize("redirects", [3, 4])
def test_redirects_have_an_end(server: Server, redirects: int) -> None:
    server.url(f"/{redirects}", answer())
    for number in range(redirects):
        server.url(f"/{number}", redirect(f"/{number + 1}"))
    url = f"http://127.0.0.1:{server.port}/0"

    if redirects <= server.policy.max_redirects:
        assert fetch(url, server.policy).data == PICTURE
    else:
        refused(url, server.policy, FetchFailed)


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "204 No Content", "304 Same"])
def test_other_answers_fail_without_their_body(server: Server, status: str) -> None:
    failure = refused(server.url("/", answer(b"secret", status=status)), server.policy, FetchFailed)

    assert failure.field == "url"
    assert status[:3] in failure.message
    assert failure.context == {"status": int(status[:3])}
    assert "secret" not in repr(failure)


def test_a_body_announced_too_large_is_not_received(server: Server) -> None:
    url = server.slow_url("/", OK + b"Content-Length: 200001\r\n\r\n", b"x")

    refused(url, server.policy, TooManyBytes)

    assert server.gone.wait(5)


@pytest.mark.parametrize(
    ("start", "each"),
    [
        (OK + b"\r\n", b"x" * 10_000),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"2710\r\n" + b"x" * 10_000 + b"\r\n"),
    ],
    ids=["until the end", "chunked"],
)
def test_an_endless_body_is_left_at_the_cap(server: Server, start: bytes, each: bytes) -> None:
    def endless() -> Iterator[bytes]:
        yield start
        while True:
            yield each

    refused(server.endless_url("/", endless()), server.policy, TooManyBytes)

    assert server.gone.wait(5)


@pytest.mark.parametrize(
    ("start", "each"),
    [
        (b"", b""),
        (OK, b"X: y\r\n"),
        (OK + b"X-Long: ", b"x"),
        (OK + b"\r\n", b"x"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n1;", b"x"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["silence", "headers", "header", "body", "chunks", "chunk extension", "interim answers"],
)
def test_a_slow_server_is_left_at_the_deadline(server: Server, start: bytes, each: bytes) -> None:
    policy = FetchPolicy(server.policy.allow_hosts, timeout_s=0.3)

    failure = refused(server.slow_url("/", start, each), policy, FetchFailed)

    assert "0.3 seconds" in failure.message
    # The thread that fetched has hung up as well.
    if each:
        assert server.gone.wait(2)


def test_a_slow_resolver_is_left_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    is_over = threading.Event()

    def look_up(*question: object, **hints: object) -> list[Any]:
        is_over.wait(10)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    failure = refused("http://pictures.example/", FetchPolicy(timeout_s=0.1), FetchFailed)

    is_over.set()
    assert "0.1 seconds" in failure.message


def test_a_compressed_bomb_is_not_inflated(server: Server) -> None:
    bomb = gzip.compress(bytes(50_000_000))

    refused(server.url("/", answer(bomb, "Content-Encoding: gzip")), server.policy, FetchFailed)
    raw = fetch(server.url("/", answer(bomb, "Content-Type: application/gzip")), server.policy)

    assert raw.data == bomb


@pytest.mark.parametrize(
    "pieces",
    [
        [b""],
        [b"SSH-2.0-OpenSSH_9.2\r\n"],
        [b"HTTP/1.1 two hundred\r\n\r\n"],
        [OK + b"Content-Length: 10\r\n\r\nshort"],
        [OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"],
        [OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"],
        [OK + b"X: y\r\n" * 200],
        [OK + b"X: " + b"y" * 70_000 + b"\r\n\r\n"],
    ],
)
def test_a_broken_answer_fails(server: Server, pieces: list[bytes]) -> None:
    failure = refused(server.url("/", *pieces), server.policy, FetchFailed)

    assert "127.0.0.1" not in failure.message


def test_a_closed_port_fails() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    refused(f"http://127.0.0.1:{port}/", FetchPolicy(frozenset({"127.0.0.1"})), FetchFailed)


def test_the_address_that_was_checked_is_the_one_connected_to(
    server: Server, resolve_once: Callable[[str, list[str]], None]
) -> None:
    server.url("/", answer())
    resolve_once("pictures.example", ["127.0.0.1"])

    raw = fetch(
        f"http://pictures.example:{server.port}/", FetchPolicy(frozenset({"pictures.example"}))
    )

    assert raw.data == PICTURE
    assert f"Host: pictures.example:{server.port}\r\n" in server.requests[0]


def test_the_next_checked_address_is_tried_when_the_first_is_closed(
    server: Server, resolve_once: Callable[[str, list[str]], None]
) -> None:
    server.url("/", answer())
    resolve_once("pictures.example", ["::1", "127.0.0.1"])

    raw = fetch(
        f"http://pictures.example:{server.port}/", FetchPolicy(frozenset({"pictures.example"}))
    )

    assert raw.data == PICTURE


def test_the_certificate_is_checked_for_the_name_in_the_address(
    certified: Server, resolve_once: Callable[[str, list[str]], None]
) -> None:
    asked = []
    assert certified.context
    certified.context.sni_callback = lambda _link, name, _context: asked.append(name)
    certified.url("/", answer())
    policy = FetchPolicy(frozenset({"pictures.example", "other.example"}))

    resolve_once("pictures.example", ["127.0.0.1"])
    raw = fetch(f"https://pictures.example:{certified.port}/", policy)
    resolve_once("other.example", ["127.0.0.1"])
    failure = refused(f"https://other.example:{certified.port}/", policy, FetchFailed)

    assert raw.data == PICTURE
    assert asked == ["pictures.example", "other.example"]
    assert failure.context == {"reason": "SSLCertVerificationError"}


def test_a_certificate_that_nobody_vouches_for_is_refused(
    certified: Server,
    resolve_once: Callable[[str, list[str]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    certified.url("/", answer())
    resolve_once("pictures.example", ["127.0.0.1"])

    refused(
        f"https://pictures.example:{certified.port}/",
        FetchPolicy(frozenset({"pictures.example"})),
        FetchFailed,
    )

    assert not certified.requests


def test_a_private_address_is_refused_before_anything_is_fetched(server: Server) -> None:
    url = server.url("/", answer())

    check(url, server.policy)
    with pytest.raises(FetchRefused):
        check(url, FetchPolicy())
    assert not server.requests
