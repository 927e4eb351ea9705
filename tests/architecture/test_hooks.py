"""What runs before a commit is what `make check` runs, in the versions that are locked."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CONFIGURATION = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
HOOKS = [hook for repository in CONFIGURATION["repos"] for hook in repository["hooks"]]
PROGRAM = re.compile(r"\.venv/bin/(?:python -m )?(\S+)")
PACKAGES = {"lint-imports": "import-linter"}  # where the program has another name

every_hook = pytest.mark.parametrize("hook", HOOKS, ids=[hook["id"] for hook in HOOKS])


def program_of(hook: dict[str, Any]) -> str:
    found = PROGRAM.match(hook["entry"])
    assert found, hook["entry"]
    return found.group(1)


def test_hooks_come_from_nowhere_else() -> None:
    assert {repository["repo"] for repository in CONFIGURATION["repos"]} == {"local"}
    assert {hook["language"] for hook in HOOKS} == {"system"}


@every_hook
def test_a_hook_runs_a_tool_that_is_locked_and_installed(hook: dict[str, Any]) -> None:
    program = program_of(hook)
    package = PACKAGES.get(program, program)

    assert re.search(rf"^{package}==", (ROOT / "requirements-dev.txt").read_text(), re.MULTILINE)
    assert (Path(sys.prefix) / "bin" / program).exists()


@every_hook
def test_a_hook_runs_what_make_check_runs(hook: dict[str, Any]) -> None:
    makefile = (ROOT / "Makefile").read_text()
    check = makefile[makefile.index("\ncheck:") : makefile.index("\nfix:")]
    arguments = hook["entry"].partition(program_of(hook))[2].replace(" --force-exclude", "")

    assert f"{program_of(hook)}{arguments}" in check
