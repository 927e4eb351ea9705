"""Folds a text to the letters that matter, and remembers where each came from."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

# Letters that no decomposition takes apart, as they are written where they are missing.
SPECIAL_LETTERS = {
    "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "\u0131": "i", "æ": "ae", "œ": "oe", "ð": "d",
    "þ": "th", "ħ": "h", "ŧ": "t", "ŋ": "n", "ĸ": "k", "\u017f": "s", "ƒ": "f",
}  # fmt: skip
_APOSTROPHES = "'\u2019\u2018\u02bc`\u00b4"
_NO_APOSTROPHES = {ord(character): None for character in _APOSTROPHES}
_NOT_SEEN = ("Mn", "Me", "Cf")
_BLANK = " "
_WHITE = re.compile(r"\s")
# Stand for characters of a text that is being folded, in the order of their numbers.
_SEVERAL, _SPENT, _DROPPED = "\x00", "\x01", "\x02"
_SURPLUS = re.compile(rf"\A[ {_DROPPED}]+| [{_DROPPED}]*(?: [{_DROPPED}]*)+")
_MARKS = re.compile(rf"{_DROPPED}+")


@dataclass(frozen=True, slots=True)
class Mapped:
    """A rewritten text; its character i came from `starts[i]` to `ends[i]` of the original."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where characters `start` to `end` (at least one) are in the original."""
        return self.starts[start], self.ends[end - 1]


class _Folds(dict[str, str]):
    """What a character becomes: letters and digits without case and marks, "" or a blank."""

    def __missing__(self, character: str) -> str:
        found = _fold_one(character)
        self[character] = found
        return found


def _fold_one(character: str) -> str:
    if unicodedata.category(character) in _NOT_SEEN:
        return ""
    if "가" <= character <= "힣":  # syllables stay whole, so that none begins with another
        return character
    plain = unicodedata.normalize("NFKC", character).casefold()
    parts = (c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    letters = "".join(SPECIAL_LETTERS.get(c, c) for c in parts)
    kept = "".join(c if c.isalnum() else _BLANK for c in letters)
    return kept if kept.strip() else _BLANK


_FOLDS = _Folds()
_ASCII = str.maketrans(
    {chr(c): chr(c).lower() if chr(c).isalnum() else _BLANK for c in range(0x80)}
)


class _SingleFolds(dict[int, str]):
    """What a character becomes where it stays one: _DROPPED for "", _SEVERAL for more than one."""

    def __missing__(self, code: int) -> str:
        letters = _FOLDS[chr(code)] or _DROPPED
        found = letters if len(letters) == 1 else _SEVERAL
        self[code] = found
        return found


_SINGLE = _SingleFolds()


def folded(text: str) -> str:
    """Return a text as `fold` writes it: words of letters and digits, one blank between them."""
    if text.isascii():
        return _BLANK.join(text.translate(_ASCII).split())
    return fold(text).text


def fold(text: str, other: Mapping[str, str] | None = None) -> Mapped:
    """Fold a text in NFC; `other` folds some characters in its own way, "" takes them out.

    Compatibility forms, case and marks are gone, ß is ss, what is no letter or digit is a blank,
    and blanks are one. The same rules hold for the entries of word lists.
    """
    if other is None:
        plain = text.translate(_ASCII if text.isascii() else _SINGLE)
        if _SEVERAL not in plain:
            return _words(plain)
    return _by_character(text, other or {})


def _words(text: str) -> Mapped:
    """Return a text, written in folded letters and _DROPPED, with its blanks made one.

    What is dropped after a letter belongs to it.
    """
    marked = text.rstrip(_BLANK + _DROPPED) if _DROPPED in text else text.rstrip(_BLANK)
    marked = _SURPLUS.sub(_without_blanks, marked)
    if _SPENT not in marked and _DROPPED not in text:
        return Mapped(marked, range(len(marked)), range(1, len(marked) + 1))
    starts = [place for place, character in enumerate(marked) if character > _DROPPED]
    ends = [start + 1 for start in starts]
    whole = marked.replace(_SPENT, "").replace(_DROPPED, "")
    for marks in _MARKS.finditer(text) if _DROPPED in text else ():
        if marks.start() and text[marks.start() - 1] != _BLANK:
            ends[bisect_left(starts, marks.start()) - 1] = marks.end()
    return Mapped(whole, starts, ends)


def _without_blanks(run: re.Match[str]) -> str:
    """Return a run of blanks, and what is dropped among them, with the first blank alone left."""
    first = run[0][:1] if run.start() else _SPENT
    return first + run[0][1:].replace(_BLANK, _SPENT)


def _by_character(text: str, other: Mapping[str, str]) -> Mapped:
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for position, character in enumerate(text):
        letters = other[character] if character in other else _FOLDS[character]
        for letter in letters:
            if letter == _BLANK and (not out or out[-1] == _BLANK):
                continue
            out.append(letter)
            starts.append(position)
            ends.append(position + 1)
        if not letters and ends and out[-1] != _BLANK:
            ends[-1] = position + 1  # a mark belongs to the letter before it
    if out and out[-1] == _BLANK:
        out.pop(), starts.pop(), ends.pop()
    return Mapped("".join(out), starts, ends)


def composed(text: str) -> Mapped | None:
    """Return the NFC of a text with its offsets, or None when the text is in it already."""
    if unicodedata.is_normalized("NFC", text):
        return None
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(text):
        letters = unicodedata.normalize("NFC", text[start:end])
        out.append(letters)
        starts.extend([start] * len(letters))
        ends.extend([end] * len(letters))
    return Mapped("".join(out), starts, ends)


def _clusters(text: str) -> Iterable[tuple[int, int]]:
    """Yield the pieces that compose by themselves: a letter and the marks or jamo after it."""
    start = 0
    for position in range(1, len(text)):
        character = text[position]
        joins = unicodedata.combining(character) or "\u1160" <= character <= "\u11ff"
        if not joins:
            yield start, position
            start = position
    if text:
        yield start, len(text)


def cased(text: str) -> Mapped:
    """Return a text with case aside and every white space a blank; all else as it is."""
    whole = _WHITE.sub(_BLANK, text).casefold()
    if len(whole) == len(text):  # nearly always: few letters become two
        return Mapped(whole, range(len(text)), range(1, len(text) + 1))
    starts = [at for at, character in enumerate(text) for _ in character.casefold()]
    return Mapped(whole, starts, [start + 1 for start in starts])


def is_cjk(character: str) -> bool:
    """Tell whether a character is of a script that is searched without word boundaries."""
    return (
        "\u3040" <= character <= "\u30ff"
        or "\u3400" <= character <= "\u9fff"
        or "가" <= character <= "힣"
        or "\U00020000" <= character <= "\U0003ffff"
    )


def without_apostrophes(word: str) -> str:
    """Return a word as it is written in a hurry."""
    return word.translate(_NO_APOSTROPHES)
