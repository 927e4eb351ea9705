"""Runs the whole suite: on SQLite with a real browser, and on PostgreSQL what uses a database.

Both run at once, and what the second says is printed after the first: one after the other they took
half as long again on two cores. Arguments are handed on to pytest. A part that is missing ends the
run and is never passed over.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Sequence
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
            "COVERAGE_FILE": f"{folder}/.coverage",
            "TMPDIR": folder,  # whatever tests leave behind goes with it
        }
        runs = [
            _Started(
                "SQLite", _with_database(common, folder, ""), ["-m", "not postgres", *arguments]
            ),
            _Started(
                "PostgreSQL",
                _with_database(common, folder, postgres_url),
                ["-m", "not browser", *_ignored_folders(), *arguments],
                output=Path(folder, "postgresql.txt"),
            ),
        ]
        try:
            ended = [each.ended() for each in runs]
        finally:
            for each in runs:
                each.process.kill()
        # Some of the tests say nothing about what all of them cover.
        coverage_exit_code = 0 if arguments else _report_coverage(common)
    print("\n== Summary", *ended, sep="\n")
    return _exit_code(ended, coverage_exit_code, may_choose_none=bool(arguments))


def _with_database(common: dict[str, str], folder: str, url: str) -> dict[str, str]:
    """Return the environment of a run, with a data folder of its own."""
    return {**common, "DATA_DIR": tempfile.mkdtemp(dir=folder), "DATABASE_URL": url}


def _ignored_folders() -> list[str]:
    return [f"--ignore=tests/{name}" for name in _WITHOUT_DATABASE]


class _Started:
    """A call of pytest under way; it prints at once, or into a file that is printed at its end."""

    def __init__(
        self,
        name: str,
        environment: dict[str, str],
        arguments: list[str],
        *,
        output: Path | None = None,
    ) -> None:
        self._name = name
        self._output = output
        self._report = Path(environment["DATA_DIR"], "report.xml")
        command = [
            *(sys.executable, "-m", "coverage", "run", "-m", "pytest"),
            f"--junitxml={self._report}",
        ]
        if output is None:
            self._print_name()
        with output.open("wb") if output else nullcontext() as file:
            self.process = subprocess.Popen(
                [*command, *arguments], env=environment, stdout=file, stderr=file
            )

    def ended(self) -> Run:
        """Wait for its end and return what it came to."""
        exit_code = self.process.wait()
        if self._output is not None:
            self._print_name()
            print(self._output.read_text(errors="replace"), flush=True)
        return Run(self._name, exit_code, *_counts(self._report))

    def _print_name(self) -> None:
        print(f"\n== Tests on {self._name}", flush=True)


def _counts(report: Path) -> tuple[int, int, int, float]:
    """Return how many tests there were, failed and were skipped, and how many seconds they took."""
    if not report.exists():  # pytest itself has failed
        return 0, 0, 0, 0
    root = ET.parse(report).getroot()  # noqa: S314 - written by our own run

    def total(*names: str) -> int:
        return sum(int(suite.get(name, "0")) for suite in root.iter("testsuite") for name in names)

    seconds = sum(float(suite.get("time", "0")) for suite in root.iter("testsuite"))
    return total("tests"), total("failures", "errors"), total("skipped"), seconds


def _report_coverage(environment: dict[str, str]) -> int:
    """Print what both runs together reach; not zero when that is less than pyproject.toml asks."""
    print("\n== Coverage", flush=True)
    coverage = [sys.executable, "-m", "coverage"]
    subprocess.run([*coverage, "combine", "--quiet"], env=environment, check=False)
    return subprocess.run([*coverage, "report"], env=environment, check=False).returncode


def _exit_code(runs: Sequence[Run], coverage_exit_code: int, *, may_choose_none: bool) -> int:
    """Return zero when every run was good and tests ran at all."""
    bad = [run for run in runs if run.exit_code]
    if may_choose_none:
        bad = [run for run in bad if run.exit_code != _NO_TESTS_CHOSEN]
    if bad:
        print("Some tests failed: see above.")
    elif not any(run.tests for run in runs):
        print("No test ran, so nothing is known.")
    elif coverage_exit_code:
        print("The tests are good and leave too much unreached: see above.")
    else:
        print("All tests are good.")
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
