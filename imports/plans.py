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


def kept(plan: TablePlan) -> dict[str, object]:
    """Return a plan as JSON."""
    return asdict(plan)
