"""Texts without what readings of one text differ in: case, accents, spaces, marks."""

from __future__ import annotations

import unicodedata

from moderation.text.normalise import SPECIAL_LETTERS

_LETTERS = str.maketrans(SPECIAL_LETTERS)


def fold(text: str) -> str:
    """Return the letters and digits of a text, in lower case and without accents.

    Lengths change: ß becomes ss. What is neither letter nor digit goes, spaces too.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    return "".join(character for character in decomposed if character.isalnum())
