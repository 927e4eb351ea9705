"""Places of text with what was read there, and which of two readings of one place counts."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from moderation.reading.places import TextPlace, covered

# What is read with less is not taken for text that was read.
MIN_READ_CONFIDENCE: Final = 0.6
# Letters per height of a place: written Chinese has about 0.7, Latin 1.5 and more. A line in
# letters that the recogniser does not know leaves gaps.
_MIN_DENSITY = 0.45
# So few letters without confidence are what the detector saw in leaves and windows.
_FEW_LETTERS, _SURE_OF_FEW = 2, 0.5
# A place counts once: a reading is dropped when better ones cover so much of it. Large letters that
# lie over a page stay, as its words cover little of them.
_MOST_COVERED = 0.5
_LONGER_COUNTS = 4.0


@dataclass(frozen=True, slots=True)
class ReadPlace:
    """A place and what was read there, with the mean confidence of its letters, 0..1.

    `reader` is the one that read it. A text of spaces alone, with confidence, is written in letters
    that the recogniser does not know; one of nothing with 0 shows none.
    """

    place: TextPlace
    text: str = ""
    confidence: float = 0.0
    reader: str = ""

    @property
    def letters(self) -> int:
        """Return the number of characters but spaces."""
        return sum(not each.isspace() for each in self.text)

    @property
    def is_read(self) -> bool:
        """Tell whether there is text to judge."""
        if self.confidence < MIN_READ_CONFIDENCE or not self.letters:
            return False
        aspect = max(1.0, self.place.width / max(1.0, self.place.height))
        return self.letters >= _MIN_DENSITY * aspect

    @property
    def is_text(self) -> bool:
        """Tell whether there is any writing, read or not."""
        if self.confidence == 0:
            return False
        return self.letters > _FEW_LETTERS or self.confidence >= _SURE_OF_FEW

    @property
    def weight(self) -> float:
        """Return by what this reading is preferred to others of its place."""
        return (self.letters if self.is_read else 0.1) * math.pow(self.confidence, _LONGER_COUNTS)


def merged(found: Iterable[ReadPlace]) -> list[ReadPlace]:
    """Return the best reading of each place."""
    kept: list[ReadPlace] = []
    for each in sorted(found, key=lambda one: -one.weight):
        if covered(each.place, [other.place for other in kept]) <= _MOST_COVERED:
            kept.append(each)
    return kept
