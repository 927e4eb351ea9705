"""What only a real server shows: gunicorn, real sockets, curl and requests."""

from __future__ import annotations

import json
import re
import select
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.conftest import photo_path
from tests.real_server import ProductServer, children, product

pytestmark = pytest.mark.slow

_BODY_TIMEOUT_S = 5
_HUGE_BYTES = 100_000_000
_LARGE_FILE = "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js"


def curl(server: ProductServer, *arguments: str, path: str) -> tuple[int, Any]:
    """Return the status and the JSON that curl reads."""
    sent = ["curl", "-sS", "-m", "60", "-w", "\n%{http_code}", *arguments, server.url + path]
    finished = subprocess.run(sent, capture_output=True, text=True, check=True)
    body, _, status = finished.stdout.rpartition("\n")
    return int(status), json.loads(body)


def form(server: ProductServer) -> list[str]:
    """Return the credential as curl's form fields."""
    return [part for name, text in server.pair.items() for part in ("-F", f"{name}={text}")]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProductServer]:
    """The product on gunicorn with a fresh SQLite file; work is done elsewhere."""
    folder = tmp_path_factory.mktemp("server")
    settings = {"BODY_TIMEOUT_S": str(_BODY_TIMEOUT_S), "METRICS_TOKEN": "prometheus"}
    with product(folder, WORK="0", **settings) as running:
        yield running


@pytest.fixture
def impatient(tmp_path: Path) -> Iterator[ProductServer]:
    """A server of its own, for a test after which it refuses this address for a while."""
    deadlines = dict.fromkeys(("BODY_TIMEOUT_S", "HEADER_TIMEOUT_S", "ANSWER_TIMEOUT_S"), "2")
    with product(tmp_path, WORK="0", **deadlines) as running:
        yield running


@pytest.fixture(scope="module")
def list_id(server: ProductServer) -> str:
    """A list on the server."""
    return server.new_list("Real")


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photograph as a file."""
    copy = tmp_path_factory.mktemp("photo") / "rocket.jpg"
    copy.write_bytes(photo_path("rocket.jpg").read_bytes())
    return copy


@pytest.fixture(scope="module")
def huge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of 100 MB."""
    path = tmp_path_factory.mktemp("huge") / "huge.jpg"
    with path.open("wb") as file:
        file.truncate(_HUGE_BYTES)
    return path


@pytest.mark.parametrize("path", ["/1.0/check.json", "//1.0/check.json", "/1.0//check.json"])
@pytest.mark.parametrize("how", ["named", "without a name", "chunked"])
def test_a_picture_arrives_whole_however_it_is_sent(
    server: ProductServer, list_id: str, photo: Path, how: str, path: str
) -> None:
    part = f"media=<{photo}" if how == "without a name" else f"media=@{photo}"
    chunked = ["-H", "Transfer-Encoding: chunked"] if how == "chunked" else []

    status, body = curl(
        server, *chunked, *form(server), "-F", part, "-F", f"add_to_list={list_id}", path=path
    )

    assert status == 200, body
    items = requests.get(
        f"{server.url}/v1/lists/{list_id}/items/", headers=server.headers, timeout=30
    ).json()["results"]
    assert [item["id"] for item in items] == [body["media"]["id"]]
    assert items[0]["byte_size"] == photo.stat().st_size


def test_the_processes_of_a_server_count_together(server: ProductServer) -> None:
    answer = requests.get(
        f"{server.url}/metrics", headers={"Authorization": "Bearer prometheus"}, timeout=30
    )

    labels = 'dialect="reference",endpoint="reference:health",status="2xx"'
    assert f"lookalike_requests_total{{{labels}}}" in answer.text, answer.text
    assert "lookalike_database_up 1.0" in answer.text


def test_a_server_starts_no_runner_where_work_is_done_elsewhere(server: ProductServer) -> None:
    commands = children(server.pid)

    assert commands
    assert not [command for command in commands if " work " in command]


def test_a_stream_of_unknown_length_arrives_whole(
    server: ProductServer, list_id: str, photo: Path
) -> None:
    prepared = requests.Request(
        "POST", server.url, files={"media": photo.read_bytes()}, data={"lists": list_id}
    ).prepare()
    body = prepared.body
    assert isinstance(body, bytes)
    headers = {**server.headers, "Content-Type": prepared.headers["Content-Type"]}

    answer = requests.post(
        f"{server.url}/1.0/check.json",
        data=(body[start : start + 10_000] for start in range(0, len(body), 10_000)),
        headers=headers,
        timeout=30,
    )

    assert answer.status_code == 200, answer.text
    assert answer.json()["media"]["uri"] == "media"


@pytest.mark.parametrize(
    ("sent", "path", "key"),
    [
        ("sized", "/1.0/check.json", "status"),
        ("sized", "/v1/match", "success"),
        ("sized", "/v1/x", "error"),
        ("chunked", "/v1/match", "success"),
    ],
)
def test_curl_reads_why_100_mb_are_too_much(
    server: ProductServer, huge: Path, path: str, key: str, sent: str
) -> None:
    chunked = ["-H", "Transfer-Encoding: chunked"] if sent == "chunked" else []

    status, body = curl(server, *chunked, "-X", "POST", "-T", str(huge), path=path)

    assert status == 413
    assert key in body


def test_requests_reads_why_100_mb_are_too_much(server: ProductServer, huge: Path) -> None:
    with huge.open("rb") as file:
        answer = requests.post(f"{server.url}/v1/match/", files={"image": file}, timeout=60)

    assert answer.status_code == 413
    assert answer.json()["error"] == "too_large"
    assert answer.headers["X-Request-Id"] == answer.json()["request_id"]


def test_an_address_that_is_too_long_is_refused_as_described(server: ProductServer) -> None:
    described = requests.get(f"{server.url}/openapi.json", timeout=30).json()["paths"]
    answers = described["/1.0/check.json"]["get"]["responses"]

    answer = requests.get(f"{server.url}/1.0/check.json?lists={'x' * 9000}", timeout=30)

    assert answer.status_code == 414
    assert list(answers["414"]["content"]) == [answer.headers["Content-Type"].partition(";")[0]]


def test_a_client_that_stops_sending_is_told_and_others_are_served(server: ProductServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
        client.sendall(
            b"POST /v1/match/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx"
        )

        assert requests.get(f"{server.url}/healthz", timeout=5).status_code == 200
        answer = HTTPResponse(client)
        answer.begin()
        body = json.load(answer)

    assert answer.status == 408
    assert body["error"] == "timeout"


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET http://[::1/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 200),
        (b"POST /v1/match/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n", 401),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", 400),
    ],
)
def test_an_odd_head_is_no_fault(server: ProductServer, head: bytes, status: int) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
        client.sendall(head)
        answer = HTTPResponse(client)
        answer.begin()

    assert answer.status == status


def test_slow_connections_keep_nobody_out_and_are_hung_up_on(impatient: ProductServer) -> None:
    half_head = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
    half_body = b"POST /v1/match/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx"
    unread = f"GET {_LARGE_FILE} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() * 20
    hung_up = select.poll()
    with ExitStack() as stack:
        for sent in (half_head, half_body, unread, b""):
            address = ("127.0.0.1", impatient.port)
            clients = [stack.enter_context(socket.create_connection(address)) for _ in range(20)]
            for client in clients:
                client.sendall(sent)
            # A client that sent half a body is told why, and then hung up on.
            hung_up.register(clients[-1], select.POLLRDHUP)

        answer = requests.get(f"{impatient.url}/v1/lists/", headers=impatient.headers, timeout=30)
        assert answer.status_code == 200
        left = 4
        while left:
            for descriptor, _ in hung_up.poll():
                hung_up.unregister(descriptor)
                left -= 1


def test_a_large_body_of_a_wrong_credential_is_refused_before_it_is_there(
    server: ProductServer,
) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
        client.sendall(
            b"POST /v1/match/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000000\r\n"
            b"Authorization: Bearer wrong.one\r\nExpect: 100-continue\r\n\r\n"
        )
        answer = HTTPResponse(client)
        answer.begin()

        assert answer.status == 401
        assert json.load(answer)["success"] is False


def test_every_answer_has_an_id(server: ProductServer) -> None:
    answers = [
        requests.get(f"{server.url}{path}", timeout=30)
        for path in ("/healthz", "/v1/lists/", "/1.0/nothing", "/nothing/")
    ]

    ids = {answer.headers["X-Request-Id"] for answer in answers}
    assert len(ids) == 4
    assert answers[1].json()["request_id"] in ids


def test_every_line_of_the_log_says_which_request_it_is_about(server: ProductServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"GET /x%0aforged HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(partial(client.recv, 65536), b"")).decode()

    request_id = re.findall(r"X-Request-Id: (\S+)", answer)[0]
    lines = server.log.read_text().splitlines()
    about_it = [line for line in lines if "forged" in line]
    assert len(about_it) == 2, "Django's line and the server's."
    assert all(f" {request_id} " in line for line in about_it)
    assert all(re.match(r"    |\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ", line) for line in lines)


def test_a_client_that_leaves_is_no_fault_in_the_log(server: ProductServer) -> None:
    body = b"x" * 100_000
    headers = {"Host": "localhost", "Content-Length": str(len(body)), **server.headers}
    lines = ["POST /v1/match/ HTTP/1.1", *(f"{name}: {text}" for name, text in headers.items())]
    head = "\r\n".join([*lines, "", ""])

    statuses: set[str] = set()
    while not statuses & {"499", "500"}:
        # One that leaves before the server began is not in the log at all.
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.sendall(head.encode() + body)
        requests.get(f"{server.url}/healthz", timeout=30)
        statuses |= set(re.findall(r'"POST /v1/match/" (\d+)', server.log.read_text()))

    assert "500" not in statuses
