"""Keeps what a process has claimed: a thread that renews leases while handlers run."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Self

import django.db
from django.utils import timezone

from accounts import retention
from jobs import connections, services, sightings, signals
from jobs.claims import Claim
from jobs.services import LeaseLost

# A worker that was killed is missed after this long; one that lives renews three times in between.
LEASE_S = 60.0
_RENEWAL_S = LEASE_S / 4
_CLEANING_S = 3600.0

logger = logging.getLogger(__name__)


def unless_lost(write: Callable[[], None]) -> None:
    """Write about a job; that another worker has it by now is worth a line in the log."""
    try:
        write()
    except LeaseLost as lost:
        logger.warning("%s", lost)


class LeaseKeeper:
    """Renews the leases of the jobs that run here, and deletes what is old now and then."""

    def __init__(self) -> None:
        self._claims: dict[str, Claim] = {}  # by token
        self._lock = threading.Lock()
        self._is_closed = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="jobs-keeper", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_closed.set()
        self._thread.join()

    @contextmanager
    def keeping(self, claim: Claim) -> Iterator[None]:
        """Renew the claim's lease for as long as the block runs."""
        with self._lock:
            self._claims[claim.token] = claim
        try:
            yield
        finally:
            self._drop(claim)

    def hand_back(self) -> None:
        """Let others have the jobs that still run here."""
        for claim in self._held():
            self._drop(claim)
            logger.warning("%s is not finished: another worker will begin it anew.", claim)
            unless_lost(partial(services.hand_back, claim=claim))

    def _keep(self) -> None:
        with connections.own_connections():
            # At once: a worker that only drains the queue is gone before the first renewal.
            _tolerating_outages(_clean)
            clean_at = time.monotonic() + _CLEANING_S
            while not self._is_closed.wait(_RENEWAL_S):
                _tolerating_outages(sightings.note_worker)
                self._renew_all()
                if time.monotonic() >= clean_at:
                    clean_at = time.monotonic() + _CLEANING_S
                    _tolerating_outages(_clean)

    def _renew_all(self) -> None:
        for claim in self._held():
            renewal = partial(services.renew, claim=claim, lease_s=LEASE_S)
            _tolerating_outages(partial(unless_lost, renewal))

    def _held(self) -> list[Claim]:
        with self._lock:
            return list(self._claims.values())

    def _drop(self, claim: Claim) -> None:
        with self._lock:
            self._claims.pop(claim.token, None)


def _clean() -> None:
    now = timezone.now()
    services.bring_back(now=now)
    services.delete_finished(now=now)
    sightings.forget_workers(not_since=now - dt.timedelta(seconds=_CLEANING_S))
    retention.delete_expired(now=now)
    signals.hour_passed.send(sender=LeaseKeeper)


def _tolerating_outages(write: Callable[[], None]) -> None:
    """Write to a database that may be away for a while: there is time until a lease ends."""
    connections.drop_stale()
    try:
        write()
    except django.db.Error as error:
        logger.warning("The database did not take a renewal (%s); trying again.", error)
