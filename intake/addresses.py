"""Addresses that people give to the server: which may be fetched, and where they really lead.

urllib3 parses them, and urllib3 connects to what this module returns: an address that two parsers
read differently has nothing to slip through. Whatever spelling a host has, what counts is the IP
address that the resolver makes of it.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from common.sentences import Sentence
from intake.errors import FetchFailed, FetchRefused

MAX_URL_CHARACTERS = 8_192

# Scheme, then an authority without user name; nowhere white space, controls or backslashes.
_PLAIN_URL = re.compile(r"https?://[^/?#@]+(?:[/?#].*)?", re.IGNORECASE)
_NOWHERE = re.compile(r"[\s\x00-\x20\x7f-\x9f\\]")
_DEFAULT_PORTS = {"http": 80, "https": 443}
# On any other one a public host may have what is no web server, and answers tell whether it has.
_WEB_PORTS = frozenset(_DEFAULT_PORTS.values())

# IANA's registries of special purpose addresses, written out since Python's own reading of them
# differs from one patch release to the next. For IPv6 only global unicast is left at all, which
# leaves out IPv4-mapped addresses and NAT64.
_IPV6_UNICAST = ipaddress.ip_network("2000::/3")
_SPECIAL = [
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "2001::/23",  # Teredo, benchmarks, ORCHID
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
    )
]


@dataclass(frozen=True, slots=True)
class Address:
    """A parsed address: `host` is lower case and has no brackets, `target` is path and query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def host_header(self) -> str:
        """Return what names the server in a request."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    def is_among(self, hosts: frozenset[str]) -> bool:
        """Tell whether `host` or `host:port` is listed; IPv6 addresses are in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return not {host, f"{host}:{self.port}"}.isdisjoint(each.lower() for each in hosts)


def parse(url: str) -> Address:
    """Read an http or https address; raise FetchRefused for all that is not plainly one."""
    if len(url) > MAX_URL_CHARACTERS or _NOWHERE.search(url) or not _PLAIN_URL.fullmatch(url):
        raise _malformed()
    try:
        parsed = parse_url(url)
    except LocationParseError:
        raise _malformed() from None
    host = (parsed.host or "").strip("[]").rstrip(".")
    if not host or "%" in host or parsed.scheme not in _DEFAULT_PORTS or parsed.port == 0:
        raise _malformed()
    port = parsed.port or _DEFAULT_PORTS[parsed.scheme]
    return Address(parsed.scheme, host, port, parsed.request_uri)


def resolve(
    address: Address, allow_hosts: frozenset[str], allow_ports: frozenset[int] = frozenset()
) -> list[str]:
    """Return the IP addresses of the host, asked for once.

    Raise FetchRefused if any of them is not public, or the port is neither the web's nor among
    `allow_ports`, unless `allow_hosts` names the host.
    """
    if not address.is_among(allow_hosts) and address.port not in _WEB_PORTS | allow_ports:
        raise _wrong_port()
    ips = _looked_up(address)
    if not address.is_among(allow_hosts) and not all(map(is_public, ips)):
        raise FetchRefused(
            Sentence(
                "This address does not lead to a public server. Use an address that anyone on the "
                "internet can open, or send the file itself."
            ),
            field="url",
        )
    return ips


def is_public(ip: str) -> bool:
    """Tell whether the IP address is one of a server on the public internet."""
    parsed = ipaddress.ip_address(ip)
    if parsed.version == 6 and parsed not in _IPV6_UNICAST:
        return False
    return not any(parsed in network for network in _SPECIAL)


def _looked_up(address: Address) -> list[str]:
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except UnicodeError:  # a label that is empty or too long
        raise _malformed() from None
    except OSError:
        raise FetchFailed(
            Sentence("The server of this address was not found. Check the address."), field="url"
        ) from None
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def _wrong_port() -> FetchRefused:
    return FetchRefused(
        Sentence(
            "This address has a port other than 80 and 443. Use one without it, or send the file "
            "itself."
        ),
        field="url",
    )


def _malformed() -> FetchRefused:
    return FetchRefused(
        Sentence(
            "This is not the address of a file. Use one that begins with http:// or https:// and "
            "has no user name, spaces or backslashes in it."
        ),
        field="url",
    )
