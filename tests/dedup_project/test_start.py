"""The start of a web process: nothing that takes seconds is left to the first request."""

from __future__ import annotations

import logging
import os
import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, ProgrammingError

import manage
from accounts import first_admin
from common.errors import Unavailable
from dedup_project import compiled
from lists import readiness

CONFIGURATION = Path(__file__).parents[2] / "gunicorn.conf.py"


@pytest.fixture(autouse=True)
def set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody has an account."""
    monkeypatch.setattr(first_admin, "waiting_token", lambda: "")


def start() -> list[str]:
    """Start a web process's work; return its signs of life."""
    signs: list[str] = []
    process = SimpleNamespace(
        notify=lambda: signs.append("alive"), log=logging.getLogger("gunicorn.error")
    )
    configured: dict[str, Any] = runpy.run_path(str(CONFIGURATION))
    configured["post_worker_init"](process)
    return signs


def test_a_web_process_is_ready_before_it_takes_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    prepared: list[str] = []
    monkeypatch.setattr(readiness, "prepare", lambda: prepared.append("ready"))

    signs = start()

    assert prepared == ["ready"]
    assert signs


def test_a_web_process_starts_though_it_is_not_ready(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse() -> None:
        raise Unavailable("The database does not answer.")

    monkeypatch.setattr(readiness, "prepare", refuse)

    start()

    assert "The database does not answer." in caplog.text


@pytest.mark.parametrize("is_writable", [True, False])
def test_compiled_loops_are_kept_in_the_data_folder_where_the_code_is_read_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, is_writable: bool
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    # Whatever is set here is taken back after the test.
    monkeypatch.setenv("NUMBA_CACHE_DIR", "")
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.setattr(os, "access", lambda *_: is_writable)

    compiled.keep()

    kept = os.environ.get("NUMBA_CACHE_DIR")
    assert kept == (None if is_writable else str(tmp_path / "compiled"))


@pytest.mark.parametrize("kind", [OperationalError, ProgrammingError])
def test_a_command_with_the_wrong_database_ends_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    def fail(_: list[str]) -> None:
        raise kind("no such table")

    monkeypatch.setattr(manage, "execute_from_command_line", fail)

    with pytest.raises(SystemExit, match="no such table"):
        manage.main()
    monkeypatch.setattr("sys.argv", ["manage.py", "verify", "--traceback"])
    with pytest.raises(kind):
        manage.main()
