"""Reads of the queue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Min, QuerySet

from jobs.models import NOBODY, Job, JobState, LastSeen, SeenKind

# Of jobs that were done there may be millions; of these, hardly.
COUNTED = (JobState.WAITING, JobState.RUNNING, JobState.FAILED)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many jobs of a kind are in a state, and since when the first of them may run."""

    kind: str
    state: JobState
    count: int
    first_due_at: dt.datetime


def tallies() -> list[Tally]:
    """Count the jobs that wait, run or have failed, by kind; one statement, by an index each."""
    first, *others = (_tally(state) for state in COUNTED)
    rows = first.union(*others, all=True)
    return sorted(
        (Tally(kind, JobState(state), count, due) for kind, state, count, due in rows),
        key=lambda tally: (tally.kind, tally.state),
    )


def failed_jobs(limit: int) -> QuerySet[Job]:
    """Return the jobs that failed last, without their payloads."""
    failed = Job.objects.filter(state=JobState.FAILED).order_by("-finished_at")
    return failed.defer("payload")[:limit]


def last_seen() -> dict[SeenKind, list[LastSeen]]:
    """Return what was last seen of each kind, the newest first."""
    found: dict[SeenKind, list[LastSeen]] = {kind: [] for kind in SeenKind}
    for each in LastSeen.objects.order_by("-at"):
        found[SeenKind(each.kind)].append(each)
    return found


def _tally(state: JobState) -> QuerySet[Job, tuple[str, str, int, dt.datetime]]:
    jobs = Job.objects.filter(state=state).order_by().values("kind", "state")
    return jobs.annotate(count=Count("pk"), due=Min("run_after")).values_list(
        "kind", "state", "count", "due"
    )


def owners_in_turn(
    ready: QuerySet[Job], *, served_at_s: Mapping[int, float], at_once: int
) -> list[int]:
    """Return whose jobs may run now: of whom the fewest run, then who was served longest ago.

    Who has `at_once` running is left out, save the installation itself.
    """
    running = dict(
        Job.objects.filter(state=JobState.RUNNING)
        .values_list("owner")
        .annotate(Count("pk"))
        .values_list("owner", "pk__count")
    )
    owners = ready.order_by().values_list("owner", flat=True).distinct()
    allowed = [each for each in owners if each == NOBODY or running.get(each, 0) < at_once]
    return sorted(
        allowed, key=lambda each: (running.get(each, 0), served_at_s.get(each, 0.0), each)
    )


def has_waiting(owner: int, *, count: int) -> bool:
    """Tell whether so many jobs of an owner wait, without counting more of them."""
    waiting = Job.objects.filter(owner=owner, state=JobState.WAITING)
    return waiting.order_by().values("pk")[count - 1 : count].exists()
