"""The only place that fetches what people name by its address.

Nothing of an answer but its status is ever told, and nothing of where the address led.
"""

from __future__ import annotations

import posixpath
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from urllib.parse import unquote, urljoin

from urllib3.response import BaseHTTPResponse

from common import timings
from common.sentences import Sentence
from intake import addresses, exchange, sources
from intake.errors import FetchFailed
from intake.exchange import Exchange
from intake.limits import Limits
from intake.sources import RawImage


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """What may be fetched; `allow_hosts` lists each `host` or `host:port` that may be private.

    Public hosts are reached on the ports 80 and 443 and on `allow_ports` alone. `accepts` are the
    content types that servers are asked for.
    """

    allow_hosts: frozenset[str] = frozenset()
    allow_ports: frozenset[int] = frozenset()
    max_bytes: int = Limits().max_bytes
    timeout_s: float = 10.0
    max_redirects: int = 3
    accepts: str = "image/*"


@timings.measured(timings.FETCH)
def fetch(url: str, policy: FetchPolicy) -> RawImage:
    """Return what the address answers, named after its last path component.

    Raise FetchRefused, FetchFailed or TooManyBytes; the deadline holds for the whole.
    """
    addresses.parse(url)
    work = partial(_image, url=url, policy=policy)
    try:
        return exchange.within(
            policy.timeout_s,
            work,
            allow_hosts=policy.allow_hosts,
            allow_ports=policy.allow_ports,
        )
    except exchange.TooSlow:
        raise _too_slow(policy.timeout_s) from None
    except exchange.Broken as broken:
        raise _failed(reason=broken.reason) from None


def check(url: str, policy: FetchPolicy) -> None:
    """Raise FetchRefused for an address that `fetch` would refuse by what is known now."""
    exchange.refuse_private(
        url,
        allow_hosts=policy.allow_hosts,
        allow_ports=policy.allow_ports,
        timeout_s=policy.timeout_s,
    )


def _image(link: Exchange, *, url: str, policy: FetchPolicy) -> RawImage:
    """Follow redirects, each checked like the first address, and receive the body."""
    location = url
    for _ in range(policy.max_redirects + 1):
        address = addresses.parse(location)
        with ExitStack() as opened:
            response = link.send(address, opened, method="GET", headers={"Accept": policy.accepts})
            following = response.get_redirect_location()
            if not following:
                return _received(link, response, name=_name(url), max_bytes=policy.max_bytes)
        location = urljoin(location, _as_sent(following))
    raise FetchFailed(
        Sentence("This address is forwarded too often. Use the address of the file itself."),
        field="url",
    )


def _received(link: Exchange, response: BaseHTTPResponse, *, name: str, max_bytes: int) -> RawImage:
    if response.status != 200:
        raise FetchFailed(
            Sentence(
                "The server of this address answers with status %(status)s. "
                "Check the address, or send the file itself.",
                status=response.status,
            ),
            field="url",
            status=response.status,
        )
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise _failed(reason="content encoding")
    if (response.length_remaining or 0) > max_bytes:
        raise sources.too_many_bytes(max_bytes)
    return sources.from_chunks(link.chunks(response), name=name, max_bytes=max_bytes)


def _name(url: str) -> str:
    return unquote(posixpath.basename(addresses.parse(url).target.partition("?")[0]))


def _as_sent(location: str) -> str:
    """Return a header as the UTF-8 that it mostly is; http.client reads it as Latin-1."""
    return location.encode("latin-1", "replace").decode("utf-8", "replace")


def _too_slow(timeout_s: float) -> FetchFailed:
    return FetchFailed(
        Sentence(
            "The server of this address did not send the file within %(timeout_s)g seconds. "
            "Try again, or send the file itself.",
            timeout_s=timeout_s,
        ),
        field="url",
        reason="deadline",
    )


def _failed(*, reason: str) -> FetchFailed:
    return FetchFailed(
        Sentence(
            "The file could not be fetched from this address. Try again, or send the file itself."
        ),
        field="url",
        reason=reason,
    )
