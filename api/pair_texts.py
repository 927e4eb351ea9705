"""What the two images of a match say, as JSON: the same in every dialect of our own."""

from __future__ import annotations

from api.evidence import CORNERS
from api.shapes import INTEGER, NUMBER, TEXT, Shape, one_of
from moderation.text.compare import DifferingWord
from moderation.text.read_words import TextSide
from moderation.types import Line
from review.pairs.texts import STATES, PairTexts

TEXT_LINE: Shape[Line] = Shape(
    "MatchTextLine",
    "A line of text, read by a machine, inside the region that both images show.",
    text=TEXT.of(lambda line: line.text),
    confidence=NUMBER.of(lambda line: line.confidence, "The reader's, 0 to 1."),
    corners=CORNERS.of(
        lambda line: line.quad,
        "[x, y] as shares of the image's width and height, from where the text begins.",
    ),
)
DIFFERING_WORD = Shape[DifferingWord](
    "DifferingWord",
    "A word that one image has and the other has not.",
    side=one_of([each.value for each in TextSide]).of(lambda word: word.side.value),
    text=TEXT.of(lambda word: word.text),
    line=INTEGER.of(lambda word: word.line, "Which line of its side, from 0."),
    start=INTEGER.of(lambda word: word.start, "Where it begins in the line, in characters."),
    end=INTEGER.of(lambda word: word.end),
    corners=CORNERS.of(lambda word: word.quad),
)
PAIR_TEXT = Shape[PairTexts](
    "MatchText",
    "What the two images say, as far as both show the same region.",
    state=one_of(STATES).of(
        lambda texts: texts.state.value,
        "`agrees`, `differs`, `one_sided` (only one has text), `unsure` (read badly, or not "
        "readable here), `none` (no text), `waiting` (being read), `unread`.",
    ),
    similarity=NUMBER.or_null.of(
        lambda texts: texts.similarity,
        "0 to 1, how much of the text is the same; one changed word leaves it near 1.",
    ),
    query=TEXT_LINE.many.of(lambda texts: texts.query),
    item=TEXT_LINE.many.of(lambda texts: texts.item),
    differing=DIFFERING_WORD.many.of(lambda texts: texts.differing),
)
