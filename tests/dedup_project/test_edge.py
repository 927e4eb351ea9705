"""The edge: every request's body is whole, bounded and of known length before Django sees it."""

from __future__ import annotations

import asyncio
import json
import threading
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from common.errors import Unauthenticated
from dedup_project import admission, edge
from dedup_project.bodies import BodyLimits
from dedup_project.edge import Edge
from jobs.models import LastSeen, SeenKind

_LIMITS = BodyLimits(max_bytes=1000, timeout_s=5, unknown_bytes=500)


class Exchange:
    """One request, what reached the application, and what the client read."""

    def __init__(self, *chunks: bytes, path: str = "/v1/lists/", **headers: str) -> None:
        self.reached: dict[str, Any] | None = None
        self.received = b""
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""
        self.left = deque(chunks)
        # What a client does that has sent everything: it goes away, or waits.
        self.goes_away = True
        self.scope: dict[str, Any] = {
            "type": "http",
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "raw_path": path.encode(),
            "query_string": b"",
            "server": ("127.0.0.1", 8000),
            "client": ("127.0.0.1", 5000),
            "headers": [
                (name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()
            ],
        }

    async def receive(self) -> dict[str, Any]:
        if self.left:
            chunk = self.left.popleft()
            more = bool(self.left) or chunk == b""
            return {"type": "http.request", "body": chunk, "more_body": more}
        if not self.goes_away:
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): text.decode() for name, text in message["headers"]}
        else:
            self.body += message["body"]

    def application(self, environ: dict[str, Any], start: Any) -> Sequence[bytes]:
        self.reached = dict(environ)
        self.received = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start("200 OK", [("Content-Type", "text/plain")])
        return [b"se", b"en"]


def made_edge(application: Any, limits: BodyLimits = _LIMITS) -> Edge:
    """Return an edge around an application."""
    return Edge(application, limits, threads=1, requests_per_address=2)


def exchanged(exchange: Exchange, limits: BodyLimits = _LIMITS) -> Exchange:
    """Let an edge answer a request."""
    asyncio.run(
        made_edge(exchange.application, limits)(exchange.scope, exchange.receive, exchange.send)
    )
    return exchange


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Everybody is known, unless the test says otherwise."""

    def are(answer: Callable[[Any], bool]) -> None:
        monkeypatch.setattr(edge, "is_known", answer)

    are(lambda _: True)
    return are


@pytest.mark.parametrize("path", ["//1.0/check.json", "/1.0///check.json", "///1.0/check.json"])
def test_several_slashes_are_one(path: str) -> None:
    exchange = exchanged(Exchange(path=path))

    assert exchange.reached is not None
    assert exchange.reached["PATH_INFO"] == "/1.0/check.json"


@pytest.mark.parametrize("host", ["other.example", "[::1", "a]b", "", "x" * 300])
@pytest.mark.parametrize(("path", "reached"), [("/v1/lists/", "/v1/lists/"), ("", "/")])
def test_whatever_host_a_whole_address_names_its_path_counts(
    host: str, path: str, reached: str
) -> None:
    exchange = exchanged(Exchange(path=f"http://{host}{path}"))

    assert exchange.reached is not None
    assert exchange.reached["PATH_INFO"] == reached


def test_a_path_reaches_the_application_byte_by_byte() -> None:
    exchange = exchanged(Exchange(path="/%C3%A9%FF"))

    assert exchange.reached is not None
    assert exchange.reached["PATH_INFO"].encode("latin-1") == b"/\xc3\xa9\xff"


@pytest.mark.parametrize("chunks", [[b"x" * 1000], [b"x" * 400, b"y" * 400, b"z" * 200], [b"x"]])
@pytest.mark.parametrize("is_chunked", [True, False])
def test_a_body_arrives_whole_with_its_length(chunks: list[bytes], is_chunked: bool) -> None:
    length = sum(map(len, chunks))
    headers = {"transfer_encoding": "chunked"} if is_chunked else {"content_length": str(length)}

    exchange = exchanged(Exchange(*chunks, **headers))

    assert exchange.body == b"seen"
    assert exchange.headers["Content-Length"] == "4"
    assert exchange.received == b"".join(chunks)
    assert exchange.reached is not None
    assert "HTTP_TRANSFER_ENCODING" not in exchange.reached


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/1.0/check.json", "status"),
        ("/v1/match/", "success"),
        ("/v1/lists/", "error"),
        ("/t/x", "error"),
    ],
)
@pytest.mark.parametrize("headers", [{"transfer_encoding": "chunked"}, {"content_length": "1001"}])
def test_a_body_that_is_too_large_is_refused_in_the_dialect(
    path: str, key: str, headers: dict[str, str]
) -> None:
    exchange = exchanged(Exchange(b"x" * 1000, b"x", path=path, **headers))

    assert exchange.reached is None
    assert exchange.status == 413
    assert key in json.loads(exchange.body)
    assert exchange.headers["Content-Type"] == "application/json"
    assert not exchange.left, "It was drained, so that the client can read the answer."


def test_a_page_s_body_that_is_too_large_is_refused_in_plain_words() -> None:
    exchange = exchanged(Exchange(b"x" * 1001, path="/lists/", content_length="1001"))

    assert exchange.status == 413
    assert exchange.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_a_client_that_waits_for_leave_sends_nothing_of_what_is_refused() -> None:
    exchange = exchanged(Exchange(b"x" * 1001, content_length="1001", expect="100-continue"))

    assert exchange.status == 413
    assert exchange.left


def test_every_answer_has_an_id_that_its_body_repeats() -> None:
    refused = exchanged(Exchange(b"x" * 1001, content_length="1001"))
    served = exchanged(Exchange())

    assert json.loads(refused.body)["request_id"] == refused.headers["X-Request-Id"]
    assert served.headers["X-Request-Id"].startswith("req_")
    assert served.headers["X-Request-Id"] != refused.headers["X-Request-Id"]


@pytest.mark.parametrize("path", ["/image_matching/v2/ping", "//authorization/v2/authorize"])
def test_the_id_is_a_uuid_where_ximilars_clients_ask(path: str) -> None:
    exchange = exchanged(Exchange(path=path))

    assert str(uuid.UUID(exchange.headers["X-Request-Id"])) == exchange.headers["X-Request-Id"]


def test_a_body_that_is_cut_short_reaches_nobody() -> None:
    exchange = Exchange(b"x" * 10, b"", content_length="20")

    exchanged(exchange)

    assert exchange.status == 400
    assert exchange.reached is None


def test_a_body_that_stops_arriving_is_cut_off_when_the_time_is_up() -> None:
    exchange = Exchange(b"x" * 10, b"", content_length="20")
    exchange.goes_away = False

    exchanged(exchange, BodyLimits(max_bytes=1000, timeout_s=0.05))

    assert exchange.status == 408
    assert exchange.reached is None


@pytest.mark.parametrize("headers", [{"transfer_encoding": "chunked"}, {"content_length": "501"}])
def test_a_large_body_of_somebody_unknown_is_refused(
    known: Callable[..., None], headers: dict[str, str]
) -> None:
    def refuse(_: object) -> bool:
        raise Unauthenticated("Incorrect API user or API secret")

    known(refuse)

    assert exchanged(Exchange(b"x" * 501, **headers)).status == 401
    assert exchanged(Exchange(b"x" * 500, content_length="500")).status == 200


def test_strangers_of_one_address_send_large_bodies_a_few_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(admission, "_require_room", lambda: None)

    async def unknown(_: object) -> bool:
        return False

    async def waits_for_another() -> bool:
        door = admission.Admission(unknown)
        async with AsyncExitStack() as stack:
            for _ in range(admission._STRANGERS_OF_AN_ADDRESS):
                await stack.enter_async_context(door.of({"REMOTE_ADDR": "192.0.2.1"}))
            await stack.enter_async_context(door.of({"REMOTE_ADDR": "192.0.2.2"}))
            ninth = asyncio.create_task(door.of({"REMOTE_ADDR": "192.0.2.1"}).__aenter__())
            await asyncio.sleep(0)
            waits = not ninth.done()
        await ninth
        return waits

    assert asyncio.run(waits_for_another())


def test_one_request_too_many_of_an_address_is_refused_and_others_are_served(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun = asyncio.Event()
    hold = asyncio.Event()

    @asynccontextmanager
    async def holding(*_: object) -> Any:
        begun.set()
        await hold.wait()
        yield

    async def exchange_all() -> list[int]:
        served = Exchange()
        server = made_edge(served.application)
        monkeypatch.setattr(server._admission, "of", holding)

        def large(address: str) -> Exchange:
            exchange = Exchange(b"x" * 501, content_length="501")
            exchange.scope["client"] = (address, 0)
            return exchange

        first, second, third = (large("192.0.2.1") for _ in range(3))
        other = Exchange()
        at_work = [
            asyncio.create_task(server(each.scope, each.receive, each.send))
            for each in (first, second)
        ]
        await begun.wait()
        await asyncio.sleep(0)
        for each in (third, other):
            await server(each.scope, each.receive, each.send)
        hold.set()
        await asyncio.gather(*at_work)
        assert third.headers["Retry-After"] == "1"
        return [first.status, second.status, third.status, other.status]

    assert asyncio.run(exchange_all()) == [200, 200, 429, 200]


def test_health_is_answered_while_every_thread_works() -> None:
    begun, end = threading.Event(), threading.Event()
    health, page = Exchange(path="/healthz"), Exchange(path="/lists/")

    def application(environ: dict[str, Any], start: Any) -> Sequence[bytes]:
        if environ["PATH_INFO"] == "/lists/":
            begun.set()
            end.wait(20)
        start("200 OK", [])
        return []

    async def both() -> None:
        server = made_edge(application)
        working = asyncio.create_task(server(page.scope, page.receive, page.send))
        await asyncio.to_thread(begun.wait, 20)
        async with asyncio.timeout(20):
            await server(health.scope, health.receive, health.send)
        assert not working.done()
        end.set()
        await working

    asyncio.run(both())

    assert (health.status, page.status) == (200, 200)


@pytest.mark.django_db(transaction=True)
def test_a_fault_is_said_in_the_dialect_and_noted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    exchange = Exchange()

    def broken(*_: object) -> Sequence[bytes]:
        raise ZeroDivisionError("ours")

    server = made_edge(broken)

    asyncio.run(server(exchange.scope, exchange.receive, exchange.send))

    # The thread goes with the server; what it noted the fault with would stay open.
    server._work.submit(connections.close_all).result()
    assert exchange.status == 500
    assert json.loads(exchange.body)["error"]["code"] == "internal_error"
    assert "ZeroDivisionError" in caplog.text
    assert LastSeen.objects.get(kind=SeenKind.ERROR).name.startswith("ZeroDivisionError")


def test_a_file_is_sent_whole_and_closed_for_the_application(tmp_path: Path) -> None:
    content = bytes(range(256)) * 1000
    path = tmp_path / "file"
    path.write_bytes(b"not this" + content)
    file = path.open("rb")
    file.seek(len(b"not this"))
    exchange = Exchange()

    def application(environ: dict[str, Any], start: Any) -> Any:
        start("200 OK", [])
        return environ["wsgi.file_wrapper"](file)

    asyncio.run(made_edge(application)(exchange.scope, exchange.receive, exchange.send))

    assert exchange.body == content
    assert exchange.headers["Content-Length"] == str(len(content))
    assert file.closed
