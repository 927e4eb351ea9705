from __future__ import annotations

import json

import numpy as np
import pytest

from matching.evidence import Evidence, Reason
from matching.types import (
    ORIENTATIONS,
    Fingerprint,
    FingerprintSet,
    Orientation,
    QueryFingerprints,
    code_words,
)


def fingerprints(fill: int) -> FingerprintSet:
    return FingerprintSet(
        pdq=Fingerprint("pdq", 1, bytes([fill] * 32), 100),
        further=(Fingerprint("phash", 1, bytes([fill] * 8), 100),),
    )


def test_distance_counts_the_differing_bits() -> None:
    left = Fingerprint("phash", 1, bytes([0b1011, 0, 0, 0, 0, 0, 0, 0x80]), 100)
    right = Fingerprint("phash", 1, bytes(8), 100)

    assert left.distance_bits(right) == right.distance_bits(left) == 4


def test_fingerprints_of_unlike_algorithms_or_versions_are_not_compared() -> None:
    first = Fingerprint("phash", 1, bytes(8), 100)

    with pytest.raises(ValueError, match="cannot compare"):
        first.distance_bits(Fingerprint("dhash", 1, bytes(8), 100))
    with pytest.raises(ValueError, match="cannot compare"):
        first.distance_bits(Fingerprint("phash", 2, bytes(8), 100))


def test_query_codes_keep_the_order_of_the_orientations() -> None:
    query = QueryFingerprints(tuple(fingerprints(number) for number in range(8)))

    assert query.pdq_codes.shape == (8, 4)
    assert query.pdq_codes.dtype == np.uint64
    for number, orientation in enumerate(ORIENTATIONS):
        assert query.variant(orientation) == fingerprints(number)
        assert query.pdq_codes[number].tobytes() == bytes([number] * 32)
    assert query.upright == fingerprints(0)


def test_a_code_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        code_words(bytes(31))


def test_evidence_survives_json() -> None:
    evidence = Evidence(
        algorithm_version=1,
        distances_bits={"pdq": 12, "phash": 2},
        orientation=Orientation.ROTATED_90,
        query_quality=100,
        item_quality=99,
        reasons=(Reason("rotated", {"degrees": 90}), Reason("mirrored")),
    )

    assert Evidence.from_json(json.loads(json.dumps(evidence.as_json()))) == evidence
