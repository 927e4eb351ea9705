"""How the browser of the tests starts; scripts/chromium.py finds it and sets CHROMIUM."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

# Playwright keeps an event loop running in the thread of the tests, where Django then refuses its
# database. Nothing else runs in that loop.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

_HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests of this folder, so that `-m "not browser"` leaves them out."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the system's Chromium; as root it has no sandbox."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    program = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    return {**browser_type_launch_args, "executable_path": program, "args": sandbox}


@pytest.fixture(scope="session")
def base_url(live_server: LiveServer) -> str:
    """Return the server's address, so that tests go to "/login/"."""
    return str(live_server.url)
