"""Texts without what readings of one text differ in: case, accents, spaces, marks."""

from __future__ import annotations

import unicodedata

from moderation.text.normalise import SPECIAL_LETTERS

_LETTERS = str.maketrans(SPECIAL_LETTERS)


def fold(text: str) -> str:
    """Return the letters and digits of a text, in lower case and without accents.

    Lengths change: ß becomes ss. What is neither letter nor digit goes, spaces too.
    """
    return "".join(character for character in _decomposed(text) if character.isalnum())


def spaced(text: str) -> str:
    """Return the same with a space in the place of what is neither letter, digit nor mark.

    Accents and vowel signs belong to their letters, and leave no space.
    """
    return "".join(map(_or_space, _decomposed(text)))


def _or_space(character: str) -> str:
    if character.isalnum():
        return character
    return "" if unicodedata.category(character).startswith("M") else " "


def _decomposed(text: str) -> str:
    return unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
