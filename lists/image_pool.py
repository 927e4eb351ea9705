"""This process's pool of workers that decode, fingerprint and make thumbnails."""

from __future__ import annotations

import atexit
from functools import cache

from django.conf import settings

from intake.limits import Limits
from intake.pool import ImagePool


@cache
def current() -> ImagePool:
    """Return the pool, started on first use and closed when the process ends."""
    pool = ImagePool(limits(), workers=settings.DECODE_WORKERS)
    atexit.register(pool.close)
    return pool


@cache
def limits() -> Limits:
    """Return the bounds on what may come in."""
    return Limits(
        max_bytes=settings.MAX_IMAGE_BYTES,
        timeout_s=settings.DECODE_TIMEOUT_S,
        worker_memory_bytes=settings.DECODE_MEMORY_BYTES,
        learned=settings.LEARNED_MODEL,
    )
