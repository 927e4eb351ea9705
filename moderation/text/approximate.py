"""Finds words that are spelt nearly as an entry: typos, sounds, masks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from moderation.text import wordlists
from moderation.text.automaton import Compiled, Form, Index
from moderation.text.normalise import folded
from moderation.text.wordlists import ALL, LexiconEntry
from moderation.types import Key

ONE_TYPO_FROM = 5  # letters of the entry
TWO_TYPOS_FROM = 9
_SHORTEST_SOUND = 3
_MASKED = (Key.PROFANITY, Key.BLACKLIST)


class Typos:
    """Entries of one word, found with one typo, or two in long ones; the first letter is right.

    A typo is a letter too many, missing, wrong, or two exchanged (optimal string alignment). One
    is found by taking letters out of both sides (Garbe, SymSpell), two by comparing.
    """

    def __init__(self, words: Iterable[str]) -> None:
        """Index the words."""
        self._without: dict[str, list[str]] = defaultdict(list)
        self._long: dict[str, list[str]] = defaultdict(list)
        for word in words:
            if len(word) >= ONE_TYPO_FROM and word.isalpha():
                for shorter in _one_less(word):
                    self._without[shorter].append(word)
            if len(word) >= TWO_TYPOS_FROM and word.isalpha():
                self._long[word[0]].append(word)

    def near(self, word: str) -> str | None:
        """Return the nearest entry to a folded word, None when there is none."""
        for shorter in _one_less(word):
            for entry in self._without.get(shorter, ()):
                if entry[0] == word[0] and OSA.distance(entry, word, score_cutoff=1) <= 1:
                    return entry
        if len(word) < TWO_TYPOS_FROM - 1 or word[0] not in self._long:
            return None
        found = process.extractOne(word, self._long[word[0]], scorer=OSA.distance, score_cutoff=2)
        return found[0] if found else None


def _one_less(word: str) -> Iterator[str]:
    yield word
    for position in range(1, len(word)):
        yield word[:position] + word[position + 1 :]


class Sounds:
    """Entries of one language as they sound, by its table of spellings."""

    def __init__(self, compiled: Compiled, language: str) -> None:
        """Index the entries of one word."""
        told = wordlists.settings(language)
        self._table = told.sounds
        forms: dict[str, list[Form]] = defaultdict(list)
        for text, entries in compiled.words.items():
            own = [Form(entry) for entry in entries if entry.language in (language, ALL)]
            sound = self.of(text) if own and text.isalpha() else ""
            if len(sound) >= _SHORTEST_SOUND - 1:
                forms[sound] += own
        self.index = Index(dict(forms))
        self.endings = frozenset(self.of(folded(ending)) for ending in told.endings)

    def of(self, word: str) -> str:
        """Return a folded word as it sounds; double letters are one."""
        for letters, sound in self._table:
            word = word.replace(letters, sound)
        return "".join(
            letter for letter, before in zip(word, " " + word, strict=False) if letter != before
        )


class Masks:
    """Entries of one word, found when signs hide some of their letters."""

    def __init__(self, words: Iterable[str]) -> None:
        """Index the words by length, place and letter."""
        self._at: dict[tuple[int, int, str], set[str]] = defaultdict(set)
        for word in words:
            for place, letter in enumerate(word):
                self._at[len(word), place, letter].add(word)

    def behind(self, masked: str) -> str | None:
        """Return the first entry, in order, that a word with blanks for letters may be."""
        seen = [(place, letter) for place, letter in enumerate(masked) if letter != " "]
        if len(seen) < 2:
            return None
        found = [self._at.get((len(masked), place, letter), set()) for place, letter in seen]
        return min(set.intersection(*found), default=None)


@dataclass(frozen=True)
class Approximate:
    """What finds words that are spelt nearly as an entry."""

    typos: Typos
    sounds: dict[str, Sounds]
    masks: Masks


def approximate(compiled: Compiled) -> Approximate:
    """Return what finds the entries of compiled lists when they are spelt otherwise."""
    return compiled.once(_approximate)


def _approximate(compiled: Compiled) -> Approximate:
    fit = {
        word: entries for word, entries in compiled.words.items() if not all(map(_allowed, entries))
    }
    return Approximate(
        typos=Typos(
            word
            for word, entries in fit.items()
            if any(compiled.opens(each.language) for each in entries)
        ),
        sounds={
            language: Sounds(compiled, language)
            for language in compiled.languages
            if compiled.opens(language)
        },
        masks=Masks(
            word for word, entries in fit.items() if any(each.key in _MASKED for each in entries)
        ),
    )


def _allowed(entry: LexiconEntry) -> bool:
    return entry.is_allow
