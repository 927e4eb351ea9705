"""A real gunicorn on a free port, for tests of what only a real server shows."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class RealServer:
    """A server that answers."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def gunicorn(environ: Mapping[str, str]) -> Iterator[RealServer]:
    """Serve the product in an environment until the block ends."""
    # Bound here and handed over open: no other process can take the port meanwhile.
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.set_inheritable(True)
        bind = f"fd://{listener.fileno()}"
        command = [sys.executable, "-m", "gunicorn", "--bind", bind, "--threads", "4"]
        process = subprocess.Popen(
            [*command, "dedup_project.wsgi:application"],
            cwd=ROOT,
            env=environ,
            pass_fds=[listener.fileno()],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        server = RealServer(listener.getsockname()[1], process)
    try:
        # The listener queues this until the server is there.
        assert requests.get(f"{server.url}/healthz", timeout=60).status_code == 200
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
