"""The runner: finds the handler, notes how it ended, keeps the lease, stops when told to."""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction

from common import origins
from common.errors import Unavailable
from dedup_project import logs
from jobs import handlers, keeper, runner, services, sightings
from jobs.handlers import GiveUp, Handler, Payload
from jobs.models import Job, JobState
from jobs.runner import Runner, WorkOptions
from tests.jobs.conftest import Register, end_delays, end_leases
from tests.threads import PATIENCE_S, ended_calls

SECRET = "postgres://user:hunter2@host/name"


class Holding:
    """A handler that waits until it is let go."""

    def __init__(self) -> None:
        self.is_running, self.may_end = threading.Event(), threading.Event()

    def __call__(self, payload: Payload) -> None:
        self.is_running.set()
        assert self.may_end.wait(20)


def enqueue(kind: str = "test.work", **payload: object) -> int:
    return services.enqueue(kind=kind, payload=payload)


def succeed(payload: Payload) -> None:
    """Do nothing, and do it well."""


def fail(payload: Payload) -> None:
    """Fail as code does that nobody foresaw."""
    raise ValueError(SECRET)


def leave(payload: Payload) -> None:
    """Try to end the whole process."""
    sys.exit(SECRET)


@pytest.fixture
def wait_until_noted(monkeypatch: pytest.MonkeyPatch) -> Callable[[], object]:
    """Wait until a runner has noted how the next job ended."""
    return ended_calls(monkeypatch, runner, "unless_lost")


@contextmanager
def working(threads: int = 1) -> Iterator[Runner]:
    """Run jobs in threads until the block ends."""
    working_runner = Runner(WorkOptions(threads=threads, poll_s=0.02))
    working_runner.work()
    try:
        yield working_runner
    finally:
        working_runner.stop()


# ------------------------------------------------------------------------------------ outcomes


@pytest.mark.django_db
def test_each_job_is_run_by_the_handler_of_its_kind(register: Register) -> None:
    ran: list[object] = []
    register("test.work", lambda payload: ran.append(("work", payload)))
    register("test.other", lambda payload: ran.append(("other", payload)))
    enqueue(id=1)
    enqueue("test.other", id=2)

    assert runner.drain() == 2

    assert ran == [("work", {"id": 1}), ("other", {"id": 2})]
    assert Job.objects.filter(state=JobState.DONE).count() == 2


@pytest.mark.django_db
def test_what_a_job_asks_for_is_drained_too(register: Register) -> None:
    def ask(payload: Payload) -> None:
        enqueue("test.other")

    register("test.work", ask)
    register("test.other", succeed)
    enqueue()

    assert runner.drain() == 2


@pytest.mark.django_db
def test_a_handler_that_raises_is_tried_again_later(register: Register) -> None:
    outcomes = iter([Unavailable("The storage does not answer."), None])

    def work(payload: Payload) -> None:
        if error := next(outcomes):
            raise error

    register("test.work", work)
    enqueue()
    runner.drain()

    job = Job.objects.get()
    assert job.state == JobState.WAITING
    assert job.last_error == "unavailable: The storage does not answer."

    end_delays()
    runner.drain()

    assert Job.objects.get().state == JobState.DONE


@pytest.mark.django_db
@pytest.mark.parametrize("handler", [fail, leave], ids=["error", "exit"])
def test_of_a_foreign_error_only_the_place_is_kept(register: Register, handler: Handler) -> None:
    register("test.work", handler)
    enqueue()
    runner.drain()

    job = Job.objects.get()
    assert job.state == JobState.WAITING
    assert re.fullmatch(r"(ValueError|SystemExit) in test_runner.py, line \d+", job.last_error)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "has_traceback"), [(Unavailable("x"), False), (KeyError(), True)]
)
def test_a_failure_that_is_foreseen_is_a_line_in_the_log(
    register: Register, caplog: pytest.LogCaptureFixture, error: Exception, has_traceback: bool
) -> None:
    def work(payload: Payload) -> None:
        raise error

    register("test.work", work)
    enqueue()
    runner.drain()

    (logged,) = [each for each in caplog.records if each.name == runner.logger.name]
    assert bool(logged.exc_info) is has_traceback
    assert logged.levelno == (logging.ERROR if has_traceback else logging.WARNING)


@pytest.mark.django_db
def test_a_handler_may_give_up_and_is_not_tried_again(register: Register) -> None:
    def work(payload: Payload) -> None:
        raise GiveUp("The picture was purged.")

    register("test.work", work)
    enqueue()
    runner.drain()

    job = Job.objects.get()
    assert (job.state, job.attempts) == (JobState.FAILED, 1)
    assert job.last_error == "gave_up: The picture was purged."


@pytest.mark.django_db
def test_a_job_that_nobody_knows_says_so_and_stays() -> None:
    services.enqueue(kind="test.unknown", payload={}, max_attempts=1)

    runner.drain()

    job = Job.objects.get()
    assert job.state == JobState.FAILED
    assert "no handler for jobs of kind 'test.unknown'" in job.last_error


@pytest.mark.django_db
def test_a_runner_may_take_some_kinds_only(register: Register) -> None:
    register("test.other", succeed)
    enqueue()
    enqueue("test.other")

    assert runner.drain(kinds=["test.other"]) == 1


def test_a_kind_has_one_handler(register: Register) -> None:
    register("test.work", succeed)
    register("test.work", succeed)

    with pytest.raises(ValueError, match="already"):
        register("test.work", fail)
    assert handlers.handler_for("test.work") is succeed


# ------------------------------------------------------------------------------------- threads


@pytest.mark.django_db(transaction=True)
def test_a_job_is_run_soon_after_it_was_asked_for(
    register: Register, wait_until_noted: Callable[[], object]
) -> None:
    register("test.work", succeed)

    with working():
        enqueue()
        wait_until_noted()

    assert Job.objects.get().state == JobState.DONE


@pytest.mark.django_db(transaction=True)
def test_several_threads_run_several_jobs(
    register: Register, wait_until_noted: Callable[[], object]
) -> None:
    both = threading.Barrier(2, timeout=20)

    def meet(payload: Payload) -> None:
        both.wait()

    register("test.work", meet)
    enqueue()
    enqueue()

    with working(threads=2):
        wait_until_noted()
        wait_until_noted()

    assert Job.objects.filter(state=JobState.DONE).count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_lease_is_kept_while_the_handler_runs(
    register: Register,
    monkeypatch: pytest.MonkeyPatch,
    wait_until_noted: Callable[[], object],
) -> None:
    monkeypatch.setattr(keeper, "_RENEWAL_S", 0.02)
    wait_until_renewed = ended_calls(monkeypatch, services, "renew")
    holding = Holding()
    register("test.work", holding)
    enqueue()

    with working():
        assert holding.is_running.wait(20)
        before = Job.objects.get().lease_until
        assert before is not None
        # The first of these may have begun before.
        wait_until_renewed()
        wait_until_renewed()
        assert Job.objects.filter(lease_until__gt=before, attempts=1).exists()
        holding.may_end.set()
        wait_until_noted()

    assert Job.objects.get().state == JobState.DONE


@pytest.mark.django_db(transaction=True)
def test_a_runner_that_stops_lets_its_jobs_end(register: Register) -> None:
    holding = Holding()
    register("test.work", holding)
    enqueue()

    with working() as stopped:
        assert holding.is_running.wait(20)
        enqueue()

        def let_go() -> None:
            assert stopped._is_stopping.wait(20)
            holding.may_end.set()

        threading.Thread(target=let_go).start()

    states = list(Job.objects.order_by("pk").values_list("state", flat=True))
    assert states == [JobState.DONE, JobState.WAITING]


@pytest.mark.django_db(transaction=True)
def test_a_job_that_does_not_end_is_handed_back_and_only_the_next_worker_finishes_it(
    register: Register,
) -> None:
    holding = Holding()
    register("test.work", holding)
    enqueue()
    stopped = Runner(WorkOptions(poll_s=0.02))
    stopped.work()
    assert holding.is_running.wait(20)

    stopped.stop(grace_s=0)

    job = Job.objects.get()
    assert (job.state, job.attempts, job.token) == (JobState.WAITING, 0, "")
    next_one = services.claim(lease_s=60)
    assert next_one is not None
    holding.may_end.set()
    for thread in stopped._threads:
        thread.join(PATIENCE_S)
    assert not stopped.is_working
    services.complete(claim=next_one)


@pytest.mark.django_db(transaction=True)
def test_a_runner_outlives_its_database(
    register: Register,
    monkeypatch: pytest.MonkeyPatch,
    wait_until_noted: Callable[[], object],
) -> None:
    monkeypatch.setattr(runner, "_DATABASE_PAUSE_S", 0.02)
    register("test.work", succeed)
    working_claim, outages = services.claim, iter([True, True])

    def claim(**options: object) -> object:
        if next(outages, False):
            raise OperationalError("The database is restarting.")
        return working_claim(**options)  # type: ignore[arg-type]

    monkeypatch.setattr(services, "claim", claim)
    enqueue()

    with working():
        wait_until_noted()

    assert next(outages, None) is None
    assert Job.objects.get().state == JobState.DONE


@pytest.mark.django_db(transaction=True)
def test_a_handler_that_leaves_a_transaction_open_is_noted_as_done_all_the_same(
    register: Register, wait_until_noted: Callable[[], object]
) -> None:
    def leave_open(payload: Payload) -> None:
        transaction.set_autocommit(False)

    register("test.work", leave_open)
    enqueue()

    with working():
        wait_until_noted()

    assert Job.objects.get().state == JobState.DONE


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_a_handler_that_loses_its_connection_is_noted_as_failed_all_the_same(
    register: Register, wait_until_noted: Callable[[], object]
) -> None:
    def lose_connection(payload: Payload) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    register("test.work", lose_connection)
    enqueue()

    with working():
        wait_until_noted()

    assert Job.objects.get().last_error.startswith("OperationalError")


@pytest.mark.django_db(transaction=True)
def test_old_jobs_are_deleted_as_soon_as_a_runner_works(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    register("test.work", succeed)
    enqueue()
    runner.drain()
    finished_at = Job.objects.get().finished_at
    assert finished_at is not None
    Job.objects.update(finished_at=finished_at - services.RETENTION)

    wait_until_deleted = ended_calls(monkeypatch, services, "delete_finished")
    with working():
        wait_until_deleted()

    assert not Job.objects.exists()


# --------------------------------------------------------------------------------- the command


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("option", ["--drain", "--once"])
def test_the_command_works_the_queue_off_and_ends(register: Register, option: str) -> None:
    register("test.work", succeed)
    for _ in range(5):
        enqueue()

    call_command("work", option, "--threads=2")

    assert Job.objects.filter(state=JobState.DONE).count() == 5


@pytest.mark.django_db(transaction=True)
def test_a_queue_that_cannot_be_read_ends_the_command_with_the_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def claim(**options: object) -> None:
        raise OperationalError("no such table")

    monkeypatch.setattr(services, "claim", claim)

    with pytest.raises(OperationalError):
        call_command("work", "--drain")


@pytest.mark.django_db(transaction=True)
def test_the_command_runs_the_kinds_that_are_named(register: Register) -> None:
    register("test.work", succeed)
    register("test.other", succeed)
    enqueue()
    enqueue("test.other")

    call_command("work", "--drain", "--kind=test.other")

    assert Job.objects.get(state=JobState.DONE).kind == "test.other"


def test_a_kind_that_nothing_handles_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(CommandError, match=r"test\.unknown.*lists\.deepen_item"):
        call_command("work", "--kind=lists.deepen_item", "--kind=test.unknown")


def test_work_without_threads_is_refused() -> None:
    with pytest.raises(CommandError, match="WORK_THREADS"):
        call_command("work", "--threads=0")


@pytest.mark.django_db(transaction=True)
def test_jobs_of_a_killed_worker_are_drained_when_their_lease_has_ended(
    register: Register,
) -> None:
    register("test.work", succeed)
    enqueue()
    services.claim(lease_s=60)
    assert runner.drain() == 0

    end_leases()

    assert runner.drain() == 1


@pytest.mark.django_db
def test_a_job_belongs_to_the_request_that_asked_for_it(register: Register) -> None:
    known: list[tuple[str, dict[str, object]]] = []
    before = origins.request_id.get(), origins.facts()

    def note(payload: Payload) -> None:
        known.append((origins.request_id.get(), dict(origins.facts())))
        if not payload:
            enqueue(further=True)

    register("test.work", note)
    with origins.within("req_1"):
        enqueue()
    runner.drain()

    ids = list(Job.objects.order_by("pk").values_list("pk", flat=True))
    about = {"job_kind": "test.work", "attempt": 1}
    assert known == [("req_1", {"job_id": each, **about}) for each in ids]
    assert len(known) == 2
    assert (origins.request_id.get(), origins.facts()) == before


@pytest.mark.django_db
def test_what_a_job_logs_names_it(register: Register, capsys: pytest.CaptureFixture[str]) -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logs.LineFormatter("{request_id} {message}", style="{"))
    handler.addFilter(logs.RequestFilter())
    log = logging.getLogger("tests.jobs")
    log.addHandler(handler)
    register("test.work", lambda payload: log.warning("Look at this."))
    with origins.within("req_1"):
        enqueue()

    try:
        runner.drain()
    finally:
        log.removeHandler(handler)

    job = Job.objects.get()
    line = f"req_1 Look at this. [job_id={job.pk} job_kind=test.work attempt=1]"
    assert line in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_a_worker_says_that_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    noted = threading.Event()
    monkeypatch.setattr(sightings, "note_worker", noted.set)
    monkeypatch.setattr(keeper, "_RENEWAL_S", 0.01)

    with keeper.LeaseKeeper():
        assert noted.wait(PATIENCE_S)
