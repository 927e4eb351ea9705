"""The runner of background jobs, kept alive as a child of the web server's main process."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

_MANAGE = Path(__file__).resolve().parent.parent / "manage.py"
_PAUSE_S = 1.0
# Longer than the runner takes to hand back what it cannot finish.
_STOP_S = 15.0


class Companion:
    """A command that is started again whenever it ends, until it is stopped.

    A thread of the main process waits for it, so nothing can end the one that restarts the other.
    The way back is the command's own: it is given the main process's id and ends when that one is
    gone, however it went.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._lock = threading.Lock()
        self._is_stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep_running, name="background", daemon=True)

    def start(self) -> None:
        """Start the command.

        In this thread the first time: a web process that is forked while another thread starts a
        command inherits the pipe by which that is reported, and the report never ends.
        """
        self._start_child()
        self._thread.start()

    def restart(self) -> None:
        """End the command, so that it is started anew."""
        with self._lock:
            if self._child is not None:
                self._child.terminate()

    def stop(self) -> None:
        """End the command for good, and wait for its end."""
        self._is_stopping.set()
        self.restart()
        if self._child is not None:
            self._thread.join(_STOP_S)
            self._child.kill()

    def _keep_running(self) -> None:
        while (child := self._child) is not None:
            # Should gunicorn reap it first, this returns all the same.
            child.wait()
            self._is_stopping.wait(_PAUSE_S)
            if self._is_stopping.is_set():
                return
            self._start_child()

    def _start_child(self) -> None:
        # Ctrl-C is for gunicorn, which then stops this in its turn.
        child = subprocess.Popen([*self._command, str(os.getpid())], process_group=0)  # noqa: S603
        with self._lock:
            self._child = child
            if self._is_stopping.is_set():
                child.terminate()


companion = Companion([sys.executable, str(_MANAGE), "work", "--parent"])
