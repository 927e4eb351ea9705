"""Alegre's score of an image: what Check's thresholds are compared with.

Alegre counts the bits in which two 256-bit PDQ hashes agree and divides by 256: 1 is the same hash,
unrelated pictures lie around 0.5. Check as it is shipped suggests a match from 0.89 on (28 bits
apart) and takes it without asking anybody from 0.95 on (12 bits). Our score comes from more than
one hash, so it is placed on that scale by what the thresholds mean, by the points below.
"""

from __future__ import annotations

import numpy as np

# (our calibrated score, Alegre's score): linear in between, and rising all the way.
POINTS = (
    (0.0, 0.5),  # nothing in common
    (0.2, 0.8),  # from here on a pair is possible
    (0.5, 0.89),  # duplicates begin; one unlike pair in a million scores as much
    (0.9, 0.95),  # sure; ten times less likely to be wrong, by the odds that the score stands for
    (1.0, 1.0),  # the same bytes or pixels, which nothing else reaches
)
_OURS, _ALEGRES = zip(*POINTS, strict=True)
_DIGITS = 6


def from_score(score: float) -> float:
    """Return Alegre's score, 0.5..1, for our calibrated score 0..1."""
    return round(float(np.interp(score, _OURS, _ALEGRES)), _DIGITS)


def lowest_score(threshold: float) -> float:
    """Return the lowest calibrated score that reaches a threshold 0..1 of Alegre's."""
    return round(float(np.interp(threshold, _ALEGRES, _OURS)), _DIGITS)
