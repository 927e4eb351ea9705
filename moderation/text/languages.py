"""The language of a line, and the writing systems of a text."""

from __future__ import annotations

import copy
import re
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any

from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

_LEAST_LETTERS = 12
_LEAST_PROBABILITY = 0.6
_LETTERS = re.compile(r"[^\W\d_]")


class WritingSystem(StrEnum):
    """A family of letters; OTHER are those that nobody here reads, such as Arabic."""

    LATIN = "latin"
    CYRILLIC = "cyrillic"
    HANGUL = "hangul"
    HAN = "han"
    OTHER = "other"


_WRITTEN = {
    WritingSystem.LATIN: re.compile(r"[A-Za-zªºÀ-ÖØ-öø-ʯḀ-ỿⱠ-ⱿꜢ-ꟿﬀ-ﬆ\uff21-\uff3a\uff41-\uff5a]"),
    WritingSystem.CYRILLIC: re.compile(r"[\u0400-\u052f\u1c80-\u1c88\ua640-\ua69f]"),
    WritingSystem.HANGUL: re.compile(r"[\u1100-\u11ff\u3130-\u318f\ua960-\ua97c\uac00-\ud7fb]"),
    WritingSystem.HAN: re.compile(
        r"[\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]"
    ),
}
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
    systems = [_system(letter) for letter in letters]
    own = systems.count(writing_system_of(language))
    return own >= max(2, len(letters) / 2) and WritingSystem.OTHER not in systems


def writing_system_of(language: str) -> WritingSystem:
    """Return the writing system of one of the languages that texts are judged in."""
    return _SYSTEM_OF.get(language, WritingSystem.LATIN)


def writing_systems(text: str) -> frozenset[WritingSystem]:
    """Return those that letters of the text belong to; figures and signs belong to none."""
    if text.isascii():
        return frozenset({WritingSystem.LATIN}) if _LETTERS.search(text) else frozenset()
    known = {system for system, pattern in _WRITTEN.items() if pattern.search(text)}
    is_other = any(_system(letter) is WritingSystem.OTHER for letter in set(_LETTERS.findall(text)))
    return frozenset({*known, WritingSystem.OTHER} if is_other else known)


def is_foreign(text: str, languages: tuple[str, ...]) -> bool:
    """Tell whether the text has letters and all are of writing systems of none of the languages."""
    systems = writing_systems(text)
    return bool(systems) and systems.isdisjoint(map(writing_system_of, languages))


@lru_cache(4096)
def _system(letter: str) -> WritingSystem:
    for system, pattern in _WRITTEN.items():
        if pattern.match(letter):
            return system
    return WritingSystem.OTHER


@cache
def _model() -> Any:  # noqa: ANN401 -- py3langid has no types
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@lru_cache(64)
def _identifier(languages: frozenset[str]) -> Any:  # noqa: ANN401
    """Return an identifier of these languages; a copy, since choosing languages changes it."""
    identifier = copy.copy(_model())
    identifier.set_languages(sorted(languages))
    return identifier
