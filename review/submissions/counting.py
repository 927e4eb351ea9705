"""Counting what is asked, in the transaction that stores it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from lists.models import List

# Those who ask at once meet in the same row, and wait for each other, this much more rarely.
_PARTS = 16
_ADD = """
    INSERT INTO review_checkcount AS kept
        (image_list_id, day, part, checks, matches, duplicates)
    VALUES {rows}
    ON CONFLICT (image_list_id, day, part) DO UPDATE SET
        checks = kept.checks + excluded.checks,
        matches = kept.matches + excluded.matches,
        duplicates = kept.duplicates + excluded.duplicates
"""
_ROW = "(%s, %s, %s, %s, %s, %s)"


@dataclass(frozen=True, slots=True)
class CountedCheck:
    """That a picture was looked for in a list, and the best score there, 0 for none."""

    image_list: List
    best: float


def count(asked: Iterable[CountedCheck]) -> None:
    """Count them; to be called late in a transaction, until whose end others may wait."""
    checks: Counter[int] = Counter()
    matches: Counter[int] = Counter()
    duplicates: Counter[int] = Counter()
    for each in asked:
        list_id = each.image_list.pk
        checks[list_id] += 1
        matches[list_id] += each.best >= each.image_list.suggestion_threshold
        duplicates[list_id] += each.best > each.image_list.duplicate_threshold
    if not checks:
        return
    today, part = timezone.now().date(), random.randrange(_PARTS)  # noqa: S311 - spreads rows
    # In one order, so that nobody waits in a circle.
    rows = [
        (list_id, today, part, checks[list_id], matches[list_id], duplicates[list_id])
        for list_id in sorted(checks)
    ]
    sql = _ADD.format(rows=", ".join([_ROW] * len(rows)))
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for row in rows for value in row])
