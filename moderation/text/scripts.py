"""Tells in which script a character is written."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

LATIN, CYRILLIC, HANGUL, HAN, OTHER = "Latin", "Cyrillic", "Hangul", "Han", "Other"
_NAMES = {"LATIN": LATIN, "CYRILLIC": CYRILLIC, "HANGUL": HANGUL, "CJK": HAN}


@lru_cache(maxsize=4096)
def script_of(character: str) -> str | None:
    """Return the script of a letter, None for what is no letter."""
    if not character.isalpha():
        return None
    if character.isascii():
        return LATIN
    first = unicodedata.name(character, "").partition(" ")[0]
    if first in ("FULLWIDTH", "MATHEMATICAL", "FEMININE", "MASCULINE", "MODIFIER"):
        return LATIN
    return _NAMES.get(first, OTHER)
