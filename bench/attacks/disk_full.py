"""Fills the disk of an installation on SQLite while clients work, twice, and frees it again.

    python -m bench.attacks.disk_full

The disk is a tmpfs, so it takes root to mount it. First it is filled up to what pictures leave to
others (`STORAGE_RESERVE_BYTES`): new pictures are refused, all else goes on. Then to the last byte:
nothing can be written. A line for each, as `bench.attacks.database_faults` prints it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.attacks.database_faults import measured
from bench.attacks.installation import AttackedServer, installed
from bench.attacks.traffic import Traffic

_DISK_MB = 200
_RESERVE_BYTES = 20_000_000
_FULL_S = 10.0
_MB = bytes(1_000_000)


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Mount a small disk over a folder, with what is in it."""
    kept = folder.with_name(f"{folder.name}-kept")
    folder.rename(kept)
    folder.mkdir()
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={_DISK_MB}m", "tmpfs", str(folder)], check=True
    )
    try:
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        shutil.rmtree(kept)


def filled(installation: AttackedServer, left_bytes: int) -> None:
    """Leave so much room for a while, then free all."""
    ballast = installation.folder / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while shutil.disk_usage(installation.folder).free > left_bytes + len(_MB):
            file.write(_MB)
        while not left_bytes:
            file.write(_MB[:4096])
    time.sleep(_FULL_S)
    ballast.unlink()


def main() -> int:
    """Attack, unless nothing can be mounted."""
    if os.geteuid() != 0:
        print("skipped: only root may mount a small disk")
        return 0
    with (
        installed("sqlite", STORAGE_RESERVE_BYTES=str(_RESERVE_BYTES)) as installation,
        small_disk(installation.folder),
    ):
        installation.start()
        traffic = Traffic(installation.url, installation.token)
        good = [
            measured(traffic, "reserve left", lambda: filled(installation, _RESERVE_BYTES - 10**7)),
            measured(traffic, "full", lambda: filled(installation, 0)),
        ]
        installation.manage("verify")
        installation.kill()
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
