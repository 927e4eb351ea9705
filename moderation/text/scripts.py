"""Tells in which writing system a character is."""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from functools import lru_cache


class WritingSystem(StrEnum):
    """A family of letters, named as in languages.toml; OTHER nobody here reads, such as Arabic."""

    LATIN = "Latin"
    CYRILLIC = "Cyrillic"
    HANGUL = "Hangul"
    HAN = "Han"
    OTHER = "Other"


# By the first word of a letter's name in Unicode; the second line are forms of Latin letters.
_NAMES = {
    "LATIN": WritingSystem.LATIN,
    **dict.fromkeys(
        ("FULLWIDTH", "MATHEMATICAL", "FEMININE", "MASCULINE", "MODIFIER"), WritingSystem.LATIN
    ),
    "CYRILLIC": WritingSystem.CYRILLIC,
    "HANGUL": WritingSystem.HANGUL,
    "CJK": WritingSystem.HAN,
    "IDEOGRAPHIC": WritingSystem.HAN,
}


@lru_cache(maxsize=4096)
def script_of(character: str) -> WritingSystem | None:
    """Return the writing system of a letter, None for what is no letter."""
    if not character.isalpha():
        return None
    first = unicodedata.name(character, "").partition(" ")[0]
    return _NAMES.get(first, WritingSystem.OTHER)
