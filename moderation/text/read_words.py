"""The words of a picture as they were read, without what readings of one text differ in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from moderation.text.folding import fold
from moderation.text.regions import Region, between
from moderation.types import Line, Quad, Reading, UnreadText

# What the reader is sure of; below, words that differ are doubtful.
_SURE = 0.8
# A line that was read worse than this is texture of the picture as often as text.
_READ = 0.5
# Small print is often misread: lines below the one height are sure only when the reader is surer,
# and those below the other are not to be read at all.
_CLEAR_PX, _READABLE_PX = 11.0, 8.0
_SURE_OF_SMALL = 0.95
_SURE_OF_HAN = 0.9
# Shorter ones alone are no text. What has a word to a character has one to each half of it.
_WORD_LENGTH = 3
_LETTERS_OF_HAN = 2
# A single letter is as often texture, unless the reader is as sure as this.
_SURE_OF_LETTER = 0.9
# What is compared of one picture: a page in small print has a quarter of it.
_MAX_WORDS = 2_000

# Chinese and Japanese have no blanks: each of their characters is a word.
_HAN = r"\u3040-\u30ff\u3400-\u9fff"
_IS_HAN = re.compile(f"[{_HAN}]")
# Blanks get lost, also before a figure: "said:17" is two words.
_WORD = re.compile(rf"[{_HAN}]|[^\s{_HAN}]+?(?=(?<=[^\W\d_]):\d)|[^\s{_HAN}]+")
_FIGURE_IN_WORD = re.compile(r"\d{2,}")
_RUN, _RUNS_OF_A_CODE = re.compile(r"\d+|\D+"), 4
_FIGURE = re.compile(r"[0-9olis|]*[0-9][0-9olis|]*")
# Letters that stand for digits in a figure, and digits for letters in a word.
_AS_DIGITS = str.maketrans("olis|", "01151")
_AS_LETTERS = str.maketrans("0158", "olsb")
_DIGITS = re.compile(r"\d+")
# Letters that readers take for one.
_ONE_LETTER = (("rn", "m"), ("vv", "w"), ("cl", "d"))


class TextSide(StrEnum):
    """One of two pictures."""

    QUERY = "query"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class ReadWord:
    """A word as it was read, and folded, with where it is.

    `is_sure` tells that it was read well, `is_lost` that the other picture is too small for it,
    `is_cut` that it reaches the edge of what both show. `figures` are those in it, digits alone.
    """

    text: str
    folded: str
    line: int
    start: int
    end: int
    quad: Quad
    is_sure: bool
    is_lost: bool
    is_cut: bool
    figures: tuple[str, ...]

    @property
    def is_well_read(self) -> bool:
        """Tell whether it was read well, and as a whole."""
        return self.is_sure and not self.is_cut

    @property
    def tells(self) -> bool:
        """Tell whether it is more than a letter, which icons and texture are read as too."""
        return len(self.folded) > 1 or bool(self.figures) or is_han(self.folded)


@dataclass(frozen=True)
class SideText:
    """One side: its lines and words; `is_whole` if none is left out."""

    side: TextSide
    lines: tuple[Line, ...]
    words: tuple[ReadWord, ...]
    region: Region
    unread: tuple[UnreadText, ...]
    is_whole: bool
    # Where each word begins in what they are joined, and where the last one ends.
    starts: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        at, starts = 0, [0]
        for word in self.words:
            at += len(word.folded)
            starts.append(at)
        object.__setattr__(self, "starts", tuple(starts))

    @cached_property
    def joined(self) -> str:
        """Return the words without blanks."""
        return "".join(word.folded for word in self.words)

    @cached_property
    def folded(self) -> frozenset[str]:
        """Return the words, each once."""
        return frozenset(word.folded for word in self.words)

    def least_height_px(self, line: Line | UnreadText) -> float:
        """Return how high a text is in the picture that shows it smaller."""
        return min(self.region.height_px(line.quad), self.region.height_elsewhere_px(line.quad))

    @property
    def has_words(self) -> bool:
        """Tell whether there is more than a few letters, which texture is read as too."""
        has_word = any(word.is_sure and _length(word.folded) >= _WORD_LENGTH for word in self.words)
        return has_word or len(self.joined) >= 2 * _WORD_LENGTH


def text_of(side: TextSide, reading: Reading, region: Region) -> SideText:
    """Return what a picture says inside the region that both show."""
    lines = tuple(line for line in reading.lines if _is_text(line) and region.holds(line.quad))
    words = [word for number, line in enumerate(lines) for word in _words(number, line, region)]
    unread = tuple(each for each in reading.unread if region.holds(each.quad))
    return SideText(
        side, lines, tuple(words[:_MAX_WORDS]), region, unread, len(words) <= _MAX_WORDS
    )


def part(quad: Quad, start: float, end: float) -> Quad:
    """Return where a part of a line stands, as if all its letters were equally wide."""
    first, second, third, fourth = quad
    return (
        between(first, second, start),
        between(first, second, end),
        between(fourth, third, end),
        between(fourth, third, start),
    )


def joined(text: str) -> str:
    """Return a text folded as its words are compared, without blanks."""
    return "".join(_skeleton(fold(found.group())) for found in _WORD.finditer(text))


def is_figure(word: str) -> bool:
    """Tell whether a folded word is digits, but for letters that are read for them."""
    return _FIGURE.fullmatch(word) is not None


def is_han(word: str) -> bool:
    """Tell whether a folded word is a character of Chinese or Japanese."""
    return _IS_HAN.match(word) is not None


def _is_text(line: Line) -> bool:
    length = len(fold(line.text))
    return length > 0 and line.confidence >= (_READ if length > 1 else _SURE_OF_LETTER)


def _words(number: int, line: Line, region: Region) -> Iterator[ReadWord]:
    is_lost = region.is_smaller_elsewhere and region.height_elsewhere_px(line.quad) < _READABLE_PX
    height_px = region.height_px(line.quad)
    least = _SURE if height_px >= _CLEAR_PX else _SURE_OF_SMALL
    is_readable = height_px >= _READABLE_PX and not is_lost
    is_sure = is_readable and line.confidence >= least
    length = len(line.text)
    for found in _WORD.finditer(line.text):
        folded = _skeleton(fold(found.group()))
        if folded:
            start, end = found.span()
            quad = part(line.quad, start / length, end / length)
            yield ReadWord(
                found.group(), folded, number, start, end, quad,
                is_sure=is_sure and (not is_han(folded) or line.confidence >= _SURE_OF_HAN),
                is_lost=is_lost, is_cut=region.cuts(quad),
                figures=_figures_in(found.group(), folded, line),
            )  # fmt: skip


def _skeleton(word: str) -> str:
    """Return a folded word without what readers take for each other."""
    if is_figure(word):
        return word.translate(_AS_DIGITS)
    letters = word if _FIGURE_IN_WORD.search(word) else word.translate(_AS_LETTERS)
    for two, one in _ONE_LETTER:
        letters = letters.replace(two, one)
    return letters


def _figures_in(text: str, folded: str, line: Line) -> tuple[str, ...]:
    if is_figure(folded):
        return tuple(_DIGITS.findall(text.casefold().translate(_AS_DIGITS)))
    # A code of letters and digits is read otherwise each time.
    is_code = len(_RUN.findall(folded)) > _RUNS_OF_A_CODE
    # Of a word that was read badly, they are letters.
    is_badly_read = line.confidence < _SURE
    return () if is_code or is_badly_read else tuple(_FIGURE_IN_WORD.findall(folded))


def _length(word: str) -> int:
    return len(word) * (_LETTERS_OF_HAN if is_han(word) else 1)
