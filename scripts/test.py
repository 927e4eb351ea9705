"""Runs the tests in parts: on SQLite, on PostgreSQL what depends on it, and in a real browser.

    python -m scripts.test                        the whole suite
    python -m scripts.test tests/jobs -k lease    the parts that have such tests
    python -m scripts.test --quick                what answers within a minute

A part is one call of pytest. Three run at once on two cores, since each waits now and then, and the
browser comes first whenever several could go on: a person who looks at a page has the computer to
themselves. The first prints while it runs, the others when they are done. A part whose server or
browser is missing ends the run and is never passed over.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from scripts import chromium, postgres

_CORES = 2
_AT_ONCE = _CORES + 1
_NO_TESTS_CHOSEN = 5  # pytest's exit code
# Without its cache pytest rewrites all assertions again, in each part of each run.
_UNWANTED = ("PYTHONDONTWRITEBYTECODE",)
COMPILE = (sys.executable, "-m", "scripts.kernels")


@dataclass(frozen=True, slots=True)
class Part:
    """Which tests make a part, and what they need to run."""

    name: str
    marked: str
    needs_postgres: bool = False
    needs_browser: bool = False
    options: tuple[str, ...] = ()
    # Where its tests are, so that no others are read; more are looked at when some are chosen.
    folders: tuple[str, ...] = ()
    # Its marks are those of another part, which has all of them where tests are chosen.
    is_share: bool = False


# Where nothing depends on the database. Whatever folder is new belongs to the product.
_ENGINE = ("matching", "moderation")
_AROUND = ("bench", "clients", "common", "deploy", "intake")
_APART = (*_ENGINE, *_AROUND)
_ON_SQLITE = "not postgres and not browser and (commits or not database)"


def _folders(*without: str) -> tuple[str, ...]:
    found = {str(path.parent) for path in Path("tests").rglob("test_*.py")}
    return tuple(sorted({"/".join(path.split("/")[:2]) for path in found} - _in_tests(*without)))


def _in_tests(*names: str) -> set[str]:
    return {f"tests/{name}" for name in names}


# The longest first, so that the others fill up the cores to the end; at the end what computes and
# waits for nothing. What depends on the database runs on PostgreSQL, and on SQLite too where it
# commits. The architecture is part of `make check`.
WHOLE = (
    Part("SQLite", _ON_SQLITE, folders=_folders("architecture", "browser", *_APART)),
    Part(
        "Browser",
        "browser",
        needs_postgres=True,
        needs_browser=True,
        folders=("tests/browser",),
    ),
    Part(
        "PostgreSQL",
        "(postgres or database) and not browser",
        needs_postgres=True,
        folders=_folders("architecture", "browser", *_APART),
    ),
    Part("Around", _ON_SQLITE, folders=tuple(sorted(_in_tests(*_AROUND))), is_share=True),
    Part("Engine", _ON_SQLITE, folders=tuple(sorted(_in_tests(*_ENGINE))), is_share=True),
)
# Folders that hold nothing quick are not even read.
QUICK = (
    Part(
        "Quick",
        "not postgres and not browser and not slow",
        options=(
            *("-n", str(_CORES), "--dist", "worksteal"),
            *(f"--ignore=tests/{name}" for name in ("bench", "browser", "clients")),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Run:
    """The result of one call of pytest."""

    name: str
    exit_code: int
    tests: int
    failed: int
    skipped: int
    seconds: float
    names_failed: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the run's line of the summary."""
        passed = self.tests - self.failed - self.skipped
        return (
            f"{self.name:<11}{passed:>6} passed{self.failed:>6} failed{self.skipped:>6} skipped"
            f"{self.seconds:>7.0f} s   {'good' if self.exit_code == 0 else 'NOT GOOD'}"
            + "".join(f"\n  failed: {name}" for name in self.names_failed)
        )


def main(arguments: Sequence[str]) -> int:
    """Run what is asked for, report, and return the exit code."""
    # A run that is stopped from outside still stops its server and removes its folders.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    chosen = [each for each in arguments if each != "--quick"]
    parts: Sequence[Part] = QUICK if "--quick" in arguments else WHOLE
    with tempfile.TemporaryDirectory(prefix="lookalike-test-") as folder:
        environment = {
            **{name: text for name, text in os.environ.items() if name not in _UNWANTED},
            "DATABASE_URL": "",
            "TMPDIR": folder,  # whatever tests leave behind goes with it
            "SHARED_FOLDER": f"{folder}/shared",
        }
        if chosen:
            parts = tuple(
                part
                for part in parts
                if not part.is_share and _has_tests(part, chosen, environment)
            )
        with _prepared(parts, environment) as calls:
            ended = _run_all([_Call(part, more, chosen) for part, more in calls])
    print("\n== Summary", *ended, sep="\n")
    return _exit_code(ended)


def _has_tests(part: Part, chosen: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Ask pytest, so that no server and no browser starts in vain; its errors are shown later."""
    command = [*_pytest(part, chosen), "--collect-only", "-qq", "-n0"]
    asked = subprocess.run(command, env=environment, capture_output=True, check=False)
    return asked.returncode != _NO_TESTS_CHOSEN


@contextmanager
def _prepared(
    parts: Sequence[Part], environment: Mapping[str, str]
) -> Iterator[list[tuple[Part, Mapping[str, str]]]]:
    """Start what the parts need, and yield each with its environment."""
    with ExitStack() as started:
        subprocess.run(COMPILE, env=environment, check=True)
        url, browser = "", ""
        if any(part.needs_browser for part in parts):
            browser = chromium.path()
        if any(part.needs_postgres for part in parts):
            url = started.enter_context(postgres.running())
        calls: list[tuple[Part, Mapping[str, str]]] = []
        for part in parts:
            own = {**environment, "DATA_DIR": tempfile.mkdtemp(dir=environment["TMPDIR"])}
            if part.needs_browser:
                own["CHROMIUM"] = browser
            if part.needs_postgres:
                own["DATABASE_URL"] = _named_for(part, url)
            calls.append((part, own))
        yield calls


def _named_for(part: Part, url: str) -> str:
    """Return the address of the part's own database, from whose name the test database has its."""
    address = urlsplit(url)
    return urlunsplit(address._replace(path=f"{address.path}_{part.name.lower()}"))


def _pytest(part: Part, chosen: Sequence[str]) -> list[str]:
    return [
        sys.executable,
        "-m",
        "pytest",
        "-m",
        part.marked,
        *part.options,
        *(chosen or part.folders),
    ]


@dataclass(slots=True)
class _Call:
    """One call of pytest: one is shown while it runs, others print when they are done."""

    part: Part
    environment: Mapping[str, str]
    chosen: Sequence[str]
    is_shown: bool = False
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def run(self) -> Run:
        """Run it to its end and return its result."""
        folder = Path(self.environment["DATA_DIR"])
        report, output = folder / "report.xml", folder / "output.txt"
        patience = [] if self.part.needs_browser else ["nice"]
        command = [*patience, *_pytest(self.part, self.chosen), f"--junitxml={report}"]
        with nullcontext() if self.is_shown else output.open("wb") as file:
            self._process = subprocess.Popen(
                command, env=self.environment, stdout=file, stderr=file
            )
            exit_code = self._process.wait()
        if not self.is_shown:
            text = output.read_text(errors="replace")
            print(f"\n== Tests: {self.part.name}\n{text}", flush=True)
        return Run(self.part.name, exit_code, *_counts(report))

    def stop(self) -> None:
        """End it, if it is still under way."""
        if self._process is not None:
            self._process.kill()


def _run_all(calls: Sequence[_Call]) -> list[Run]:
    if calls:
        calls[0].is_shown = True
        print(f"\n== Tests: {calls[0].part.name}", flush=True)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        runs = [pool.submit(call.run) for call in calls]
        try:
            return [run.result() for run in runs]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for call in calls:
                call.stop()


def _counts(report: Path) -> tuple[int, int, int, float, tuple[str, ...]]:
    """Return how many tests there were, failed and were skipped, the seconds, and which failed."""
    if not report.exists():  # pytest itself has failed
        return 0, 0, 0, 0, ()
    root = ET.parse(report).getroot()  # noqa: S314 - written by our own run

    def total(*names: str) -> int:
        return sum(int(suite.get(name, "0")) for suite in root.iter("testsuite") for name in names)

    seconds = sum(float(suite.get("time", "0")) for suite in root.iter("testsuite"))
    failed = {
        f"{case.get('classname')}.{case.get('name')}"
        for case in root.iter("testcase")
        if case.find("failure") is not None or case.find("error") is not None
    }
    return (
        total("tests"),
        total("failures", "errors"),
        total("skipped"),
        seconds,
        tuple(sorted(failed)),
    )


def _exit_code(runs: Sequence[Run]) -> int:
    """Return zero when every run was good and tests ran at all."""
    if any(run.exit_code for run in runs):
        print("Some tests failed: see above.")
    elif not any(run.tests for run in runs):
        print("No test ran, so nothing is known.")
    else:
        print("All tests are good.")
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
