"""Kinds of jobs: each is written once, enqueued somewhere and handled somewhere."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).parents[2]
REGISTERED = """
import django; django.setup()
from jobs import handlers; print(*handlers.known_kinds())
"""


def test_each_kind_that_is_enqueued_has_a_handler_and_the_other_way_round() -> None:
    asked = set(kinds_enqueued())

    assert "lists.deepen_item" in asked
    assert sorted(asked) == kinds_registered()


def kinds_registered() -> list[str]:
    """Return what a fresh process handles: here, tests may have imported more."""
    command = [sys.executable, "-c", REGISTERED]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()


def kinds_enqueued() -> Iterator[str]:
    """Yield the kind of every call of `enqueue` in the product."""
    for app in apps.get_app_configs():
        folder = Path(app.path)
        if ROOT not in folder.parents or ".venv" in folder.parts:
            continue
        for path in folder.rglob("*.py"):
            for call in calls_of_enqueue(ast.parse(path.read_text())):
                module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
                (kind,) = (keyword.value for keyword in call.keywords if keyword.arg == "kind")
                assert isinstance(kind, ast.Name), f"{path}:{call.lineno} names no constant"
                yield getattr(module, kind.id)


def calls_of_enqueue(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "enqueue":
            yield node
