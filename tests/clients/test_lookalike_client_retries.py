"""What our client tries again, against a server that misbehaves; and what it makes of answers."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from lookalike_client import (
    Conflict,
    FetchFailed,
    Forbidden,
    InvalidInput,
    KnownVerdict,
    Lookalike,
    LookalikeError,
    NoAnswer,
    NotFound,
    QuotaExceeded,
    ServerFault,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnreadableAnswer,
    UnusableImage,
    Url,
)

SILENCE = b"silence"
BROKEN = b""  # the connection is closed without a word
TIMEOUT_S = 1.0  # waited out where a server is silent, and long enough for one that answers

LIST = {
    "id": "ili_1",
    "name": "Claims",
    "description": "",
    "suggestion_threshold": 0.3,
    "duplicate_threshold": 0.5,
    "depth": "full",
    "is_default": False,
    "created_at": "2026-03-02T09:14:07Z",
}
ITEM = {
    "id": "med_1",
    "custom_id": "cup",
    "name": None,
    "sha256": "00",
    "width": 1,
    "height": 1,
    "frames": 1,
    "frames_seen": 1,
    "format": "JPEG",
    "byte_size": 1,
    "depth": "full",
    "thumbnail_url": None,
    "created_at": "2026-03-02T09:14:07.5+00:00",
}


def answer(status: int, body: object = None, **headers: str) -> bytes:
    """Return a complete answer."""
    content = json.dumps(body).encode() if not isinstance(body, bytes) else body
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(content)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {text}" for name, text in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


@dataclass
class Misbehaving:
    """A server that gives one scripted answer after the other, each on its own connection."""

    listener: socket.socket
    answers: list[bytes] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def serve(self) -> None:
        """Answer until the listener closes."""
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with client:
                client.settimeout(5)
                self.requests.append(self._received(client).splitlines()[0].decode())
                said = self.answers.pop(0)
                if said == SILENCE:
                    self.is_over.wait()
                else:
                    client.sendall(said)

    @staticmethod
    def _received(client: socket.socket) -> bytes:
        request = b""
        while b"\r\n\r\n" not in request:
            request += client.recv(65_536)
        head, _, body = request.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head.lower())
        while length and len(body) < int(length.group(1)):
            body += client.recv(65_536)
        return head


@pytest.fixture
def server() -> Iterator[Misbehaving]:
    """A server, ready."""
    listener = socket.create_server(("127.0.0.1", 0))
    running = Misbehaving(listener)
    thread = threading.Thread(target=running.serve)
    thread.start()
    yield running
    running.is_over.set()
    # A close alone does not wake the thread that accepts.
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that the client waits, which pass at once."""
    waited: list[float] = []
    # The client's own clock alone: other threads of this process go on sleeping.
    clock = SimpleNamespace(sleep=waited.append, time=time.time)
    monkeypatch.setattr("lookalike_client.transport.time", clock)
    return waited


@pytest.fixture
def client(server: Misbehaving, waits: list[float]) -> Iterator[Lookalike]:
    """A client with two retries."""
    with Lookalike(server.url, "token", timeout_s=TIMEOUT_S, retries=2) as made:
        yield made


Call = Callable[[Lookalike], Any]

HARMLESS: dict[str, tuple[Call, bytes]] = {
    "a read": (lambda client: client.get_list("ili_1"), answer(200, LIST)),
    "a check": (
        lambda client: client.check("ili_1", b"x"),
        answer(200, {"quality": 1, "has_detail": True, "depth": "full", "matches": []}),
    ),
    "an add of bytes with a custom id": (
        lambda client: client.add("ili_1", b"x", custom_id="cup"),
        answer(201, ITEM),
    ),
    "a match that stores nothing": (
        lambda client: client.match(b"x", store=False),
        answer(200, {"success": True, "match": False}),
    ),
}
DOUBLING: dict[str, tuple[Call, bytes]] = {
    "an add": (lambda client: client.add("ili_1", b"x"), answer(201, ITEM)),
    "an add of an address": (
        lambda client: client.add("ili_1", Url("http://a.example/"), custom_id="cup"),
        answer(201, ITEM),
    ),
    "a match that stores": (
        lambda client: client.match(b"x", external_id="cup"),
        answer(200, {"success": True, "match": False}),
    ),
    "a new list": (lambda client: client.create_list("Claims"), answer(201, LIST)),
    "a removal": (lambda client: client.remove("ili_1", "med_1"), answer(204, b"")),
}


def calls(table: dict[str, tuple[Call, bytes]]) -> pytest.MarkDecorator:
    """Parametrise by the calls of a table."""
    return pytest.mark.parametrize(("call", "success"), table.values(), ids=table)


@calls(HARMLESS)
@pytest.mark.parametrize(
    "fault",
    [BROKEN, SILENCE, b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", answer(502), answer(503)],
    ids=["broken", "silent", "cut short", "bad gateway", "busy"],
)
def test_what_does_no_harm_is_tried_again(
    client: Lookalike, server: Misbehaving, call: Call, success: bytes, fault: bytes
) -> None:
    if fault == SILENCE:
        server.is_over.set()  # it hangs up at once
    server.answers = [fault, fault, success]

    call(client)

    assert len(server.requests) == 3
    assert len(set(server.requests)) == 1


@calls(DOUBLING)
@pytest.mark.parametrize(
    ("fault", "error"),
    [(BROKEN, NoAnswer), (answer(502), ServerFault), (answer(503), Unavailable)],
    ids=["broken", "bad gateway", "busy without a time"],
)
def test_what_may_have_been_done_is_not_done_twice(
    client: Lookalike,
    server: Misbehaving,
    call: Call,
    success: bytes,
    fault: bytes,
    error: type[LookalikeError],
) -> None:
    server.answers = [fault, success]

    with pytest.raises(error):
        call(client)

    assert len(server.requests) == 1


@calls({**HARMLESS, **DOUBLING})
@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_when_it_says(
    client: Lookalike,
    server: Misbehaving,
    waits: list[float],
    call: Call,
    success: bytes,
    status: int,
) -> None:
    server.answers = [answer(status, Retry_After="7"), success]

    call(client)

    assert waits == [7]


def test_a_date_to_come_back_at_is_understood(
    client: Lookalike, server: Misbehaving, waits: list[float]
) -> None:
    later = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 20))
    server.answers = [answer(429, Retry_After=later), answer(200, LIST)]

    client.get_list("ili_1")

    assert len(waits) == 1
    assert 15 < waits[0] <= 20


@pytest.mark.parametrize("said", ["3600", "soon", ""])
def test_nobody_waits_for_an_hour_or_for_an_unknown_time(
    client: Lookalike, server: Misbehaving, waits: list[float], said: str
) -> None:
    server.answers = [answer(429, Retry_After=said)]

    with pytest.raises(QuotaExceeded) as failure:
        client.add("ili_1", b"x")

    assert waits == []
    assert failure.value.retry_after_s == (3600 if said == "3600" else None)


@calls({**HARMLESS, **DOUBLING})
def test_what_was_never_sent_is_tried_again(
    server: Misbehaving, waits: list[float], call: Call, success: bytes
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    with pytest.raises(NoAnswer) as failure:
        call(Lookalike(f"http://127.0.0.1:{port}", "token", retries=2))

    assert failure.value.code == "no_connection"
    assert len(waits) == 2
    assert waits[0] < waits[1]


def test_retries_have_an_end_and_may_be_none(server: Misbehaving, waits: list[float]) -> None:
    server.answers = [answer(503) for _ in range(4)]

    for retries in (0, 2):
        with pytest.raises(Unavailable):
            Lookalike(server.url, "token", retries=retries).get_list("ili_1")

    assert len(server.requests) == 1 + 3


def test_a_silent_server_is_left_in_time(server: Misbehaving) -> None:
    server.answers = [SILENCE]

    with pytest.raises(NoAnswer) as failure:
        Lookalike(server.url, "token", timeout_s=TIMEOUT_S, retries=0).get_list("ili_1")

    assert failure.value.code == "no_answer"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, InvalidInput),
        (401, Unauthenticated),
        (403, Forbidden),
        (404, NotFound),
        (405, InvalidInput),
        (409, Conflict),
        (413, TooLarge),
        (415, UnusableImage),
        (424, FetchFailed),
        (429, QuotaExceeded),
        (500, ServerFault),
        (503, Unavailable),
    ],
)
def test_errors_carry_what_either_dialect_says(
    server: Misbehaving, status: int, error: type[LookalikeError]
) -> None:
    client = Lookalike(server.url, "token", retries=0)
    said = {"message": "Use less.", "field": "image"}
    native = {"error": {"code": "too_much", **said}, "request_id": "req_1"}
    check = {"success": False, "error": "too_much", **said, "request_id": "req_1"}

    for body, call in ((native, client.get_list), (check, lambda _: client.match(b"x"))):
        server.answers = [answer(status, body)]
        with pytest.raises(error) as failure:
            call("ili_1")

        found = failure.value
        assert (found.status, found.code, found.message) == (status, "too_much", "Use less.")
        assert (found.field, found.request_id) == ("image", "req_1")
        assert str(found) == "Use less."


@pytest.mark.parametrize(
    "said",
    [
        answer(200, b"<html>Welcome</html>"),
        answer(200, {"id": "ili_1"}),
        answer(200, ["ili_1"]),
        answer(200, {**LIST, "created_at": "yesterday"}),
        answer(302, b"", Location="http://elsewhere.example/"),
    ],
    ids=["a page", "too little", "a list", "no date", "a redirect"],
)
def test_answers_of_something_else_are_told_as_such(
    client: Lookalike, server: Misbehaving, said: bytes
) -> None:
    server.answers = [said]

    with pytest.raises(UnreadableAnswer):
        client.get_list("ili_1")

    assert len(server.requests) == 1


def test_an_error_page_of_a_proxy_is_an_error_with_its_status(
    client: Lookalike, server: Misbehaving
) -> None:
    server.answers = [answer(413, b"<html>Too large</html>")]

    with pytest.raises(TooLarge) as failure:
        client.add("ili_1", b"x")

    assert (failure.value.status, failure.value.code) == (413, None)


def test_what_a_newer_server_says_besides_is_ignored(
    client: Lookalike, server: Misbehaving
) -> None:
    server.answers = [answer(200, {**LIST, "colour": "green"})]

    assert client.get_list("ili_1").name == "Claims"


def test_what_is_known_of_a_picture_is_read_with_its_matches(
    client: Lookalike, server: Misbehaving
) -> None:
    said = {"rating": "False", "title": "Full", "summary": "", "url": "", "language": "en"}
    verdict = {"id": "ver_1", "version": 2, "state": "published", **said}
    row = {
        "id": "med_1", "sha256": "00", "score": 0, "similarity": 1.0, "kind": "exact",
        "state": None, "external_id": None, "verdict": verdict,
    }  # fmt: skip
    body = {"success": True, "match": True, "closest_match": {"sha256": "00", "score": 0}}
    server.answers = [answer(200, {**body, "verdict": verdict, "matches": [row]})]

    found = client.match(b"x", recipient="ann", include_verdict=True, include_matches=True)

    assert found.verdict == KnownVerdict("ver_1", 2, "published", **said)
    assert [each.verdict for each in found.matches] == [found.verdict]
    server.answers = [answer(200, {"grace_s": 0})]
    assert client.set_grace_s(0) == 0


def test_the_address_of_the_next_page_is_read_and_not_gone_to(
    client: Lookalike, server: Misbehaving
) -> None:
    elsewhere = "http://elsewhere.example/v1/lists/?after=a%2Bb&limit=100"
    server.answers = [
        answer(200, {"results": [LIST], "next": elsewhere}),
        answer(200, {"results": [{**LIST, "id": "ili_2"}], "next": None}),
    ]

    assert [each.id for each in client.lists()] == ["ili_1", "ili_2"]
    assert server.requests[1] == "GET /v1/lists/?limit=100&after=a%2Bb HTTP/1.1"


def test_an_id_stays_one_part_of_the_address(client: Lookalike, server: Misbehaving) -> None:
    server.answers = [answer(204, b"")]

    client.remove("ili_1", "../../lists/ili_2?x")

    assert server.requests == ["DELETE /v1/lists/ili_1/items/..%2F..%2Flists%2Fili_2%3Fx/ HTTP/1.1"]


def test_text_is_not_mistaken_for_a_picture(client: Lookalike, server: Misbehaving) -> None:
    with pytest.raises(TypeError, match="Path"):
        client.add("ili_1", "cup.jpg")  # type: ignore[arg-type]  # the mistake itself

    assert server.requests == []
