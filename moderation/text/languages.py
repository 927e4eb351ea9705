"""The language of a line."""

from __future__ import annotations

import copy
import re
from functools import cache, lru_cache
from typing import Any

from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

from moderation.text.scripts import WritingSystem, script_of

_LEAST_LETTERS = 12
_LEAST_PROBABILITY = 0.6
_LETTERS = re.compile(r"[^\W\d_]")


_SYSTEM_OF = {
    "ru": WritingSystem.CYRILLIC,
    "ko": WritingSystem.HANGUL,
    "zh": WritingSystem.HAN,
}


def told(text: str, among: tuple[str, ...]) -> str | None:
    """Return which of these languages the text is in, or None when that cannot be told.

    With twelve letters or more, and at a probability of 0.6: below, "lol" is Finnish. Chinese and
    Korean letters tell it alone. Ask among all that the text may be in: of a single language it is
    always that one.
    """
    letters = _LETTERS.findall(text)
    for language in {*among} & {"zh", "ko"}:
        if _is_written_as(letters, language):
            return language
    if len(letters) < _LEAST_LETTERS or not among:
        return None
    language, probability = _identifier(frozenset(among)).classify(text)
    return str(language) if probability >= _LEAST_PROBABILITY else None


def _is_written_as(letters: list[str], language: str) -> bool:
    """Tell whether half of the letters are of its system, and none of one that nobody reads.

    Japanese has Chinese letters beside its own.
    """
    systems = [script_of(letter) for letter in letters]
    own = systems.count(writing_system_of(language))
    return own >= max(2, len(letters) / 2) and WritingSystem.OTHER not in systems


def writing_system_of(language: str) -> WritingSystem:
    """Return the writing system of one of the languages that texts are judged in."""
    return _SYSTEM_OF.get(language, WritingSystem.LATIN)


@cache
def _model() -> Any:  # noqa: ANN401 -- py3langid has no types
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@lru_cache(64)
def _identifier(languages: frozenset[str]) -> Any:  # noqa: ANN401
    """Return an identifier of these languages; a copy, since choosing languages changes it."""
    identifier = copy.copy(_model())
    identifier.set_languages(sorted(languages))
    return identifier
