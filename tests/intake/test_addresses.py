"""Spellings of addresses that must lead nowhere, and those that may."""

from __future__ import annotations

import socket

import pytest

from intake import addresses
from intake.addresses import Address
from intake.errors import FetchFailed, FetchRefused
from intake.fetch import FetchPolicy, fetch
from tests import hostile_urls
from tests.hostile_urls import EVERY_PORT, HOSTILE, HOSTILE_AS_TEXT, NAMES

_PORT = 8080


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Resolve names from a table; return what is asked."""
    return hostile_urls.patch_resolver(monkeypatch)


@pytest.fixture
def no_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail the test that connects."""

    def connect(*where: object) -> None:
        pytest.fail(f"connected to {where}")

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.mark.parametrize("url", [*HOSTILE, *HOSTILE_AS_TEXT])
@pytest.mark.usefixtures("names", "no_connections")
def test_hostile_addresses_are_refused_without_a_connection(url: str) -> None:
    with pytest.raises(FetchRefused) as refusal:
        fetch(hostile_urls.at(url, _PORT), FetchPolicy(allow_ports=EVERY_PORT))

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
            addresses.resolve(address, frozenset({allowed}), EVERY_PORT)


@pytest.mark.parametrize(
    ("url", "is_allowed"),
    [
        ("http://pictures.example/", True),
        ("https://pictures.example/", True),
        ("http://pictures.example:443/", True),
        ("https://pictures.example:8443/", True),
        ("http://pictures.example:22/", False),
        ("https://pictures.example:8444/", False),
    ],
)
def test_public_hosts_are_reached_on_the_ports_of_the_web_and_on_those_allowed(
    names: list[str], url: str, is_allowed: bool
) -> None:
    address = addresses.parse(url)

    if is_allowed:
        assert addresses.resolve(address, frozenset(), frozenset({8443}))
    else:
        with pytest.raises(FetchRefused, match="port"):
            addresses.resolve(address, frozenset(), frozenset({8443}))
        assert names == []


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
