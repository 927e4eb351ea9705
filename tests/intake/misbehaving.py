"""Tasks for the pool's workers, most of them as hostile as a picture can make a decoder."""

from __future__ import annotations

import os
import signal
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from intake.limits import Limits
from matching.errors import CorruptImage


@dataclass(frozen=True)
class Surroundings:
    """What a worker sees of itself."""

    variables: dict[str, str]
    modules: frozenset[str]
    interrupt: object
    niceness: int


def worker_pid(data: bytes, limits: Limits) -> int:
    """Return the id of the process that works."""
    return os.getpid()


def echo(data: bytes, limits: Limits) -> bytes:
    """Return what came in."""
    return data


def take_long(data: bytes, limits: Limits) -> bytes:
    """Take the seconds that are written in the data."""
    threading.Event().wait(float(data))
    return data


def hold(data: bytes, limits: Limits) -> bytes:
    """Work until the other end of the named pipe, whose path the data is, has been closed."""
    return Path(os.fsdecode(data)).read_bytes()


def never_end(data: bytes, limits: Limits) -> None:
    """Stay in one call of C code that no Python signal handler interrupts."""
    sum(range(10**12))


def be_killed(data: bytes, limits: Limits) -> None:
    """Die as when the kernel is out of memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def segfault(data: bytes, limits: Limits) -> None:
    """Die as when a C library is broken."""
    os.kill(os.getpid(), signal.SIGSEGV)


def leave(data: bytes, limits: Limits) -> None:
    """End the process without a word."""
    os._exit(3)


def take_memory(data: bytes, limits: Limits) -> int:
    """Want twice the memory that a worker may have."""
    return len(bytearray(2 * limits.worker_memory_bytes))


def refuse(data: bytes, limits: Limits) -> None:
    """Refuse the picture as the decoder does."""
    raise CorruptImage("The picture is broken.", field="media", reason="cut short", offset=17)


def fail(data: bytes, limits: Limits) -> None:
    """Raise what nobody foresaw."""
    raise ZeroDivisionError("unforeseen")


def look_around(data: bytes, limits: Limits) -> Surroundings:
    """Return what the worker sees."""
    return Surroundings(
        dict(os.environ), frozenset(sys.modules), signal.getsignal(signal.SIGINT), os.nice(0)
    )
