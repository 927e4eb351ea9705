"""Workers that die, hang or swell, and the pool that goes on."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from common.errors import Unavailable, UnusableImage
from intake import examine
from intake.errors import DecoderCrashed, DecodeTimedOut, PoolBusy, PoolClosed, TooManyBytes
from intake.examine import Want
from intake.limits import Limits
from intake.pool import ImagePool
from intake.turns import Turns
from matching.errors import CorruptImage
from tests.intake import misbehaving
from tests.threads import PATIENCE_S

ROOT = Path(__file__).parents[2]
LIMITS = Limits(max_bytes=1_000_000, timeout_s=1.0, worker_memory_bytes=512 * 1024**2)


@pytest.fixture(scope="module")
def pool() -> Iterator[ImagePool]:
    """Two workers with small limits."""
    pool = ImagePool(LIMITS, workers=2)
    yield pool
    pool.close()


@pytest.fixture
def make_pool() -> Iterator[Callable[..., ImagePool]]:
    """Make pools that end with the test."""
    made: list[ImagePool] = []

    def make(workers: int = 1, max_wait_s: float = 30.0) -> ImagePool:
        made.append(ImagePool(LIMITS, workers=workers, max_wait_s=max_wait_s))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def people() -> Iterator[ThreadPoolExecutor]:
    """Threads that ask at the same time."""
    with ThreadPoolExecutor(16) as executor:
        yield executor


def test_the_same_worker_serves_one_picture_after_the_other(pool: ImagePool) -> None:
    pids = {pool._run(misbehaving.worker_pid, b"x") for _ in range(5)}

    assert len(pids) == 1
    assert os.getpid() not in pids


def test_large_files_pass_unchanged(pool: ImagePool) -> None:
    content = os.urandom(LIMITS.max_bytes)

    assert pool._run(misbehaving.echo, content) == content


@pytest.mark.slow
@pytest.mark.parametrize("task", [misbehaving.never_end, misbehaving.take_long])
def test_a_worker_over_its_deadline_is_replaced(
    pool: ImagePool, task: Callable[[bytes, Limits], object]
) -> None:
    pool._run(misbehaving.echo, b"started")

    with pytest.raises(DecodeTimedOut) as refusal:
        pool._run(task, b"600")

    assert "1 seconds" in refusal.value.message
    assert pool._run(misbehaving.echo, b"next") == b"next"


@pytest.mark.parametrize(
    "task",
    [misbehaving.be_killed, misbehaving.segfault, misbehaving.leave, misbehaving.take_memory],
)
def test_a_worker_that_dies_or_swells_is_replaced(
    pool: ImagePool, task: Callable[[bytes, Limits], object]
) -> None:
    with pytest.raises(DecoderCrashed):
        pool._run(task, b"x")

    assert pool._run(misbehaving.echo, b"next") == b"next"


@pytest.mark.slow
def test_the_pictures_in_other_workers_go_on(
    make_pool: Callable[..., ImagePool], people: ThreadPoolExecutor
) -> None:
    pool = make_pool(workers=2)
    hostile = [misbehaving.be_killed, misbehaving.take_memory, misbehaving.never_end]

    honest = [people.submit(pool._run, misbehaving.take_long, b"0.1") for _ in range(6)]
    refused = [people.submit(pool._run, task, b"x") for task in hostile]

    assert [each.result() for each in honest] == [b"0.1"] * 6
    assert all(isinstance(each.exception(), UnusableImage) for each in refused)


def test_a_worker_that_died_between_two_pictures_is_not_noticed(pool: ImagePool) -> None:
    for _ in range(2):
        os.kill(pool._run(misbehaving.worker_pid, b"x"), signal.SIGKILL)

        assert pool._run(misbehaving.echo, b"next") == b"next"


@pytest.mark.slow
def test_waiting_for_a_worker_does_not_count_as_decoding(
    make_pool: Callable[..., ImagePool], people: ThreadPoolExecutor
) -> None:
    pool = make_pool(workers=1)

    answers = [people.submit(pool._run, misbehaving.take_long, b"0.2") for _ in range(6)]

    assert [each.result() for each in answers] == [b"0.2"] * 6


def test_waiting_for_a_worker_has_an_end(
    make_pool: Callable[..., ImagePool], people: ThreadPoolExecutor, tmp_path: Path
) -> None:
    pool = make_pool(workers=1, max_wait_s=0.05)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    held = people.submit(pool._run, misbehaving.hold, os.fsencode(pipe))
    # The pipe opens when the worker opens its end too.
    with pipe.open("wb"), pytest.raises(PoolBusy):
        pool._run(misbehaving.echo, b"x")

    assert held.result() == b""


class WatchedTurns(Turns[Any]):
    """Tells who has begun to wait, and notes whose turn it was."""

    def __init__(self) -> None:
        super().__init__()
        self.joined: SimpleQueue[Hashable] = SimpleQueue()
        self.taken: list[Hashable] = []

    def join(self, owner: Hashable, one: Any) -> None:
        """Wait."""
        super().join(owner, one)
        self.joined.put(owner)

    def take(self) -> Any:
        """Note whose turn it is."""
        self.taken.append(next(iter(self._lines)))
        return super().take()


def test_owners_take_turns_however_many_pictures_one_of_them_brings(
    make_pool: Callable[..., ImagePool],
    people: ThreadPoolExecutor,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool, turns = make_pool(workers=1), WatchedTurns()
    monkeypatch.setattr(pool, "_turns", turns)
    monkeypatch.setattr("intake.pool.MAX_WAITING_EACH", 4)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    held = people.submit(pool._run, misbehaving.hold, os.fsencode(pipe), "noisy")
    with pipe.open("wb"):
        waiting = []
        for owner in ["noisy"] * 4 + ["quiet", "third", "quiet"]:
            waiting.append(people.submit(pool._run, misbehaving.echo, b"x", owner))
            assert turns.joined.get(timeout=PATIENCE_S) == owner
        with pytest.raises(PoolBusy):
            pool._run(misbehaving.echo, b"x", "noisy")

    assert [each.result() for each in [held, *waiting]] == [b"", *[b"x"] * 7]
    assert turns.taken == ["noisy", "quiet", "third", "noisy", "quiet", "noisy", "noisy"]


def test_who_waits_no_longer_takes_no_turn() -> None:
    turns: Turns[str] = Turns()
    for owner, one in [("a", "a1"), ("b", "b1"), ("b", "b2")]:
        turns.join(owner, one)

    turns.leave("a", "a1")
    turns.leave("b", "b1")

    assert [turns.waiting_for("a"), turns.waiting_for("b")] == [0, 1]
    assert turns.take() == "b2"
    assert not turns


def test_refusals_come_back_with_their_field_and_context(pool: ImagePool) -> None:
    with pytest.raises(CorruptImage) as refusal:
        pool._run(misbehaving.refuse, b"x")

    assert refusal.value.message == "The picture is broken."
    assert refusal.value.field == "media"
    assert refusal.value.context == {"reason": "cut short", "offset": 17}


def test_a_bug_in_the_worker_is_raised_as_it_is(pool: ImagePool) -> None:
    with pytest.raises(ZeroDivisionError) as failure:
        pool._run(misbehaving.fail, b"x")

    assert "in fail" in str(failure.value.__cause__)


def test_empty_and_too_large_files_are_refused_without_a_worker(
    make_pool: Callable[..., ImagePool],
) -> None:
    pool = make_pool()

    with pytest.raises(UnusableImage, match="empty"):
        pool.examine(b"")
    with pytest.raises(TooManyBytes):
        pool.examine(bytes(LIMITS.max_bytes + 1))
    assert not workers_of(pool)


def test_a_worker_has_one_thread_no_application_and_ignores_the_terminal(
    make_pool: Callable[..., ImagePool], monkeypatch: pytest.MonkeyPatch
) -> None:
    pins = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
    for name in pins:
        monkeypatch.setenv(name, "2")

    seen = make_pool()._run(misbehaving.look_around, b"x")

    assert [seen.variables[name] for name in pins] == ["1"] * 4
    # Django itself would be no proof: what measures coverage brings it into every process.
    assert seen.modules.isdisjoint({"accounts", "dedup_project", "lists", "pytest"})
    assert "numpy" in seen.modules
    assert seen.interrupt == signal.SIG_IGN


def test_closing_ends_workers_and_waiting_callers(
    make_pool: Callable[..., ImagePool], people: ThreadPoolExecutor
) -> None:
    pool = make_pool(workers=1)
    pid = pool._run(misbehaving.worker_pid, b"x")
    waiting = [people.submit(pool._run, misbehaving.take_long, b"0.9") for _ in range(3)]

    pool.close()
    pool.close()

    assert all(isinstance(each.exception(), PoolClosed) for each in waiting)
    assert pid not in {child.pid for child in multiprocessing.active_children()}
    with pytest.raises(PoolClosed):
        pool._run(misbehaving.echo, b"x")


@pytest.mark.slow
def test_pictures_are_looked_at_and_examined(coffee: bytes) -> None:
    pool = ImagePool(Limits(), workers=1)
    try:
        seen = pool.examine(coffee)
        assert seen == examine.examine(coffee, Limits())
        rest = pool.examine(coffee, Want.PIXELS | Want.FILES, seen.sighting)
        assert rest == examine.examine(coffee, Limits(), Want.PIXELS | Want.FILES)
    finally:
        pool.close()


def test_a_warm_pool_has_started_each_of_its_workers(make_pool: Callable[..., ImagePool]) -> None:
    pool = make_pool(workers=2)
    states = [pool.is_warm]

    pool.warm_up()

    assert [*states, pool.is_warm] == [False, True]
    before = [each._supervisor for each in pool._all]
    pool.warm_up()
    assert None not in before
    assert [each._supervisor for each in pool._all] == before
    assert pool._run(misbehaving.echo, b"x") == b"x"


@pytest.mark.slow
def test_workers_that_cannot_start_are_unavailable_until_they_can(
    make_pool: Callable[..., ImagePool], monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = make_pool()
    with monkeypatch.context() as patched:
        patched.setattr(examine, "__name__", "intake.missing")

        with pytest.raises(Unavailable):
            pool._run(misbehaving.echo, b"x")

    assert pool._run(misbehaving.echo, b"x") == b"x"


@pytest.mark.slow
def test_many_threads_may_ask_first_at_once(
    make_pool: Callable[..., ImagePool], people: ThreadPoolExecutor
) -> None:
    pool = make_pool(workers=2)
    start = threading.Barrier(8)

    def ask(number: int) -> bytes:
        start.wait()
        return pool._run(misbehaving.echo, b"%d" % number)

    answers: list[Future[bytes]] = [people.submit(ask, number) for number in range(8)]

    assert [each.result() for each in answers] == [b"%d" % number for number in range(8)]
    assert len(workers_of(pool)) == 2


PROGRAM = """
import os, sys
import django  # at the top, as in any manage.py
from intake.limits import Limits
from intake.pool import ImagePool
from tests.intake import misbehaving

pool = ImagePool(Limits(), workers=1)
pid = pool._run(misbehaving.worker_pid, b"x")
"""


def ran(tmp_path: Path, program: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a new process."""
    path = tmp_path / "program.py"
    path.write_text(PROGRAM + program)
    return subprocess.run(
        [sys.executable, str(path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


@pytest.mark.slow
def test_the_program_is_not_imported_again(tmp_path: Path) -> None:
    ended = ran(
        tmp_path,
        "modules = pool._run(misbehaving.look_around, b'x').modules\n"
        "print('django' in modules, 'intake.examine' in modules)\n",
    )

    assert (ended.stdout, ended.stderr) == ("False True\n", "")


@pytest.mark.slow
def test_a_forked_process_starts_its_own_workers(tmp_path: Path) -> None:
    ended = ran(
        tmp_path,
        """
child = os.fork()
if not child:
    sys.exit(0 if pool._run(misbehaving.worker_pid, b"x") != pid else 1)
print(os.waitpid(child, 0)[1], pool._run(misbehaving.worker_pid, b"x") == pid)
""",
    )

    assert (ended.stdout, ended.stderr) == ("0 True\n", "")


@pytest.mark.slow
def test_workers_end_with_a_server_that_is_killed(tmp_path: Path) -> None:
    # This returns when nobody holds the program's output any more, so the worker has ended too.
    ended = ran(tmp_path, "os.kill(os.getpid(), 9)")

    assert ended.returncode == -signal.SIGKILL


def workers_of(pool: ImagePool) -> set[int]:
    """Return the ids of the processes that the pool runs."""
    return {
        pid
        for each in pool._all
        if each._supervisor
        for pid in each._supervisor._pool_manager.worker_manager.workers
    }
