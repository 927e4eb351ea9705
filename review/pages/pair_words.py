"""What two pictures say, to be shown: lines with what differs marked, and outlines to draw.

What a machine read in a picture is the words of a stranger: pages escape it and keep its direction
to itself, and characters that turn the direction of others are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lists.models import Image
from moderation.text.read_words import TextSide
from moderation.types import Line, Quad
from review.pages.overlay import SHOWN_SIDE_PX
from review.pairs.selectors import ShownPair
from review.pairs.texts import PairTexts
from text_lists.texts import without_directions


@dataclass(frozen=True, slots=True)
class LinePart:
    """A part of a line; `differs` tells that the other picture has not this word."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class SideWords:
    """What one picture says, line by line, and where its differing words stand.

    `outlines` are points for SVG, in px of a thumbnail of this width and height.
    """

    letter: str
    side: str
    lines: tuple[tuple[LinePart, ...], ...]
    width: int
    height: int
    outlines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PairWords:
    """What is shown of the texts of a pair."""

    state: str
    label: str
    query: SideWords
    item: SideWords

    @property
    def sides(self) -> tuple[SideWords, SideWords]:
        return self.query, self.item

    @property
    def has_lines(self) -> bool:
        return bool(self.query.lines or self.item.lines)

    @property
    def has_outlines(self) -> bool:
        return bool(self.query.outlines or self.item.outlines)


def words_of(shown: ShownPair, texts: PairTexts | None) -> PairWords | None:
    """Return what to show of a pair's texts; None where nobody asked for them."""
    if texts is None:
        return None
    sides = [(TextSide.QUERY, texts.query), (TextSide.ITEM, texts.item)]
    of_a, of_b = sides[::-1] if shown.is_exchanged else sides
    return PairWords(
        state=texts.state.value,
        label=str(texts.state.label),
        query=_side("A", texts, *of_a, shown.query.image),
        item=_side("B", texts, *of_b, shown.item.image),
    )


def _side(
    letter: str, texts: PairTexts, side: TextSide, lines: tuple[Line, ...], image: Image
) -> SideWords:
    width, height = image.thumbnail_size(SHOWN_SIDE_PX)
    return SideWords(
        letter=letter,
        side=letter.lower(),
        lines=tuple(
            tuple(_parts(texts, side, number, line.text)) for number, line in enumerate(lines)
        ),
        width=width,
        height=height,
        outlines=tuple(
            _points(each.quad, width, height) for each in texts.differing if each.side == side
        ),
    )


def _parts(texts: PairTexts, side: TextSide, number: int, text: str) -> Iterator[LinePart]:
    done = 0
    for word in texts.differing_in(side, number):
        yield _part(text[done : word.start], differs=False)
        yield _part(text[word.start : word.end], differs=True)
        done = word.end
    yield _part(text[done:], differs=False)


def _part(text: str, *, differs: bool) -> LinePart:
    return LinePart(without_directions(text), differs)


def _points(quad: Quad, width: int, height: int) -> str:
    return " ".join(f"{x * width:.1f},{y * height:.1f}" for x, y in quad)
