from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from common.errors import UnusableImage
from intake.errors import DecoderCrashed, DecodeTimedOut, PoolBusy, PoolClosed
from intake.limits import Limits
from intake.pool import ImagePool
from matching.errors import CorruptImage, UnsupportedFormat
from tests.intake import misbehaving
from tests.photos import encoded, photo


@pytest.fixture(scope="module")
def pool() -> Iterator[ImagePool]:
    opened = ImagePool(Limits(timeout_s=1.0), workers=2)
    yield opened
    opened.close()


def test_a_picture_is_looked_at_and_examined(pool):
    file = encoded(photo("coffee"), "JPEG")

    sighting, examination = pool.look(file), pool.examine(file)

    assert (sighting.image_format, sighting.width, sighting.height) == ("JPEG", 600, 400)
    assert examination.sighting == sighting
    assert set(examination.thumbnails) == {256, 960}


def test_refusals_come_back_with_message_field_and_facts(pool):
    with pytest.raises(CorruptImage) as caught:
        pool.run(misbehaving.refuse, b"123")

    assert caught.value.message == "The picture is broken."
    assert caught.value.field == "image"
    assert caught.value.context == {"size": 3}
    with pytest.raises(UnsupportedFormat):
        pool.look(b"no picture")


@pytest.mark.parametrize("task", [misbehaving.be_killed, misbehaving.crash])
def test_a_worker_that_dies_costs_only_its_task(pool, task):
    with ThreadPoolExecutor() as threads:
        neighbour = threads.submit(pool.run, misbehaving.wait_a_little, b"12345")
        victim = threads.submit(pool.run, task, b"")

        assert isinstance(victim.exception(), DecoderCrashed)
        assert neighbour.result() == 5
    assert pool.run(misbehaving.count_bytes, b"123") == 3


def test_a_task_that_hangs_is_ended_and_its_neighbours_go_on(pool):
    started = time.monotonic()
    with ThreadPoolExecutor() as threads:
        hanging = threads.submit(pool.run, misbehaving.hang, b"")
        answers = [pool.run(misbehaving.count_bytes, b"1" * size) for size in range(20)]

        assert isinstance(hanging.exception(), DecodeTimedOut)
    assert answers == list(range(20))
    assert time.monotonic() - started < 5
    assert pool.run(misbehaving.count_bytes, b"123") == 3


def test_a_decoder_that_ignores_being_asked_to_stop_is_killed(pool):
    started = time.monotonic()

    with pytest.raises(DecodeTimedOut):
        pool.run(misbehaving.hang_deaf, b"")

    assert time.monotonic() - started < 8
    assert pool.run(misbehaving.count_bytes, b"123") == 3


def test_memory_is_bounded(pool):
    with pytest.raises(DecoderCrashed) as caught:
        pool.run(misbehaving.devour_memory, b"")

    assert isinstance(caught.value, UnusableImage)
    assert pool.run(misbehaving.count_bytes, b"123") == 3


def test_a_worker_that_dies_while_it_waits_is_replaced():
    pool = ImagePool(Limits(timeout_s=5.0), workers=1)
    try:
        os.kill(pool.run(misbehaving.process_id, b""), signal.SIGKILL)
        deadline = time.monotonic() + 5
        while pool._idle[0]._pool.active and time.monotonic() < deadline:
            threading.Event().wait(0.02)

        assert pool.run(misbehaving.count_bytes, b"123") == 3
    finally:
        pool.close()


def test_large_files_reach_the_worker(pool):
    assert pool.run(misbehaving.count_bytes, bytes(30_000_000)) == 30_000_000


def test_many_threads_share_few_workers(pool):
    with ThreadPoolExecutor(8) as threads:
        sizes = [threads.submit(pool.run, misbehaving.count_bytes, b"1" * n) for n in range(60)]
        processes = set(threads.map(lambda _: pool.run(misbehaving.process_id, b""), range(20)))

    assert [size.result() for size in sizes] == list(range(60))
    assert len(processes) <= 2


def test_a_worker_is_light_and_has_one_thread_per_library(pool):
    modules = pool.run(misbehaving.loaded_modules, b"")

    assert not {"numba", "django", "cv2"} & modules
    assert set(pool.run(misbehaving.thread_settings, b"").values()) == {"1"}


def test_nothing_is_started_before_the_first_task():
    pool = ImagePool(Limits(), workers=2)

    assert pool._idle == []
    pool.close()


def test_a_full_pool_says_so():
    pool = ImagePool(Limits(timeout_s=5, wait_s=0.05), workers=1)
    try:
        with ThreadPoolExecutor() as threads:
            first = threads.submit(pool.run, misbehaving.wait_a_little, b"123")
            while not pool._busy:
                threading.Event().wait(0.01)

            with pytest.raises(PoolBusy):
                pool.run(misbehaving.count_bytes, b"")
            assert first.result() == 3
    finally:
        pool.close()


def test_a_closed_pool_ends_running_tasks_and_takes_no_more():
    pool = ImagePool(Limits(timeout_s=20), workers=1)
    with ThreadPoolExecutor() as threads:
        running = threads.submit(pool.run, misbehaving.hang, b"")
        while not pool._busy or next(iter(pool._busy))._future is None:
            threading.Event().wait(0.01)
        pool.close()

        assert isinstance(running.exception(timeout=10), PoolClosed)
    with pytest.raises(PoolClosed):
        pool.run(misbehaving.count_bytes, b"")
    pool.close()
