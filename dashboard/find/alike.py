"""What is like a picture, as rows of Find."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dashboard.find import things
from dashboard.find.rows import FindRow, plain
from review.pairs import wording
from review.templatetags.matches import score_text

if TYPE_CHECKING:
    from dashboard.searches import Found, Group

MAX_ALIKE = 8


def rows_of(found: Found) -> list[FindRow]:
    """Return the pictures that a list would suggest, best first, with their scores."""
    suggested = [group for group in found.groups if group.best.is_suggested]
    return [_row(group) for group in suggested[:MAX_ALIKE]]


def _row(group: Group) -> FindRow:
    match = group.best.match
    said = [plain(f"{score_text(match.score)} · {wording.kind_name(match.kind)}")]
    return replace(things.item_row(match.item, said=said), image=group.image)
