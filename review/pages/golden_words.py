"""What is said to people of golden pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from review.models import GoldenAnswer


def told_sentence(answer: GoldenAnswer) -> str:
    """Return whether an answer was right, and why, for the one who gave it; empty if untold."""
    if not answer.is_told:
        return ""
    golden = answer.question.golden
    if answer.act == golden.truth:
        said = _("Golden pair: right.")
    else:
        text = _("Golden pair: it is “%(truth)s”.")
        said = text % {"truth": golden.get_truth_display()}
    return f"{said} {golden.reason}".strip()
