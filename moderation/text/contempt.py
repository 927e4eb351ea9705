"""Tells whether a word that is harmless by itself is said with contempt."""

from __future__ import annotations

import re
from functools import lru_cache

from moderation.text import wordlists
from moderation.text.normalise import folded, is_cjk, without_apostrophes

_NEAR = 40  # characters beside the word in which a sign of contempt is looked for
_END = re.compile(r"[.!?;\n\u3002\uff01\uff1f]")


def is_contemptuous(text: str, start: int, end: int, language: str) -> bool:
    """Tell whether words beside characters `start` to `end`, in the sentence, show contempt.

    "Apes" are animals, "a bunch of apes" and "apes like you" may not be.
    """
    cues = _cues(language)
    before = _END.split(text[max(0, start - _NEAR) : start])[-1]
    after = _END.split(text[end : end + _NEAR])[0]
    sides = [f" {folded(without_apostrophes(side))} " for side in (before, after)]
    return any(cue in side for side in sides for cue in cues)


@lru_cache(64)
def _cues(language: str) -> tuple[str, ...]:
    cues = (folded(without_apostrophes(cue)) for cue in wordlists.settings(language).contempt)
    return tuple(cue if is_cjk(cue[0]) else f" {cue} " for cue in cues)
