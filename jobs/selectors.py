"""Reads of the queue."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Min, QuerySet

from jobs.models import Job, JobState

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


def _tally(state: JobState) -> QuerySet[Job, tuple[str, str, int, dt.datetime]]:
    jobs = Job.objects.filter(state=state).order_by().values("kind", "state")
    return jobs.annotate(count=Count("pk"), due=Min("run_after")).values_list(
        "kind", "state", "count", "due"
    )
