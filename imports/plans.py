"""How a table is read, as it is kept with its import."""

from __future__ import annotations

from dataclasses import asdict

from imports.models import Import
from imports.tables import TablePlan


def of(run: Import) -> TablePlan:
    """Return how an import's table is read."""
    kept = run.plan
    return TablePlan(
        encoding=kept["encoding"],
        delimiter=kept["delimiter"],
        columns=tuple(kept["columns"]),
        meanings=tuple(kept["meanings"]),
    )


def kept(plan: TablePlan, sample: list[list[str]]) -> dict[str, object]:
    """Return a plan as JSON, with the first rows to show beside it."""
    return asdict(plan) | {"sample": sample}


def sample_of(run: Import) -> list[list[str]]:
    """Return the first rows of an import's table, each cell cut to what a page shows."""
    rows: list[list[str]] = run.plan.get("sample", [])
    return rows
