"""The worker processes in which pictures are decoded; the process that asks never decodes.

There are two pools of one kind: what asks models never holds up what only decodes. Each worker has
its own pipe and supervisor, so that whatever one picture does to its worker, the pictures in the
others go on. Pictures that wait for a worker are taken round robin by their owner, which means
nothing here but whom a picture is from.
"""

from __future__ import annotations

import logging
import multiprocessing.process
import os
import threading
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any, ClassVar, TypeVar
from weakref import WeakSet

from pebble import ProcessExpired, ProcessFuture, ProcessPool
from prometheus_client import Counter, Gauge

from common import metrics, timings
from common.errors import Unavailable
from common.sentences import Sentence
from intake import analysis, examine, sources, visual_hashes, watching, worker
from intake.analysis import FrameRead, ToRead
from intake.errors import DecoderCrashed, DecodeTimedOut, PoolBusy, PoolClosed
from intake.examine import Examination, Sighting, Want
from intake.limits import Limits
from intake.turns import Turns
from intake.visual_hashes import HashedImage
from intake.watching import FrameWatched, ToWatch, Watched
from matching.errors import UnsupportedFormat
from matching.properties import Properties
from moderation.reading import installed
from moderation.types import Line, Quad, Reading
from moderation.video.limits import VideoLimits

T = TypeVar("T")
Task = Callable[[bytes, Limits], T]

# Bounds what a leak in a decoder adds up to; a fresh worker costs a fraction of a second.
_TASKS_PER_WORKER = 1_000
# Starting takes below a second. The first start of an installation compiles what examines pictures,
# which takes a minute on a busy machine, and would take as long again if it were cut short.
_START_TIMEOUT_S = 120.0
# Their bytes are in memory while they wait.
MAX_WAITING_EACH = 32

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Meters:
    """What the work of a pool is counted by; `phase` is that of `common.timings`."""

    phase: str
    busy: Gauge
    waiting: Gauge
    lost: Counter


class WorkerPool:
    """Worker processes with a deadline and a memory limit, started by `warm_up` or on first use.

    Any thread may ask. A process forked from one that has a pool gets its own workers.
    """

    # Made ready in each worker before its memory is limited: see `intake.worker.begin`.
    preloaded: ClassVar[ModuleType]
    meters: ClassVar[Meters]
    # By how much its workers let others go first where processors are scarce: see nice(2).
    niceness: ClassVar[int] = 0

    _all: list[_Worker]
    _free: list[_Worker]
    _turns: Turns[_Waiting]
    _changed: threading.Condition

    def __init__(self, limits: Limits, *, workers: int, max_wait_s: float = 30.0) -> None:
        """Bound each picture by `limits`, and the wait for a free worker by `max_wait_s`."""
        self._limits = limits
        self._worker_count = workers
        self._max_wait_s = max_wait_s
        self._begin()
        _pools.add(self)

    @property
    def is_warm(self) -> bool:
        """Tell whether every worker has run, so that no picture waits for one to start."""
        return all(each.is_warm for each in self._all)

    def warm_up(self) -> None:
        """Start the free workers that have never run; raise Unavailable if one cannot start."""
        with self._changed:
            cold = [each for each in self._free if not each.is_warm]
            self._free = [each for each in self._free if each.is_warm]
        try:
            with ThreadPoolExecutor(len(cold) or 1) as threads:
                list(threads.map(_Worker.start, cold))
        finally:
            for each in cold:
                self._give_back(each)

    def close(self) -> None:
        """End the workers; callers that wait for one get PoolClosed."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        for each in self._all:
            each.close()

    def forget_inherited(self) -> None:
        """Leave the workers to the process that this one was forked from."""
        was_closed = self._is_closed
        self._begin()
        self._is_closed = was_closed

    def _begin(self) -> None:
        self._all = [self._worker() for _ in range(self._worker_count)]
        self._free = list(self._all)
        self._turns = Turns()
        self._changed = threading.Condition()
        self._is_closed = False

    def _worker(self) -> _Worker:
        return _Worker(self._limits, self.preloaded, self.niceness, self.meters.lost)

    def _run(self, task: Task[T], data: bytes, owner: Hashable = None) -> T:
        if not data:
            raise UnsupportedFormat(Sentence("The file is empty. Send an image."))
        if len(data) > self._limits.max_bytes:
            raise sources.too_many_bytes(self._limits.max_bytes)
        return self._measured(task, data, owner)

    def _measured(self, task: Task[T], data: bytes, owner: Hashable) -> T:
        with timings.measured(self.meters.phase):
            return self._run_in_turn(task, data, owner)

    def _run_in_turn(self, task: Task[T], data: bytes, owner: Hashable) -> T:
        taken = self._take(owner)
        try:
            with self.meters.busy.track_inprogress():
                return taken.run(task, data)
        finally:
            self._give_back(taken)

    def _take(self, owner: Hashable) -> _Worker:
        """Take a free worker, or wait for one to be handed over."""
        with self._changed:
            if self._is_closed:
                raise _pool_closed()
            if self._free:
                # The one used last comes first, since it is running.
                return self._free.pop()
            if self._turns.waiting_for(owner) >= MAX_WAITING_EACH:
                raise _pool_busy()
            waiting = _Waiting()
            self._turns.join(owner, waiting)
            with self.meters.waiting.track_inprogress():
                self._changed.wait_for(lambda: self._is_closed or waiting.worker, self._max_wait_s)
            if waiting.worker is not None:
                return waiting.worker
            self._turns.leave(owner, waiting)
            raise self._refusal()

    def _refusal(self) -> Unavailable:
        return _pool_closed() if self._is_closed else _pool_busy()

    def _give_back(self, taken: _Worker) -> None:
        with self._changed:
            if self._turns:
                self._turns.take().worker = taken
                self._changed.notify_all()
            else:
                self._free.append(taken)


class ImagePool(WorkerPool):
    """The workers that examine pictures."""

    preloaded: ClassVar = examine
    meters: ClassVar = Meters(
        timings.EXAMINE,
        metrics.DECODES_BUSY,
        metrics.DECODES_WAITING,
        metrics.DECODE_WORKERS_LOST,
    )

    def examine(
        self,
        data: bytes,
        want: Want = Want.FINGERPRINTS,
        sighting: Sighting | None = None,
        *,
        owner: Hashable = None,
    ) -> Examination:
        """Find out what is wanted of a picture, see `intake.examine.examine`.

        Raise UnusableImage, TooManyBytes or Unavailable.
        """
        return self._run(partial(examine.examine, want=want, sighting=sighting), data, owner)

    def measure(self, data: bytes, *, owner: Hashable = None) -> Properties:
        """Measure what the picture looks like; raise as `examine` does."""
        return self._run(examine.measure, data, owner)

    def visual_hashes(self, data: bytes, *, owner: Hashable = None) -> HashedImage:
        """Decode the first frame in full and hash it; raise as `examine` does."""
        return self._run(visual_hashes.hash_first_frame, data, owner)


class ModelPool(WorkerPool):
    """The workers that ask models, which take a hundred times as long as examining.

    So they let it go first: who waits for a text waits a little longer, and nobody else does.
    """

    preloaded: ClassVar = analysis
    meters: ClassVar = Meters(
        timings.READ, metrics.MODELS_BUSY, metrics.MODELS_WAITING, metrics.MODEL_WORKERS_LOST
    )
    niceness: ClassVar = 5

    def read(self, data: bytes, wanted: ToRead, *, owner: Hashable = None) -> tuple[FrameRead, ...]:
        """Read what is wanted of a picture, see `intake.analysis.read`.

        Raise ReaderNotInstalled, ModelNotInstalled, UnusableImage, TooManyBytes or Unavailable.
        """
        wanted.require(self._limits.brought)
        return self._run(partial(analysis.read, wanted=wanted), data, owner)

    def read_text(
        self, data: bytes, languages: tuple[str, ...] = ("en",), *, owner: Hashable = None
    ) -> tuple[Reading, ...]:
        """Read the text alone; raise as `read` does."""
        installed.require(languages)
        return self._run(partial(analysis.read_text, languages=languages), data, owner)

    def watch(
        self,
        data: bytes,
        wanted: ToWatch,
        video: VideoLimits,
        *,
        since_ms: int = 0,
        reads_text: bool = True,
        owner: Hashable = None,
    ) -> Watched:
        """Watch a video for the time of a step, see `intake.watching.watch`.

        Raise VideoNotInstalled, UnusableVideo, TooManyBytes, or as `read` does.
        """
        wanted.require(self._limits.brought)
        if len(data) > video.max_bytes:
            raise sources.too_many_bytes(video.max_bytes)
        task = partial(
            watching.watch, wanted=wanted, video=video, since_ms=since_ms, reads_text=reads_text
        )
        try:
            return self._measured(task, data, owner)
        except DecodeTimedOut as error:
            raise watching.timed_out(video) from error
        except DecoderCrashed as error:
            raise watching.crashed() from error

    def watch_whole(
        self, data: bytes, wanted: ToWatch, video: VideoLimits, *, owner: Hashable = None
    ) -> tuple[FrameWatched, ...]:
        """Watch a video to its end, step by step; raise VideoTimedOut, or as `watch` does."""

        def step(since_ms: int, reads_text: bool) -> Watched:  # noqa: FBT001 - of `whole`
            return self.watch(
                data, wanted, video, since_ms=since_ms, reads_text=reads_text, owner=owner
            )

        return watching.whole(step, video)

    def reread(
        self,
        data: bytes,
        frame: int,
        quads: Sequence[Quad],
        *,
        owner: Hashable = None,
    ) -> tuple[Line, ...]:
        """Read a frame of a picture again at some places, see `intake.analysis.reread`.

        Raise as `read` does.
        """
        installed.require(())
        task = partial(analysis.reread, frame=frame, quads=quads)
        return self._run(task, data, owner)


@dataclass(slots=True, eq=False)
class _Waiting:
    """Somebody who waits for a worker, and the worker once there is one."""

    worker: _Worker | None = None


class _Worker:
    """One worker process at a time, replaced when it ends; used by one thread at a time."""

    def __init__(self, limits: Limits, preloaded: ModuleType, niceness: int, lost: Counter) -> None:
        self._limits = limits
        self._preloaded = preloaded
        self._niceness = niceness
        self._lost = lost
        self._lock = threading.Lock()
        self._supervisor: ProcessPool | None = None
        self._future: ProcessFuture[Any] | None = None
        self._is_closed = False
        self.is_warm = False

    def start(self) -> None:
        """Start the process and have it do nothing once."""
        self.run(worker.do_nothing, b"")

    def run(self, task: Task[T], data: bytes) -> T:
        """Run the task in the worker, in a fresh one if it was lost before the task began."""
        try:
            return self._attempt(task, data)
        except BrokenProcessPool:
            self._lost.labels("lost").inc()
            _logger.warning("A worker was lost between two images and is replaced.")
        try:
            return self._attempt(task, data)
        except BrokenProcessPool as error:
            raise Unavailable(
                Sentence("Images cannot be examined right now. Try again in a minute.")
            ) from error

    def close(self) -> None:
        """End the worker; the thread that waits for it gets PoolClosed."""
        with self._lock:
            self._is_closed = True
            if self._future is not None:
                self._future.cancel()  # type: ignore[no-untyped-call]
        self._stop()

    def _attempt(self, task: Task[T], data: bytes) -> T:
        try:
            outcome = self._outcome(self._schedule(task, data))
        except BrokenProcessPool:
            self._stop()
            raise
        except (ProcessExpired, MemoryError) as error:
            self._lost.labels("crashed").inc()
            _logger.warning("An image of %d bytes ended its worker: %r", len(data), error)
            # What memory a worker still has after a MemoryError may be in pieces.
            self._stop()
            raise _crashed() from error
        self.is_warm = True
        return outcome

    def _schedule(self, task: Task[T], data: bytes) -> ProcessFuture[T]:
        with self._lock:
            if self._is_closed:
                raise _pool_closed()
            if self._supervisor is None:
                self._supervisor = self._supervise()
            try:
                future = self._supervisor.schedule(
                    task, args=(data, self._limits), timeout=self._limits.timeout_s
                )
            except RuntimeError as error:  # what pebble raises when its only worker was lost
                raise BrokenProcessPool from error
            self._future = future
            return future

    def _outcome(self, future: ProcessFuture[T]) -> T:
        try:
            # The deadline runs from the moment the worker has the task; this wait is the net
            # under a worker that never begins.
            return future.result(timeout=_START_TIMEOUT_S + self._limits.timeout_s)
        except TimeoutError:
            if not future.done():
                raise BrokenProcessPool from None
            self._lost.labels("timed_out").inc()
            raise _timed_out(self._limits.timeout_s) from None
        except CancelledError:
            raise _pool_closed() from None

    def _supervise(self) -> ProcessPool:
        return ProcessPool(
            max_workers=1,
            max_tasks=_TASKS_PER_WORKER,
            initializer=worker.begin,
            initargs=(
                self._limits.worker_memory_bytes,
                self._niceness,
                self._preloaded.__name__,
            ),
            context=worker.WorkerContext(),
        )

    def _stop(self) -> None:
        with self._lock:
            supervisor, self._supervisor = self._supervisor, None
        if supervisor is not None:
            supervisor.stop()  # type: ignore[no-untyped-call]
            supervisor.join()


def _timed_out(timeout_s: float) -> DecodeTimedOut:
    return DecodeTimedOut(
        Sentence(
            "The image took longer than %(timeout_s)g seconds to read. "
            "Save it anew with an image editor, or send a smaller version.",
            timeout_s=timeout_s,
        ),
        timeout_s=timeout_s,
    )


def _crashed() -> DecoderCrashed:
    return DecoderCrashed(
        Sentence(
            "The image cannot be read safely: it breaks the decoder or needs too much memory. "
            "Save it anew with an image editor, or send a smaller version."
        )
    )


def _pool_busy() -> PoolBusy:
    return PoolBusy(Sentence("Too many images are being examined right now. Try again shortly."))


def _pool_closed() -> PoolClosed:
    return PoolClosed(Sentence("The server is shutting down. Try again in a minute."))


_pools: WeakSet[WorkerPool] = WeakSet()


def _forget_inherited_workers() -> None:
    # CPython keeps the parent's children in a forked process, which would end them when it exits.
    multiprocessing.process._children.clear()  # type: ignore[attr-defined] # noqa: SLF001
    for pool in list(_pools):
        pool.forget_inherited()


os.register_at_fork(after_in_child=_forget_inherited_workers)
