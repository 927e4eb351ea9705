"""How a table is read, as it is kept with its import."""

from __future__ import annotations

from dataclasses import asdict, dataclass

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


@dataclass(frozen=True, slots=True)
class PlannedColumn:
    """A column of a table: its name, and what it means."""

    name: str
    meaning: str


def columns_of(run: Import) -> list[PlannedColumn]:
    """Return the columns of an import's table; none of what is no table, or not read yet."""
    if "columns" not in run.plan:
        return []
    plan = of(run)
    return [PlannedColumn(*each) for each in zip(plan.columns, plan.meanings, strict=True)]


def kept(plan: TablePlan, sample: list[list[str]]) -> dict[str, object]:
    """Return a plan as JSON, with the first rows to show beside it."""
    return asdict(plan) | {"sample": sample}


def sample_of(run: Import) -> list[list[str]]:
    """Return the first rows of an import's table, each cell cut to what a page shows."""
    rows: list[list[str]] = run.plan.get("sample", [])
    return rows
