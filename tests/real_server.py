"""A real gunicorn on a free port, for tests of what only a real server shows."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from tests import made_once
from tests.made_once import ROOT

# A server that compiles, starts its workers and ends them all, on a very busy machine.
_PATIENCE_S = 90


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
def gunicorn(environ: Mapping[str, str], log: Path = Path(os.devnull)) -> Iterator[RealServer]:
    """Serve the product in an environment until the block ends."""
    # Bound here and handed over open: no other process can take the port meanwhile.
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.set_inheritable(True)
        bind = f"fd://{listener.fileno()}"
        command = [sys.executable, "-m", "gunicorn", "--bind", bind]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*command, "dedup_project.asgi:application"],
                cwd=ROOT,
                env=environ,
                pass_fds=[listener.fileno()],
                stdout=output,
                stderr=output,
            )
        server = RealServer(listener.getsockname()[1], process)
    try:
        # The listener queues this until the server is there.
        answer = requests.get(f"{server.url}/healthz", timeout=_PATIENCE_S)
        assert answer.status_code == 200
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=_PATIENCE_S)


def children(pid: int) -> list[str]:
    """Return the commands of a process's children."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "status").read_text()
            command = (folder / "cmdline").read_text()
        except OSError:  # it ended meanwhile
            continue
        if f"\nPPid:\t{pid}\n" in status:
            found.append(command.replace("\0", " "))
    return found


@dataclass(frozen=True, slots=True)
class ProductServer:
    """A server with an organisation on it, and the credential to call it with."""

    port: int
    pid: int
    api_user: str
    api_secret: str
    token: str
    log: Path

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pair(self) -> dict[str, str]:
        """Return the credential as fields."""
        return {"api_user": self.api_user, "api_secret": self.api_secret}

    @property
    def headers(self) -> dict[str, str]:
        """Return the credential as a header."""
        return {"Authorization": f"Bearer {self.token}"}

    def new_list(self, name: str) -> str:
        """Create a list, and return its id."""
        answer = requests.post(
            f"{self.url}/v1/lists/", json={"name": name}, headers=self.headers, timeout=30
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def remove_list(self, list_id: str) -> None:
        """Take a list out of service."""
        answer = requests.delete(
            f"{self.url}/v1/lists/{list_id}/", headers=self.headers, timeout=30
        )
        assert answer.status_code == 204, answer.text


# One process, as starting Django takes longer than each of them.
_PREPARE = """
import django
from django.core.management import call_command

django.setup()
call_command("collectstatic", interactive=False, verbosity=0)
call_command("create_credentials", "--organisation", "Acme", "--email", "a@acme.example",
             "--password-stdin", "--json")
"""
_CREDENTIAL = "credential.json"


def _prepare(folder: Path) -> None:
    made_once.put_database_into(folder)
    made = made_once.run(_PREPARE, made_once.environ(folder), told="long enough!\n")
    (folder / _CREDENTIAL).write_text(made)


@contextmanager
def product(folder: Path, **variables: str) -> Iterator[ProductServer]:
    """Serve the product with its own SQLite file in a folder, set by more variables."""
    prepared = made_once.made_once("server", _prepare)
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    made = json.loads((folder / _CREDENTIAL).read_text())
    log = folder / "server.log"
    with gunicorn({**made_once.environ(folder), **variables}, log) as running:
        pair = made["api_user"], made["api_secret"]
        yield ProductServer(running.port, running.process.pid, *pair, made["token"], log)
