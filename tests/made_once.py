"""What several processes of one run of the suite need alike: the first makes it, all take it.

Migrating an empty database takes six seconds of a processor, collecting static files as much.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Set by scripts/test.py, whose folder goes when the run is over.
_FOLDER = "SHARED_FOLDER"
_DATABASE = "lookalike.sqlite3"


def is_shared() -> bool:
    """Tell whether this process belongs to a run that shares what it makes."""
    return _FOLDER in os.environ


@cache
def _shared() -> Path:
    given = os.environ.get(_FOLDER)
    folder = Path(given or tempfile.mkdtemp(prefix="lookalike-shared-"))
    folder.mkdir(exist_ok=True)
    return folder


def made_once(name: str, make: Callable[[Path], object]) -> Path:
    """Return the folder that `make` has filled, here or in another process of the run."""
    folder, unfinished = _shared() / name, _shared() / f"{name}-unfinished"
    with (_shared() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(folder)
    return folder


def environ(folder: Path) -> dict[str, str]:
    """Return the environment of the product with its data in a folder."""
    return {
        **{name: text for name, text in os.environ.items() if name != "DATABASE_URL"},
        "DATA_DIR": str(folder),
        "STATIC_ROOT": str(folder / "static"),
        "DJANGO_SETTINGS_MODULE": "dedup_project.settings",
        "DECODE_WORKERS": "1",
    }


def run(script: str, environment: Mapping[str, str], *, told: str = "") -> str:
    """Run lines of Python with the product at hand, and return what they print."""
    ran = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=environment,
        input=told,
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout


_MIGRATE = """
import django
from django.core.management import call_command

django.setup()
call_command("migrate", verbosity=0)
"""


def migrated_database() -> Path:
    """Return a SQLite file with all tables and no rows but those that migrations write."""
    folder = made_once("migrated", lambda folder: run(_MIGRATE, environ(folder)))
    return folder / _DATABASE


def put_database_into(folder: Path) -> None:
    """Give a server's folder a database that is migrated already."""
    shutil.copyfile(migrated_database(), folder / _DATABASE)
