"""The queue: what is asked for is kept, taken once, and ends in one of two ways."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings

from jobs import services
from jobs.claims import Claim
from jobs.clock import ClockWatch
from jobs.models import Job, JobState
from jobs.services import LeaseLost, TooManyJobs
from tests.jobs.conftest import end_delays, end_leases

pytestmark = pytest.mark.django_db

LEASE_S = 60.0
# A fixed one: the names of tests are the same in every process.
A_TIME = 1_790_000_000.0
A_MOMENT = dt.datetime(2026, 3, 2, 9, 14, 7, tzinfo=dt.UTC)


class Deliberate(Exception):
    """Rolls a transaction back on purpose."""


enqueue = partial(services.enqueue, kind="test.work", payload={"id": 7})


def claim(*kinds: str) -> Claim:
    """Take a job that must be there."""
    claimed = services.claim(kinds=kinds, lease_s=LEASE_S)
    assert claimed is not None
    return claimed


def nothing_to_claim() -> bool:
    return services.claim(lease_s=LEASE_S) is None


# ------------------------------------------------------------------------------------ asking


@pytest.mark.django_db(transaction=True)
def test_what_is_asked_for_in_a_transaction_that_is_rolled_back_is_never_done() -> None:
    def ask_and_abort() -> None:
        with transaction.atomic():
            enqueue()
            enqueue(unique_key="pair 1")
            raise Deliberate

    with pytest.raises(Deliberate):
        ask_and_abort()

    assert not Job.objects.exists()


def test_a_claim_carries_what_was_asked_for() -> None:
    job_id = enqueue()

    claimed = claim()

    assert (claimed.job_id, claimed.kind, claimed.payload) == (job_id, "test.work", {"id": 7})
    assert claimed.attempt == 1


def test_asking_twice_under_one_key_is_one_job() -> None:
    assert enqueue(unique_key="pair 1") == enqueue(unique_key="pair 1")

    assert Job.objects.count() == 1


def test_other_keys_other_kinds_and_no_key_are_separate_jobs() -> None:
    enqueue(unique_key="pair 1")
    enqueue(unique_key="pair 2")
    services.enqueue(kind="test.other", payload={}, unique_key="pair 1")
    enqueue()
    enqueue()

    assert Job.objects.count() == 5


def test_what_is_asked_for_after_a_job_began_is_a_new_job() -> None:
    first = enqueue(unique_key="pair 1")
    claim()

    second = enqueue(unique_key="pair 1")

    assert second != first
    assert claim().job_id == second


def test_a_job_that_waits_for_its_retry_does_not_block_a_new_one() -> None:
    enqueue(unique_key="pair 1")
    services.fail(claim=claim(), error="broken")
    enqueue(unique_key="pair 1")

    assert Job.objects.filter(state=JobState.WAITING).count() == 2


def test_asking_again_makes_the_waiting_job_more_urgent_and_never_less() -> None:
    now = timezone.now()
    later, sooner = now + dt.timedelta(hours=2), now + dt.timedelta(hours=1)
    ask = partial(services.enqueue, kind="test.work", payload={}, unique_key="pair 1")
    ask(run_after=later, priority=1)
    ask(run_after=sooner, priority=0)
    ask(run_after=later, priority=2)

    job = Job.objects.get()
    assert (job.run_after, job.priority) == (sooner, 2)


@pytest.mark.parametrize("kind", ["", "deepen", "Review.deepen", "review.", "review deepen"])
def test_a_kind_is_a_dotted_slug(kind: str) -> None:
    with pytest.raises(ValueError, match="is no kind of job"):
        services.enqueue(kind=kind, payload={})


# ------------------------------------------------------------------------------------ taking


def test_an_empty_queue_has_nothing_to_claim() -> None:
    assert nothing_to_claim()


def test_the_most_urgent_job_comes_first_then_the_oldest() -> None:
    oldest, newer, urgent = enqueue(), enqueue(), enqueue(priority=5)

    assert [claim().job_id for _ in range(3)] == [urgent, oldest, newer]


def test_a_job_does_not_run_before_its_time() -> None:
    in_an_hour = timezone.now() + dt.timedelta(hours=1)
    services.enqueue(kind="test.work", payload={}, run_after=in_an_hour)
    assert nothing_to_claim()

    end_delays()

    assert not nothing_to_claim()


def test_a_worker_may_take_some_kinds_only() -> None:
    enqueue()
    other = services.enqueue(kind="test.other", payload={})

    assert claim("test.other", "test.third").job_id == other
    assert services.claim(kinds=["test.other"], lease_s=LEASE_S) is None


def test_a_job_is_taken_once() -> None:
    enqueue()
    claim()

    assert nothing_to_claim()


# ------------------------------------------------------------------------------------ owners


@pytest.fixture
def _two_at_once(settings: Settings) -> None:
    settings.JOBS_AT_ONCE_PER_ORGANISATION = 2


@pytest.mark.usefixtures("_two_at_once")
def test_owners_take_turns_however_many_jobs_one_of_them_has() -> None:
    noisy = [enqueue(owner=1, priority=priority) for priority in (0, 9, 0, 0)]
    quiet, third = enqueue(owner=2), enqueue(owner=3)

    order = []
    for _ in range(6):
        claimed = claim()
        order.append(claimed.job_id)
        services.complete(claim=claimed)

    assert order == [noisy[1], quiet, third, noisy[0], noisy[2], noisy[3]]


@pytest.mark.usefixtures("_two_at_once")
def test_an_owner_has_no_more_jobs_running_than_allowed_and_others_go_on() -> None:
    for _ in range(4):
        enqueue(owner=1)
    first = claim()
    claim()
    assert nothing_to_claim()
    quiet = enqueue(owner=2)

    assert claim().job_id == quiet
    assert nothing_to_claim()
    services.complete(claim=first)
    assert not nothing_to_claim()


@pytest.mark.usefixtures("_two_at_once")
def test_of_whom_fewer_jobs_run_comes_first() -> None:
    enqueue(owner=1)
    claim()
    enqueue(owner=1)
    enqueue(owner=2)
    services._served_at_s.update({1: 0.0, 2: 1e9})

    assert Job.objects.get(pk=claim().job_id).owner == 2


def test_what_is_nobodys_in_particular_is_not_bound() -> None:
    enqueue()
    enqueue()
    claim()

    assert not nothing_to_claim()


def test_a_request_leaves_no_more_work_than_may_wait(settings: Settings) -> None:
    settings.JOBS_WAITING_PER_ORGANISATION = 2
    enqueue(owner=1)
    enqueue(owner=2)
    services.require_room(owner=1)
    enqueue(owner=1)

    with pytest.raises(TooManyJobs) as refusal:
        services.require_room(owner=1)
    services.require_room(owner=2)
    services.complete(claim=claim())

    assert refusal.value.retry_after_s
    services.require_room(owner=1)
    settings.JOBS_WAITING_PER_ORGANISATION = 0
    enqueue(owner=1)
    services.require_room(owner=1)


# ------------------------------------------------------------------------------------ leases


@pytest.mark.parametrize("jump", [dt.timedelta(hours=1), dt.timedelta(days=-1)], ids=str)
def test_while_a_clock_has_just_been_set_no_running_job_goes_to_another_worker(
    jump: dt.timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted_s = [1000.0]
    watch = ClockWatch(60.0, counted_s=lambda: counted_s[0], wall_s=lambda: A_TIME + counted_s[0])
    monkeypatch.setattr(services, "_clock", watch)
    enqueue()
    held = claim()
    watch._wall_s = lambda: A_TIME + counted_s[0] + jump.total_seconds()

    with time_machine.travel(timezone.now() + jump, tick=False) as clock:
        assert nothing_to_claim()
        counted_s[0] += 30
        clock.shift(30)
        assert nothing_to_claim()
        # The worker died just when the clock was set, and renewed nothing.
        counted_s[0] += 31
        clock.shift(31)
        assert claim().job_id == held.job_id


def test_a_clock_that_is_set_back_makes_no_job_wait_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, hour, delay = timezone.now(), dt.timedelta(hours=1), dt.timedelta(minutes=10)
    watch = ClockWatch(60.0, counted_s=lambda: 1000.0, wall_s=lambda: A_TIME)
    monkeypatch.setattr(services, "_clock", watch)
    with time_machine.travel(now + hour, tick=False):
        at_once = enqueue()
        enqueue(run_after=timezone.now() + delay)
    watch._wall_s = lambda: A_TIME - 3600

    with time_machine.travel(now, tick=False) as clock:
        assert claim().job_id == at_once
        assert nothing_to_claim()
        clock.shift(delay)
        claim()


def test_a_job_whose_lease_has_ended_goes_to_the_next_worker() -> None:
    enqueue()
    first = claim()
    end_leases()

    second = claim()

    assert (second.job_id, second.attempt) == (first.job_id, 2)
    assert second.token != first.token
    assert "worker" in Job.objects.get().last_error


def test_a_lease_that_is_renewed_does_not_end() -> None:
    enqueue()
    claimed = claim()
    end_leases()

    services.renew(claim=claimed, lease_s=LEASE_S)

    assert nothing_to_claim()


@pytest.mark.parametrize(
    "ending",
    [
        partial(services.renew, lease_s=LEASE_S),
        services.complete,
        partial(services.fail, error="broken"),
        partial(services.give_up, error="broken"),
        services.hand_back,
    ],
    ids=["renew", "complete", "fail", "give up", "hand back"],
)
def test_a_worker_that_lost_its_lease_can_say_nothing_more_about_the_job(
    ending: Callable[..., None],
) -> None:
    enqueue()
    late = claim()
    end_leases()
    claim()
    before = Job.objects.values().get()

    with pytest.raises(LeaseLost):
        ending(claim=late)

    assert Job.objects.values().get() == before


def test_a_job_that_always_kills_its_worker_fails_in_the_end() -> None:
    enqueue(max_attempts=2)
    for _ in range(2):
        claim()
        end_leases()

    assert nothing_to_claim()
    job = Job.objects.get()
    assert (job.state, job.attempts) == (JobState.FAILED, 2)
    assert job.finished_at is not None


# ------------------------------------------------------------------------------------ endings


def test_a_completed_job_is_done() -> None:
    enqueue()
    services.complete(claim=claim())

    job = Job.objects.get()
    assert (job.state, job.token, job.lease_until) == (JobState.DONE, "", None)
    assert job.finished_at is not None
    with pytest.raises(LeaseLost):
        services.complete(claim=Claim(job.pk, job.kind, {}, 1, token=""))


def test_a_job_that_fails_is_tried_again_after_a_while_until_its_attempts_are_used_up() -> None:
    enqueue(max_attempts=3)
    for attempt in (1, 2, 3):
        claimed = claim()
        assert claimed.attempt == attempt
        services.fail(claim=claimed, error=f"broken {attempt}")
        assert nothing_to_claim()
        end_delays()

    job = Job.objects.get()
    assert (job.state, job.last_error) == (JobState.FAILED, "broken 3")


def test_a_failed_job_waits_about_as_long_as_its_attempt_says() -> None:
    enqueue()
    services.fail(claim=claim(), error="broken")

    delay = Job.objects.get().run_after - timezone.now()
    assert dt.timedelta(seconds=4) < delay < dt.timedelta(seconds=15)


def test_delays_double_up_to_an_hour_and_are_never_in_step() -> None:
    delays_s = {
        attempt: [services.retry_delay_s(attempt=attempt) for _ in range(200)]
        for attempt in (1, 2, 3, 50, 5000)
    }

    for attempt, middle_s in {1: 10, 2: 20, 3: 40, 50: 3600, 5000: 3600}.items():
        assert min(delays_s[attempt]) >= middle_s * 0.5
        assert max(delays_s[attempt]) <= middle_s * 1.5
        assert max(delays_s[attempt]) - min(delays_s[attempt]) > middle_s * 0.5


def test_giving_up_leaves_no_further_attempt() -> None:
    enqueue()
    services.give_up(claim=claim(), error="gone")

    job = Job.objects.get()
    assert (job.state, job.attempts, job.last_error) == (JobState.FAILED, 1, "gone")


def test_a_job_that_is_handed_back_is_taken_at_once_and_the_attempt_does_not_count() -> None:
    enqueue()
    services.hand_back(claim=claim())

    assert claim().attempt == 1


def test_any_error_can_be_noted() -> None:
    enqueue()
    services.fail(claim=claim(), error="\0" + "x" * 5000)

    assert Job.objects.get().last_error == "x" * 500


def test_failed_jobs_can_be_run_again_with_all_their_attempts_and_others_not() -> None:
    failed, done, waiting = enqueue(max_attempts=1), enqueue(), enqueue()
    services.fail(claim=claim(), error="broken")
    services.complete(claim=claim())

    assert services.run_again(job_ids=[failed, done, waiting]) == 1

    job = Job.objects.get(pk=failed)
    assert (job.state, job.attempts, job.finished_at) == (JobState.WAITING, 0, None)
    assert Job.objects.get(pk=done).state == JobState.DONE


def test_jobs_are_forgotten_a_week_after_they_ended_whichever_way() -> None:
    for _ in range(4):
        enqueue()
    services.complete(claim=claim())
    services.give_up(claim=claim(), error="broken")
    running = claim().job_id
    (waiting,) = Job.objects.filter(state=JobState.WAITING).values_list("pk", flat=True)
    now = timezone.now()

    assert services.delete_finished(now=now + dt.timedelta(days=6)) == 0
    assert services.delete_finished(now=now + dt.timedelta(days=8)) == 2
    assert set(Job.objects.values_list("pk", flat=True)) == {running, waiting}


# ----------------------------------------------------------------- what the database refuses


@pytest.mark.parametrize(
    "broken",
    [
        {"kind": ""},
        {"state": "lost"},
        {"state": JobState.RUNNING, "attempts": 1},
        {"state": JobState.RUNNING, "attempts": 1, "lease_until": A_MOMENT},
        {"token": "x"},
        {"lease_until": A_MOMENT},
        {"state": JobState.DONE, "attempts": 1},
        {"finished_at": A_MOMENT},
        {"attempts": 5},
        {"max_attempts": 0},
        {"state": JobState.FAILED, "attempts": 6, "finished_at": A_MOMENT},
        {"unique_key": "x", "attempts": 1},
    ],
    ids=str,
)
def test_the_database_holds_no_job_that_makes_no_sense(broken: dict[str, object]) -> None:
    with pytest.raises(IntegrityError):
        Job.objects.create(**{"kind": "test.work", **broken})
