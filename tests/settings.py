"""The product's settings, with a separate data folder and shortcuts that change no behaviour."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any, cast

_FOLDER = Path(tempfile.mkdtemp(prefix="lookalike-tests-"))
os.environ["DATA_DIR"] = str(_FOLDER)
# As gunicorn.conf.py does: for small matrices more threads take twice the time. Before numpy.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

from dedup_project.settings import *  # noqa: E402, F403
from dedup_project.settings import DATABASES, STORAGES, TEMPLATES  # noqa: E402

# A file, not memory: concurrency tests open several connections.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(_FOLDER / "test.sqlite3")}
    # The data is gone after the run: nothing has to survive a power cut, here and below.
    _SQLITE = cast("dict[str, Any]", DATABASES["default"].setdefault("OPTIONS", {}))
    _PRAGMAS = str(_SQLITE.get("init_command", ""))
    _SQLITE["init_command"] = f"{_PRAGMAS};PRAGMA synchronous=OFF".lstrip(";")


def _no_fsync(fd: object) -> None:
    """Do nothing: files of tests are gone after the run too."""


def _no_sync() -> None:
    """Do nothing, and above all not for the whole machine."""


os.fsync, os.sync = _no_fsync, _no_sync
# Argon2 is slow on purpose; one test asserts that the product uses it.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# No hashed names without collectstatic.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT = _FOLDER / "static"
STATIC_ROOT.mkdir()
WHITENOISE_AUTOREFRESH = True
_OPTIONS = cast("dict[str, Any]", TEMPLATES[0]["OPTIONS"])
# The coverage of templates needs their line numbers, which cost time.
TEMPLATES = [{**TEMPLATES[0], "OPTIONS": {**_OPTIONS, "debug": "COVERAGE_RUN" in os.environ}}]
# A test sees what its own thread has written; one asks for several.
IMPORT_THREADS = 1
# Tests write little, and run on disks that are nearly full too.
STORAGE_RESERVE_BYTES = 0
