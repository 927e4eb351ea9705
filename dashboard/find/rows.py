"""The rows of Find: what was found, where it leads, and which part of it was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lists.words import is_unspaced
from moderation.text.folding import fold
from text_lists.texts import without_directions

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from lists.models import Image

# Longer texts are cut, around what was found in them.
SHOWN_CHARACTERS = 120
_BEFORE_FOUND = 30
_LONGEST_MARKED = 2_000


@dataclass(frozen=True, slots=True)
class FoundPart:
    """A piece of a text, and whether it is what was asked for."""

    text: str
    is_found: bool = False


@dataclass(frozen=True, slots=True)
class FindRow:
    """One thing that was found: `title` is what it is called, `details` where it was found.

    `kind` is a word for scripts and tests, `icon` what stands for a thing without a picture.
    """

    kind: str
    address: str
    title: Sequence[FoundPart]
    details: Sequence[Sequence[FoundPart]] = ()
    image: Image | None = None
    icon: str = "search"


@dataclass(frozen=True, slots=True)
class FindGroup:
    """Rows under one heading."""

    name: str
    label: str | Promise
    rows: Sequence[FindRow]


@dataclass(frozen=True, slots=True)
class FindResult:
    """What a text finds: `exact` is what has this very id or hash, before everything else."""

    text: str
    exact: Sequence[FindRow] = ()
    groups: Sequence[FindGroup] = field(default_factory=tuple)

    @property
    def rows(self) -> list[FindRow]:
        """Return all rows in their order."""
        return [*self.exact, *(row for group in self.groups for row in group.rows)]


def plain(text: str) -> list[FoundPart]:
    """Return a text of which nothing is marked."""
    return [FoundPart(_one_line(text))]


def marked(text: str, sought: Sequence[str]) -> list[FoundPart]:
    """Return a text on one line, with the beginnings of words marked that were sought.

    What is sought is folded, as `lists.words.sought` has it; a long text is cut around the first.
    """
    line = _one_line(text)[:_LONGEST_MARKED]
    spans = list(_spans(line, sought))
    start = max(0, spans[0].start - _BEFORE_FOUND) if spans else 0
    if len(line) <= SHOWN_CHARACTERS:
        start = 0
    end = start + SHOWN_CHARACTERS
    parts = [FoundPart("…")] if start else []
    parts += _cut(line, spans, start, min(end, len(line)))
    return [*parts, FoundPart("…")] if end < len(line) else parts


def has_marks(parts: Iterable[FoundPart]) -> bool:
    """Tell whether anything that was sought is among the parts."""
    return any(part.is_found for part in parts)


def _one_line(text: str) -> str:
    return " ".join(without_directions(text).split())


def _spans(line: str, sought: Sequence[str]) -> Iterator[range]:
    wanted = [word for word in sought if word]
    at = 0
    while at < len(line):
        end = _end_of(line, at, wanted)
        if end:
            yield range(at, end)
        at = end or _next_start(line, at)


def _next_start(line: str, at: int) -> int:
    """Return where the next word may begin: after what is no letter, or at once where all may."""
    at += 1
    while at < len(line) and line[at - 1].isalnum() and not is_unspaced(line[at - 1]):
        at += 1
    return at


def _end_of(line: str, at: int, wanted: Sequence[str]) -> int:
    """Return where the longest beginning ends that folds to a wanted word; 0 where none does.

    Each beginning is folded once for all words, and no further than one of them goes on.
    """
    found, left = 0, wanted if line[at].isalnum() else ()
    end = at
    while left and end < len(line):
        end += 1
        folded = fold(line[at:end])
        if any(folded.startswith(word) for word in left):
            found = end
        left = [word for word in left if len(folded) < len(word) and word.startswith(folded)]
    return found


def _cut(line: str, spans: Sequence[range], start: int, end: int) -> list[FoundPart]:
    parts, done = [], start
    for span in spans:
        if span.start >= end:
            break
        parts += [
            FoundPart(line[done : span.start]),
            _found(line[span.start : min(span.stop, end)]),
        ]
        done = min(span.stop, end)
    parts.append(FoundPart(line[done:end]))
    return [part for part in parts if part.text]


def _found(text: str) -> FoundPart:
    return FoundPart(text, is_found=True)
