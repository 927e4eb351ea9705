"""What may stand in an entry: text that can be seen, in the one form in which it is compared."""

from __future__ import annotations

import unicodedata

from common.errors import InvalidInput
from common.sentences import Sentence
from text_lists.lengths import MAX_CATEGORY_LENGTH, MAX_NOTE_LENGTH, MAX_TEXT_LENGTH

DEFAULT_CATEGORY = "other"
# Before it is normalised: composing takes several characters for one, Hangul three. Ordering the
# marks of a long text would take a time that grows with its square.
_MAX_UNCOMPOSED = 5
# Control characters, halves of characters, and what breaks lines and paragraphs.
_NO_TEXT = frozenset({"Cc", "Cs", "Zl", "Zp"})
# They are not seen themselves, and have what stands around them seen elsewhere.
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Marks, spaces, and characters that only shape others: alone they are nothing to look for.
_NOT_ALONE = ("M", "Z", "Cf")


class UnusableText(InvalidInput):
    """A text that cannot stand in a list."""

    code = "unusable_text"


def checked_text(text: str) -> str:
    """Return the text in NFC, its blanks single; raise UnusableText for what cannot be kept."""
    composed = checked_line(text, "text", MAX_TEXT_LENGTH)
    if not composed:
        raise UnusableText(Sentence("An entry needs a text."), field="text")
    return composed


def checked_category(text: str) -> str:
    """Return the category likewise; an empty one is DEFAULT_CATEGORY."""
    return checked_line(text, "category", MAX_CATEGORY_LENGTH) or DEFAULT_CATEGORY


def checked_note(text: str) -> str:
    """Return the note likewise; it may be empty."""
    return checked_line(text, "note", MAX_NOTE_LENGTH)


def folded(text: str) -> str:
    """Return what two texts have in common that differ in case alone (Unicode 3.13, D146)."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())


def without_directions(text: str) -> str:
    """Return the text without what has other text seen elsewhere, to be shown."""
    return "".join(each for each in text if each not in _DIRECTIONS)


def checked_line(text: str, field: str, most: int) -> str:
    """Return one line of text in NFC, its blanks single; raise UnusableText for anything else."""
    if len(text) > most * _MAX_UNCOMPOSED:
        raise _too_long(len(text), field, most)
    for character in text:
        _refuse_unseen(character, field)
    composed = " ".join(unicodedata.normalize("NFC", text).split())
    if len(composed) > most:
        raise _too_long(len(composed), field, most)
    if composed and all(unicodedata.category(each).startswith(_NOT_ALONE) for each in composed):
        raise UnusableText(
            Sentence("The text has no letter, digit or sign, only accents or what is not seen."),
            field=field,
        )
    return composed


def _too_long(count: int, field: str, most: int) -> UnusableText:
    return UnusableText(
        Sentence(
            "At most %(most)s characters are kept, and these are %(count)s.", most=most, count=count
        ),
        field=field,
    )


def _refuse_unseen(character: str, field: str) -> None:
    code = f"U+{ord(character):04X}"
    if character in _DIRECTIONS:
        raise UnusableText(
            Sentence(
                "It holds %(code)s, which is not seen and changes the direction of writing. "
                "Take it out.",
                code=code,
            ),
            field=field,
        )
    if unicodedata.category(character) in _NO_TEXT:
        raise UnusableText(
            Sentence("It holds %(code)s, which is a control character and no text.", code=code),
            field=field,
        )
