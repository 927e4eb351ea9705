"""Fetching that tries again when the fault may pass, all attempts within one deadline."""

from __future__ import annotations

import time
from dataclasses import replace

from intake import fetch
from intake.errors import FetchFailed
from intake.fetch import FetchPolicy
from intake.sources import RawImage

MAX_ATTEMPTS = 3
# Before the second attempt; doubled before each further one.
_PAUSE_S = 0.2
# Request Timeout, Too Early, Too Many Requests; and every 5xx.
_PASSING_STATUSES = frozenset({408, 425, 429})
_LASTING_REASONS = frozenset({None, "content encoding"})


def fetch_persistently(url: str, policy: FetchPolicy) -> RawImage:
    """Return what the address answers, as `fetch.fetch` does and within the same deadline.

    Raise its errors; a FetchFailed has in its context how many `attempts` were made. What will not
    change, such as an address that is refused or an answer of 404, is not tried again.
    """
    ends_at_s = time.monotonic() + policy.timeout_s
    attempt = 1
    while True:
        remaining_s = ends_at_s - time.monotonic()
        try:
            return fetch.fetch(url, replace(policy, timeout_s=remaining_s))
        except FetchFailed as error:
            pause_s = _PAUSE_S * 2 ** (attempt - 1)
            has_time = time.monotonic() + pause_s < ends_at_s
            if attempt == MAX_ATTEMPTS or not has_time or not _may_pass(error):
                error.context["attempts"] = attempt
                raise
        time.sleep(pause_s)
        attempt += 1


def _may_pass(error: FetchFailed) -> bool:
    status = error.context.get("status")
    if isinstance(status, int):
        return status >= 500 or status in _PASSING_STATUSES
    return error.context.get("reason") not in _LASTING_REASONS
