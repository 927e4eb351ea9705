"""Text with the same characters written in one way, and the way back to where they stood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from moderation.text.normalise import Mapped

_HYPHENS = frozenset("\u2010\u2011\u2012\u2212")
_INVISIBLE = {"\u20e3", *(chr(code) for code in range(0xFE00, 0xFE10))}


class Plain(Mapped):
    """A text written in the usual characters, to be rewritten further."""

    __slots__ = ()

    @classmethod
    def of(cls, text: str) -> Plain:
        """Leave out invisible characters; write wide, bold and circled ones as the usual ones."""
        if text.isascii():
            return cls(text, range(len(text)), range(1, len(text) + 1))
        kept = [(index, _usual(char)) for index, char in enumerate(text)]
        places = [index for index, char in kept if char]
        return cls("".join(char for _, char in kept), places, [place + 1 for place in places])

    def rewritten(self, pattern: re.Pattern[str], word: Callable[[re.Match[str]], str]) -> Plain:
        """Put a word in the place of every match; its characters stand for the whole match."""
        parts: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        position = 0
        for match in pattern.finditer(self.text):
            between, new = slice(position, match.start()), word(match)
            parts += [self.text[between], new]
            starts += [*self.starts[between], *[self.starts[match.start()]] * len(new)]
            ends += [*self.ends[between], *[self.ends[match.end() - 1]] * len(new)]
            position = match.end()
        if not parts:
            return self
        rest = slice(position, len(self.text))
        text = "".join([*parts, self.text[rest]])
        return Plain(text, [*starts, *self.starts[rest]], [*ends, *self.ends[rest]])


@lru_cache(4096)
def _usual(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cf" or char in _INVISIBLE:
        return ""
    if category == "Nd":
        return str(unicodedata.digit(char))
    if char in _HYPHENS:
        return "-"
    usual = unicodedata.normalize("NFKC", char)
    return usual if len(usual) == 1 else char
