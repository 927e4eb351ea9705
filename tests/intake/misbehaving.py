"""Tasks for workers that do what hostile pictures do to decoders."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

import numpy as np

from intake.limits import Limits
from matching.errors import CorruptImage


def count_bytes(data: bytes, _limits: Limits) -> int:
    return len(data)


def process_id(_data: bytes, _limits: Limits) -> int:
    return os.getpid()


def wait_a_little(data: bytes, _limits: Limits) -> int:
    threading.Event().wait(0.3)
    return len(data)


def hang(_data: bytes, _limits: Limits) -> None:
    while True:
        time.sleep(60)


def hang_deaf(_data: bytes, _limits: Limits) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    while True:
        time.sleep(60)


def be_killed(_data: bytes, _limits: Limits) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def crash(_data: bytes, _limits: Limits) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def devour_memory(_data: bytes, _limits: Limits) -> int:
    return int(np.ones(10 * 1024**3, np.uint8)[0])


def refuse(data: bytes, _limits: Limits) -> None:
    raise CorruptImage("The picture is broken.", field="image", size=len(data))


def loaded_modules(_data: bytes, _limits: Limits) -> set[str]:
    return set(sys.modules)


def thread_settings(_data: bytes, _limits: Limits) -> dict[str, str | None]:
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM")
    return {name: os.environ.get(name) for name in names}
