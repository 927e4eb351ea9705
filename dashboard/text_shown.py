"""How entries of text lists, and texts that were refused, are shown on pages."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.text import Truncator

from accounts import wording
from dashboard.text_list_forms import LANGUAGE_LABELS, EntryForm
from text_lists import texts

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from text_lists.models import TextEntry
    from text_lists.values import RefusedEntry

_MAX_SHOWN_LENGTH = 80
_CONTROL = ("Cc", "Cs")


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """An entry, its language in words, and the form that changes it."""

    entry: TextEntry
    language: str | Promise
    form: EntryForm | None = None


@dataclass(frozen=True, slots=True)
class ShownRefusal:
    """A text that was refused, such that it can be shown, and why.

    `field` is what else of it is wrong, empty where it is the text.
    """

    place: int
    text: str
    reason: str
    field: str


def entry(row: TextEntry, form: EntryForm | None = None) -> ShownEntry:
    """Return an entry to be shown."""
    return ShownEntry(row, LANGUAGE_LABELS[row.language], form)


def refusal(refused: RefusedEntry) -> ShownRefusal:
    """Return a refused text to be shown, in the language of the page."""
    field = refused.error.field or ""
    return ShownRefusal(
        refused.place,
        _seen(refused.text),
        wording.said(refused.error),
        "" if field == "text" else field,
    )


def _seen(text: str) -> str:
    """Return the beginning of a text of which nothing is known, harmless to what is around it."""
    cut = Truncator(text[: 2 * _MAX_SHOWN_LENGTH]).chars(_MAX_SHOWN_LENGTH)
    return "".join(
        "\ufffd" if unicodedata.category(each) in _CONTROL else each
        for each in texts.without_directions(cut)
    )
