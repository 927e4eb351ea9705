"""Where requests are from, when proxies stand between."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

Networks = Sequence[IPv4Network | IPv6Network]

# A client that has one address of IPv6 has this whole network.
_IPV6_PREFIX = 64


def client_address(peer: str, forwarded_for: str, trusted_proxies: Networks) -> str:
    """Return the address that a request is from, as the nearest proxy that is trusted saw it.

    Each proxy adds to the end of X-Forwarded-For whom it was asked by; anybody may have written
    what stands before.
    """
    address = peer
    hops = [hop.strip() for hop in forwarded_for.split(",")]
    while hops and is_trusted(address, trusted_proxies):
        hop = hops.pop()
        if not _is_address(hop):
            break
        address = hop
    return address


def is_trusted(address: str, trusted_proxies: Networks) -> bool:
    """Tell whether an address is a proxy of ours."""
    if not _is_address(address):  # a socket of this machine, which only a proxy writes to
        return bool(trusted_proxies)
    return any(ip_address(address) in network for network in trusted_proxies)


def counted_as(address: str) -> str:
    """Return what counts as one place: an address of IPv4, a network of IPv6."""
    if ":" not in address or not _is_address(address):
        return address
    return str(ip_network((address.partition("%")[0], _IPV6_PREFIX), strict=False))


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
