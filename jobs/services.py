"""Writes of the queue: ask for work, take it over, say how it ended.

A worker that stops renewing its lease loses the job to the next one that looks. Whatever the first
worker then says about the job is refused with LeaseLost, because its token is no longer there.
Leases are compared with the clock of the machine that looks, so machines that share a database
must agree on the time to within a few seconds; while a clock has just been set, no lease ends.
"""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Collection

from django.conf import settings
from django.db import connection, transaction
from django.db.models import DurationField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.functions import Greatest, Least
from django.utils import timezone

from common import origins
from common.errors import Conflict, QuotaExceeded
from common.ids import random_text
from common.mentions import mentions
from jobs import handlers, selectors, signals
from jobs.claims import Claim
from jobs.clock import ClockWatch
from jobs.handlers import Payload
from jobs.models import DEFAULT_MAX_ATTEMPTS, MAX_ERROR_LENGTH, NOBODY, Job, JobState

RETENTION = dt.timedelta(days=7)
FIRST_DELAY_S = 10.0
MAX_DELAY_S = 3600.0
_MAX_DOUBLINGS = 16
_TOKEN_LENGTH = 32
_DELETED_AT_ONCE = 1000
# Longer than any lease: one that ends later was written before the clock was set back.
_MAX_LEASE = dt.timedelta(hours=2)
_SETTLING_S = 60.0
_WAITING_RETRY_S = 60
# Any number that means nothing else in this database: claims wait for each other under it.
_CLAIMING = 5_301_116
_WORKER_GONE = "worker_gone: The worker ended, or lost its database, before the job did."


_clock = ClockWatch(_SETTLING_S)
# When each owner was last served here, by the clock that only counts on.
_served_at_s: dict[int, float] = {}


class LeaseLost(Conflict):
    """Another worker may have the job by now: what this one did not finish, that one does."""

    code = "lease_lost"


class TooManyJobs(QuotaExceeded):
    """As much background work of the organisation waits as may."""

    code = "too_many_jobs"


def require_room(*, owner: int) -> None:
    """Raise TooManyJobs when no further request may leave work of the owner to the background.

    Requests that ask at the same time may together leave a few jobs more. What follows from work
    that was accepted is always enqueued.
    """
    limit = settings.JOBS_WAITING_PER_ORGANISATION
    if limit and selectors.has_waiting(owner, count=limit):
        raise TooManyJobs(
            f"Your organisation has {limit:,} pieces of work waiting in the background, as many "
            "as it may have. Wait until some are done.",
            retry_after_s=_WAITING_RETRY_S,
        )


@transaction.atomic
def enqueue(  # noqa: PLR0913 - what a job is, of which most have defaults
    *,
    kind: str,
    payload: Payload,
    owner: int = NOBODY,
    unique_key: str | None = None,
    run_after: dt.datetime | None = None,
    priority: int = 0,
    max_attempts: int = DEFAULT_MAX_ATTEMPTS,
) -> int:
    """Ask for work and return the job's id; part of the caller's transaction, if there is one.

    With a `unique_key`, a job of this kind and key that has not begun counts for this one too; it
    becomes as urgent as the more urgent of the two. It cannot begin before the caller's transaction
    has ended, so it sees what the caller wrote. Enqueue several keys in sorted order, or two
    transactions may wait for each other.
    """
    handlers.check_kind(kind)
    job = Job(
        kind=kind,
        payload=payload,
        owner=owner,
        unique_key=unique_key,
        priority=priority,
        max_attempts=max_attempts,
        run_after=run_after or timezone.now(),
        request_id=origins.request_id.get(),
    )
    if unique_key is None:
        job.save(force_insert=True)
    else:
        _join(job)
    return int(job.pk)


def _join(job: Job) -> None:
    """Insert the job, or lock the one that waits under its key and make it as urgent."""
    # The update changes nothing, but it locks the row: nobody claims it until this commits.
    Job.objects.bulk_create(
        [job],
        update_conflicts=True,
        unique_fields=["kind", "unique_key"],
        update_fields=["unique_key"],
    )
    less_urgent = Q(run_after__gt=job.run_after) | Q(priority__lt=job.priority)
    Job.objects.filter(less_urgent, pk=job.pk).update(
        run_after=Least("run_after", Value(job.run_after)),
        priority=Greatest("priority", Value(job.priority)),
    )


def claim(*, kinds: Collection[str] = (), lease_s: float) -> Claim | None:
    """Take a job that may run now (of these kinds, if any are named), or nothing.

    Owners take turns, so that many jobs of one do not stand before a few of another, and each has
    at most JOBS_AT_ONCE_PER_ORGANISATION running; of an owner the most urgent comes first. Jobs
    whose lease has ended are put back first. However many workers ask, each job goes to one: on
    PostgreSQL one claims at a time and skips rows that others have locked, on SQLite a transaction
    has the only write lock from its beginning.
    """
    now = timezone.now()
    _requeue_expired(now)
    ready = Job.objects.filter(state=JobState.WAITING, run_after__lte=now)
    if kinds:
        ready = ready.filter(kind__in=kinds)
    # An idle worker asks every second, and only reads.
    return _claim_first(ready, lease_s) if ready.exists() else None


@transaction.atomic
def _claim_first(ready: QuerySet[Job], lease_s: float) -> Claim | None:
    job = _next_in_turn(ready)
    if job is None:
        return None
    _served_at_s[job.owner] = time.monotonic()
    job.state = JobState.RUNNING
    job.attempts += 1
    job.unique_key = None
    job.token = random_text(_TOKEN_LENGTH)
    job.lease_until = _lease_end(lease_s)
    job.save(update_fields=["state", "attempts", "unique_key", "token", "lease_until"])
    return Claim(
        job_id=job.pk,
        kind=job.kind,
        payload=job.payload,
        attempt=job.attempts,
        token=job.token,
        request_id=job.request_id,
        owner=job.owner,
    )


def _next_in_turn(ready: QuerySet[Job]) -> Job | None:
    """Lock the job to run next; what an owner has running is known for sure meanwhile."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CLAIMING])
    in_order = ready.select_for_update(skip_locked=True).order_by("-priority", "run_after", "pk")
    owners = selectors.owners_in_turn(
        ready, served_at_s=_served_at_s, at_once=settings.JOBS_AT_ONCE_PER_ORGANISATION
    )
    return next((job for owner in owners if (job := in_order.filter(owner=owner).first())), None)


def bring_back(*, now: dt.datetime) -> None:
    """Let jobs wait no longer than they should that a clock ahead of this one has asked for."""
    ahead = Job.objects.filter(state=JobState.WAITING, created_at__gt=now)
    if ahead.exists():
        by = ExpressionWrapper(F("created_at") - Value(now), output_field=DurationField())
        ahead.update(run_after=F("run_after") - by, created_at=now)
    signals.clock_ahead.send(sender=Job, now=now)


def _requeue_expired(now: dt.datetime) -> None:
    """Let others have the jobs of workers that are gone, unless their attempts are used up."""
    if not _clock.is_settled():
        bring_back(now=now)
        return
    has_ended = Q(lease_until__lte=now) | Q(lease_until__gt=now + _MAX_LEASE)
    expired = Job.objects.filter(has_ended, state=JobState.RUNNING)
    if not expired.exists():
        return
    freed = {"token": "", "lease_until": None, "last_error": _WORKER_GONE}
    # By a clock that was set back they would wait for a moment that was over.
    expired.filter(attempts__lt=F("max_attempts")).update(
        state=JobState.WAITING, run_after=Least("run_after", Value(now)), **freed
    )
    used_up = expired.filter(attempts__gte=F("max_attempts"))
    used_up.update(state=JobState.FAILED, finished_at=now, **freed)


def renew(*, claim: Claim, lease_s: float) -> None:
    """Keep the job for `lease_s` seconds from now, or raise LeaseLost."""
    _update_held(claim, lease_until=_lease_end(lease_s))


def complete(*, claim: Claim) -> None:
    """Note that the job is done, or raise LeaseLost."""
    _release(claim, state=JobState.DONE, finished_at=timezone.now())


def fail(*, claim: Claim, error: str) -> None:
    """Try the job again later, or note that it failed when its attempts are used up."""
    delay = dt.timedelta(seconds=retry_delay_s(attempt=claim.attempt))
    waits = Q(attempts__lt=F("max_attempts"))
    changes = {"state": JobState.WAITING, "run_after": timezone.now() + delay}
    if not _held(claim).filter(waits).update(**_freed(error), **changes):
        give_up(claim=claim, error=error)


def give_up(*, claim: Claim, error: str) -> None:
    """Note that the job failed and must not be tried again, or raise LeaseLost."""
    _release(claim, state=JobState.FAILED, finished_at=timezone.now(), last_error=_short(error))


def hand_back(*, claim: Claim) -> None:
    """Let another worker begin the job anew at once; this attempt does not count."""
    _release(claim, state=JobState.WAITING, attempts=F("attempts") - 1)


def run_again(*, job_ids: Collection[int]) -> int:
    """Let jobs that have failed wait anew with all their attempts; return how many there were."""
    failed = Job.objects.filter(pk__in=job_ids, state=JobState.FAILED)
    return failed.update(
        state=JobState.WAITING, attempts=0, run_after=timezone.now(), finished_at=None
    )


def delete_finished(*, now: dt.datetime) -> int:
    """Delete jobs that ended long ago, done or failed, a few at a time; return how many.

    Their payloads may hold an address with a secret, which is kept no longer than is documented.
    """
    old = Job.objects.filter(finished_at__lt=now - RETENTION)
    deleted = 0
    while job_ids := list(old.values_list("pk", flat=True)[:_DELETED_AT_ONCE]):
        deleted += Job.objects.filter(pk__in=job_ids).delete()[0]
    return deleted


def delete_mentioning(
    *, names: Collection[str], owner: int, credential_ids: Collection[int]
) -> int:
    """Delete an organisation's jobs, in any state, whose payload has one of the names; count them.

    Others may have the same picture, and chose the same names. A worker that runs one of them ends
    with LeaseLost.
    """
    jobs = Job.objects.filter(_is_of(owner, credential_ids))
    rows = jobs.values_list("pk", "payload").iterator()
    naming = [job_id for job_id, payload in rows if mentions(payload, names)]
    return Job.objects.filter(pk__in=naming).delete()[0]


def delete_of_owner(*, owner: int, credential_ids: Collection[int]) -> int:
    """Delete an organisation's jobs, in any state; what is older has no owner but a credential."""
    return Job.objects.filter(_is_of(owner, credential_ids)).delete()[0]


def _is_of(owner: int, credential_ids: Collection[int]) -> Q:
    return Q(owner=owner) | Q(payload__credential_id__in=credential_ids)


def retry_delay_s(*, attempt: int) -> float:
    """Return seconds to wait after an attempt: twice as long each time, and never in step."""
    delay_s = min(FIRST_DELAY_S * 2.0 ** min(attempt - 1, _MAX_DOUBLINGS), MAX_DELAY_S)
    return delay_s * random.uniform(0.5, 1.5)  # noqa: S311 - spreads load, guards nothing


def _lease_end(lease_s: float) -> dt.datetime:
    return timezone.now() + dt.timedelta(seconds=lease_s)


def _held(claim: Claim) -> QuerySet[Job]:
    return Job.objects.filter(pk=claim.job_id, token=claim.token, state=JobState.RUNNING)


def _release(claim: Claim, **changes: object) -> None:
    _update_held(claim, token="", lease_until=None, **changes)


def _update_held(claim: Claim, **changes: object) -> None:
    if not _held(claim).update(**changes):
        raise LeaseLost(f"The lease of {claim} has ended. Another worker finishes the job.")


def _freed(error: str) -> dict[str, object]:
    return {"token": "", "lease_until": None, "last_error": _short(error)}


def _short(error: str) -> str:
    # PostgreSQL stores no NUL.
    return error.replace("\0", "")[:MAX_ERROR_LENGTH]
