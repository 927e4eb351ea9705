"""What the tests of background work may ask for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone

from jobs import handlers, services
from jobs.handlers import Handler
from jobs.models import Job, JobState

Register = Callable[[str, Handler], None]


def end_leases() -> None:
    """Let the time of all leases pass."""
    an_hour_ago = timezone.now() - dt.timedelta(hours=1)
    Job.objects.filter(state=JobState.RUNNING).update(lease_until=an_hour_ago)


def end_delays() -> None:
    """Let the time pass that jobs wait for."""
    an_hour_ago = timezone.now() - dt.timedelta(hours=1)
    Job.objects.filter(state=JobState.WAITING).update(run_after=an_hour_ago)


@pytest.fixture(autouse=True)
def nobody_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whom other tests have served does not count."""
    monkeypatch.setattr(services, "_served_at_s", {})


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Register:
    """Register a handler until the test ends."""
    monkeypatch.setattr(handlers, "_REGISTERED", dict(handlers._REGISTERED))

    def register(kind: str, handler: Handler) -> None:
        handlers.job(kind)(handler)

    return register
