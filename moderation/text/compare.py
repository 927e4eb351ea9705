"""Whether two pictures that are copies of each other also say the same.

Similarity is not the rule: one changed word or figure leaves two texts nearly alike, and turns what
they say round. So words are looked for that one picture has and the other has not, and words that
follow each other in one of them alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from rapidfuzz import fuzz

from moderation.text import alike, rereading, scene
from moderation.text.opposite import Opposite
from moderation.text.read_words import ReadWord, SideText, TextSide, is_han, text_of
from moderation.text.regions import SharedRegion
from moderation.types import Line, Quad, Reading

# Of a picture; each takes about as long as a hundredth of reading it all.
MAX_REREAD: Final = 40
# A place without a reading is text that nobody here can read if the detector is as sure as this.
_SURELY_TEXT = 0.8
# A figure of one point, with fewer digits behind it than thousands have.
_DECIMALS = re.compile(r"\D*\d+[.,]\d{1,2}\D*")
# One replaced word is two: the old one and the new one.
_DIFFERING_WORDS = 2
# In a page full of text so many words in a hundred are misread for sure.
_MISREAD_SHARE = 0.02
# One word says that the texts differ if another stands at its place, unlike it, and both lines
# are read as surely and are as high in px.
_CLEAR, _UNLIKE_PERCENT = ((0.95, 11.0), (0.85, 20.0)), 60.0
_WORDS_OF_A_PAGE = 40

Place = tuple[TextSide, int]


class TextState(StrEnum):
    """What the texts of two pictures say of each other, inside the region that both show."""

    AGREES = "agrees"  # the same words and figures
    DIFFERS = "differs"  # other words or figures
    ONE_SIDED = "one_sided"  # only one of the pictures has text there
    UNSURE = "unsure"  # words differ and were read badly, or were not read
    NONE = "none"  # no text


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
class _Missing:
    """A word that the other side has not, or has elsewhere (`is_elsewhere`).

    `is_replaced` tells that another word stands at its place, and both were read very well.
    """

    of: SideText
    word: ReadWord
    is_sure: bool
    is_elsewhere: bool = False
    is_replaced: bool = False


def compare(query: Reading, item: Reading, region: SharedRegion) -> TextComparison:
    """Compare what two pictures say inside the region that both show.

    Lines outside of it say nothing: a chat shows its own words around the picture that was sent.
    """
    texts = _texts(query, item, region)
    placed = Opposite(*texts, region)
    # What is read in a mirror are no words.
    missing = [] if region.is_mirrored else _differing(*texts, placed)
    is_read = all(_is_read(text, placed) for text in texts)
    has_words = bool(texts[0].words or texts[1].words)
    return TextComparison(
        _state(*texts, missing, is_read=is_read and not (region.is_mirrored and has_words)),
        _similarity(*texts),
        texts[0].lines,
        texts[1].lines,
        tuple(_told(each) for each in missing if each.is_sure),
    )


def places_to_reread(
    query: Reading, item: Reading, region: SharedRegion
) -> tuple[tuple[Quad, ...], tuple[Quad, ...]]:
    """Return the places of the query, and of the item, where only the other picture has a text.

    The highest first; see `moderation.text.rereading`. None where nobody knows how the one lies on
    the other.
    """
    if region.matrix is None or region.is_mirrored:
        return (), ()
    texts = _texts(query, item, region)
    return (
        _places_elsewhere(texts[1], texts[0], region.on_query),
        _places_elsewhere(texts[0], texts[1], region.on_item),
    )


def _places_elsewhere(text: SideText, other: SideText, onto: rereading.Onto) -> tuple[Quad, ...]:
    figures = _other_figures(text, other)[text.side]
    numbers = {each.word.line for each in _missing(text, other, figures)}
    lines = sorted((text.lines[number] for number in numbers), key=_height(text))
    moved = (rereading.moved(line.quad, onto) for line in lines[:MAX_REREAD])
    return tuple(quad for quad in moved if quad)


def _height(text: SideText) -> Callable[[Line], float]:
    return lambda line: -text.region.height_px(line.quad)


def _texts(query: Reading, item: Reading, region: SharedRegion) -> tuple[SideText, SideText]:
    query, item = rereading.settled(query, item, region)
    return (
        text_of(TextSide.QUERY, query, region.query),
        text_of(TextSide.ITEM, item, region.item),
    )


def _is_read(text: SideText, placed: Opposite) -> bool:
    """Tell whether nothing is left out that may be text.

    Of what was not looked at there is no confidence.
    """
    return text.is_whole and all(
        (each.confidence and each.confidence < _SURELY_TEXT) or scene.is_no_text(text, each, placed)
        for each in text.unread
    )


def _state(
    query: SideText, item: SideText, missing: Sequence[_Missing], *, is_read: bool
) -> TextState:
    if not query.words and not item.words:
        return TextState.NONE if is_read else TextState.UNSURE
    is_one_sided = query.has_words != item.has_words
    if not is_one_sided and _is_other(query, item, missing):
        # Whatever else could not be read.
        return TextState.DIFFERS
    if not is_read:
        return TextState.UNSURE
    if is_one_sided:
        return _state_of_one(query if query.has_words else item)
    return TextState.UNSURE if missing else TextState.AGREES


def _state_of_one(text: SideText) -> TextState:
    """Return the state where only one of the pictures has text."""
    telling = [word for word in text.words if len(word.folded) > 1 or is_han(word.folded)]
    if any(word.is_sure for word in telling):
        return TextState.ONE_SIDED
    # A sign or a letter is as often a part of the scene, but words that nobody could read are not.
    return TextState.UNSURE if telling else TextState.NONE


def _is_other(query: SideText, item: SideText, missing: Sequence[_Missing]) -> bool:
    """Tell whether more words differ than may be bad readings of each other."""
    if any(each.is_replaced for each in missing):
        return True
    sure = [each for each in missing if each.is_sure]
    misread = int(_MISREAD_SHARE * (len(query.words) + len(item.words)))
    return len(sure) >= _DIFFERING_WORDS + misread


def _differing(query: SideText, item: SideText, placed: Opposite) -> list[_Missing]:
    """Return the words that the other side has not, or in another order, in reading order.

    Small print that the other picture is too small to show is not missed there, unless something
    else stands there that it may be.
    """
    figures = _other_figures(query, item)
    both = ((query, item), (item, query))
    missing = [each for text, other in both for each in _missing(text, other, figures[text.side])]
    if missing:
        missing = _without_scene(missing, placed)
        missing = [_judged(each, missing, placed, (query, item)) for each in missing]
    return [
        each
        for each in missing
        if not each.word.is_lost or any(other.of is not each.of for other in missing)
    ]


def _missing(text: SideText, other: SideText, figures: set[str]) -> Iterator[_Missing]:
    elsewhere = {
        id(second): first.is_well_read and second.is_well_read
        for first, second in alike.disorder(text, other, figures)
    }
    for before, word in zip((None, *text.words), text.words, strict=False):
        is_other = not figures.isdisjoint(word.figures) and not _ran_together(before, word, other)
        if word.tells and (is_other or not alike.has(other, word, text)):
            yield _Missing(text, word, is_sure=word.is_well_read)
        elif id(word) in elsewhere:
            yield _Missing(text, word, is_sure=elsewhere[id(word)], is_elsewhere=True)


def _ran_together(before: ReadWord | None, word: ReadWord, other: SideText) -> bool:
    """Tell whether a figure of one digit was read as the end of the word before it."""
    if before is None or before.line != word.line or before.figures:
        return False
    return len(word.folded) == 1 and before.folded + word.folded in other.folded


def _without_scene(missing: Sequence[_Missing], placed: Opposite) -> list[_Missing]:
    """Leave out words of the scene that say nothing; see `moderation.text.scene`."""
    numbers = Counter((each.of.side, each.word.line) for each in missing)
    words = {id(each.word) for each in missing}
    return [
        each
        for each in missing
        if not scene.says_nothing(
            each.of, each.word, placed, words, whole=_is_whole_line(each, numbers)
        )
    ]


def _is_whole_line(each: _Missing, numbers: Mapping[Place, int]) -> bool:
    number = each.word.line
    telling = sum(word.line == number and word.tells for word in each.of.words)
    return numbers[each.of.side, number] >= telling


def _judged(
    each: _Missing, missing: Sequence[_Missing], placed: Opposite, texts: tuple[SideText, SideText]
) -> _Missing:
    """Return it with what stands at its place in the other picture."""
    other = texts[1] if each.of is texts[0] else texts[0]
    there = placed.words(each.of, each.word)
    if each.word.is_cut and each.word.is_sure and _is_as_long(each.word, there):
        each = replace(each, is_sure=True)
    if each.is_elsewhere or not each.is_sure:
        return each
    if _is_doubtful(each, there, other, placed):
        return replace(each, is_sure=False)
    if not _is_clear(each.of, each.word):
        return each
    others = {id(one.word) for one in missing if one.of is other and one.is_sure}
    is_replaced = any(
        id(word) in others and _is_clear(other, word) and _is_another(each.word, word)
        for word in there
    )
    return replace(each, is_replaced=is_replaced)


def _is_as_long(word: ReadWord, there: Sequence[ReadWord]) -> bool:
    """Tell whether nothing of a word was cut off, as another one as long stands at its place."""
    return any(len(each.folded) == len(word.folded) for each in there)


def _is_doubtful(
    each: _Missing, there: Sequence[ReadWord], other: SideText, placed: Opposite
) -> bool:
    """Tell whether a word that was read well may be in the other picture all the same."""
    line = each.of.lines[each.word.line]
    # What was read badly there may be the same, and so may what is like it.
    if any(not word.is_sure for word in there) or _is_like_there(each.word, there, other):
        return True
    if line.artificial < scene.ARTIFICIAL and line.confidence < scene.SURE:
        return True
    if not placed.is_known:
        return False
    # In pages, lines are missed, and so are figures of which there is one more.
    is_again = bool(each.word.figures) and set(each.word.figures) <= set(_all_figures(other))
    is_page = max(len(each.of.words), len(other.words)) > _WORDS_OF_A_PAGE
    return is_again or (is_page and not placed.lines(each.of.side, each.word.line))


def _is_like_there(word: ReadWord, there: Sequence[ReadWord], other: SideText) -> bool:
    if word.figures:
        return False
    return any(
        alike.is_like(word.folded, each.folded)
        if other.lines[each.line].confidence >= scene.SURE
        else fuzz.ratio(word.folded, each.folded) > _UNLIKE_PERCENT
        for each in there
    )


def _is_clear(text: SideText, word: ReadWord) -> bool:
    line = text.lines[word.line]
    height_px = text.least_height_px(line)
    return any(line.confidence >= confidence and height_px >= px for confidence, px in _CLEAR)


def _is_another(word: ReadWord, other: ReadWord) -> bool:
    if word.figures and other.figures:
        return word.figures != other.figures
    return fuzz.ratio(word.folded, other.folded) <= _UNLIKE_PERCENT


def _other_figures(query: SideText, item: SideText) -> dict[TextSide, set[str]]:
    """Return the figures of each side that the other has not, or has less often.

    What is left on both sides is the same still if only its blanks and points are not: 5.000 is
    read as 5 000 and as 5000. But 1.5 is not 15.
    """
    ours, theirs = _all_figures(query), _all_figures(item)
    more, less = Counter(ours) - Counter(theirs), Counter(theirs) - Counter(ours)
    is_decimal = _has_decimals(query, set(more)) or _has_decimals(item, set(less))
    if not is_decimal and "".join(each for each in ours if each in more) == "".join(
        each for each in theirs if each in less
    ):
        return {query.side: set(), item.side: set()}
    return {query.side: set(more), item.side: set(less)}


def _has_decimals(text: SideText, figures: set[str]) -> bool:
    return any(
        _DECIMALS.fullmatch(word.text) and not figures.isdisjoint(word.figures)
        for word in text.words
    )


def _all_figures(text: SideText) -> list[str]:
    return [figure for word in text.words for figure in word.figures]


def _similarity(query: SideText, item: SideText) -> float | None:
    if not query.words and not item.words:
        return None
    return float(round(fuzz.ratio(query.joined, item.joined) / 100, 4))


def _told(missing: _Missing) -> DifferingWord:
    word = missing.word
    return DifferingWord(missing.of.side, word.line, word.start, word.end, word.text, word.quad)
