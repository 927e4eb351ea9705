"""Operators copy kinds of jobs from the documentation: a worker of an unknown kind runs nothing."""

from __future__ import annotations

import re
from pathlib import Path

from jobs import handlers

ROOT = Path(__file__).parents[2]
DOCUMENTS = (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))
NAMED = re.compile(r"--kind[ =]([a-z][\w.]*)")


def test_the_kinds_of_jobs_in_the_documentation_exist() -> None:
    kinds = {kind for path in DOCUMENTS for kind in NAMED.findall(path.read_text())}

    assert kinds, "Nothing shows how to run jobs of one kind."
    for kind in kinds:
        handlers.handler_for(kind)
