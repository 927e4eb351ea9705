"""The rows of Find: what was found, where it leads, and which part of it was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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
    at = 0
    while at < len(line):
        end = max((_end_of(line, at, word) for word in sought if word), default=0)
        if end:
            yield range(at, end)
        at = end or _next_start(line, at)


def _next_start(line: str, at: int) -> int:
    """Return where the next word may begin: after what is no letter, or at once where all may."""
    at += 1
    while at < len(line) and line[at - 1].isalnum() and line[at - 1].isascii():
        at += 1
    return at


def _end_of(line: str, at: int, word: str) -> int:
    """Return where the beginning of a word that folds to `word` ends; 0 where it does not."""
    if not line[at].isalnum():
        return 0
    for end in range(at + 1, min(len(line), at + 2 * len(word) + 8) + 1):
        folded = fold(line[at:end])
        if folded.startswith(word):
            return end
        if not word.startswith(folded):
            return 0
    return 0


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
