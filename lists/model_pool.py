"""This process's pool of workers that ask models, such as the reader of text."""

from __future__ import annotations

import atexit
from dataclasses import replace
from functools import cache

from django.conf import settings

from intake.limits import Limits
from intake.pool import ModelPool
from lists import image_pool
from moderation.video.limits import VideoLimits


@cache
def current() -> ModelPool:
    """Return the pool, started on first use and closed when the process ends."""
    pool = ModelPool(limits(), workers=settings.MODEL_WORKERS)
    atexit.register(pool.close)
    return pool


@cache
def limits() -> Limits:
    """Return the bounds on what a model is asked about: those on what may come in, and its own."""
    return replace(
        image_pool.limits(),
        timeout_s=settings.MODEL_TIMEOUT_S,
        worker_memory_bytes=settings.MODEL_MEMORY_BYTES,
        learned=None,
        brought=settings.BROUGHT_MODELS,
        reading_passes=settings.MODEL_PASSES,
    )


def video_limits() -> VideoLimits:
    """Return the bounds on a video that is watched while its sender waits."""
    return VideoLimits(max_bytes=settings.MAX_VIDEO_BYTES, timeout_s=settings.VIDEO_TIMEOUT_S)
