"""Several workers on one queue: no job runs twice at once, none is missed."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from django.db import transaction
from pytest_django import Settings

from jobs import services
from jobs.models import Job, JobState
from tests.jobs.conftest import end_leases
from tests.threads import run_threads, wait_until_a_lock_is_awaited

pytestmark = pytest.mark.django_db(transaction=True)

WORKERS = 4
JOBS = 40
LEASE_S = 60.0


def enqueue(number: int = 0, unique_key: str | None = None) -> int:
    return services.enqueue(kind="test.work", payload={"number": number}, unique_key=unique_key)


def work_off(claimed: list[int], begin: threading.Barrier) -> None:
    """Claim until there is nothing left."""
    begin.wait()
    while claim := services.claim(lease_s=LEASE_S):
        claimed.append(claim.job_id)
        services.complete(claim=claim)


def test_each_job_goes_to_one_worker() -> None:
    asked = [enqueue(number) for number in range(JOBS)]
    claimed: list[int] = []
    begin = threading.Barrier(WORKERS)

    run_threads(*[partial(work_off, claimed, begin)] * WORKERS)

    assert sorted(claimed) == asked
    assert Job.objects.filter(state=JobState.DONE, attempts=1).count() == JOBS


def test_workers_together_run_no_more_of_an_owner_than_allowed(settings: Settings) -> None:
    settings.JOBS_AT_ONCE_PER_ORGANISATION = 2
    for owner in (1, 2):
        for number in range(10):
            services.enqueue(kind="test.work", payload={"number": number}, owner=owner)
    together = threading.Barrier(6)
    claimed: list[int] = []

    def take_some() -> None:
        together.wait()
        while claim := services.claim(lease_s=LEASE_S):
            claimed.append(claim.job_id)

    run_threads(*[take_some] * 6)

    running = Job.objects.filter(pk__in=claimed, state=JobState.RUNNING)
    assert sorted(running.values_list("owner", flat=True)) == [1, 1, 2, 2]
    assert len(claimed) == 4


def test_each_job_of_a_killed_worker_goes_to_one_other() -> None:
    asked = [enqueue(number) for number in range(JOBS)]
    while services.claim(lease_s=LEASE_S):
        pass
    end_leases()
    claimed: list[int] = []
    begin = threading.Barrier(WORKERS)

    run_threads(*[partial(work_off, claimed, begin)] * WORKERS)

    assert sorted(claimed) == asked
    assert Job.objects.filter(state=JobState.DONE, attempts=2).count() == JOBS


def test_asking_at_the_same_time_under_one_key_is_one_job() -> None:
    begin = threading.Barrier(WORKERS)

    def ask() -> None:
        begin.wait()
        enqueue(unique_key="pair 1")

    run_threads(*[ask] * WORKERS)

    assert Job.objects.count() == 1


@pytest.mark.postgres
def test_a_worker_does_not_wait_for_another_one_that_is_claiming() -> None:
    first, second = enqueue(1), enqueue(2)
    is_held, may_end = threading.Event(), threading.Event()

    def hold_first() -> None:
        with transaction.atomic():
            Job.objects.select_for_update().get(pk=first)
            is_held.set()
            assert may_end.wait(10)

    def claim_both() -> None:
        assert is_held.wait(10)
        claim = services.claim(lease_s=LEASE_S)
        assert claim is not None
        assert claim.job_id == second
        assert services.claim(lease_s=LEASE_S) is None
        may_end.set()

    run_threads(hold_first, claim_both)


@pytest.mark.postgres
def test_a_waiting_job_does_not_begin_before_what_joined_it_is_committed() -> None:
    """Else it would not see what the later caller wrote, and nobody would look again."""
    waiting = enqueue(unique_key="pair 1")
    is_joined, may_commit = threading.Event(), threading.Event()

    def join_slowly() -> None:
        with transaction.atomic():
            assert enqueue(unique_key="pair 1") == waiting
            is_joined.set()
            assert may_commit.wait(10)

    def claim_early() -> None:
        assert is_joined.wait(10)
        early = services.claim(lease_s=LEASE_S)
        may_commit.set()
        assert early is None

    run_threads(join_slowly, claim_early)

    claim = services.claim(lease_s=LEASE_S)
    assert claim is not None
    assert claim.job_id == waiting


@pytest.mark.postgres
def test_who_asks_while_the_job_begins_gets_a_new_one() -> None:
    first = enqueue(unique_key="pair 1")
    is_claimed = threading.Event()
    second: list[int] = []

    def claim_slowly() -> None:
        with transaction.atomic():
            assert services.claim(lease_s=LEASE_S) is not None
            is_claimed.set()
            wait_until_a_lock_is_awaited()

    def ask() -> None:
        assert is_claimed.wait(10)
        second.append(enqueue(unique_key="pair 1"))

    run_threads(claim_slowly, ask)

    assert second != [first]
    assert Job.objects.get(pk=second[0]).state == JobState.WAITING
