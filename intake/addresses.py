"""Which network addresses may be fetched from: global unicast only, however they are wrapped."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_GLOBAL_IPV6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_IPV4_MASK = 0xFFFFFFFF
# Python counts these as global: protocol assignments (RFC 6890) and the old 6to4 relays (RFC 7526).
_NOT_GLOBAL_IPV4 = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))


def is_public(address: str) -> bool:
    """Tell whether a numeric address is global unicast; an embedded IPv4 address must be too."""
    parsed = ip_address(address.partition("%")[0])
    if isinstance(parsed, IPv4Address):
        return _is_public_ipv4(parsed)
    embedded = _embedded_ipv4(parsed)
    if embedded is not None:
        return _is_public_ipv4(embedded)
    is_global = parsed in _GLOBAL_IPV6 and parsed.is_global
    return is_global and parsed.teredo is None and not parsed.is_multicast


def _is_public_ipv4(address: IPv4Address) -> bool:
    if any(address in network for network in _NOT_GLOBAL_IPV4):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _embedded_ipv4(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address to which a mapped, NAT64 or 6to4 address leads."""
    if address in _NAT64:
        return IPv4Address(int(address) & _IPV4_MASK)
    return address.ipv4_mapped or address.sixtofour
