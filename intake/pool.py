"""Worker processes that examine pictures; what kills one of them costs only the task it had.

The parent is a web process with threads, so workers come from a fork server, which is started
afresh and has none. It loads the task's modules once; a new worker is a fork of it.

Each worker is a pebble pool of its own and has one task at a time. In a pool of several, pebble
takes a worker that dies while all are idle, or before its start was noted, for the end of the whole
pool and fails the tasks of its neighbours.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as TaskTimeoutError
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.context import ForkServerContext
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from intake import examine, worker
from intake.errors import DecoderCrashed, DecodeTimedOut, PoolBusy, PoolClosed
from intake.examine import Examination, Sighting
from intake.limits import Limits

# Bounds what a library may leak.
_TASKS_PER_PROCESS = 1000
_PRELOADED = ["intake.examine", "intake.worker"]
# pebble notes a broken worker within 0.1 s; this bounds the wait if it does not.
_GRACE_S = 10.0

Answer = TypeVar("Answer")


class ImagePool:
    """At most `workers` processes, each started when needed; safe for threads and after a fork."""

    def __init__(self, limits: Limits, workers: int) -> None:
        """Remember the limits; nothing is started yet."""
        self._limits = limits
        self._free = threading.BoundedSemaphore(workers)
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()
        self._owner_pid = os.getpid()
        self._closed = False
        atexit.register(self.close)

    def look(self, data: bytes) -> Sighting:
        """Fingerprint a picture in a worker; raises UnusableImage and its subclasses."""
        return self.run(examine.look, data)

    def examine(self, data: bytes) -> Examination:
        """Fingerprint a picture, hash its pixels and make thumbnails; errors as `look`."""
        return self.run(examine.examine, data)

    def run(self, task: Callable[[bytes, Limits], Answer], data: bytes) -> Answer:
        """Run a task in a worker and wait for it; `task` is a function of an importable module.

        Raises:
            DecodeTimedOut: if it runs longer than the limit.
            DecoderCrashed: if the worker dies, or needs more memory than the limit.
            PoolBusy: if no worker becomes free in time.
            PoolClosed: if the pool is closed.

        """
        with self._worker() as leased:
            try:
                return leased.run(task, data, self._limits)
            except TaskTimeoutError as error:
                raise DecodeTimedOut(
                    "The picture takes too long to read; save it anew and send that."
                ) from error
            except (ProcessExpired, BrokenProcessPool, MemoryError) as error:
                raise DecoderCrashed(
                    "The picture could not be read; save it anew and send that.",
                    reason=repr(error),
                ) from error
            except CancelledError as error:
                raise _closed() from error

    def close(self) -> None:
        """Stop all workers at once; running tasks fail with PoolClosed. A fork's copy just ends."""
        with self._lock:
            self._closed = True
            workers = [*self._idle, *self._busy]
            self._idle.clear()
        atexit.unregister(self.close)
        if self._owner_pid == os.getpid():
            for each in workers:
                each.stop()

    @contextmanager
    def _worker(self) -> Iterator[_Worker]:
        """Lend a worker to one thread."""
        if not self._free.acquire(timeout=self._limits.wait_s):
            raise PoolBusy("The server has too much to do; try again in a minute.")
        try:
            leased = self._leased()
            try:
                yield leased
            finally:
                self._returned(leased)
        finally:
            self._free.release()

    def _leased(self) -> _Worker:
        with self._lock:
            if self._closed:
                raise _closed()
            if self._owner_pid != os.getpid():  # after a fork: those are the parent's
                self._idle, self._busy, self._owner_pid = [], set(), os.getpid()
            leased = self._idle.pop() if self._idle else _Worker(self._limits)
            self._busy.add(leased)
            return leased

    def _returned(self, leased: _Worker) -> None:
        with self._lock:
            self._busy.discard(leased)
            if not self._closed:
                self._idle.append(leased)


class _Worker:
    """One process that is started anew when it died; used by one thread at a time."""

    def __init__(self, limits: Limits) -> None:
        """Describe the process; it starts with its first task."""
        self._memory_bytes = limits.worker_memory_bytes
        self._pool = self._described()
        self._future: ProcessFuture[Any] | None = None

    def run(self, task: Callable[[bytes, Limits], Answer], data: bytes, limits: Limits) -> Answer:
        """Run a task; raises what it raises, or what pebble says of its end."""
        if not self._pool.active:  # it died while it was idle
            self.stop()
            self._pool = self._described()
        future = self._pool.schedule(task, args=[data, limits], timeout=limits.timeout_s)
        self._future = future
        return future.result(timeout=limits.timeout_s + _GRACE_S)

    def stop(self) -> None:
        """Cancel the task and end the process."""
        if self._future is not None:
            self._future.cancel()  # type: ignore[no-untyped-call]
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def _described(self) -> ProcessPool:
        return ProcessPool(
            max_workers=1,
            max_tasks=_TASKS_PER_PROCESS,
            initializer=worker.prepare,
            initargs=[self._memory_bytes],
            context=_fork_server(),
        )


def _fork_server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context


def _closed() -> PoolClosed:
    return PoolClosed("The server is shutting down; try again in a minute.")
