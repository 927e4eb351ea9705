"""The facade of matching: what may be evidence, how alike two pictures are, and why."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from matching.hashers.registry import PDQ
from matching.types import (
    Candidate,
    Codes,
    Comparison,
    Evidence,
    Fingerprint,
    FingerprintSet,
    Kind,
    Orientation,
    QueryFingerprints,
    Reason,
    code_words,
)

GATE_ALGORITHM = PDQ.algorithm
GATE_VERSION = PDQ.version
MIN_QUALITY = 50
DUPLICATE_SCORE = 0.5
NEAR_SCORE_MAX = 0.999
_VERSION = 1


def is_evidence(pdq: Fingerprint) -> bool:
    """Tell whether a fingerprint has enough detail to be evidence."""
    return pdq.quality >= MIN_QUALITY


def pack_codes(bits: Sequence[bytes]) -> Codes:
    """Return PDQ bits as uint64 (n, 4), as the index takes them."""
    return np.stack([code_words(each) for each in bits])


def _score(pdq_distance_bits: int, phash_distance_bits: int) -> float:
    logit = 6.0 - 0.10 * pdq_distance_bits - 0.15 * phash_distance_bits
    return min(NEAR_SCORE_MAX, 1 / (1 + math.exp(-logit)))


def search_radius_bits(min_score: float) -> int:
    """Return the largest PDQ distance at which a pair can still reach the score."""
    fitting = (bits for bits in range(128, -1, -1) if _score(bits, 0) >= min_score)
    return next(fitting, 0)


def compare(
    query: QueryFingerprints, item: FingerprintSet, candidate: Candidate
) -> Comparison:
    """Compare a query with a candidate in the orientation that the index found."""
    variant = query.variant(candidate.orientation)
    pdq = variant.pdq.distance_bits(item.pdq)
    phash = variant.phash.distance_bits(item.phash)
    kind = Kind.MIRRORED if candidate.orientation.is_mirrored else Kind.NEAR
    reasons = [Reason("same_structure", {"distance_bits": pdq, "of_bits": 256})]
    return Comparison(
        score=_score(pdq, phash),
        kind=kind,
        evidence=Evidence(
            _VERSION, pdq, phash, candidate.orientation, query.quality, item.pdq.quality,
            tuple(reasons),
        ),
    )


def exact_comparison() -> Comparison:
    """Return how a picture compares with itself."""
    return _identical(Kind.EXACT, "identical_file")


def pixels_comparison() -> Comparison:
    """Return how two files of the same pixels compare."""
    return _identical(Kind.PIXELS, "identical_pixels")


def _identical(kind: Kind, code: str) -> Comparison:
    return Comparison(
        1.0, kind, Evidence(_VERSION, 0, 0, Orientation.IDENTITY, 100, 100, (Reason(code),))
    )
