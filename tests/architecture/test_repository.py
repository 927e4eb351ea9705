"""The files that the tools of the house rely on agree with each other."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETS = (
    "requirements-pip",
    "requirements",
    "requirements-demo",
    "requirements-dev",
    "requirements-models",
    "requirements-text",
    "requirements-video",
)
UNLISTED = {
    "help",
    "upgrade",
}  # `make` alone shows the first; the README has the second beside lock


@pytest.mark.parametrize("name", SETS)
def test_every_dependency_says_what_it_is_for(name: str) -> None:
    silent = [line for line in dependencies(name) if not re.search(r"\s# \w+", line)]

    assert silent == []


@pytest.mark.parametrize("name", SETS)
def test_every_dependency_is_locked(name: str) -> None:
    missing = [line for line in dependencies(name) if project(line) not in locked(name)]

    assert missing == [], "Run make lock."


@pytest.mark.parametrize("name", SETS)
def test_every_lock_has_an_exact_version_and_hashes(name: str) -> None:
    for entry in re.split(r"\n(?=\S)", lock_text(name)):
        if not entry.startswith("#"):
            assert re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+ \\\n", entry), entry[:80]
            assert "--hash=sha256:" in entry, entry[:80]


@pytest.mark.parametrize("name", SETS)
def test_locks_name_no_place_to_download_from(name: str) -> None:
    """Where packages come from is the business of the machine that installs them."""
    assert (
        re.findall(
            r"https?://\S+|file:\S+|--(?:extra-)?index-url.*|--find-links.*|@ .*", lock_text(name)
        )
        == []
    )


def test_the_lock_of_node_packages_names_no_registry() -> None:
    folder = ROOT / "tests" / "clients" / "node"
    packages = json.loads((folder / "package-lock.json").read_text())["packages"]

    assert [name for name, locked_to in packages.items() if "resolved" in locked_to] == []
    assert all("integrity" in locked_to for name, locked_to in packages.items() if name)


@pytest.mark.parametrize("name", SETS[2:])
def test_tools_run_on_the_versions_that_are_deployed(name: str) -> None:
    assert (ROOT / f"{name}.in").read_text().count("\n-c requirements.txt\n") == 1

    deployed, other = locked("requirements"), locked(name)
    assert {key: other[key] for key in other if deployed.get(key, other[key]) != other[key]} == {}


def test_the_readme_lists_the_commands_of_the_makefile() -> None:
    listed = re.findall(r"^\| `make ([\w-]+)", (ROOT / "README.md").read_text(), re.MULTILINE)
    explained = re.findall(r"^([\w-]+):.*## \w", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert len(listed) == len(set(listed))
    assert set(listed) == set(explained) - UNLISTED


def test_every_test_that_is_listed_as_slow_is_there() -> None:
    listed = [line.split("::") for line in (ROOT / "tests" / "slow.txt").read_text().split()]

    missing = [
        (path, name) for path, name in listed if f"def {name}(" not in (ROOT / path).read_text()
    ]

    assert missing == []


def dependencies(name: str) -> list[str]:
    """Return the lines that name a dependency."""
    lines = (ROOT / f"{name}.in").read_text().splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-"))]


def project(line: str) -> str:
    """Return the normalised name of the project in a line."""
    found = re.match(r"[A-Za-z0-9._-]+", line)
    assert found, line
    return re.sub(r"[-_.]+", "-", found.group()).lower()


def locked(name: str) -> dict[str, str]:
    """Return the exact version of every project in a lock file."""
    entries = re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", lock_text(name), re.MULTILINE)
    return {project(key): version for key, version in entries}


def lock_text(name: str) -> str:
    return (ROOT / f"{name}.txt").read_text()
