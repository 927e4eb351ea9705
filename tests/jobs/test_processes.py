"""Real processes: `manage.py work` that is killed or told to stop, and a server with its runner."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from django.db import connection

from jobs import services
from jobs.models import Job, JobState
from tests.jobs.conftest import end_leases
from tests.made_once import ROOT
from tests.real_server import children, gunicorn
from tests.threads import PATIENCE_S

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

_PATIENCE_S = 60


@pytest.fixture
def environ(transactional_db: None) -> dict[str, str]:
    """What lets another process use the database of this test."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.jobs.worker_settings",
        "PROBE_DATABASE": str(connection.settings_dict["NAME"]),
        "DECODE_WORKERS": "1",
    }


@pytest.fixture
def work(environ: dict[str, str]) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start `manage.py work`; what still runs at the end is killed."""
    with ExitStack() as stack:

        def start(*options: str) -> subprocess.Popen[bytes]:
            command = [sys.executable, "manage.py", "work", "--poll=0.05", *options]
            process = subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.PIPE)
            stack.enter_context(process.stderr or ExitStack())
            stack.callback(process.wait, _PATIENCE_S)
            stack.callback(process.kill)
            return process

        yield start
    _end_sessions_of_others()


def _end_sessions_of_others() -> None:
    """End what PostgreSQL still does for killed processes, so that its database can go."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()",
                [_PATIENCE_S * 1000],
            )


class Held:
    """A job that says when it begins and ends only when it is let go."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        port = listener.getsockname()[1]
        self.job_id = services.enqueue(kind="probe.hold", payload={"port": port})

    def begun(self) -> socket.socket:
        """Wait until a worker has begun the job, and return its connection."""
        worker, _address = self.listener.accept()
        worker.settimeout(PATIENCE_S)
        assert worker.recv(6) == b"begun "
        return worker

    @property
    def job(self) -> Job:
        return Job.objects.get(pk=self.job_id)


def wait_until_told(worker: subprocess.Popen[bytes]) -> None:
    """Wait until a worker has heard a signal: it says that no further job begins."""
    assert worker.stderr is not None
    assert any(b" jobs.runner: " in line for line in worker.stderr)


def let_go(worker: socket.socket) -> bytes:
    """Let a worker end its job, and return what it says before it hangs up."""
    with worker:
        worker.shutdown(socket.SHUT_WR)
        return worker.recv(100)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """What jobs in other processes connect to."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(PATIENCE_S)
        yield listening


def runner_pid(listener: socket.socket) -> int:
    """Ask the runner of jobs for the id of its process."""
    services.enqueue(kind="probe.who", payload={"port": listener.getsockname()[1]})
    runner, _address = listener.accept()
    with runner:
        runner.settimeout(PATIENCE_S)
        return int(runner.recv(100))


@contextmanager
def watched(pid: int) -> Iterator[Callable[[float], bool]]:
    """Yield what waits so many seconds for a process of somebody else to end."""
    descriptor = os.pidfd_open(pid)
    try:
        yield lambda timeout_s: bool(select.select([descriptor], [], [], timeout_s)[0])
    finally:
        os.close(descriptor)


def test_the_job_of_a_worker_that_was_killed_is_finished_by_the_next_one(
    work: Callable[..., subprocess.Popen[bytes]], listener: socket.socket
) -> None:
    held = Held(listener)
    first = work()

    with held.begun() as abandoned:
        first.kill()
        first.wait(_PATIENCE_S)
        assert abandoned.recv(100) == b""

    assert held.job.state == JobState.RUNNING
    assert services.claim(lease_s=60) is None, "The worker may only be slow."
    end_leases()
    second = work("--drain")
    assert let_go(held.begun()) == b"ended"
    assert second.wait(_PATIENCE_S) == 0
    assert (held.job.state, held.job.attempts) == (JobState.DONE, 2)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_told_to_stop_finishes_its_job_and_takes_no_other(
    work: Callable[..., subprocess.Popen[bytes]],
    listener: socket.socket,
    number: signal.Signals,
) -> None:
    held = Held(listener)
    worker = work()
    begun = held.begun()
    waiting = services.enqueue(kind="probe.who", payload={"port": listener.getsockname()[1]})

    worker.send_signal(number)
    wait_until_told(worker)

    assert let_go(begun) == b"ended"
    assert worker.wait(_PATIENCE_S) == 0
    assert (held.job.state, held.job.attempts) == (JobState.DONE, 1)
    assert Job.objects.get(pk=waiting).state == JobState.WAITING


def test_a_server_starts_its_runner_again_when_it_dies_and_ends_it_with_itself(
    environ: dict[str, str], listener: socket.socket
) -> None:
    with gunicorn(environ) as server:
        first = runner_pid(listener)
        commands = [command for command in children(server.process.pid) if " work " in command]
        assert len(commands) == 1, "One for the server, not one for each of its processes."

        os.kill(first, signal.SIGKILL)
        second = runner_pid(listener)
        assert second != first

        server.process.send_signal(signal.SIGHUP)
        with watched(second) as has_ended:
            assert has_ended(_PATIENCE_S), "New code runs in the background too."
        third = runner_pid(listener)

        with watched(third) as has_ended:
            server.process.send_signal(signal.SIGTERM)
            server.process.wait(_PATIENCE_S)
            assert has_ended(0), "The server waits for it."


def test_a_runner_ends_with_a_server_that_is_killed(
    environ: dict[str, str], listener: socket.socket
) -> None:
    with gunicorn(environ) as server, watched(runner_pid(listener)) as has_ended:
        server.process.kill()
        assert has_ended(_PATIENCE_S)
