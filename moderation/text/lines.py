"""Tells of each line of a text which languages it is judged in, and what is not judged."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from moderation.text import languages, wordlists
from moderation.text.normalise import folded
from moderation.text.scripts import WritingSystem, script_of
from moderation.text.wordlists import ALL
from moderation.types import LANGUAGES

_FOREIGN_LETTERS = 2  # a word of fewer letters in a script nobody asked for is a sign
_CERTAIN = 0.5  # share of the words of a line that are of its language
_FEWEST_WORDS = 5
_NEARLY_ALL = 0.8  # share of the words of a line
_FAR = 0.1  # between the best share and the next
_LONGEST_TOLD = 1000  # characters of a line that its language is told by


@dataclass(frozen=True)
class Lines:
    """The lines of a text, at `starts`: the language each is told to be in, and what is ignored."""

    starts: tuple[int, ...]
    told: tuple[str | None, ...]
    ignored: tuple[tuple[int, int], ...]

    def judges(self, position: int, language: str) -> bool:
        """Tell whether entries of a language count for a word that begins at `position`."""
        told = self.told[bisect_right(self.starts, position) - 1]
        return language == ALL or told in {None, language}


def lines_of(text: str, asked: tuple[str, ...]) -> Lines:
    """Return the lines of a text; ignored are those in other languages or scripts."""
    starts: list[int] = []
    told: list[str | None] = []
    ignored: list[tuple[int, int]] = []
    scripts = {s for language in asked for s in wordlists.settings(language).scripts} | {
        WritingSystem.LATIN
    }
    position = 0
    for line in text.split("\n"):
        language = _language(line, asked)
        if language is not None and language not in asked:
            ignored.append((position, position + len(line)))
        else:
            ignored += _unread(line, position, scripts)
        starts.append(position)
        told.append(language)
        position += len(line) + 1
    return Lines(tuple(starts), tuple(told), tuple(ignored))


def _language(line: str, asked: tuple[str, ...]) -> str | None:
    """Return the language of a line, None if it is not certain.

    Where nearly all words are of one language that was asked for, it is that one. Where words tell
    the language, half of them must be of it, and more than of any other that was asked for: short
    lines are told wrongly, and then nothing would be found in them.
    """
    beginning = line[:_LONGEST_TOLD]
    words = [word for word in folded(beginning).split() if word.isalpha()]
    plain = _by_words(words, asked)
    if plain is not None:
        return plain
    found = languages.told(beginning, LANGUAGES)
    if found is None or (not wordlists.hosts(found) and found in asked):
        return found
    theirs = _share(words, wordlists.hosts(found))
    others = [_share(words, wordlists.hosts(each)) for each in asked if each != found]
    ours = max(others, default=0.0)
    return found if theirs >= _CERTAIN and theirs > ours else None


def _by_words(words: list[str], asked: tuple[str, ...]) -> str | None:
    """Return the language that has nearly all words, and many more than the next."""
    if len(words) < _FEWEST_WORDS:
        return None
    shares = sorted(((_share(words, wordlists.hosts(each)), each) for each in asked), reverse=True)
    next_best = shares[1][0] if len(shares) > 1 else 0.0
    best, language = shares[0]
    return language if best >= _NEARLY_ALL and best - next_best >= _FAR else None


def _share(words: list[str], known: frozenset[str]) -> float:
    return sum(map(known.__contains__, words)) / max(1, len(words))


def _unread(line: str, position: int, scripts: set[str]) -> list[tuple[int, int]]:
    """Return where the words of a line are that are in no script of the languages asked for."""
    if line.isascii():
        return []
    spans: list[tuple[int, int]] = []
    start = 0
    for word in line.split():
        start = line.index(word, start)
        if _is_foreign(word, scripts):
            spans.append((position + start, position + start + len(word)))
        start += len(word)
    return _joined(spans)


def _is_foreign(word: str, scripts: set[str]) -> bool:
    used = [script for script in map(script_of, word) if script is not None]
    return len(used) >= _FOREIGN_LETTERS and scripts.isdisjoint(used)


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start - joined[-1][1] <= 3:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return joined
