"""The facade of matching: how alike are two pictures, and why."""

from __future__ import annotations

from dataclasses import replace

from matching import calibrate
from matching.types import (
    ORIENTATIONS,
    PDQ_BITS,
    Candidate,
    Comparison,
    Evidence,
    Fingerprint,
    FingerprintSet,
    Kind,
    Orientation,
    QueryFingerprints,
    Reason,
)
from matching.verify import Verifier
from matching.verify.second_hash import SecondHash

# Below this PDQ says nothing: its authors discard quality 49 and less.
MIN_QUALITY = 50


def is_evidence(fingerprint: Fingerprint) -> bool:
    """Tell whether the picture has enough detail for its fingerprint to mean anything."""
    return fingerprint.quality >= MIN_QUALITY


class Engine:
    """Compares fingerprints; keeps no state between calls."""

    def __init__(self, verifier: Verifier | None = None) -> None:
        """Take another second look than the pHash if one is given."""
        self._verifier = verifier or SecondHash()

    def compare(
        self, query: QueryFingerprints, item: FingerprintSet, candidate: Candidate | None = None
    ) -> Comparison:
        """Return score and evidence in the candidate's orientation, or in the nearest one.

        A picture of too little detail on either side gives score 0, whatever the distances.
        """
        orientation = candidate.orientation if candidate else _nearest_orientation(query, item)
        distance_bits = query.variant(orientation).pdq.distance_bits(item.pdq)
        second_look = self._verifier.verify(query, item, orientation)
        meaningful = is_evidence(query.upright.pdq) and is_evidence(item.pdq)
        score = calibrate.near_score(distance_bits, second_look.distance_bits)
        evidence = Evidence(
            algorithm_version=calibrate.ALGORITHM_VERSION,
            pdq_distance_bits=distance_bits,
            phash_distance_bits=second_look.distance_bits,
            orientation=orientation,
            query_quality=query.quality,
            item_quality=item.pdq.quality,
            reasons=(
                *_detail_reasons(meaningful=meaningful),
                _structure_reason(distance_bits),
                second_look.reason,
                *orientation_reasons(orientation),
            ),
        )
        kind = Kind.MIRRORED if orientation.is_mirrored else Kind.NEAR
        return Comparison(score if meaningful else 0.0, kind, evidence)


def exact_comparison(quality: int) -> Comparison:
    """Return the comparison of a file with itself; `quality` is that of its fingerprint."""
    return _identical(Kind.EXACT, "identical_file", quality)


def pixels_comparison(quality: int) -> Comparison:
    """Return the comparison of files with the same pixels; `quality` as above."""
    return _identical(Kind.PIXELS, "identical_pixels", quality)


def orientation_reasons(orientation: Orientation) -> tuple[Reason, ...]:
    """Return what was done to the item to lie like the query: mirrored, turned, both or neither.

    `degrees` is the clockwise turn that brings the (mirrored) query back.
    """
    mirrored = (Reason("mirrored"),) if orientation.is_mirrored else ()
    degrees = orientation.degrees
    return (*mirrored, Reason("rotated", {"degrees": degrees})) if degrees else mirrored


def resized_reasons(
    query_size: tuple[int, int], item_size: tuple[int, int], orientation: Orientation
) -> tuple[Reason, ...]:
    """Return how the item was scaled to the query, given their (width, height) in px."""
    width, height = query_size[::-1] if orientation.degrees % 180 else query_size
    if (width, height) == item_size:
        return ()
    scaled = {
        "from_width": item_size[0],
        "from_height": item_size[1],
        "to_width": width,
        "to_height": height,
    }
    return (Reason("resized", scaled),)


def with_reasons(comparison: Comparison, reasons: tuple[Reason, ...]) -> Comparison:
    """Return the comparison with further reasons after its own."""
    evidence = comparison.evidence
    told = replace(evidence, reasons=(*evidence.reasons, *reasons))
    return replace(comparison, evidence=told)


def without_border(comparison: Comparison) -> Comparison:
    """Return a comparison that was made after the query's border had been cut off."""
    told = with_reasons(comparison, (Reason("border_cut"),))
    return replace(told, kind=Kind.EDITED) if told.kind == Kind.NEAR else told


def _identical(kind: Kind, code: str, quality: int) -> Comparison:
    evidence = Evidence(
        algorithm_version=calibrate.ALGORITHM_VERSION,
        pdq_distance_bits=0,
        phash_distance_bits=0,
        orientation=Orientation.IDENTITY,
        query_quality=quality,
        item_quality=quality,
        reasons=(Reason(code),),
    )
    return Comparison(1.0, kind, evidence)


def _nearest_orientation(query: QueryFingerprints, item: FingerprintSet) -> Orientation:
    return min(ORIENTATIONS, key=lambda each: query.variant(each).pdq.distance_bits(item.pdq))


def _detail_reasons(*, meaningful: bool) -> tuple[Reason, ...]:
    return () if meaningful else (Reason("too_little_detail"),)


def _structure_reason(distance_bits: int) -> Reason:
    alike = calibrate.near_score(distance_bits, 0) > calibrate.DUPLICATE_SCORE
    return Reason(
        "same_structure" if alike else "other_structure",
        {"distance_bits": distance_bits, "of_bits": PDQ_BITS},
    )
