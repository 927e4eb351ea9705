"""The Check dialect's score: a distance, 0 = the same picture to 64 = nothing in common."""

from __future__ import annotations

import math
from itertools import pairwise

MAX_DISTANCE = 64
# (calibrated score, distance): between these the distance is linear. A score of 0.5, where
# duplicates begin, is the classic "6 bits of a 64-bit perceptual hash".
_POINTS = ((1.0, 1.0), (0.5, 6.0), (0.2, 20.0), (0.0, 64.0))
# Keeps 4.000000000000001 from being rounded up to 5.
_ROUNDING_DIGITS = 9


def from_score(score: float, *, is_identical: bool = False) -> int:
    """Return the distance for a score 0..1, rounded up; identical bytes or pixels are at 0."""
    if is_identical:
        return 0
    for (high, near), (low, far) in pairwise(_POINTS):
        if score >= low:
            exact = near + (high - score) / (high - low) * (far - near)
            return math.ceil(round(exact, _ROUNDING_DIGITS))
    return MAX_DISTANCE


def lowest_score(distance: int) -> float:
    """Return the lowest score that is within the distance; at 0 only identical pictures are."""
    for (high, near), (low, far) in pairwise(_POINTS):
        if near <= distance <= far:
            return high - (distance - near) / (far - near) * (high - low)
    return 1.0
