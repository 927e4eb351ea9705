"""How a worker process begins; standard library only, so that nothing loads before the limits.

Everything that a fresh worker imports first lies here: the variables below are read once, when
numpy and its libraries are loaded.
"""

from __future__ import annotations

import importlib
import os
import resource
import signal
import sys
import threading
from multiprocessing.context import SpawnContext, SpawnProcess
from pathlib import Path
from types import ModuleType

# A worker is one of several; more threads in each would only wait for each other.
_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)
_main_swap = threading.Lock()


class WorkerProcess(SpawnProcess):
    """A fresh interpreter that does not import the program that started it.

    By default it would run `manage.py` or gunicorn's script again, and load Django with it.
    """

    def start(self) -> None:
        """Start with an empty `__main__` in place of the program's."""
        with _main_swap:
            program = sys.modules["__main__"]
            sys.modules["__main__"] = ModuleType("__main__")
            try:
                super().start()
            finally:
                sys.modules["__main__"] = program


class WorkerContext(SpawnContext):
    """Starts workers by spawning: forking a web process copies the locks that its threads hold."""

    Process = WorkerProcess


def begin(memory_bytes: int, niceness: int, preloaded: str) -> None:
    """Bind this worker to one thread and its memory, and make the module of its tasks ready.

    It is as much nicer than its parent as told.

    Its `warm_up` compiles what is compiled on first use, which on a new machine takes longer than
    a picture may.
    """
    os.environ.update(dict.fromkeys(_THREAD_VARIABLES, "1"))
    os.nice(niceness)
    # At once, even while a decoder's C code runs; the terminal's Ctrl-C is for the parent.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    importlib.import_module(preloaded).warm_up()
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    # libtiff and others complain there about every broken file; our errors return by the pipe.
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stderr.fileno())


def do_nothing(data: bytes, limits: object) -> None:
    """Be a task that is done as soon as there is a worker."""
