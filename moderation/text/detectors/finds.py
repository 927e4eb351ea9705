"""What a detector says, and the text that it leaves to the next one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from moderation.types import Key

# Stands for a character that is taken: no letter, no digit, no blank and no punctuation.
TAKEN = "\ufffc"


@dataclass(frozen=True, slots=True)
class Find:
    """Characters `start` to `end` of a plain text.

    An empty `kind` is no hit: something that only looks like contact data to later detectors. What
    `is_unsearched` is no find at all: the detector did not get there.
    """

    key: Key
    kind: str
    start: int
    end: int
    is_unsearched: bool = False


def without(text: str, finds: Iterable[Find]) -> str:
    """Return the text, as long as before, in which nothing of the finds can be found again."""
    parts, position = [], 0
    for find in sorted(finds, key=lambda find: find.start):
        parts += [text[position : find.start], TAKEN * (find.end - find.start)]
        position = find.end
    return "".join([*parts, text[position:]])
