"""The words of `words.toml` and `networks.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from moderation.types import LANGUAGES

_FOLDER = Path(__file__).parent
_TOKEN = re.compile(r"[^\W_]+")


@cache
def _tables(name: str) -> dict[str, Any]:
    with (_FOLDER / name).open("rb") as file:
        return tomllib.load(file)


@lru_cache(256)
def words(kind: str, languages: tuple[str, ...] = LANGUAGES) -> tuple[str, ...]:
    """Return the words of a kind in these languages and English, the longest first."""
    tables = _tables("words.toml")
    chosen = {word for code in ("en", *languages) for word in tables[code][kind]}
    return tuple(sorted(chosen, key=lambda word: (-len(word), word)))


@lru_cache(256)
def digit_words(languages: tuple[str, ...]) -> dict[str, str]:
    """Return the digit of each word; where languages share a word, the first language counts."""
    tables = _tables("words.toml")
    digits: dict[str, str] = {}
    for code in (*languages, "en"):
        for digit, spellings in enumerate(tables[code]["digits"]):
            for word in spellings.split():
                digits.setdefault(word, str(digit))
    return digits


@lru_cache(4)  # detectors ask one after the other, mostly of the same text
def tokens(text: str) -> frozenset[str]:
    """Return the runs of letters and figures of a text, in small letters.

    Where no word of a pattern is among them, the pattern need not be tried.
    """
    return frozenset(_TOKEN.findall(text.lower()))


def first_tokens(words: Iterable[str]) -> frozenset[str]:
    """Return what each of these words begins with, as `tokens` would give it."""
    return frozenset(found[0] for word in words if (found := _TOKEN.findall(word.lower())))


def network_names(kind: str) -> Iterable[tuple[str, str]]:
    """Yield the names or the short forms of networks, each with the network's slug."""
    for slug, table in _tables("networks.toml").items():
        yield from ((name, slug) for name in table[kind])
