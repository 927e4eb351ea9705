"""Fails for a pinned package with a known vulnerability; says so where nobody can be asked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

_LOCKED = sorted(Path(__file__).parents[1].glob("requirements*.txt"))
_COMMAND = (
    *(sys.executable, "-m", "pip_audit", "--disable-pip", "--timeout", "5"),
    *("--format", "json", "--desc", "off", "--progress-spinner", "off"),
    *(option for path in _LOCKED for option in ("--requirement", str(path))),
)
_LONGEST_S = 120


def main() -> int:
    """Ask, print what was found, and return the exit code."""
    packages = _asked()
    looked_up = [each for each in packages if "vulns" in each]
    if not looked_up:
        print("pip-audit: its source cannot be reached, so no package was looked up.")
        return 0
    found = [
        f"{each['name']} {each['version']}: {fault['id']}, repaired in {fault['fix_versions']}"
        for each in looked_up
        for fault in each["vulns"]
    ]
    print(*found, f"pip-audit: {len(found)} vulnerabilities in {len(looked_up)} packages", sep="\n")
    return 1 if found else 0


def _asked() -> list[dict[str, Any]]:
    """Return what is said of each package; nothing without a connection."""
    try:
        ran = subprocess.run(
            _COMMAND, capture_output=True, text=True, timeout=_LONGEST_S, check=False
        )
        return list(json.loads(ran.stdout)["dependencies"])
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return []


if __name__ == "__main__":
    sys.exit(main())
