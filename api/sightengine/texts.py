"""What the text models answer of a picture, from what was read in its frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from moderation.text.document import Document, document_of
from moderation.text.engine import MAX_CHARACTERS, judge
from moderation.types import Hit, Key, Line, Options, Quad, Reading, UnreadText

# Of all frames together, as MAX_CHARACTERS; small print has fewer. What is beyond is not judged.
MAX_LINES = 200
_SHARE_DIGITS = 5
_ARTIFICIAL_FROM = 0.5


@dataclass(frozen=True, slots=True)
class AskedTexts:
    """What is asked about the text of a picture: where it is, what it says, how it is judged."""

    finds: bool
    judges: bool
    includes: bool
    options: Options

    @property
    def models(self) -> int:
        """Return how many models are asked."""
        return self.finds + self.judges


@dataclass(frozen=True, slots=True)
class TextBox:
    """An upright box around text, in shares of the picture's width and height."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class FoundText:
    """A place where text is; `frame` is None in a still picture, here and below."""

    box: TextBox
    is_artificial: bool
    frame: int | None


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line that was read."""

    line: Line
    frame: int | None


@dataclass(frozen=True, slots=True)
class FlaggedText:
    """A hit, at its place in the text of the whole picture, and the boxes of its lines."""

    hit: Hit
    boxes: Sequence[TextBox]
    frame: int | None


@dataclass(frozen=True, slots=True)
class SeenText:
    """What was found out about the text of a picture, in all its frames together.

    `content` is the text of every frame that says something else than those before, one below the
    other; `flagged` tells places in it. `ignores` tells that there is text that was not judged.
    """

    asked: AskedTexts
    frames: int
    artificial: float
    natural: float
    found: Sequence[FoundText]
    content: str
    lines: Sequence[ReadLine]
    flagged: Sequence[FlaggedText]
    ignores: bool

    def flagged_under(self, key: Key) -> Sequence[FlaggedText]:
        """Return what is answered under a key, in the order of the text."""
        return [each for each in self.flagged if each.hit.key == key]


@dataclass(frozen=True, slots=True)
class _Page:
    """The text of a frame, and where it begins in the text of the picture."""

    document: Document
    frame: int | None
    start: int


def seen_text(readings: Sequence[Reading], asked: AskedTexts) -> SeenText:
    """Put together what was read in the distinct frames of a picture, and judge it if asked."""
    is_still = len(readings) == 1
    pages, is_cut = _pages(readings, is_still=is_still)
    judged = [_judged(page, asked.options) for page in pages] if asked.judges else []
    places = [place for reading in readings for place in _places(reading)]
    return SeenText(
        asked=asked,
        frames=len(readings),
        artificial=max((each.confidence * each.artificial for each in places), default=0.0),
        natural=max((each.confidence * (1 - each.artificial) for each in places), default=0.0),
        found=list(dict.fromkeys(_found(readings, is_still=is_still))),
        content="\n".join(page.document.text for page in pages),
        lines=[ReadLine(line, page.frame) for page in pages for line in page.document.lines],
        flagged=list(_once(hit for hits, _ in judged for hit in hits)),
        ignores=is_cut
        or any(reading.unread for reading in readings)
        or any(ignores for _, ignores in judged),
    )


def _pages(readings: Iterable[Reading], *, is_still: bool) -> tuple[list[_Page], bool]:
    """Return the texts that differ, up to the limits, and whether there are more."""
    pages: list[_Page] = []
    seen: set[str] = set()
    lines_left, start = MAX_LINES, 0
    for reading in readings:
        document = document_of(replace(reading, lines=reading.lines[:lines_left]))
        is_cut = len(document.lines) < len(reading.lines)
        if document.text and document.text not in seen:
            pages.append(_Page(document, None if is_still else reading.frame, start))
            seen.add(document.text)
            lines_left -= len(document.lines)
            start += len(document.text) + 1
        if is_cut or start > MAX_CHARACTERS:
            return pages, True
    return pages, False


def _judged(page: _Page, options: Options) -> tuple[list[FlaggedText], bool]:
    """Return what the rules find on a page, and whether they left text out."""
    judgement = judge(page.document.text, options)
    flagged = [_flagged(page, hit) for hit in judgement.hits]
    return flagged, bool(judgement.ignored)


def _flagged(page: _Page, hit: Hit) -> FlaggedText:
    lines = page.document.lines_at(hit.start, hit.end)
    placed = replace(hit, start=page.start + hit.start, end=page.start + hit.end)
    return FlaggedText(placed, [box_around(line.quad) for line in lines], page.frame)


def _once(flagged: Iterable[FlaggedText]) -> Iterator[FlaggedText]:
    """Yield all of what is flagged, but what a frame repeats of those before."""
    first_frame: dict[tuple[Key, str, str, str | None], int | None] = {}
    for each in flagged:
        hit = each.hit
        name = (hit.key, hit.kind, hit.match, hit.entry)
        if first_frame.setdefault(name, each.frame) == each.frame:
            yield each


def _found(readings: Iterable[Reading], *, is_still: bool) -> Iterator[FoundText]:
    for reading in readings:
        frame = None if is_still else reading.frame
        for place in _places(reading):
            box = box_around(place.quad)
            yield FoundText(box, place.artificial >= _ARTIFICIAL_FROM, frame)


def _places(reading: Reading) -> tuple[Line | UnreadText, ...]:
    return (*reading.lines, *reading.unread)


def box_around(quad: Quad) -> TextBox:
    """Return the upright box around a tilted one, no larger than the picture."""
    xs, ys = ([_share(point[axis]) for point in quad] for axis in (0, 1))
    return TextBox(min(xs), min(ys), max(xs), max(ys))


def _share(value: float) -> float:
    return round(min(max(value, 0.0), 1.0), _SHARE_DIGITS)
