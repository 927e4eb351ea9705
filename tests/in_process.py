"""Pictures examined in the process of the tests, each file once: most tests are about the rest."""

from __future__ import annotations

import pickle
from functools import cache, lru_cache
from typing import Any, TypeVar

from django.conf import settings

from intake import pool
from intake.limits import Limits
from intake.pool import ImagePool, ModelPool, Task, WorkerPool
from lists import image_pool, model_pool

T = TypeVar("T")

# Above the number of files that all tests together examine more than once.
_MOST_REMEMBERED = 512


class _InProcess(WorkerPool):
    """Works in the thread that asks, without a deadline or a limit of memory."""

    def _worker(self) -> pool._Worker:
        return _Here(self._limits, self.preloaded, self.niceness, self.meters.lost)


class InProcessPool(_InProcess, ImagePool):
    """Examines in the thread that asks."""


class InProcessModelPool(_InProcess, ModelPool):
    """Asks models in the thread that asks."""


class _Here(pool._Worker):
    def run(self, task: Task[T], data: bytes) -> T:
        """Run the task; what it returns or raises is a copy, as it is when a worker sends it."""
        try:
            answer = _answer(pickle.dumps(task), data, self._limits)
            result: T = pickle.loads(answer)  # noqa: S301 - our own
        except Exception as error:
            raise pickle.loads(pickle.dumps(error)) from error  # noqa: S301 - our own
        return result


@lru_cache(_MOST_REMEMBERED)
def _answer(pickled_task: bytes, data: bytes, limits: Limits) -> bytes:
    # Pickled, as a worker gets it: two partials of the same function and arguments are not equal.
    task: Task[Any] = pickle.loads(pickled_task)  # noqa: S301 - our own
    return pickle.dumps(task(data, limits))


@cache
def current() -> InProcessPool:
    """Return the pool that takes the place of `image_pool.current()`."""
    return InProcessPool(image_pool.limits(), workers=settings.DECODE_WORKERS)


@cache
def current_model_pool() -> InProcessModelPool:
    """Return the pool that takes the place of `model_pool.current()`."""
    return InProcessModelPool(model_pool.limits(), workers=settings.MODEL_WORKERS)
