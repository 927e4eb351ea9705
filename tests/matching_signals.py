"""Made-up signals of pairs that match and pairs that do not, for tests of score and fit."""

from __future__ import annotations

import numpy as np


def pairs_of_signals(count: int) -> tuple[list[dict[str, float]], list[bool]]:
    """Return the signals of `count` pairs, and which of them match: about half."""
    chance = np.random.default_rng(5)
    labels = (chance.random(count) < 0.5).tolist()
    return [_signals(chance, matches=label) for label in labels], labels


def _signals(chance: np.random.Generator, *, matches: bool) -> dict[str, float]:
    textured = int(chance.integers(60, 200))
    share = chance.beta(9, 2) if matches else chance.beta(2, 9)
    agreeing = int(textured * share)
    return {
        "pdq_distance_bits": int(chance.integers(0, 120) if matches else chance.integers(80, 140)),
        "phash_distance_bits": int(chance.integers(0, 30)),
        "query_quality": 100,
        "item_quality": 100,
        "inliers": int(chance.integers(5, 120) if matches else chance.integers(0, 12)),
        "correspondences": 150,
        "features": 200,
        "features_recovered": int(chance.integers(20, 150) if matches else chance.integers(0, 30)),
        "blocks_textured": textured,
        "blocks_agreeing_strongly": agreeing // 2,
        "blocks_beside": 0,
        "blocks_covered": 0,
        "blocks_largest_bare": (textured - agreeing) // 2,
        "blocks_agreeing": agreeing,
        "blocks_largest_agreeing": agreeing // 2,
        "blocks_largest_disagreeing": (textured - agreeing) // 2,
        "parts": 10,
        "parts_agreeing": int(10 * share),
        "block_correlation": float(share),
        "region_correlation": float(share),
        "query_overlap": 1.0,
        "item_overlap": 1.0,
        "negative": 0.0,
    }
