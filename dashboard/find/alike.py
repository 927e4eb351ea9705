"""What is like a picture, as rows of Find."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from dashboard.find import things
from dashboard.find.rows import FindRow, plain
from review.pairs import wording
from review.templatetags.matches import score_text

if TYPE_CHECKING:
    from dashboard.searches import Found, Group

MAX_ALIKE = 8
# Tells the page that a script hands the picture over to it.
_HANDED = "#handed"


def rows_of(found: Found) -> list[FindRow]:
    """Return the pictures that a list would suggest, best first, with their scores."""
    suggested = [group for group in found.groups if group.best.is_suggested]
    return [_row(group) for group in suggested[:MAX_ALIKE]]


def further_rows() -> list[FindRow]:
    """Return where one goes on with the picture itself, which a script hands over."""
    address = reverse("dashboard:check") + _HANDED
    return [FindRow("hand-over", address, plain(_("Open in Check")), icon="picture")]


def _row(group: Group) -> FindRow:
    match = group.best.match
    said = [plain(f"{score_text(match.score)} · {wording.kind_name(match.kind)}")]
    return replace(things.item_row(match.item, said=said), image=group.image)
