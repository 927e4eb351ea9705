"""The evidence of a pair in three lines: what differs, in a few words, and the rows that matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from review.models import PairText
from review.pages.deltas import time_change
from review.pages.pair_words import PairWords
from review.pairs import wording
from review.pairs.selectors import ShownPair

MOST_CHIPS = 3
MOST_ROWS = 3

# What differs, by reason codes, what matters most first. Codes of one name are told once.
_CHIPS: dict[str, str | Promise] = {
    "other_text": gettext_lazy("Other words"),
    "text_added": gettext_lazy("Text added"),
    "text_removed": gettext_lazy("Text removed"),
    "caption_or_overlay": gettext_lazy("Caption or overlay"),
    "other_content": gettext_lazy("Other content"),
    "other_drawing": gettext_lazy("Other drawing"),
    "other_drawing_of_a": gettext_lazy("Other drawing"),
    "other_tint": gettext_lazy("Recoloured"),
    "inverted": gettext_lazy("Negative"),
    "mirrored": gettext_lazy("Mirrored"),
    "rotated": gettext_lazy("Turned"),
    "cropped": gettext_lazy("Cropped"),
    "turned": gettext_lazy("Tilted"),
    "perspective": gettext_lazy("At an angle"),
    "perspective_of_b": gettext_lazy("At an angle"),
    "border_cut": gettext_lazy("Border added"),
    "border_cut_of_b": gettext_lazy("Border removed"),
    "scaled": gettext_lazy("Resized"),
    "resized": gettext_lazy("Resized"),
}
# These are about what a picture says.
_OF_WORDS = frozenset({"other_text", "text_added", "text_removed"})
# What was compared, the closest look first.
_PICTURE = ("blocks_agree", "same_region")


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that differs: its reason code, its name, and whether it is about words."""

    code: str
    name: str
    is_of_words: bool


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One thing that matters for a decision; `code` names it for programs."""

    code: str
    label: str
    value: str


def chips_of(evidence: Mapping[str, Any]) -> list[Chip]:
    """Return what differs between two pictures, what matters most first, at most three."""
    measured = {reason["code"] for reason in evidence["reasons"]}
    names = {str(name): code for code, name in reversed(_CHIPS.items()) if code in measured}
    chips = [Chip(code, name, code in _OF_WORDS) for name, code in names.items()]
    return chips[::-1][:MOST_CHIPS]


def rows_of(shown: ShownPair, words: PairWords | None) -> list[EvidenceRow]:
    """Return the two or three rows that matter: texts, pictures, and which came first."""
    query, item = shown.query.image, shown.item.image
    later = item.created_at - query.created_at
    sizes = [
        f"{letter} {each.width} × {each.height}" for letter, each in (("A", query), ("B", item))
    ]
    is_resized = (query.width, query.height) != (item.width, item.height)
    rows = [
        EvidenceRow("text", _("Text"), _said_of_texts(words)),
        EvidenceRow("picture", _("Picture"), _compared(shown.evidence)),
        EvidenceRow(
            "received", _("Received"), f"B: {time_change(later)}" if abs(later).days else ""
        ),
        EvidenceRow("size", _("Size"), ", ".join(sizes) if is_resized else ""),
    ]
    return [row for row in rows if row.value][:MOST_ROWS]


def _said_of_texts(words: PairWords | None) -> str:
    """Return what the texts are to each other; beside the shared region there may be text."""
    if words is not None and words.state == PairText.NONE:
        return _("None in the shared region")
    return words.label if words else ""


def _compared(evidence: Mapping[str, Any]) -> str:
    """Return what was compared of the pictures themselves; "" where nothing has words here."""
    reasons = {reason["code"]: reason["params"] for reason in evidence["reasons"]}
    codes = [code for code in _PICTURE if code in reasons] or list(reasons)
    sentences = (wording.sentence_of(code, reasons[code]) for code in codes)
    return next((sentence for sentence in sentences if sentence), "")
