from __future__ import annotations

import numpy as np
import pytest

from matching.engine import (
    Engine,
    exact_comparison,
    is_evidence,
    orientation_reasons,
    pixels_comparison,
    resized_reasons,
)
from matching.evidence import Kind, Reason
from matching.hashers import registry
from matching.orient import oriented
from matching.types import (
    ORIENTATIONS,
    Candidate,
    DecodedGrey,
    Fingerprint,
    FingerprintSet,
    Orientation,
    QueryFingerprints,
)
from tests.photos import photo


def query_of(pixels: np.ndarray) -> QueryFingerprints:
    height, width = pixels.shape
    grey = DecodedGrey(np.ascontiguousarray(pixels), width, height, 1, "PNG", 1)
    return registry.query_fingerprints(grey)


def luma(name: str) -> np.ndarray:
    return np.asarray(photo(name).convert("L"))


def of_quality(quality: int) -> QueryFingerprints:
    pdq = Fingerprint("pdq", 1, bytes(32), quality)
    return QueryFingerprints((FingerprintSet(pdq, (Fingerprint("phash", 1, bytes(8), 9),)),) * 8)


def codes_of(reasons: tuple[Reason, ...]) -> list[str]:
    return [reason.code for reason in reasons]


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_a_turned_copy_is_found_with_the_turn_that_brings_it_back(orientation: Orientation) -> None:
    item = query_of(luma("coffee")).upright
    # The query lies so that turning it by `orientation` gives the item.
    lying = next(
        query_of(oriented(luma("coffee"), each))
        for each in ORIENTATIONS
        if np.array_equal(oriented(oriented(luma("coffee"), each), orientation), luma("coffee"))
    )

    comparison = Engine().compare(lying, item)

    assert comparison.evidence.orientation == orientation
    assert comparison.evidence.pdq_distance_bits == 0
    assert comparison.score > 0.95
    assert comparison.kind == (Kind.MIRRORED if orientation.is_mirrored else Kind.NEAR)
    assert codes_of(comparison.evidence.reasons)[:2] == ["same_structure", "second_hash_agrees"]


def test_the_orientation_of_the_candidate_is_taken() -> None:
    query = query_of(luma("coffee"))
    candidate = Candidate(1, 1, 0, Orientation.ROTATED_90)

    comparison = Engine().compare(query, query.upright, candidate)

    assert comparison.evidence.orientation == Orientation.ROTATED_90
    assert comparison.score < 0.1
    assert codes_of(comparison.evidence.reasons) == [
        "other_structure",
        "second_hash_differs",
        "rotated",
    ]


def test_unlike_photos_score_low() -> None:
    comparison = Engine().compare(query_of(luma("coffee")), query_of(luma("rocket")).upright)

    assert comparison.score < 0.1


@pytest.mark.parametrize(("query", "item"), [(49, 100), (100, 49)])
def test_pictures_of_little_detail_are_never_evidence(query: int, item: int) -> None:
    comparison = Engine().compare(of_quality(query), of_quality(item).upright)

    assert comparison.score == 0.0
    assert "too_little_detail" in codes_of(comparison.evidence.reasons)
    assert comparison.evidence.pdq_distance_bits == 0


def test_quality_50_is_enough() -> None:
    assert is_evidence(of_quality(50).upright.pdq)
    assert Engine().compare(of_quality(50), of_quality(50).upright).score > 0.95


def test_the_highest_score_is_kept_for_identity() -> None:
    assert Engine().compare(of_quality(100), of_quality(100).upright).score <= 0.999
    assert (exact_comparison(3).score, exact_comparison(3).kind) == (1.0, Kind.EXACT)
    assert (pixels_comparison(3).score, pixels_comparison(3).kind) == (1.0, Kind.PIXELS)
    assert codes_of(exact_comparison(3).evidence.reasons) == ["identical_file"]
    assert codes_of(pixels_comparison(3).evidence.reasons) == ["identical_pixels"]


def test_reasons_name_the_turn() -> None:
    assert orientation_reasons(Orientation.IDENTITY) == ()
    assert orientation_reasons(Orientation.MIRRORED) == (Reason("mirrored"),)
    assert orientation_reasons(Orientation.ROTATED_270) == (Reason("rotated", {"degrees": 270}),)
    assert orientation_reasons(Orientation.FLIPPED) == (
        Reason("mirrored"),
        Reason("rotated", {"degrees": 180}),
    )


def test_reasons_name_the_sizes_as_the_item_lies() -> None:
    sizes = {"from_width": 600, "from_height": 400, "to_width": 300, "to_height": 200}

    assert resized_reasons((300, 200), (600, 400), Orientation.IDENTITY) == (
        Reason("resized", sizes),
    )
    assert resized_reasons((200, 300), (600, 400), Orientation.ROTATED_90) == (
        Reason("resized", sizes),
    )
    assert resized_reasons((400, 600), (600, 400), Orientation.TRANSPOSED) == ()
