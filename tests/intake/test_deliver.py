"""Posting to a real server that does what servers should not do."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from common.errors import LookalikeError
from intake.deliver import DeliveryPolicy, check, deliver
from intake.errors import DeliveryFailed, DeliveryRefused
from tests.hostile_urls import EVERY_PORT
from tests.intake.scripted_server import OK, Server, answer, redirect

BODY = b'{"action": "add_item"}'
SECRET = "SesameOpenNow"


def policy_for(server: Server, timeout_s: float = 5) -> DeliveryPolicy:
    """Return a policy that allows this server and nothing else that is private."""
    return DeliveryPolicy(frozenset({f"127.0.0.1:{server.port}"}), timeout_s=timeout_s)


def undelivered(url: str, policy: DeliveryPolicy, error: type[LookalikeError]) -> LookalikeError:
    """Return the error that posting ends with."""
    with pytest.raises(error) as failure:
        deliver(url, BODY, policy)
    return failure.value


@pytest.mark.parametrize("status", ["200 OK", "201 Created", "202 Accepted", "204 No Content"])
def test_the_json_is_posted_to_the_whole_address(server: Server, status: str) -> None:
    deliver(
        server.url(f"/hook?token={SECRET}", answer(b"", status=status)), BODY, policy_for(server)
    )

    (request,) = server.requests
    head, _, body = request.partition("\r\n\r\n")
    assert head.startswith(f"POST /hook?token={SECRET} HTTP/1.1\r\n")
    assert f"\r\nHost: 127.0.0.1:{server.port}\r\n" in head
    assert "\r\nContent-Type: application/json" in head
    assert f"\r\nContent-Length: {len(BODY)}" in head
    assert "cookie" not in head.lower()
    assert "authorization" not in head.lower()
    assert body.encode() == BODY


def test_a_large_body_arrives_whole(server: Server) -> None:
    body = b"x" * 3_000_000

    deliver(server.url("/", answer()), body, policy_for(server))

    assert server.requests[0].partition("\r\n\r\n")[2].encode() == body


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",  # noqa: S104 - to be refused
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "224.0.0.1",
        "255.255.255.255",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fd00::1]",
    ],
)
def test_what_is_not_public_is_refused_in_every_spelling(server: Server, host: str) -> None:
    url = f"http://{host}:{server.port}/"

    with pytest.raises(DeliveryRefused):
        check(url, DeliveryPolicy(allow_ports=EVERY_PORT))
    refusal = undelivered(url, DeliveryPolicy(allow_ports=EVERY_PORT), DeliveryRefused)

    assert refusal.field == "callback_url"
    assert not server.requests


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/relative",
        "ftp://example.org/",
        "file:///etc/passwd",
        "http://user:password@example.org/",
        "http://127.0.0.1:1\\@example.org/",
        "http://example.org:80:80/",
        "http://exa mple.org/",
        "http://example.org/\r\nX: y",
        "http://example.org/" + "x" * 9000,
    ],
)
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    with pytest.raises(DeliveryRefused):
        check(url, DeliveryPolicy(allow_ports=EVERY_PORT))
    undelivered(url, DeliveryPolicy(allow_ports=EVERY_PORT), DeliveryRefused)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(server: Server, status: int) -> None:
    server.url("/elsewhere", answer())
    url = server.url("/", redirect("/elsewhere", status))

    failure = undelivered(url, policy_for(server), DeliveryFailed)

    assert failure.context == {"status": status}
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", ["400 No", "401 No", "404 Not Found", "429 Wait", "500 Oops"])
def test_any_other_answer_is_a_failure_without_its_body(server: Server, status: str) -> None:
    url = server.url("/", answer(b"our password", status=status))

    failure = undelivered(url, policy_for(server), DeliveryFailed)

    assert status[:3] in failure.message
    assert "password" not in repr(failure)


def test_an_endless_answer_is_not_received(server: Server) -> None:
    def endless() -> Iterator[bytes]:
        yield OK + b"\r\n"
        while True:
            yield b"x" * 10_000

    deliver(server.endless_url("/", endless()), BODY, policy_for(server))

    assert server.gone.wait(5)


@pytest.mark.parametrize(
    ("start", "each"),
    [
        (b"", b""),
        (OK, b"X: y\r\n"),
        (OK + b"X-Long: ", b"x"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["silence", "headers", "header", "interim answers"],
)
def test_a_slow_server_is_left_at_the_deadline(server: Server, start: bytes, each: bytes) -> None:
    url = server.slow_url("/", start, each)

    failure = undelivered(url, policy_for(server, timeout_s=0.3), DeliveryFailed)

    assert failure.context == {"reason": "deadline"}


def test_a_server_that_reads_nothing_is_left_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        policy = DeliveryPolicy(frozenset({"127.0.0.1"}), timeout_s=0.3)

        with pytest.raises(DeliveryFailed) as failure:
            deliver(f"http://127.0.0.1:{port}/", b"x" * 50_000_000, policy)

    assert failure.value.context == {"reason": "deadline"}


def test_a_slow_resolver_is_left_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    is_over = threading.Event()

    def look_up(*question: object, **hints: object) -> list[Any]:
        is_over.wait(10)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    policy = DeliveryPolicy(timeout_s=0.1)

    check("http://hooks.example/", policy)
    failure = undelivered("http://hooks.example/", policy, DeliveryFailed)

    is_over.set()
    assert failure.context == {"reason": "deadline"}


@pytest.mark.parametrize("pieces", [[b""], [b"SSH-2.0-OpenSSH_9.2\r\n"], [OK + b"X: y\r\n" * 200]])
def test_what_is_no_http_fails(server: Server, pieces: list[bytes]) -> None:
    undelivered(server.url("/", *pieces), policy_for(server), DeliveryFailed)


def test_the_address_that_was_checked_is_the_one_connected_to(
    server: Server, resolve_once: Callable[[str, list[str]], None]
) -> None:
    resolve_once("hooks.example", ["127.0.0.1"])
    server.url("/", answer())

    deliver(
        f"http://hooks.example:{server.port}/", BODY, DeliveryPolicy(frozenset({"hooks.example"}))
    )

    assert f"Host: hooks.example:{server.port}\r\n" in server.requests[0]


def test_a_name_that_turned_private_after_it_was_checked_is_refused(
    server: Server, resolve_once: Callable[[str, list[str]], None]
) -> None:
    resolve_once("hooks.example", ["93.184.215.14"])
    url = f"http://hooks.example:{server.port}/"

    check(url, DeliveryPolicy(allow_ports=EVERY_PORT))

    undelivered(url, DeliveryPolicy(allow_ports=EVERY_PORT), DeliveryRefused)


def test_the_certificate_is_checked_for_the_name_in_the_address(
    certified: Server, resolve_once: Callable[[str, list[str]], None]
) -> None:
    certified.url("/", answer())
    policy = DeliveryPolicy(frozenset({"pictures.example", "other.example"}))

    resolve_once("pictures.example", ["127.0.0.1"])
    deliver(f"https://pictures.example:{certified.port}/", BODY, policy)
    resolve_once("other.example", ["127.0.0.1"])
    failure = undelivered(f"https://other.example:{certified.port}/", policy, DeliveryFailed)

    assert failure.context == {"reason": "SSLCertVerificationError"}
    assert len(certified.requests) == 1


@pytest.mark.parametrize("fault", ["closed", "status", "refused", "unknown"])
def test_no_failure_names_the_address_or_its_secret(
    server: Server, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    policy = policy_for(server)
    url = server.url(f"/hook?token={SECRET}", answer(status="500 Oops"))
    if fault == "closed":
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        policy = DeliveryPolicy(frozenset({"127.0.0.1"}))
        url = f"http://127.0.0.1:{port}/hook?token={SECRET}"
    elif fault == "refused":
        policy = DeliveryPolicy(allow_ports=EVERY_PORT)
    elif fault == "unknown":
        url = f"http://hooks.invalid/hook?token={SECRET}"

    with caplog.at_level("DEBUG"), pytest.raises(LookalikeError) as failure:
        deliver(url, BODY, policy)

    told = repr(failure.value) + str(failure.value.context) + caplog.text
    assert failure.value.__cause__ is None
    assert SECRET not in told
    assert "127.0.0.1" not in told
