"""A Chromium for the browser tests: a given one, the machine's own, or one installed now."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

# The shell without a window takes half the processor time of the browser with one.
_SHELL = "chromium-headless-shell"
_NAMES = (_SHELL, "chromium", "chromium-browser", "google-chrome")
_ASK_PLAYWRIGHT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


def path() -> str:
    """Return the browser's program; without any the run ends with a sentence that helps."""
    given = os.environ.get("CHROMIUM", "")
    if given and not shutil.which(given):
        sys.exit(f"CHROMIUM is {given}, which is not a program. Name Chromium's program or none.")
    found = given or _installed() or _installed_by_apt() or _installed_by_playwright()
    if not found or not _runs(found):
        sys.exit(
            "The tests need Chromium and there is none that runs. Install it "
            "(sudo apt-get install chromium), or set CHROMIUM to the path of its program."
        )
    return found


def _installed() -> str | None:
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


def _installed_by_apt() -> str | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    print("Installing Chromium with apt-get", flush=True)
    _call("apt-get", "update", "-qq")
    install = ("apt-get", "install", "-y", "-qq", "--no-install-recommends", "fonts-noto-core")
    return _installed() if _call(*install, _SHELL) or _call(*install, "chromium") else None


def _installed_by_playwright() -> str | None:
    print("Installing Chromium with Playwright", flush=True)
    if not _call(sys.executable, "-m", "playwright", "install", "chromium"):
        return None
    ask = [sys.executable, "-c", _ASK_PLAYWRIGHT]
    return subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()


def _call(*command: str) -> bool:
    """Run the command, show what it complains about and return whether it went well."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
    return done.returncode == 0


def _runs(program: str) -> bool:
    """Return whether the program starts at all: its libraries may be missing."""
    return subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0
