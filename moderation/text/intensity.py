"""Makes a word stronger when it is said to a person."""

from __future__ import annotations

import re
from dataclasses import replace

from moderation.text import wordlists
from moderation.text.normalise import folded, without_apostrophes
from moderation.types import Hit, Intensity, Key

_STRONGER = {Intensity.LOW: Intensity.MEDIUM, Intensity.MEDIUM: Intensity.HIGH}
_WORDS_BEFORE = 3
_NEAR = 40  # characters in which the words beside a hit are looked for
_END = re.compile(r"[.!?;\n]")


def addressed(hit: Hit, text: str) -> Hit:
    """Return a hit one step stronger when the words beside it address a person."""
    if hit.key != Key.PROFANITY or hit.language is None or hit.intensity not in _STRONGER:
        return hit
    cues = wordlists.settings(hit.language).addressing
    if not cues or cues.isdisjoint(_beside(hit, text)):
        return hit
    return replace(hit, intensity=_STRONGER[hit.intensity])


def _beside(hit: Hit, text: str) -> list[str]:
    """Return the three words before a hit and the one after it, of the same sentence."""
    before = _END.split(text[max(0, hit.start - _NEAR) : hit.start])[-1]
    after = _END.split(text[hit.end : hit.end + _NEAR])[0]
    return _folded_words(before)[-_WORDS_BEFORE:] + _folded_words(after)[:1]


def _folded_words(text: str) -> list[str]:
    return folded(without_apostrophes(text)).split()
