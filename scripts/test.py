"""Runs the whole suite: in a real browser, on SQLite, and on PostgreSQL what uses a database.

These are three calls of pytest, as many at once as there are cores and at least two. The one on
SQLite prints at once, the others when they are done. Arguments are handed on to pytest. A part that
is missing ends the run and is never passed over.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from scripts import chromium, postgres

# These touch no database, or bring a server with its own: once is enough.
_WITHOUT_DATABASE = ("architecture", "browser", "clients", "common", "intake", "matching")
_NO_TESTS_CHOSEN = 5  # pytest's exit code


@dataclass(frozen=True, slots=True)
class Run:
    """What one call of pytest came to."""

    name: str
    exit_code: int
    tests: int
    failed: int
    skipped: int
    seconds: float

    def __str__(self) -> str:
        """Return the run's line of the summary."""
        passed = self.tests - self.failed - self.skipped
        return (
            f"{self.name:<11}{passed:>6} passed{self.failed:>6} failed{self.skipped:>6} skipped"
            f"{self.seconds:>7.0f} s   {'good' if self.exit_code == 0 else 'NOT GOOD'}"
        )


def main(arguments: Sequence[str]) -> int:
    """Run everything, report, and return the exit code."""
    # A run that is stopped from outside still stops its server and removes its folders.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    browser = chromium.path()
    with (
        tempfile.TemporaryDirectory(prefix="lookalike-test-") as folder,
        postgres.running() as postgres_url,
    ):
        common = {
            **os.environ,
            "CHROMIUM": browser,
            "TMPDIR": folder,  # whatever tests leave behind goes with it
        }
        parts = [
            _Part("Browser", {**common, "DATABASE_URL": ""}, ["-m", "browser", *arguments]),
            _Part(
                "SQLite",
                {**common, "DATABASE_URL": ""},
                ["-m", "not postgres and not browser", *arguments],
                is_shown=True,
            ),
            _Part(
                "PostgreSQL",
                {**common, "DATABASE_URL": postgres_url},
                ["-m", "not browser", *_ignored_folders(), *arguments],
            ),
        ]
        ended = _run_all(parts)
    print("\n== Summary", *ended, sep="\n")
    return _exit_code(ended, may_choose_none=bool(arguments))


def _ignored_folders() -> list[str]:
    return [f"--ignore=tests/{name}" for name in _WITHOUT_DATABASE]


class _Part:
    """One call of pytest: one is shown while it runs, others print when they are done."""

    def __init__(
        self,
        name: str,
        environment: Mapping[str, str],
        arguments: Sequence[str],
        *,
        is_shown: bool = False,
    ) -> None:
        self._name = name
        self._folder = Path(tempfile.mkdtemp(dir=environment["TMPDIR"]))
        self._environment = {**environment, "DATA_DIR": str(self._folder)}
        self._arguments = arguments
        self._is_shown = is_shown
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> Run:
        """Run it to its end and return what it came to."""
        report, output = self._folder / "report.xml", self._folder / "output.txt"
        command = [sys.executable, "-m", "pytest", f"--junitxml={report}"]
        with nullcontext() if self._is_shown else output.open("wb") as file:
            self._process = subprocess.Popen(
                [*command, *self._arguments], env=self._environment, stdout=file, stderr=file
            )
            exit_code = self._process.wait()
        if not self._is_shown:
            print(f"\n== Tests: {self._name}\n{output.read_text(errors='replace')}", flush=True)
        return Run(self._name, exit_code, *_counts(report))

    def stop(self) -> None:
        """End it, if it is still under way."""
        if self._process is not None:
            self._process.kill()


def _run_all(parts: Sequence[_Part]) -> list[Run]:
    print("\n== Tests: the others follow when they are done, this is SQLite", flush=True)
    with ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as pool:
        runs = [pool.submit(part.run) for part in parts]
        try:
            return [run.result() for run in runs]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for part in parts:
                part.stop()


def _counts(report: Path) -> tuple[int, int, int, float]:
    """Return how many tests there were, failed and were skipped, and how many seconds they took."""
    if not report.exists():  # pytest itself has failed
        return 0, 0, 0, 0
    root = ET.parse(report).getroot()  # noqa: S314 - written by our own run

    def total(*names: str) -> int:
        return sum(int(suite.get(name, "0")) for suite in root.iter("testsuite") for name in names)

    seconds = sum(float(suite.get("time", "0")) for suite in root.iter("testsuite"))
    return total("tests"), total("failures", "errors"), total("skipped"), seconds


def _exit_code(runs: Sequence[Run], *, may_choose_none: bool) -> int:
    """Return zero when every run was good and tests ran at all."""
    bad = [run for run in runs if run.exit_code]
    if may_choose_none:
        bad = [run for run in bad if run.exit_code != _NO_TESTS_CHOSEN]
    if bad:
        print("Some tests failed: see above.")
    elif not any(run.tests for run in runs):
        print("No test ran, so nothing is known.")
    else:
        print("All tests are good.")
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
