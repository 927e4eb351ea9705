"""What counts tell, and how surely: shares with intervals, agreement, and times by rank."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from common.intervals import Interval, wilson


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many."""

    part: int
    of: int

    @property
    def value(self) -> float | None:
        """Return the share, 0..1; None of nothing."""
        return self.part / self.of if self.of else None

    @property
    def interval(self) -> Interval:
        """Return where the true share lies 19 times out of 20; anywhere, of nothing."""
        return wilson(self.part, self.of)

    def __add__(self, other: Share) -> Share:
        return Share(self.part + other.part, self.of + other.of)


@dataclass(frozen=True, slots=True)
class RaterAgreement:
    """What pairs of people said of the same things: counts by what the first and second said."""

    said: Mapping[tuple[str, str], int]

    @property
    def share(self) -> Share:
        """Return how many they agreed on."""
        same = sum(count for (first, second), count in self.said.items() if first == second)
        return Share(same, sum(self.said.values()))

    @property
    def kappa(self) -> float | None:
        """Return how far they agreed beyond chance: 1 in all, 0 as if both had drawn lots.

        That is Cohen's kappa: J. Cohen, A coefficient of agreement for nominal scales, Educational
        and Psychological Measurement 20 (1960). None where they could not have differed.
        """
        total = self.share.of
        if not total:
            return None
        firsts, seconds = Counter[str](), Counter[str]()
        for (first, second), count in self.said.items():
            firsts[first] += count
            seconds[second] += count
        by_chance = sum(firsts[said] * seconds[said] for said in firsts) / total**2
        agreed = self.share.part / total
        return None if by_chance == 1 else (agreed - by_chance) / (1 - by_chance)


@dataclass(frozen=True, slots=True)
class Times:
    """How long things took, by whole seconds."""

    counts: Mapping[int, int]

    @property
    def total_s(self) -> int:
        """Return the sum."""
        return sum(seconds * count for seconds, count in self.counts.items())

    @property
    def known(self) -> int:
        """Return how many there are."""
        return sum(self.counts.values())

    def at(self, share: float) -> int | None:
        """Return the seconds that this share of them took at the most; None of none."""
        left = math.ceil(share * self.known)
        for seconds in sorted(self.counts):
            left -= self.counts[seconds]
            if left <= 0 < self.known:
                return seconds
        return None

    @property
    def per_hour(self) -> float | None:
        """Return how many an hour of nothing else would hold; None where none is known."""
        # What took less than half a second counts as no time at all.
        return 3600 * self.known / self.total_s if self.total_s else None
