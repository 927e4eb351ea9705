"""From distances to the score 0..1 that the product promises: above 0.5 is a duplicate.

The score is logistic in `pdq_distance + 2 x phash_distance` bits, so it never rises with either.
The ratio of the two weights was fitted by `bench/calibrate.py` (2.1 to 2.7, depending on how far
the candidates lie) on 2,080 edited copies by 52 kinds of edit against 518 items, 200 of them other
pictures in the same chat window, caption, watermark or border. The middle is set by the errors:
below 70 bits none of 1.1 million pairs is wrong, nor of as many with the edits drawn anew, while
64 % of all copies are found: 99 % and more of encodings, sizes, colours and turns by right angles,
few crops and no frames, which need other features. The nearest wrong pairs are at 70 and 76 bits.
The slope is half of the fitted one, so that 0.3, where suggestions for people begin, reaches to 84
bits, with one to two wrong pairs per million.
"""

from __future__ import annotations

import math
from functools import cache

from matching.types import PDQ_BITS

# Of the score: fingerprints alone and comparisons in full.
ALGORITHM_VERSION = 2
DUPLICATE_SCORE = 0.5
# 1.0 means identical bytes or pixels, which no fingerprint can promise.
NEAR_SCORE_MAX = 0.999

# Below this PDQ says nothing: its authors discard quality 49 and less.
MIN_QUALITY = 50

_PHASH_WEIGHT = 2
_MIDDLE_BITS = 70
_SLOPE_PER_BIT = 0.06
_DIGITS = 4


def near_score(pdq_distance_bits: int, phash_distance_bits: int) -> float:
    """Return 0..0.999; above `DUPLICATE_SCORE` it is a duplicate. Rounded to four digits."""
    weighted_bits = pdq_distance_bits + _PHASH_WEIGHT * phash_distance_bits
    score = 1 / (1 + math.exp(_SLOPE_PER_BIT * (weighted_bits - _MIDDLE_BITS)))
    return round(min(score, NEAR_SCORE_MAX), _DIGITS)


@cache
def search_radius_bits(min_score: float) -> int:
    """Return the smallest PDQ radius in bits that misses no pair of at least `min_score`."""
    reaching = (bits for bits in range(PDQ_BITS, -1, -1) if near_score(bits, 0) >= min_score)
    return next(reaching, 0)
