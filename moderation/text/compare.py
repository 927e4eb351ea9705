"""Whether two pictures that are copies of each other also say the same.

Similarity is not the rule: one changed word or figure leaves two texts nearly alike, and turns what
they say round. So words are looked for that one picture has and the other has not. Readers lose
spaces and accents and take letters for others, so texts are folded, a word is no other one when it
is part of what the other picture says anywhere, and likeness forgives a letter.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from moderation.text.folding import fold
from moderation.text.regions import Region, SharedRegion, between
from moderation.types import Line, Quad, Reading

# What the reader is sure of; below, words that differ are doubtful.
_SURE = 0.8
# A line that was read worse than this is texture of the picture as often as text.
_READ = 0.5
# A place without a reading is text in which nobody can read, if the detector is as sure as this.
_SURELY_TEXT = 0.8
_LIKE_PERCENT = 75.0
# Readers mistake a letter here and there. More in a row is another word, also inside of words that
# ran together.
_MISREAD_IN_A_ROW = 2
# Of a long word that ran together with its neighbours, a part is compared.
_LONG_WORD = 6
_LIKE_PART_PERCENT = 80.0
# One replaced word is two: the old one and the new one.
_DIFFERING_WORDS = 2
# Small print is often misread: lines below the one height are sure only when the reader is surer,
# and those below the other are not to be read at all.
_CLEAR_PX, _READABLE_PX = 11.0, 8.0
_SURE_OF_SMALL = 0.95
# Shorter ones alone are no text.
_WORD_LENGTH = 3
# A bad reading of a word has at least so much of it.
_BAD_READING_PERCENT = 40.0
# In a page full of text so many words in a hundred are misread for sure.
_MISREAD_SHARE = 0.02
# A single letter is as often texture, unless the reader is as sure as this.
_SURE_OF_LETTER = 0.9
# What is compared of one picture: a page in small print has a quarter of it.
_MAX_WORDS = 2_000

_WORD = re.compile(r"\S+")
_DIGITS = re.compile(r"\d+")
_FIGURE_IN_WORD = re.compile(r"\d{2,}")
_FIGURE = re.compile(r"[0-9olis|]*[0-9][0-9olis|]*")
# Letters that stand for digits in a figure, and digits for letters in a word.
_AS_DIGITS = str.maketrans("olis|", "01151")
_AS_LETTERS = str.maketrans("0158", "olsb")
# Letters that readers take for one.
_ONE_LETTER = (("rn", "m"), ("vv", "w"), ("cl", "d"))


class TextState(StrEnum):
    """What the texts of two pictures say of each other, inside the region that both show."""

    AGREES = "agrees"  # the same words and figures
    DIFFERS = "differs"  # other words or figures
    ONE_SIDED = "one_sided"  # only one of the pictures has text there
    UNSURE = "unsure"  # words differ and were read badly, or were not read
    NONE = "none"  # no text


class TextSide(StrEnum):
    """One of two pictures."""

    QUERY = "query"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class DifferingWord:
    """A word that the other picture has not.

    Characters `start` to `end` of the line of that number, among those of its side that were
    compared. `quad` is where it stands, as shares of its own picture.
    """

    side: TextSide
    line: int
    start: int
    end: int
    text: str
    quad: Quad


@dataclass(frozen=True, slots=True)
class TextComparison:
    """How the texts of two pictures differ: of each the lines that count, in reading order.

    `similarity` is 0..1 over the folded texts, None where neither has any. It says how much of the
    text is the same, and decides nothing.
    """

    state: TextState
    similarity: float | None = None
    query: tuple[Line, ...] = ()
    item: tuple[Line, ...] = ()
    differing: tuple[DifferingWord, ...] = ()


@dataclass(frozen=True, slots=True)
class _ReadWord:
    """A word as it was read, folded, with where it is.

    `is_sure` tells that it was read well, `is_lost` that the other picture is too small for it.
    """

    text: str
    folded: str
    line: int
    start: int
    end: int
    is_sure: bool
    is_lost: bool


@dataclass(frozen=True, slots=True)
class _Text:
    """One side: its lines, words and what they are joined; `is_whole` if nothing is left out."""

    side: TextSide
    lines: tuple[Line, ...]
    words: tuple[_ReadWord, ...]
    has_unread: bool
    is_whole: bool
    joined: str

    @property
    def has_words(self) -> bool:
        """Tell whether there is more than a few letters, which texture is read as too."""
        has_word = any(word.is_sure and len(word.folded) >= _WORD_LENGTH for word in self.words)
        return has_word or len(self.joined) >= 2 * _WORD_LENGTH


def compare(query: Reading, item: Reading, region: SharedRegion) -> TextComparison:
    """Compare what two pictures say inside the region that both show.

    Lines outside of it say nothing: a chat shows its own words around the picture that was sent.
    """
    texts = _text(TextSide.QUERY, query, region.query), _text(TextSide.ITEM, item, region.item)
    # What is read in a mirror are no words.
    differing = [] if region.is_mirrored else _differing(*texts)
    return TextComparison(
        _state(*texts, differing, is_mirrored=region.is_mirrored),
        _similarity(*texts),
        texts[0].lines,
        texts[1].lines,
        tuple(_told(text, word) for text, word in differing if word.is_sure),
    )


def _text(side: TextSide, reading: Reading, region: Region) -> _Text:
    lines = tuple(line for line in reading.lines if _is_text(line) and region.holds(line.quad))
    words = [word for number, line in enumerate(lines) for word in _words(number, line, region)]
    has_unread = any(
        each.confidence >= _SURELY_TEXT and region.holds(each.quad) for each in reading.unread
    )
    kept, is_whole = tuple(words[:_MAX_WORDS]), len(words) <= _MAX_WORDS
    return _Text(side, lines, kept, has_unread, is_whole, "".join(word.folded for word in kept))


def _is_text(line: Line) -> bool:
    length = len(fold(line.text))
    return length > 0 and line.confidence >= (_READ if length > 1 else _SURE_OF_LETTER)


def _words(number: int, line: Line, region: Region) -> Iterator[_ReadWord]:
    is_lost = region.is_smaller_elsewhere and region.height_elsewhere_px(line.quad) < _READABLE_PX
    height_px = region.height_px(line.quad)
    least = _SURE if height_px >= _CLEAR_PX else _SURE_OF_SMALL
    is_sure = height_px >= _READABLE_PX and line.confidence >= least
    for found in _WORD.finditer(line.text):
        folded = _skeleton(fold(found.group()))
        if folded:
            yield _ReadWord(
                found.group(),
                folded,
                number,
                found.start(),
                found.end(),
                is_sure=is_sure and not is_lost,
                is_lost=is_lost,
            )


def _skeleton(word: str) -> str:
    """Return a folded word without what readers take for each other."""
    if _is_figure(word):
        return word
    letters = word if _FIGURE_IN_WORD.search(word) else word.translate(_AS_LETTERS)
    for two, one in _ONE_LETTER:
        letters = letters.replace(two, one)
    return letters


def _state(
    query: _Text, item: _Text, differing: Sequence[tuple[_Text, _ReadWord]], *, is_mirrored: bool
) -> TextState:
    has_unread = query.has_unread or item.has_unread
    if not query.words and not item.words:
        return TextState.UNSURE if has_unread else TextState.NONE
    is_one_sided = query.has_words != item.has_words
    if not is_one_sided and _is_other(query, item, differing):
        # Whatever else could not be read.
        return TextState.DIFFERS
    if is_mirrored or has_unread or not (query.is_whole and item.is_whole):
        return TextState.UNSURE
    if is_one_sided:
        return _state_of_one(query if query.has_words else item)
    return TextState.UNSURE if differing else TextState.AGREES


def _state_of_one(text: _Text) -> TextState:
    """Return the state where only one of the pictures has text."""
    telling = [word for word in text.words if len(word.folded) > 1]
    if any(word.is_sure for word in telling):
        return TextState.ONE_SIDED
    # A sign or a letter is as often a part of the scene, but words that nobody could read are not.
    return TextState.UNSURE if telling else TextState.NONE


def _is_other(query: _Text, item: _Text, differing: Sequence[tuple[_Text, _ReadWord]]) -> bool:
    """Tell whether more words differ than may be bad readings of each other."""
    doubtful = {
        text.side: [word.folded for of, word in differing if of is text and not word.is_sure]
        for text in (query, item)
    }
    sure = [
        word
        for text, word in differing
        if word.is_sure
        and not _is_read_badly(word, doubtful[(item if text is query else query).side])
    ]
    misread = int(_MISREAD_SHARE * (len(query.words) + len(item.words)))
    return len(sure) >= _DIFFERING_WORDS + misread


def _is_read_badly(word: _ReadWord, others: Sequence[str]) -> bool:
    """Tell whether one of the doubtful words of the other side may be this one."""
    scorer, least = fuzz.ratio, _BAD_READING_PERCENT
    return process.extractOne(word.folded, others, scorer=scorer, score_cutoff=least) is not None


def _differing(query: _Text, item: _Text) -> list[tuple[_Text, _ReadWord]]:
    """Return the words that the other side has not, each with its side, in reading order.

    Small print that the other picture is too small to show is not missed there, unless something
    else stands there that it may be.
    """
    figures = _other_figures(query, item)
    missing = {
        text.side: list(_missing(text, other, figures[text.side]))
        for text, other in ((query, item), (item, query))
    }
    return [
        (text, word)
        for text, other in ((query, item), (item, query))
        for word in missing[text.side]
        if missing[other.side] or not word.is_lost
    ]


def _missing(text: _Text, other: _Text, figures: set[str]) -> Iterator[_ReadWord]:
    others = sorted({word.folded for word in other.words})
    for word in text.words:
        if not figures.isdisjoint(_figures_in(word)) or not _is_in(
            word.folded, other.joined, others
        ):
            yield word


def _is_in(word: str, joined: str, others: Sequence[str]) -> bool:
    """Tell whether a text has a word, whatever a reader makes of its spaces and letters."""
    if word in joined or _is_figure(word):
        return True
    alike = process.extractOne(word, others, scorer=fuzz.ratio, score_cutoff=_LIKE_PERCENT)
    if alike is not None and alike[1] > _LIKE_PERCENT and _is_misread(word, alike[0]):
        return True
    if len(word) < _LONG_WORD or len(joined) < len(word):
        return False
    part = fuzz.partial_ratio_alignment(word, joined, score_cutoff=_LIKE_PART_PERCENT)
    return part is not None and _is_misread(word, joined[part.dest_start : part.dest_end])


def _is_misread(word: str, other: str) -> bool:
    """Tell whether two words differ in no more letters in a row than readers mistake."""
    row = longest = 0
    for step in Levenshtein.opcodes(word, other):
        length = max(step.src_end - step.src_start, step.dest_end - step.dest_start)
        if step.tag != "equal":
            row += length
        elif length > 1:
            row = 0
        longest = max(longest, row)
    return longest <= _MISREAD_IN_A_ROW


def _other_figures(query: _Text, item: _Text) -> dict[TextSide, set[str]]:
    """Return the figures of each side that the other has not, or has less often.

    What is left on both sides is the same still if only its blanks and points are not: 5.000 is
    read as 5 000 and as 5000.
    """
    ours, theirs = _all_figures(query), _all_figures(item)
    more, less = Counter(ours) - Counter(theirs), Counter(theirs) - Counter(ours)
    if "".join(each for each in ours if each in more) == "".join(
        each for each in theirs if each in less
    ):
        return {query.side: set(), item.side: set()}
    return {query.side: set(more), item.side: set(less)}


def _all_figures(text: _Text) -> list[str]:
    return [figure for word in text.words for figure in _figures_in(word)]


def _figures_in(word: _ReadWord) -> list[str]:
    if _is_figure(word.folded):
        return _DIGITS.findall(word.text.casefold().translate(_AS_DIGITS))
    return _FIGURE_IN_WORD.findall(word.folded)


def _is_figure(word: str) -> bool:
    """Tell whether a word is digits, but for letters that are read for them."""
    return _FIGURE.fullmatch(word) is not None


def _similarity(query: _Text, item: _Text) -> float | None:
    if not query.words and not item.words:
        return None
    return float(round(fuzz.ratio(query.joined, item.joined) / 100, 4))


def _told(text: _Text, word: _ReadWord) -> DifferingWord:
    line = text.lines[word.line]
    length = len(line.text)
    quad = _part(line.quad, word.start / length, word.end / length)
    return DifferingWord(text.side, word.line, word.start, word.end, word.text, quad)


def _part(quad: Quad, start: float, end: float) -> Quad:
    """Return where a part of a line stands, as if all its letters were equally wide."""
    first, second, third, fourth = quad
    return (
        between(first, second, start),
        between(first, second, end),
        between(fourth, third, end),
        between(fourth, third, start),
    )
