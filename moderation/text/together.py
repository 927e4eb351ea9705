"""Finds words that mean something together, in any order: "sell" and "nudes" in one sentence.

Phrases would have to name every order and every word between. The words of each language stand in
lexicon/together.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from moderation.text import wordlists
from moderation.text.normalise import folded
from moderation.text.views import TextView
from moderation.text.wordlists import LexiconEntry
from moderation.types import Intensity, Key

_FILE = wordlists.LEXICON / "together.toml"
_WITHIN = 8  # words from the first to the last
_SHORTEST_INFLECTED = 4
_ANY_FIGURE = "0"
_END = re.compile(r"[.!?;\n\u3002\uff01\uff1f](?!\w)")


# Each is made once, so that none equals another, and hashing looks into none.
@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """Groups of words of which one each has to be there."""

    entry: LexiconEntry
    groups: int


@dataclass(frozen=True, slots=True)
class _Place:
    """A word of a group of a rule, at words `first` to `last` of a text."""

    first: int
    last: int
    group: int


def together(
    view: TextView, text: str, languages: tuple[str, ...]
) -> Iterator[tuple[LexiconEntry, int, int]]:
    """Yield what the groups of words mean that stand near each other in a sentence of a text."""
    words = view.mapped.text.split(" ")
    telling = _telling(words, languages)
    # No rule has a single group.
    if len(telling) < 2:
        return
    starts: list[int] = []
    position = 0
    for word in words:
        starts.append(position)
        position += len(word) + 1
    for language in languages:
        for rule, places in _places(words, telling, language).items():
            for first, last in _near(places, rule.groups):
                start, end = view.mapped.span(starts[first], starts[last] + len(words[last]))
                if not _END.search(text, start, end):
                    yield rule.entry, start, end


def _telling(words: list[str], languages: tuple[str, ...]) -> list[int]:
    """Return the numbers of the words that a rule of any language may begin with."""
    known = _all_beginnings(languages)
    return [number for number, word in enumerate(words) if word in known or word.isdigit()]


def _places(words: list[str], telling: list[int], language: str) -> dict[Together, list[_Place]]:
    """Return where the words of each rule stand, for rules that have two of their groups."""
    known = _beginnings(language)
    found: dict[Together, list[_Place]] = defaultdict(list)
    for number in telling:
        word = words[number]
        for rest, rule, group in known.get(_ANY_FIGURE if word.isdigit() else word, ()):
            if not rest or tuple(words[number + 1 : number + 1 + len(rest)]) == rest:
                found[rule].append(_Place(number, number + len(rest), group))
    return {rule: places for rule, places in found.items() if len(places) >= rule.groups}


def _near(places: list[_Place], groups: int) -> Iterator[tuple[int, int]]:
    """Yield first and last word of the shortest stretches that have all groups."""
    newest: dict[int, _Place] = {}
    for place in places:
        newest[place.group] = place
        if len(newest) < groups:
            continue
        first = min(each.first for each in newest.values())
        if place.last - first < _WITHIN:
            yield first, place.last
            newest.clear()


@lru_cache(16)
def _all_beginnings(languages: tuple[str, ...]) -> frozenset[str]:
    return frozenset().union(*(_beginnings(each) for each in languages))


@cache
def _beginnings(language: str) -> dict[str, list[tuple[tuple[str, ...], Together, int]]]:
    """Return by first word the other words of it, the rule and the number of its group."""
    found: dict[str, list[tuple[tuple[str, ...], Together, int]]] = defaultdict(list)
    for rule, groups in _rules(language):
        for number, group in enumerate(groups):
            for term in group.split():
                first, *rest = folded(term.replace("_", " ")).split()
                for form in (first,) if rest else _forms(first, language):
                    found[form].append((tuple(rest), rule, number))
    return dict(found)


def _forms(word: str, language: str) -> set[str]:
    """Return a word with all endings of the language."""
    forms = {word}
    if len(word) < _SHORTEST_INFLECTED:
        return forms
    told = wordlists.settings(language)
    stems = {word} | {
        word[: len(word) - len(last)] + instead
        for last, instead in told.drops
        if word.endswith(last)
    }
    return forms | {stem + folded(ending) for stem in stems for ending in told.endings}


@cache
def _rules(language: str) -> tuple[tuple[Together, tuple[str, ...]], ...]:
    tables = tomllib.loads(_FILE.read_text(encoding="utf-8")).get(language, {})
    return tuple(
        (_rule(language, category, groups, number), tuple(groups))
        for category, rules in tables.items()
        for number, groups in enumerate(rules)
    )


def _rule(language: str, category: str, groups: list[str], number: int) -> Together:
    is_grave = category in {Key.VIOLENCE, Key.SELF_HARM, Key.EXTREMISM}
    entry = LexiconEntry(
        text=f"{category} {number}",
        language=language,
        key=Key(category),
        kind=category,
        intensity=Intensity.HIGH if is_grave else Intensity.MEDIUM,
        matches=frozenset({"phrase"}),
    )
    return Together(entry, len(groups))
