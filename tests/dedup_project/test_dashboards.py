"""The dashboard and the alerts ask for what there is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from common import metrics

DOCS = Path(__file__).parents[2] / "docs"
DASHBOARD = json.loads((DOCS / "grafana.json").read_text())
RULES = yaml.safe_load((DOCS / "alerts.yml").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
ALERTS = [rule for group in RULES["groups"] for rule in group["rules"]]
EXPRESSIONS = [
    *(target["expr"] for panel in PANELS for target in panel["targets"]),
    *(rule["expr"] for rule in ALERTS),
]
# What Prometheus itself adds.
ADDED = {"instance", "job", "le"}


def series() -> Iterator[tuple[str, set[str]]]:
    """Yield the name of each series that is documented, and its labels."""
    rows = re.findall(
        r"^\| `(\w+)` \| (\w+) \| (.*?) \|",
        (DOCS / "reference" / "metrics.md").read_text(),
        re.MULTILINE,
    )
    for name, kind, labels in rows:
        names = [f"{name}_{part}" for part in ("bucket", "sum", "count")]
        for each in names if kind == "histogram" else [name]:
            yield each, set(re.findall(r"`(\w+)`", labels))


SERIES = dict(series())


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_expression_asks_for_series_and_labels_that_there_are(expression: str) -> None:
    names = re.findall(r"\blookalike_\w+", expression)
    groups = re.findall(r"\bby \(([^)]*)\)", expression)
    asked = {label.strip() for group in groups for label in group.split(",")}
    asked |= set(re.findall(r"[{,]\s*(\w+)\s*=", expression))

    assert names or "up{" in expression
    assert [name for name in names if name not in SERIES] == []
    assert asked - ADDED - set().union(*(SERIES[name] for name in names)) == set()


def test_what_is_declared_is_on_the_dashboard() -> None:
    shown = " ".join(target["expr"] for panel in PANELS for target in panel["targets"])

    assert [name for name in declared() if name not in shown] == []


def test_the_dashboard_is_one_that_grafana_imports() -> None:
    ids = [panel["id"] for panel in DASHBOARD["panels"]]

    assert DASHBOARD["schemaVersion"] >= 36
    assert DASHBOARD["title"]
    assert len(ids) == len(set(ids))
    (variable,) = DASHBOARD["templating"]["list"]
    for panel in PANELS:
        assert panel["type"] in {"stat", "timeseries"}
        assert panel["datasource"] == {"type": variable["query"], "uid": f"${{{variable['name']}}}"}
        refs = [target["refId"] for target in panel["targets"]]
        assert refs == list("ABCD")[: len(refs)]


def test_panels_lie_beside_each_other() -> None:
    places = [panel["gridPos"] for panel in DASHBOARD["panels"]]

    assert [place for place in places if place["x"] + place["w"] > 24] == []
    assert [both for both in combinations(places, 2) if overlap(*both)] == []


def test_every_alert_says_what_is_wrong() -> None:
    names = [rule["alert"] for rule in ALERTS]

    assert len(names) == len(set(names))
    for rule in ALERTS:
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert rule["annotations"]["summary"]


def declared() -> list[str]:
    return [family.name for family in metrics.REGISTRY.collect()]


def overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(
        one[start] < other[start] + other[size] and other[start] < one[start] + one[size]
        for start, size in (("x", "w"), ("y", "h"))
    )
