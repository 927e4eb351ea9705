"""Measures the lines and branches that tests on SQLite reach; fails where fewer than before do.

What each package has to reach is in .ci/coverage.json, and is only ever raised: `--raise` does so.
"""

from __future__ import annotations

import io
import json
import math
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from coverage import Coverage

_FLOORS = Path(".ci/coverage.json")
_MEASURE = ("run", "-m", "pytest", "--quiet", "-m", "not postgres and not browser")


def main(arguments: Sequence[str]) -> int:
    """Measure, print each package beside what it has to reach, and return the exit code."""
    floors: dict[str, float] = json.loads(_FLOORS.read_text())
    _call("erase")
    _call(*_MEASURE)
    _call("combine", "--quiet")
    _call("report")
    reached = {package: _percent(package) for package in floors}
    for package, percent in reached.items():
        verdict = "good" if percent >= floors[package] else "LESS THAN BEFORE"
        print(f"{package:<10}{percent:>7.2f} % of at least {floors[package]:.2f} %   {verdict}")
    if "--raise" in arguments:
        raised = {package: max(floors[package], reached[package]) for package in floors}
        _FLOORS.write_text(json.dumps(raised, indent=2) + "\n")
    return int(any(reached[package] < floors[package] for package in floors))


def _call(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", "coverage", *arguments], check=False)
    if done.returncode:
        sys.exit(done.returncode)


def _percent(package: str) -> float:
    """Return the share of a package's lines and branches, rounded down to hundredths."""
    measured = Coverage()
    measured.load()
    percent = measured.report(include=[f"{package}/*"], file=io.StringIO())
    return math.floor(percent * 100) / 100


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
