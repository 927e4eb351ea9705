"""Counts on their way to the database: what is to be added to which rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from insights.models import AgreementCount, FoundCount, OutcomeCount, WorkCount

_ADD = """
    INSERT INTO {table} AS kept ({columns}, count) VALUES ({places}, %s)
    ON CONFLICT ({columns}) DO UPDATE SET count = kept.count + excluded.count
"""
_AT_ONCE = 1000

Count = type[FoundCount] | type[OutcomeCount] | type[WorkCount] | type[AgreementCount]
# The columns of each count, in the order of its keys.
_COLUMNS: dict[Count, Sequence[str]] = {
    FoundCount: ("image_list_id", "day", "kind", "hundredths", "is_sample"),
    OutcomeCount: ("image_list_id", "day", "kind", "hundredths", "is_sample", "is_match"),
    WorkCount: ("image_list_id", "day", "user_id", "seconds"),
    AgreementCount: (
        "image_list_id", "day", "first_id", "second_id", "first_said", "second_said",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DailyTally:
    """What to add to each count, by the key of its row."""

    found: Counter[Any] = field(default_factory=Counter)
    outcomes: Counter[Any] = field(default_factory=Counter)
    work: Counter[Any] = field(default_factory=Counter)
    agreements: Counter[Any] = field(default_factory=Counter)

    def add(self) -> None:
        """Add it to what the database has, in one order."""
        for model, counter in self._by_model():
            columns = _COLUMNS[model]
            sql = _ADD.format(
                table=_table_of(model),
                columns=", ".join(columns),
                places=", ".join(["%s"] * len(columns)),
            )
            rows = [(*key, count) for key, count in sorted(counter.items()) if count]
            with connection.cursor() as cursor:
                cursor.executemany(sql, rows)

    def replace(self, organisation_id: int) -> None:
        """Put it in the place of all that was counted of an organisation."""
        for model, counter in self._by_model():
            rows = model.objects.filter(image_list__organisation=organisation_id)
            rows.delete()
            columns = _COLUMNS[model]
            model.objects.bulk_create(
                (
                    model(**dict(zip(columns, key, strict=True)), count=count)
                    for key, count in sorted(counter.items())
                    if count
                ),
                batch_size=_AT_ONCE,
            )

    def _by_model(self) -> list[tuple[Any, Counter[Any]]]:
        return [
            (FoundCount, self.found),
            (OutcomeCount, self.outcomes),
            (WorkCount, self.work),
            (AgreementCount, self.agreements),
        ]


def _table_of(model: Count) -> str:
    return f"insights_{model.__name__.lower()}"
