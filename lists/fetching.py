"""Which addresses this server fetches pictures and videos from."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings

from intake import fetch
from intake.fetch import FetchPolicy
from intake.sources import RawImage

# A video has more bytes than an image, and may take as many times as long.
_VIDEO_TIMES = 3


def fetched(url: str) -> RawImage:
    """Return what a public address answers; raise FetchRefused, FetchFailed or TooManyBytes."""
    return fetch.fetch(url, fetch_policy())


def fetched_video(url: str) -> RawImage:
    """Return the video that a public address answers; raise as `fetched` does."""
    policy = fetch_policy()
    of_video = replace(
        policy,
        max_bytes=settings.MAX_VIDEO_BYTES,
        timeout_s=_VIDEO_TIMES * policy.timeout_s,
        accepts="video/*",
    )
    return fetch.fetch(url, of_video)


def fetch_policy() -> FetchPolicy:
    """Return which addresses the server may reach, and how much may come from there."""
    return FetchPolicy(
        allow_hosts=frozenset(settings.FETCH_ALLOW_HOSTS),
        allow_ports=frozenset(settings.FETCH_ALLOW_PORTS),
        max_bytes=settings.MAX_IMAGE_BYTES,
    )
