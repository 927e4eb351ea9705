"""Works the queue off: claims jobs, runs their handlers and notes how they ended."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

import django.db

from common import faults, metrics, origins
from common.errors import LookalikeError
from jobs import connections, handlers, services
from jobs.claims import Claim
from jobs.keeper import LEASE_S, LeaseKeeper, unless_lost
from jobs.models import NOBODY

# Long enough for most jobs to end, short enough for a person who waits for the server to stop.
GRACE_S = 10.0
# The database may be restarting.
_DATABASE_PAUSE_S = 5.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WorkOptions:
    """What a runner works on, and how."""

    kinds: Collection[str] = ()  # none named: every kind
    threads: int = 1
    poll_s: float = 1.0


def drain(*, kinds: Collection[str] = ()) -> int:
    """Run every job that may run now, in this thread, and return how many there were."""
    ran = 0
    with LeaseKeeper() as keeper:
        while _run_next(kinds, keeper):
            ran += 1
    return ran


class Runner:
    """Threads that work until they are stopped, or until no job may run now."""

    def __init__(self, options: WorkOptions) -> None:
        self._options = options
        self._keeper = LeaseKeeper()
        self._open = ExitStack()
        self._is_stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._failures: list[django.db.Error] = []

    def work(self) -> None:
        """Begin to work, waiting for jobs whenever there are none."""
        self._begin(self._work_on)

    def work_off(self) -> None:
        """Begin to work, and end when no job may run now."""
        self._begin(self._work_off)

    @property
    def is_working(self) -> bool:
        """Tell whether any thread has not ended."""
        return any(thread.is_alive() for thread in self._threads)

    def stop(self, grace_s: float = GRACE_S) -> None:
        """Claim no more, let running jobs end for a while, then hand them back.

        A thread cannot be stopped from outside: one whose job was handed back goes on until the
        process ends, which must be soon. Raise what kept `work_off` from its work.
        """
        self._is_stopping.set()
        logger.info("No further job begins here.")
        ends_at = time.monotonic() + grace_s
        for thread in self._threads:
            thread.join(max(0.0, ends_at - time.monotonic()))
        self._keeper.hand_back()
        self._open.close()
        if self._failures:
            raise self._failures[0]

    def _begin(self, target: Callable[[], None]) -> None:
        self._open.enter_context(self._keeper)
        for number in range(self._options.threads):
            # A job that does not end must not keep the process from ending.
            thread = threading.Thread(target=target, name=f"jobs-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work_on(self) -> None:
        with connections.own_connections():
            while not self._is_stopping.is_set():
                self._is_stopping.wait(self._work_once())

    def _work_once(self) -> float:
        """Run a job if there is one, and return seconds to wait before the next."""
        try:
            return 0 if _run_next(self._options.kinds, self._keeper) else self._options.poll_s
        except django.db.Error as error:
            # The job, if there was one, is somebody's again when its lease ends.
            metrics.DATABASE_OUTAGES.labels("jobs").inc()
            logger.warning("The database does not answer (%s); trying again.", error)
            return _DATABASE_PAUSE_S

    def _work_off(self) -> None:
        with connections.own_connections():
            try:
                while not self._is_stopping.is_set():
                    if not _run_next(self._options.kinds, self._keeper):
                        return
            except django.db.Error as error:
                self._failures.append(error)


def _run_next(kinds: Collection[str], keeper: LeaseKeeper) -> bool:
    """Run one job and return True, or return False when none may run now."""
    connections.drop_stale()
    claim = services.claim(kinds=kinds, lease_s=LEASE_S)
    if claim is None:
        return False
    with keeper.keeping(claim), origins.within(claim.request_id, **_facts(claim)):
        note_outcome = _run(claim)
        # What the handler did to its connection must not keep the outcome from being noted.
        connections.drop_stale()
        unless_lost(note_outcome)
    return True


def _facts(claim: Claim) -> dict[str, object]:
    """Return what lines about a job name."""
    of_owner = {} if claim.owner == NOBODY else {"organisation_id": claim.owner}
    return {
        "job_id": claim.job_id, "job_kind": claim.kind, "attempt": claim.attempt, **of_owner
    }  # fmt: skip


def _run(claim: Claim) -> Callable[[], None]:
    """Run the handler and return the write that notes how it ended."""
    ended = partial(metrics.JOBS_ENDED.labels, claim.kind)
    try:
        handlers.handler_for(claim.kind)(claim.payload)
    except handlers.GiveUp as error:
        ended("gave_up").inc()
        logger.error("%s has failed: %s", claim, error)  # noqa: TRY400 - foreseen by the handler
        return partial(services.give_up, claim=claim, error=_description(error))
    except LookalikeError as error:
        ended("went_wrong").inc()
        said = _description(error)
        logger.warning("%s went wrong in attempt %d: %s", claim, claim.attempt, said)
        return partial(services.fail, claim=claim, error=said)
    # The worker's boundary: whatever a handler raises is its job's failure, not the runner's end.
    except (Exception, SystemExit) as error:
        ended("went_wrong").inc()
        logger.exception("%s went wrong in attempt %d.", claim, claim.attempt)
        return partial(services.fail, claim=claim, error=_description(error))
    ended("done").inc()
    return partial(services.complete, claim=claim)


def _description(error: BaseException) -> str:
    """Return what operators may read: our own sentences, but of others only where they happened."""
    if isinstance(error, LookalikeError):
        return f"{error.code}: {error.message}"
    return faults.place_of(error)
