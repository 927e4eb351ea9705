"""An installation to break: PostgreSQL that syncs, or a SQLite file, and a real server."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import requests

ROOT = Path(__file__).parents[2]
_PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
# What is compiled at the first start takes a minute or two on a busy machine.
_STARTS_WITHIN_S = 240.0
# Of the person that each installation begins with.
PASSWORD = "long enough"  # noqa: S105
# Who connects more often, and in vain, is shut out for as long as that goes on.
_POLL_S = 0.3


@dataclass
class PostgresCluster:
    """A PostgreSQL cluster with its usual promises: every commit is synced."""

    folder: Path
    options: str = ""

    def create(self) -> None:
        """Make its files, and start it."""
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root.
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self._call("initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8")
        self.start()

    def start(self) -> None:
        """Start, after a crash too."""
        options = f"-c unix_socket_directories={self.folder} -c listen_addresses= {self.options}"
        log = str(self.folder / "log")
        self._call("pg_ctl", "-D", self._data, "-w", "-t", "60", "-l", log, "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        """End it in one of pg_ctl's modes."""
        self._call("pg_ctl", "-D", self._data, "-w", "-m", mode, "stop")

    def kill(self) -> None:
        """End all of its processes at once, as a power cut does."""
        self.send(signal.SIGKILL)
        self.forget_processes()

    def forget_processes(self) -> None:
        """Let it start where it would take itself for still running."""
        for lock in (Path(self._data) / "postmaster.pid", self.folder / ".s.PGSQL.5432.lock"):
            lock.unlink(missing_ok=True)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to all of its processes."""
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def processes(self) -> list[int]:
        """Return the postmaster and its children."""
        lock = Path(self._data) / "postmaster.pid"
        if not lock.exists():
            return []
        first = int(lock.read_text().split("\n", 1)[0])
        listed = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        return [first, *map(int, listed)]

    def url(self, name: str = "lookalike") -> str:
        """Return the address of one of its databases."""
        return f"postgres://postgres@{quote(str(self.folder), safe='')}/{name}"

    def sql(self, statement: str, name: str = "lookalike") -> str:
        """Run a statement, and return what it answers."""
        return self._call(
            "psql", "-h", str(self.folder), "-U", "postgres", "-d", name, "-Atc", statement
        )

    def restore(self, dump: Path, name: str) -> None:
        """Load a dump into one of its databases."""
        of_user = ["-h", str(self.folder), "-U", "postgres"]
        self._call("pg_restore", *of_user, "--no-owner", "-d", name, str(dump))

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _call(self, program: str, *arguments: str) -> str:
        user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        with (self.folder / f"{program}.log").open("w+") as output:
            done = subprocess.run(
                [str(_PROGRAMS[-1] / program), *arguments],
                cwd=self.folder,
                user=user.pw_uid if user else None,
                group=user.pw_gid if user else None,
                extra_groups=[] if user else None,
                # A file and not a pipe: the server keeps it open for as long as it runs.
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
            output.seek(0)
            said = output.read()
        if done.returncode:
            raise RuntimeError(f"{program} failed: {said}")
        return said.strip()


@dataclass
class AttackedServer:
    """A data folder, a database, and the server on a port; all of it can be killed."""

    folder: Path
    variables: Mapping[str, str]
    cluster: PostgresCluster | None = None
    port: int = 0
    token: str = ""
    # Where the code is, and what runs it.
    root: Path = ROOT
    python: str = sys.executable
    _server: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Return the server's address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environ(self) -> dict[str, str]:
        """Return the environment of its server and commands."""
        own = {
            "DATA_DIR": str(self.folder),
            "STATIC_ROOT": str(self.folder / "static"),
            "DJANGO_SETTINGS_MODULE": "dedup_project.settings",
            "BIND": "127.0.0.1",
            "PORT": str(self.port),
            "DECODE_WORKERS": "1",
        }
        inherited = {key: text for key, text in os.environ.items() if key != "DATABASE_URL"}
        return {**inherited, **own, **self.variables}

    def manage(self, *arguments: str, typed: str = "") -> str:
        """Run a command, and return what it prints; raise RuntimeError when it fails."""
        done = subprocess.run(
            [self.python, "manage.py", *arguments],
            cwd=self.root, env=self.environ, input=typed, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{arguments[0]} failed: {done.stdout}{done.stderr}")
        return done.stdout

    def prepare(self) -> None:
        """Create its tables and a credential."""
        self.manage("migrate", "-v0")
        person = ["--organisation", "Bench", "--email", "a@bench.example", "--password-stdin"]
        made = json.loads(self.manage("create_credentials", *person, "--json", typed=PASSWORD))
        self.token = made["token"]

    def start(self) -> float:
        """Start the server, and return the seconds until it answers well."""
        with (self.folder / "server.log").open("ab") as log:
            self._server = subprocess.Popen(
                [self.python, "-m", "gunicorn"],
                cwd=self.root, env=self.environ, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        return self.seconds_until_healthy()

    def seconds_until_healthy(self) -> float:
        """Wait until /healthz says so, and return how long that took."""
        begun_s = time.monotonic()
        while time.monotonic() < begun_s + _STARTS_WITHIN_S:
            with suppress(requests.RequestException):
                if requests.get(f"{self.url}/healthz", timeout=5).ok:
                    return time.monotonic() - begun_s
            time.sleep(_POLL_S)
        raise RuntimeError(f"The server does not answer; see {self.folder / 'server.log'}")

    def processes(self) -> list[int]:
        """Return the server and all that it has started, the background too."""
        return family(self._server.pid) if self._server is not None else []

    def kill(self) -> None:
        """End the server and all that it has started, the background too, at once."""
        if self._server is not None:
            for pid in self.processes():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._server.wait()
            self._server = None


@contextmanager
def installed(
    database: str,
    *,
    postgres_options: str = "",
    root: Path = ROOT,
    python: str = sys.executable,
    within: Path | None = None,
    **variables: str,
) -> Iterator[AttackedServer]:
    """Yield a prepared installation on `sqlite` or `postgresql`, not started yet."""
    with ExitStack() as undone:
        folder = Path(tempfile.mkdtemp(prefix="lookalike-attack-", dir=within))
        undone.callback(shutil.rmtree, folder, ignore_errors=True)
        cluster = None
        if database == "postgresql":
            of_cluster = Path(tempfile.mkdtemp(prefix="lookalike-pg-", dir=within))
            undone.callback(shutil.rmtree, of_cluster, ignore_errors=True)
            cluster = PostgresCluster(of_cluster, postgres_options)
            cluster.create()
            undone.callback(cluster.kill)
            cluster.sql("CREATE DATABASE lookalike", name="postgres")
            variables["DATABASE_URL"] = cluster.url()
        made = AttackedServer(folder, variables, cluster, free_port(), root=root, python=python)
        undone.callback(made.kill)
        made.prepare()
        yield made


def family(pid: int) -> list[int]:
    """Return a process and all that it has started, and they in turn."""
    children = [
        child
        for listed in Path(f"/proc/{pid}/task").glob("*/children")
        for child in map(int, listed.read_text().split())
    ]
    return [pid, *(each for child in children for each in family(child))]


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
