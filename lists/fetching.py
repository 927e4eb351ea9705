"""Which addresses this server fetches pictures from."""

from __future__ import annotations

from django.conf import settings

from intake import fetch
from intake.fetch import FetchPolicy
from intake.sources import RawImage


def fetched(url: str) -> RawImage:
    """Return what a public address answers; raise FetchRefused, FetchFailed or TooManyBytes."""
    return fetch.fetch(url, fetch_policy())


def fetch_policy() -> FetchPolicy:
    """Return which addresses the server may reach, and how much may come from there."""
    return FetchPolicy(
        allow_hosts=frozenset(settings.FETCH_ALLOW_HOSTS),
        allow_ports=frozenset(settings.FETCH_ALLOW_PORTS),
        max_bytes=settings.MAX_IMAGE_BYTES,
    )
