"""The pace at which one client is refused: a refusal costs the server time as well.

A client that waits as it is told to has its refusals at once. One that asks again at once would
keep the server busy with refusing it, while others wait; its answers are held back, which costs
nothing but a connection.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from http import HTTPStatus

PACED = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_ENTITY_TOO_LARGE})
LONGEST_S = 10.0
# Refusals of a client and bytes that it sent in vain, each second; a second's worth is at once.
_PER_SECOND = 10
_BYTES_PER_SECOND = 20_000_000
_AT_ONCE_S = 1.0
_MOST_KNOWN = 1000


class Pace:
    """When each client may be refused next."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        """Begin with clients that have never been refused."""
        self._now_s = now_s
        self._next_at_s: dict[str, float] = {}

    def hold_s(self, client: str, size_bytes: int) -> float:
        """Return for how long to hold back a refusal of a request with a body of that size."""
        now_s = self._now_s()
        if len(self._next_at_s) >= _MOST_KNOWN:
            self._forget(now_s)
        begins_s = max(self._next_at_s.get(client, 0.0), now_s - _AT_ONCE_S)
        costs_s = 1 / _PER_SECOND + size_bytes / _BYTES_PER_SECOND
        self._next_at_s[client] = min(begins_s + costs_s, now_s + LONGEST_S)
        return max(0.0, begins_s - now_s)

    def _forget(self, now_s: float) -> None:
        known = self._next_at_s.items()
        self._next_at_s = {client: at_s for client, at_s in known if at_s > now_s - _AT_ONCE_S}
