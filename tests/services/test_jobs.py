"""Each service of jobs once, in no transaction but its own."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from pytest_django import Settings

from jobs import services, sightings
from jobs.claims import Claim
from jobs.models import Job, JobState, LastSeen, SeenKind
from jobs.services import TooManyJobs

pytestmark = pytest.mark.django_db(transaction=True)

LEASE_S = 60.0


@pytest.fixture
def held() -> Claim:
    """The claim on a job, the only one."""
    services.enqueue(kind="test.one", payload={"a": 1}, max_attempts=2)
    claim = services.claim(lease_s=LEASE_S)
    assert claim is not None
    return claim


def test_a_job_is_enqueued_once_under_its_key(db: None) -> None:
    for priority in (0, 7):
        services.enqueue(kind="test.one", payload={}, unique_key="1", priority=priority)

    assert Job.objects.get().priority == 7


def test_there_is_room_for_more_until_as_many_wait_as_may(db: None, settings: Settings) -> None:
    settings.JOBS_WAITING_PER_ORGANISATION = 1
    services.require_room(owner=7)
    services.enqueue(kind="test.one", payload={}, owner=7)

    with pytest.raises(TooManyJobs):
        services.require_room(owner=7)


def test_a_job_is_claimed(held: Claim) -> None:
    job = Job.objects.get()
    assert (job.pk, job.state, job.token) == (held.job_id, JobState.RUNNING, held.token)


def test_a_lease_is_renewed(held: Claim) -> None:
    services.renew(claim=held, lease_s=3600)

    until = Job.objects.get().lease_until
    assert until is not None
    assert until > timezone.now() + dt.timedelta(seconds=2 * LEASE_S)


def test_a_job_is_completed(held: Claim) -> None:
    services.complete(claim=held)

    assert Job.objects.get().state == JobState.DONE


def test_a_job_fails_and_waits(held: Claim) -> None:
    services.fail(claim=held, error="broken")

    job = Job.objects.get()
    assert (job.state, job.last_error, job.attempts) == (JobState.WAITING, "broken", 1)


def test_a_job_is_given_up_and_run_again(held: Claim) -> None:
    services.give_up(claim=held, error="hopeless")
    assert Job.objects.get().state == JobState.FAILED
    services.run_again(job_ids=[held.job_id])
    assert (Job.objects.get().state, Job.objects.get().attempts) == (JobState.WAITING, 0)


def test_a_job_is_handed_back(held: Claim) -> None:
    services.hand_back(claim=held)

    assert (Job.objects.get().state, Job.objects.get().attempts) == (JobState.WAITING, 0)


def test_a_job_whose_worker_is_gone_is_claimed_again(held: Claim) -> None:
    Job.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))

    again = services.claim(lease_s=LEASE_S)

    assert again is not None
    assert (again.job_id, again.attempt) == (held.job_id, 2)


def test_a_job_of_a_clock_that_was_ahead_is_brought_back() -> None:
    job_id = services.enqueue(kind="test.work", payload={})
    now = timezone.now() - dt.timedelta(hours=1)

    services.bring_back(now=now)

    assert Job.objects.get(pk=job_id).run_after <= now


def test_old_jobs_are_deleted(held: Claim) -> None:
    services.complete(claim=held)

    later = timezone.now() + services.RETENTION + dt.timedelta(seconds=1)
    assert services.delete_finished(now=later) == 1
    assert not Job.objects.exists()


def test_a_worker_is_noted_and_forgotten() -> None:
    for _ in range(2):
        sightings.note_worker()
    assert LastSeen.objects.get().count == 2

    sightings.forget_workers(not_since=timezone.now() + dt.timedelta(minutes=1))

    assert not LastSeen.objects.exists()


def test_what_is_seen_is_noted() -> None:
    sightings.note(kind=SeenKind.PURGE, name="purge_pictures", request_id="req_1")

    assert LastSeen.objects.get().request_id == "req_1"
