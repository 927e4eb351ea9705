"""The only place that sends something to an address that people name: JSON, by POST.

The address is guarded like one that is fetched from, and no redirect is followed. It may hold the
receiver's secret, so no error names it. Of the answer only the status is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from intake import addresses, exchange
from intake.errors import DeliveryFailed, DeliveryRefused, FetchFailed, FetchRefused
from intake.exchange import Exchange

FIELD = "callback_url"
NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class DeliveryPolicy:
    """Where may be sent to; `allow_hosts` lists each `host` or `host:port` that may be private.

    Public hosts are reached on the ports 80 and 443 and on `allow_ports` alone.
    """

    allow_hosts: frozenset[str] = frozenset()
    allow_ports: frozenset[int] = frozenset()
    timeout_s: float = 10.0


def deliver(
    url: str, body: bytes, policy: DeliveryPolicy, headers: Mapping[str, str] = NO_HEADERS
) -> None:
    """Post the JSON; return when the server has answered with a status from 200 to 299.

    The headers are sent beside those of every delivery. Raise DeliveryRefused or DeliveryFailed;
    the deadline holds for the whole.
    """
    work = partial(_post, url=url, body=body, headers=headers)
    try:
        status = exchange.within(
            policy.timeout_s,
            work,
            allow_hosts=policy.allow_hosts,
            allow_ports=policy.allow_ports,
        )
    except FetchRefused:
        raise _refused() from None
    except FetchFailed:
        raise _failed(reason="unknown host") from None
    except exchange.TooSlow:
        raise _failed(reason="deadline") from None
    except exchange.Broken as broken:
        raise _failed(reason=broken.reason) from None
    if not 200 <= status <= 299:
        raise DeliveryFailed(
            f"The server of the callback answers with status {status}.", field=FIELD, status=status
        )


def check(url: str, policy: DeliveryPolicy) -> None:
    """Raise DeliveryRefused for an address that `deliver` would refuse by what is known now."""
    try:
        exchange.refuse_private(
            url,
            allow_hosts=policy.allow_hosts,
            allow_ports=policy.allow_ports,
            timeout_s=policy.timeout_s,
        )
    except FetchRefused:
        raise _refused() from None


def _post(link: Exchange, *, url: str, body: bytes, headers: Mapping[str, str]) -> int:
    with ExitStack() as opened:
        response = link.send(
            addresses.parse(url),
            opened,
            method="POST",
            headers={
                "Content-Type": "application/json",
                "Accept": "application/json",
                **headers,
            },
            body=body,
        )
        return int(response.status)


def _refused() -> DeliveryRefused:
    return DeliveryRefused(
        "This address may not be posted to. Use one that begins with http:// or https://, has no "
        "user name, spaces or backslashes in it, and leads to a public server, to port 80 or 443.",
        field=FIELD,
    )


def _failed(*, reason: str) -> DeliveryFailed:
    return DeliveryFailed(
        f"The server of the callback could not be reached, or gave no answer ({reason}).",
        field=FIELD,
        reason=reason,
    )
