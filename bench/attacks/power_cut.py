"""Cuts the power of a running installation, and asks its disk for all that was acknowledged.

    python -m bench.attacks.power_cut sqlite --times 10
    python -m bench.attacks.power_cut postgresql --times 10
    python -m bench.attacks.power_cut postgresql --careless    # has to find something lost

Database and pictures lie on a small disk: an ext4 file system in a file. At a random moment under
load that file is copied, and nothing is stopped for it. The copy has what the kernel had written by
then and not what only its cache had, so whatever was not synced is missing, as after a power cut;
what a disk loses of writes that it has accepted is not tried. The file lies on a file system that
is frozen for the copy, so it is of one moment. Then the copy is mounted, the database recovers,
`manage.py verify` looks into rows and files, and a server says what is there. Root only.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.attacks import picture_server
from bench.attacks.installation import AttackedServer, PostgresCluster, free_port
from bench.attacks.kill import installed_to_import
from bench.attacks.traffic import Traffic

_DISK_MB = 500
_HOLDER_MB = 700
_FEW_FILES = "-c max_wal_size=64MB -c min_wal_size=32MB"


class Disk:
    """A disk in a file, mounted at `folder`."""

    def __init__(self, within: Path) -> None:
        """Say where it is to be; `mounted` makes it."""
        self.folder = within / "disk"
        self._holder = within / "holder"
        self._file = self._holder / "disk.ext4"

    @contextmanager
    def mounted(self) -> Iterator[None]:
        """Make it, and the file system that holds its file."""
        with (
            _mounted(_formatted(self._holder.with_suffix(".ext4"), _HOLDER_MB), self._holder),
            _mounted(_formatted(self._file, _DISK_MB), self.folder),
        ):
            yield

    def copy_to(self, copy: Path) -> None:
        """Copy what is written to it at one moment; nothing in the cache is written for that."""
        subprocess.run(["fsfreeze", "--freeze", str(self._holder)], check=True)
        try:
            subprocess.run(["cp", "--sparse=always", str(self._file), str(copy)], check=True)
        finally:
            subprocess.run(["fsfreeze", "--unfreeze", str(self._holder)], check=True)


def _formatted(file: Path, size_mb: int) -> Path:
    subprocess.run(["truncate", f"--size={size_mb}M", str(file)], check=True)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(file)], check=True)
    return file


@contextmanager
def _mounted(file: Path, folder: Path) -> Iterator[None]:
    folder.mkdir()
    subprocess.run(["mount", "-o", "loop", str(file), str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


@contextmanager
def _opened(installation: AttackedServer, disk: Disk, copied: Path) -> Iterator[AttackedServer]:
    """Yield a server on a copy of the disk, whose background does no work."""
    folder = copied / installation.folder.relative_to(disk.folder)
    variables = {**installation.variables, "WORK": "0"}
    with ExitStack() as undone:
        cluster = installation.cluster
        if cluster is not None:
            cluster = PostgresCluster(copied / cluster.folder.relative_to(disk.folder))
            cluster.forget_processes()
            cluster.start()
            undone.callback(cluster.stop, "immediate")
            variables["DATABASE_URL"] = cluster.url()
        server = AttackedServer(folder, variables, cluster, free_port(), installation.token)
        undone.callback(server.kill)
        yield server


def cut(installation: AttackedServer, disk: Disk, traffic: Traffic, within: Path) -> list[str]:
    """Copy the disk under load; return what of that acknowledged before is not on the copy."""
    traffic.start()
    traffic.wait(answers=random.randrange(3, 40), in_import=random.random() < 0.5)
    time.sleep(random.uniform(0, 0.3))
    promised = traffic.now_known()
    copy = within / "copy.ext4"
    disk.copy_to(copy)
    traffic.stop()
    with (
        _mounted(copy, within / "copy"),
        _opened(installation, disk, within / "copy") as server,
    ):
        try:
            server.manage("verify")
        except RuntimeError as error:
            return [str(error)]
        server.start()
        return traffic.lost(url=server.url, promised=promised)


def attack(database: str, times: int, *, is_careless: bool) -> list[str]:
    """Cut so many times, print a line for each, and return what was lost or half there."""
    options = f"{_FEW_FILES} -c fsync={'off' if is_careless else 'on'}"
    wrong: list[str] = []
    with ExitStack() as stack:
        within = Path(tempfile.mkdtemp(prefix="lookalike-cut-"))
        # PostgreSQL runs as another user.
        within.chmod(0o755)
        stack.callback(shutil.rmtree, within)
        disk = Disk(within)
        stack.enter_context(disk.mounted())
        pictures_url = stack.enter_context(picture_server.serving())
        installation = stack.enter_context(
            installed_to_import(database, within=disk.folder, postgres_options=options)
        )
        installation.start()
        traffic = Traffic(installation.url, installation.token, pictures_url=pictures_url)
        for _ in range(times):
            found = cut(installation, disk, traffic, within)
            print(f"cut: {traffic.known}, {len(found)} lost or half there", flush=True)
            wrong += found
    return wrong


def main(arguments: Sequence[str]) -> int:
    """Attack an installation of one kind, unless nothing can be mounted."""
    parser = argparse.ArgumentParser(prog="python -m bench.attacks.power_cut")
    parser.add_argument("database", choices=["sqlite", "postgresql"])
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--careless", action="store_true", help="let PostgreSQL sync nothing")
    options = parser.parse_args(arguments)
    if os.geteuid() != 0:
        print("skipped: only root may mount a disk")
        return 0
    wrong = attack(options.database, options.times, is_careless=options.careless)
    print(*wrong, sep="\n", end="")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
