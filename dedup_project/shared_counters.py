"""Lets the processes of a server count together, in a folder of small files.

The server's main process calls `share` before anything is counted; its children inherit the folder.
It lies in memory: the files are mapped, and a full disk would kill the process that counts there.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

from dedup_project import env

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_PREFIX = "lookalike-metrics-"
_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder in it has a random name
_FILE = re.compile(r"[a-z_]+_(?P<pid>\d+)\.db")


def share() -> None:
    """Choose the folder, unless nobody may read what is counted or an operator has chosen it."""
    if not (env.text("METRICS_TOKEN", "") or env.words("METRICS_ADDRESSES")):
        return
    folder = Path(os.environ.get(FOLDER_VARIABLE, _PREFIX))
    if folder.name.startswith(_PREFIX) and not _is_own(folder):
        where = _MEMORY if _MEMORY.is_dir() else None
        os.environ[FOLDER_VARIABLE] = tempfile.mkdtemp(prefix=_own_prefix(), dir=where)
    else:
        for file in _of_the_dead(folder):
            file.unlink(missing_ok=True)


def forget() -> None:
    """Delete the folder, if this process has made it."""
    folder = Path(os.environ.get(FOLDER_VARIABLE, ""))
    if _is_own(folder):
        shutil.rmtree(folder, ignore_errors=True)


def forget_gauges_of_the_dead(folder: Path) -> None:
    """Delete what processes that are gone said of themselves; what they counted stays counted."""
    for file in _of_the_dead(folder):
        if file.name.startswith("gauge_live"):
            file.unlink(missing_ok=True)


def _own_prefix() -> str:
    return f"{_PREFIX}{os.getpid()}-"


def _is_own(folder: Path) -> bool:
    """Tell whether this very process has made it: a new server may inherit that of an old one."""
    return folder.name.startswith(_own_prefix())


def _of_the_dead(folder: Path) -> list[Path]:
    files = [(file, _FILE.fullmatch(file.name)) for file in folder.glob("*.db")]
    return [file for file, found in files if found and not _is_alive(int(found["pid"]))]


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
