"""Joins the lines of a reading into one text, and finds the lines of a hit again."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property

from moderation.types import Line, Reading


@dataclass(frozen=True)
class Document:
    """The text of a reading; line i of `lines` is at `starts[i]` of `text`."""

    text: str
    lines: tuple[Line, ...]
    starts: tuple[int, ...]

    def lines_at(self, start: int, end: int) -> tuple[Line, ...]:
        """Return the lines in which characters `start` to `end` lie, in reading order."""
        first = max(0, bisect_right(self.starts, start) - 1)
        last = bisect_left(self.starts, max(end, start + 1))
        return tuple(
            line
            for line, stop in zip(self.lines[first:last], self._stops[first:last], strict=True)
            if stop > start
        )

    @cached_property
    def _stops(self) -> tuple[int, ...]:
        pairs = zip(self.starts, self.lines, strict=True)
        return tuple(start + len(line.text) for start, line in pairs)


def document_of(reading: Reading) -> Document:
    """Return the lines of one block joined by blanks, and blocks by line ends."""
    parts: list[str] = []
    starts: list[int] = []
    position, block = 0, None
    for line in reading.lines:
        if parts:
            parts.append(" " if line.block == block else "\n")
            position += 1
        starts.append(position)
        parts.append(line.text)
        position += len(line.text)
        block = line.block
    return Document("".join(parts), reading.lines, tuple(starts))
