"""A class's name means one thing in the product, so that a search for it finds that thing alone."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

from lookalike_client import (
    Event,
    HistoryEntry,
    Import,
    Item,
    KnownVerdict,
    LookalikeError,
    Notice,
    Rule,
    RulePreview,
    RuleRun,
    Submission,
    TakenBack,
    TextEntry,
    TextList,
    Verdict,
    VerdictVersion,
    WantedGroup,
    Webhook,
)

ROOT = Path(__file__).parents[2]
PACKAGES = sorted(
    {path.relative_to(ROOT).parts[0] for path in ROOT.glob("[a-z]*/**/*.py")} - {"tests"}
)
BY_DJANGO = {"Command", "Meta", "Migration"}
# The client names what it shares with the server as the server does: errors, and what is listed.
OF_THE_SERVER = {
    each.__name__
    for each in (
        Event,
        HistoryEntry,
        Import,
        Item,
        KnownVerdict,
        Notice,
        Rule,
        RulePreview,
        RuleRun,
        Submission,
        TakenBack,
        TextEntry,
        TextList,
        Verdict,
        VerdictVersion,
        WantedGroup,
        Webhook,
        LookalikeError,
        *LookalikeError.__subclasses__(),
    )
}


def test_no_two_classes_of_the_product_have_one_name() -> None:
    places = defaultdict(list)
    for package in PACKAGES:
        allowed = BY_DJANGO | (OF_THE_SERVER if package == "client" else set())
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ClassDef) and node.name not in allowed:
                    places[node.name].append(f"{path.relative_to(ROOT)}:{node.lineno}")

    twins = {name: found for name, found in places.items() if len(found) > 1}
    assert twins == {}, "Rename all but one."
