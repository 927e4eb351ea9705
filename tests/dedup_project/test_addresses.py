"""Where requests are from, when proxies stand between."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from dedup_project.addresses import client_address, counted_as

_PROXIES = [IPv4Network("10.0.0.0/8")]


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
    assert client_address(peer, forwarded, _PROXIES) == address


def test_without_a_trusted_proxy_nothing_that_is_forwarded_counts() -> None:
    assert client_address("", "203.0.113.9", []) == ""


@pytest.mark.parametrize(
    ("address", "other", "is_one"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("", "192.0.2.1", False),
    ],
)
def test_a_network_of_ipv6_counts_once(address: str, other: str, is_one: bool) -> None:
    assert (counted_as(address) == counted_as(other)) == is_one
