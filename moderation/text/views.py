"""Ways to read a text: as it stands, and as those mean it who hide words.

Every way rewrites the text without changing its length, then folds it, so that offsets are the
text's own. What is to vanish becomes a character that folding takes out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from moderation.text.confusables import skeleton, table
from moderation.text.normalise import Mapped, fold, folded
from moderation.text.scripts import WritingSystem, script_of

MAX_VIEWS = 12
_GONE = "\u200b"
_CHUNK = re.compile(r"\S+")
_WORD = re.compile(r"[^\W_]+")

_LEET_SIGNS = "@$!|(+€£¢§¥¡"
_LEET = {
    "0": "o", "1": "i", "2": "z", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b",
    "9": "g", "@": "a", "$": "s", "!": "i", "|": "i", "(": "c", "+": "t", "€": "e", "£": "l",
    "¢": "c", "§": "s", "¥": "y", "¡": "i",
}  # fmt: skip
_READINGS = (_LEET, _LEET | {"1": "l", "!": "l", "|": "l", "@": "o", "6": "b"})
_HAS_LEET = re.compile(rf"[0-9{re.escape(_LEET_SIGNS)}]")
_LEET_RUN = re.compile(
    rf"[^\W_0-9]*[0-9{re.escape(_LEET_SIGNS)}](?:[^\W_]|[{re.escape(_LEET_SIGNS)}])*"
)
_LONG_RUN = re.compile(r"([^\W\d_])\1{2,}", re.IGNORECASE)
_AMOUNT = re.compile(r"(?<![^\W_])\d+(?:[.,]\d+)?(?!\w)")  # "send 0 dollars" stands for any
_INNER = re.compile(r"(?<=[^\W_])[-_.,:;*~+=/\\|•·…^\"]{1,3}(?=[^\W_])")
_ADDRESS = re.compile(r"://|www\.|@", re.IGNORECASE)
_V = re.compile(r"v", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TextView:
    """One way to read a text; `way` names it."""

    way: str
    mapped: Mapped


def views_of(text: str, *, scripts: frozenset[str], knows: Callable[[str], bool]) -> list[TextView]:
    """Return the ways to read a text in NFC, the plain one first; no two are the same.

    `scripts` are those of the languages asked for: a word in them is read as it stands. `knows`
    tells whether a folded word is innocent.
    """
    views = [TextView("plain", fold(text))]
    seen = {text}
    for way, rewritten in _rewritten(text, scripts, knows):
        if rewritten not in seen and len(views) < MAX_VIEWS:
            seen.add(rewritten)
            views.append(TextView(way, fold(rewritten)))
    return views


def _rewritten(
    text: str, scripts: frozenset[str], knows: Callable[[str], bool]
) -> Iterator[tuple[str, str]]:
    latin = _latin(text, scripts)
    bases = [("confusables", latin)]
    bases += [("leet", _leet(latin, reading)) for reading in _READINGS]
    if _AMOUNT.search(text):
        yield "amounts", _AMOUNT.sub(lambda found: "0" + _GONE * (len(found[0]) - 1), text)
    for way, base in dict.fromkeys(bases):
        yield way, base
        joined = _joined(base, knows)
        yield "joined", joined
        yield "letters", _u_for_v(joined, knows)
        if _has_run(joined):
            for keep in (1, 2):
                yield "runs", _without_runs(joined, keep)


def _has_run(text: str) -> bool:
    """Tell whether a character is there three times in a row; quicker than a pattern."""
    small = text.lower()
    return any(character * 3 in small for character in set(small))


def _latin(text: str, scripts: frozenset[str]) -> str:
    """Return a text with Latin letters for those that look like them, where they pose as Latin."""
    if text.isascii() or not any(character in table() for character in text):
        return text
    return _CHUNK.sub(lambda chunk: _latin_chunk(chunk[0], scripts), text)


def _latin_chunk(chunk: str, scripts: frozenset[str]) -> str:
    used = {script_of(character) for character in chunk} - {None}
    mixed = len(used) > 1 or (not used and any(character in table() for character in chunk))
    return skeleton(chunk) if mixed or not used <= (scripts | {WritingSystem.LATIN}) else chunk


def _leet(text: str, reading: dict[str, str]) -> str:
    """Return a text with letters for the digits and signs that stand for them beside letters."""
    if not _HAS_LEET.search(text):
        return text
    return _LEET_RUN.sub(lambda found: _leet_run(found, reading), text)


def _leet_run(found: re.Match[str], reading: dict[str, str]) -> str:
    run = found[0].rstrip("!|(+")
    rest = found[0][len(run) :]
    letters = sum(character.isalpha() for character in run)
    signs = sum(character in "@$€!|¡" for character in run)
    if not (letters and letters + 2 * signs >= len(run) / 3) and not (signs and len(run) >= 3):
        return found[0]
    if len(run) < 3 or (run[0] in "(+|" and ")" in found.string[found.end() : found.end() + 40]):
        return found[0]
    return "".join(reading.get(character, character) for character in run) + rest


def _joined(text: str, knows: Callable[[str], bool]) -> str:
    """Return a text without the signs inside of words that are none without them."""
    if not _INNER.search(text):
        return text
    return _CHUNK.sub(lambda chunk: _joined_chunk(chunk[0], knows), text)


def _joined_chunk(chunk: str, knows: Callable[[str], bool]) -> str:
    if not _INNER.search(chunk) or _ADDRESS.search(chunk):
        return chunk
    words = folded(chunk).split()
    if all(len(word) > 1 and knows(word) for word in words) or all(map(str.isdigit, words)):
        return chunk
    return _INNER.sub(lambda found: _GONE * len(found[0]), chunk)


def _u_for_v(text: str, knows: Callable[[str], bool]) -> str:
    """Return a text with u for v in words that nobody knows."""
    if "v" not in text.lower():
        return text
    words = {word for word in _WORD.findall(text) if "v" in word.lower()}
    doubtful = {word for word in words if not knows(folded(word))}
    if not doubtful:
        return text
    return _WORD.sub(lambda word: _V.sub("u", word[0]) if word[0] in doubtful else word[0], text)


def _without_runs(text: str, keep: int) -> str:
    """Return a text with `keep` letters for three and more of a kind."""
    return _LONG_RUN.sub(
        lambda run: run[0][:keep] + _GONE * (len(run[0]) - keep),
        text,
    )
