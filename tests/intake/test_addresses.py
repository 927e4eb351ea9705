"""Spellings of addresses that must lead nowhere, and those that may."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from intake import addresses
from intake.addresses import Address
from intake.errors import FetchFailed, FetchRefused
from intake.fetch import FetchPolicy, fetch

NAMES = {
    "localhost": ["127.0.0.1", "::1"],
    "metadata.google.internal": ["169.254.169.254"],
    "printer.example": ["192.168.1.20"],
    "pictures.example": ["93.184.216.34", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"],
    "rebinding.example": ["93.184.216.34", "10.0.0.1"],
    "mixed.example": ["93.184.216.34", "fd00::1"],
}

HOSTILE = [
    # loopback, in every spelling that some resolver understands
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://127.0.0.1.:80/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://\u2460\u2461\u2466.0.0.1/",
    "http://127\u30020\u30020\u30021/",
    "http://127%2e0%2e0%2e1/",
    # what else is not public
    "http://0/",
    "http://0.0.0.0/",
    "http://[::]/",
    "http://10.1.2.3/",
    "http://172.31.255.255/",
    "http://192.168.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://0xa9fea9fe/",
    "http://100.64.0.1/",
    "http://192.0.0.8/",
    "http://198.18.0.1/",
    "http://203.0.113.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://240.0.0.1/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[2606:4700::1111%25eth0]/",
    "http://[fd00::1]/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
    # IPv4 inside of IPv6
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:93.184.216.34]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b:1::a00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/",
    # names
    "http://metadata.google.internal/",
    "http://printer.example/",
    "http://rebinding.example/",
    "http://mixed.example/",
    # what parsers read differently
    "http://127.0.0.1:1\\@pictures.example/",
    "http://pictures.example\\@127.0.0.1/",
    "http://pictures.example:80:x@127.0.0.1/",
    "http://pictures.example@127.0.0.1/",
    "http://user:secret@pictures.example/",
    "http://@pictures.example/",
    "http://127.0.0.1#@pictures.example/",
    "http:///127.0.0.1/",
    "http:/127.0.0.1/",
    "http:127.0.0.1",
    "//127.0.0.1/",
    "http://",
    "http://:80/",
    "http://pictures.example:0/",
    "http://pictures.example:99999/",
    "http://pictures.example:8o/",
    "http://pictures..example/",
    "http://" + "a" * 70 + ".example/",
    "http://pictures.example/ HTTP/1.1\r\nHost: 127.0.0.1",
    "http://pictures.example/a b",
    "http://pictures.example/\x00",
    "http://pictures.example/\u2028",
    "http://pict\tures.example/",
    " http://pictures.example/",
    "http://\ud800.example/",
    "http://[::1/",
    "http://[pictures.example]/",
    "http://pictures.example/" + "a" * 10_000,
    # other schemes
    "",
    "pictures.example",
    "file:///etc/passwd",
    "ftp://pictures.example/",
    "gopher://pictures.example/",
    "data:image/png;base64,AAAA",
    "javascript:alert(1)",
    "unix:///var/run/docker.sock",
]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Resolve names from the table above, numbers as the system does; return what is asked."""
    asked: list[str] = []
    system = socket.getaddrinfo

    def look_up(host: str, port: int, **hints: int) -> list[Any]:
        asked.append(host)
        found = []
        for ip in NAMES.get(host, [host]):
            found += system(ip, port, flags=socket.AI_NUMERICHOST, **hints)
        return found

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.fixture
def no_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail the test that connects."""

    def connect(*where: object) -> None:
        pytest.fail(f"connected to {where}")

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.mark.parametrize("url", HOSTILE)
@pytest.mark.usefixtures("names", "no_connections")
def test_hostile_addresses_are_refused_without_a_connection(url: str) -> None:
    with pytest.raises(FetchRefused) as refusal:
        fetch(url, FetchPolicy())

    assert refusal.value.field == "url"
    for ip in ("127.0.0.1", "10.0.0.1", "192.168.1.20", "169.254"):
        assert ip not in refusal.value.message


def test_the_resolver_is_asked_once(names: list[str]) -> None:
    ips = addresses.resolve(addresses.parse("http://pictures.example/"), frozenset())

    assert ips == NAMES["pictures.example"]
    assert names == ["pictures.example"]


@pytest.mark.usefixtures("names")
def test_a_name_that_is_unknown_fails() -> None:
    with pytest.raises(FetchFailed) as failure:
        addresses.resolve(addresses.parse("http://unknown.example/"), frozenset())

    assert failure.value.field == "url"


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize(
    ("url", "allowed", "is_allowed"),
    [
        ("http://printer.example/", "printer.example", True),
        ("http://printer.example:8080/", "printer.example", True),
        ("http://printer.example:8080/", "printer.example:8080", True),
        ("http://PRINTER.example./", "Printer.Example:80", True),
        ("https://printer.example/", "printer.example:443", True),
        ("http://[fd00::1]:81/", "[fd00::1]:81", True),
        ("http://[fd00::1]:81/", "[fd00::1]", True),
        ("http://printer.example:8081/", "printer.example:8080", False),
        ("http://other.printer.example/", "printer.example", False),
        ("http://192.168.1.20/", "printer.example", False),
        ("http://3232235796/", "192.168.1.20", False),
    ],
)
def test_private_hosts_are_allowed_by_name_or_by_name_and_port(
    url: str, allowed: str, is_allowed: bool
) -> None:
    NAMES.setdefault("other.printer.example", ["192.168.1.20"])
    address = addresses.parse(url)

    if is_allowed:
        assert addresses.resolve(address, frozenset({allowed}))
    else:
        with pytest.raises(FetchRefused):
            addresses.resolve(address, frozenset({allowed}))


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://pictures.example", Address("http", "pictures.example", 80, "/")),
        (
            "HTTPS://Pictures.Example:8443/A/../b.png?c=d%20e#f",
            Address("https", "pictures.example", 8443, "/b.png?c=d%20e"),
        ),
        ("http://pictures.example#@127.0.0.1/", Address("http", "pictures.example", 80, "/")),
        ("http://pictures.example?a=b@c", Address("http", "pictures.example", 80, "/?a=b@c")),
        (
            "http://b\u00fccher.example/\u00fc",
            Address("http", "xn--bcher-kva.example", 80, "/%C3%BC"),
        ),
        ("http://[2606:2800::1]:8080/", Address("http", "2606:2800::1", 8080, "/")),
    ],
)
def test_plain_addresses_are_read(url: str, address: Address) -> None:
    assert addresses.parse(url) == address


@pytest.mark.parametrize(
    ("address", "header"),
    [
        (Address("http", "pictures.example", 80, "/"), "pictures.example"),
        (Address("https", "pictures.example", 443, "/"), "pictures.example"),
        (Address("https", "pictures.example", 80, "/"), "pictures.example:80"),
        (Address("http", "2606:2800::1", 80, "/"), "[2606:2800::1]"),
        (Address("http", "2606:2800::1", 81, "/"), "[2606:2800::1]:81"),
    ],
)
def test_the_host_header_names_the_port_unless_it_is_the_usual_one(
    address: Address, header: str
) -> None:
    assert address.host_header == header


@pytest.mark.parametrize(
    "ip", ["1.1.1.1", "93.184.216.34", "223.255.255.255", "2606:4700::1111", "2a00:1450::1"]
)
def test_addresses_of_the_internet_are_public(ip: str) -> None:
    assert addresses.is_public(ip)
