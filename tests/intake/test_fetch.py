from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from intake import fetch as fetch_module
from intake.errors import FetchFailed, FetchRefused, TooManyBytes
from intake.fetch import FetchPolicy, fetch
from intake.sources import RawImage

Answer = Callable[[socket.socket], None]
BODY = b"\x89PNG picture"


class Server:
    """Answers every connection to a loopback port by a function, and keeps the requests."""

    def __init__(self, answer: Answer, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._answer = answer
        self.port = self._listener.getsockname()[1]
        self.requests: list[str] = []
        self._stopped = False
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            connected, _ = self._listener.accept()
            if self._stopped:
                connected.close()
                return
            with contextlib.suppress(OSError):  # the client has gone, as it shall
                self._converse(connected)

    def _converse(self, plain: socket.socket) -> None:
        with plain:
            connected = self._tls.wrap_socket(plain, server_side=True) if self._tls else plain
            with connected:
                self.requests.append(connected.recv(65536).decode("latin-1"))
                self._answer(connected)

    def stop(self) -> None:
        self._stopped = True
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._thread.join()
        self._listener.close()


@contextmanager
def serving(answer: Answer | bytes, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    function = answer if callable(answer) else lambda connected: connected.sendall(answer)
    server = Server(function, tls)
    try:
        yield server
    finally:
        server.stop()


def response(body: bytes = BODY, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def policy(server: Server | None = None, **changes: Any) -> FetchPolicy:
    allowed = frozenset({f"127.0.0.1:{server.port}"} if server else ())
    usual = FetchPolicy(max_bytes=1000, timeout_s=5.0, allow_hosts=allowed)
    return replace(usual, **changes)


@pytest.fixture
def names(monkeypatch):
    """Resolve names from a table, and note each lookup."""
    table: dict[str, list[str]] = {}
    lookups: list[str] = []
    system = socket.getaddrinfo

    def resolve(host, port, *arguments, **options):
        if host not in table:
            return system(host, port, *arguments, **options)
        lookups.append(host)
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in table[host]
        ]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return table, lookups


def test_a_file_is_fetched_with_its_name():
    with serving(response()) as server:
        fetched = fetch(f"http://127.0.0.1:{server.port}/a/my%20cat.png?size=2", policy(server))

    assert fetched == RawImage.of(BODY, "my cat.png")
    request = server.requests[0]
    assert request.startswith("GET /a/my%20cat.png?size=2 HTTP/1.1\r\n")
    assert f"\r\nHost: 127.0.0.1:{server.port}\r\n" in request
    assert "\r\nAccept-Encoding: identity\r\n" in request


def test_the_name_stays_in_the_request_while_the_checked_address_is_connected_to(names):
    table, lookups = names
    with serving(response()) as server:
        table["pictures.example"] = ["127.0.0.1"]
        allowed = policy(server, allow_hosts=frozenset({"pictures.example"}))

        fetch(f"http://Pictures.EXAMPLE.:{server.port}/", allowed)

    assert f"\r\nHost: pictures.example:{server.port}\r\n" in server.requests[0]
    assert lookups == ["pictures.example"]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://0/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[fe80::1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "https://192.168.0.1/",
    ],
)
def test_addresses_that_are_not_public_are_refused(url):
    with pytest.raises(FetchRefused, match="not on the public internet"):
        fetch(url, policy())


@pytest.mark.parametrize(
    "url",
    [
        "",
        "file:///etc/passwd",
        "ftp://8.8.8.8/a.png",
        "gopher://8.8.8.8/",
        "data:image/png;base64,AAAA",
        "//8.8.8.8/a.png",
        "8.8.8.8/a.png",
        "http://",
        "http:///a.png",
        "http://user@8.8.8.8/",
        "http://user:secret@8.8.8.8/",
        "http://allowed.example:80:x@127.0.0.1/",
        "http://127.0.0.1:1\\@allowed.example/",
        "http://8.8.8.8\\@127.0.0.1/",
        "http://8.8.8.8/a b",
        "http://8.8.8.8/\r\nHost: 127.0.0.1",
        "http://8.8.8.8/\x00",
        "http://8.8.8.8:0/",
        "http://8.8.8.8:99999/",
        "http://8.8.8.8:port/",
        "http://[fe80::1%25eth0]/",
        "http://[::1/",
        "http://8.8.8.8/" + "a" * 3000,
    ],
)
def test_malformed_addresses_are_refused_without_a_lookup(url, monkeypatch):
    monkeypatch.setattr(fetch_module, "_resolved", lambda *_: pytest.fail("looked up"))

    with pytest.raises(FetchRefused):
        fetch(url, policy())


def test_a_name_with_any_private_address_is_refused(names):
    table, _ = names
    table["rebinding.example"] = ["93.184.216.34", "10.0.0.1"]

    with pytest.raises(FetchRefused):
        fetch("http://rebinding.example/", policy())


def test_a_name_is_looked_up_once_so_that_it_cannot_change_its_mind(names, monkeypatch):
    table, lookups = names
    table["rebinding.example"] = ["93.184.216.34"]
    connected: list[str] = []

    def connect(address, *_arguments, **_options):
        connected.append(address[0])
        table["rebinding.example"] = ["127.0.0.1"]
        raise OSError("no network in tests")

    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)

    with pytest.raises(FetchFailed):
        fetch("http://rebinding.example/", policy())
    assert (connected, lookups) == (["93.184.216.34"], ["rebinding.example"])


def test_an_unknown_host_fails(monkeypatch):
    def unknown(*_arguments, **_options):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    with pytest.raises(FetchFailed, match="not known"):
        fetch("http://nowhere.example/", policy())


def test_a_lookup_that_hangs_does_not_hang_its_caller(monkeypatch):
    released = threading.Event()
    monkeypatch.setattr(fetch_module, "_resolved", lambda *_: released.wait(10) and [])
    started = time.monotonic()

    with pytest.raises(FetchFailed, match="too slow"):
        fetch("http://slow.example/", policy(timeout_s=0.2))

    released.set()
    assert time.monotonic() - started < 2


def test_the_next_address_is_tried_when_one_does_not_answer(names):
    table, _ = names
    with serving(response()) as server:
        table["pictures.example"] = ["127.0.0.2", "127.0.0.1"]
        allowed = policy(server, allow_hosts=frozenset({f"pictures.example:{server.port}"}))

        assert fetch(f"http://pictures.example:{server.port}/", allowed).data == BODY


def test_an_exemption_is_for_its_port_only():
    with serving(response()) as server:
        other = policy(allow_hosts=frozenset({f"127.0.0.1:{server.port + 1}"}))

        with pytest.raises(FetchRefused):
            fetch(f"http://127.0.0.1:{server.port}/", other)
    assert server.requests == []


def redirect(location: str, status: str = "302 Found") -> bytes:
    return response(b"", f"Location: {location}", status=status)


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Gone"]
)
def test_redirects_are_followed(status):
    with (
        serving(response()) as last,
        serving(redirect(f"//127.0.0.1:{last.port}/b.png", status)) as first,
    ):
        allowed = policy(allow_hosts=frozenset({"127.0.0.1"}))

        assert fetch(f"http://127.0.0.1:{first.port}/a", allowed) == RawImage.of(BODY, "b.png")


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:1/",
        "http://169.254.169.254/",
        "http://[::1]/",
        "file:///etc/passwd",
        "http://user@127.0.0.1/",
        "http://8.8.8.8\\@127.0.0.1/",
    ],
)
def test_redirects_are_checked_like_the_first_address(location):
    with serving(redirect(location)) as server, pytest.raises(FetchRefused):
        fetch(f"http://127.0.0.1:{server.port}/", policy(server))


def test_redirects_are_counted():
    with (
        serving(redirect("/again")) as server,
        pytest.raises(FetchFailed, match="redirects too often"),
    ):
        fetch(f"http://127.0.0.1:{server.port}/", policy(server))

    assert len(server.requests) == 4


def endless(connected: socket.socket) -> None:
    connected.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connected.sendall(b"x" * 4096)


def chunked(connected: socket.socket) -> None:
    connected.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connected.sendall(b"400\r\n" + b"x" * 0x400 + b"\r\n")


@pytest.mark.parametrize("answer", [response(b"x" * 1001), endless, chunked])
def test_answers_that_are_too_large_are_cut_off(answer):
    with serving(answer) as server, pytest.raises(TooManyBytes):
        fetch(f"http://127.0.0.1:{server.port}/", policy(server))


def say_nothing(connected: socket.socket) -> None:
    connected.recv(1)


def drip(before: bytes, piece: bytes) -> Answer:
    """Send `before`, then a piece ten times a second: no single read ever times out."""

    def answer(connected: socket.socket) -> None:
        connected.sendall(before)
        while True:
            connected.sendall(piece)
            threading.Event().wait(0.05)

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        drip(b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        drip(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", b"x"),
        drip(b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        say_nothing,
    ],
)
def test_everything_is_done_by_one_deadline(answer):
    with serving(answer) as server:
        started = time.monotonic()
        with pytest.raises(FetchFailed, match="too slow"):
            fetch(f"http://127.0.0.1:{server.port}/", policy(server, timeout_s=0.5))

        assert time.monotonic() - started < 1.5


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        response(b"secret", status="404 Not Found"),
        response(b"secret", status="500 Oops"),
        response(b"", status="204 No Content"),
        response(b"secret", status="206 Partial Content"),
        response(b"secret", "Content-Encoding: gzip"),
    ],
)
def test_other_answers_fail_without_being_repeated(answer):
    with serving(answer) as server, pytest.raises(FetchFailed) as caught:
        fetch(f"http://127.0.0.1:{server.port}/", policy(server))

    assert "secret" not in f"{caught.value.message} {caught.value.context}"
    assert "SSH" not in f"{caught.value.message} {caught.value.context}"


# --- https


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Path:
    """Write a self-signed certificate for pictures.example with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "pictures.example")])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=36500))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("pictures.example")]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file: Path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + built.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def tls(certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def fetched_by_tls(name: str, tls: ssl.SSLContext, table: dict[str, list[str]]) -> RawImage:
    table[name] = ["127.0.0.1"]
    with serving(response(), tls) as server:
        return fetch(f"https://{name}:{server.port}/a.png", policy(allow_hosts=frozenset({name})))


def test_https_asks_for_the_name_at_the_checked_address(names, tls, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    asked: list[str | None] = []
    tls.sni_callback = lambda _socket, name, _context: asked.append(name)

    fetched = fetched_by_tls("pictures.example", tls, names[0])

    assert fetched.data == BODY
    assert asked == ["pictures.example"]


def test_a_certificate_for_another_name_is_refused(names, tls, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    with pytest.raises(FetchFailed):
        fetched_by_tls("other.example", tls, names[0])


def test_a_certificate_of_nobody_known_is_refused(names, tls):
    with pytest.raises(FetchFailed):
        fetched_by_tls("pictures.example", tls, names[0])


def test_a_handshake_that_never_ends_is_bounded(names):
    names[0]["pictures.example"] = ["127.0.0.1"]
    with serving(say_nothing) as server:
        started = time.monotonic()
        with pytest.raises(FetchFailed):
            fetch(
                f"https://pictures.example:{server.port}/",
                policy(timeout_s=0.5, allow_hosts=frozenset({"pictures.example"})),
            )

        assert time.monotonic() - started < 1.5
