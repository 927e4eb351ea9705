"""The facade of matching: how alike are two pictures, and why.

`compare` knows fingerprints only and is fast. `compare_in_full` also lays the pictures on each
other by their local features. Both give scores on one scale, and whatever is a duplicate to the
first is one to the second.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from matching import calibrate, explain, pose, score, signals
from matching.evidence import Alignment, BlockMap, Comparison, Evidence, Kind, Reason
from matching.explain import Sight
from matching.features import ItemFeatures, QueryFeatures
from matching.hashers import registry
from matching.types import (
    ORIENTATIONS,
    PDQ_BITS,
    Candidate,
    Fingerprint,
    FingerprintSet,
    Grey,
    Orientation,
    QueryFingerprints,
    Rgb,
)
from matching.verify import agreement, align, detail, outline, pyramid, tint
from matching.verify.align import PreparedQuery, Verification
from matching.verify.outline import Overlap
from matching.verify.pyramid import Pyramid
from matching.verify.second_hash import SecondHash

# The customary limit of 10 of 64 bits: alone it lets 4 wrong pairs per million in.
SECOND_LOOK = SecondHash(registry.PHASH, agreeing_bits=10)
MIN_QUALITY = calibrate.MIN_QUALITY
# An alignment is told when this many inliers or this share of the blocks speak for it.
_TELLING_INLIERS = 6
# A negative that differs in more bits is not considered; unlike pictures differ in about 128.
_NEGATIVE_DISTANCE_BITS = 66
_TELLING_SHARE = 0.3
# With fewer features on either side, features say hardly how the pictures lie on each other.
_FEW_FEATURES = 30
# That whole pictures differ says nothing where a part of one lies on the other.
_BESIDE_THE_POINT = frozenset({"other_structure", "second_hash_differs"})


@dataclass(frozen=True, slots=True)
class QueryPicture:
    """What is known of the picture to look for; size in px, upright.

    `trimmed` are the fingerprints of the picture without its flat border, if it has one.
    """

    width: int
    height: int
    fingerprints: QueryFingerprints
    trimmed: QueryFingerprints | None
    features: QueryFeatures
    prepared: PreparedQuery = field(init=False, repr=False)
    negative: QueryFingerprints = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Prepare once what the comparisons with all candidates share."""
        object.__setattr__(self, "prepared", align.prepare(self.features))
        object.__setattr__(self, "negative", self.fingerprints.negative)


@dataclass(frozen=True, slots=True)
class CloserQuery:
    """A query of `width` x `height` px as a closer look needs it; `rgb` may be reduced."""

    width: int
    height: int
    rgb: Rgb
    _luma: Pyramid = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Prepare once what the looks at all items share."""
        object.__setattr__(self, "_luma", pyramid.pyramid(_luma(self.rgb)))

    def luma(self, *, is_negative: bool) -> Pyramid:
        """Return the luma, dark and bright exchanged for a negative."""
        if not is_negative:
            return self._luma
        return Pyramid(tuple(np.asarray(255 - each, np.uint8) for each in self._luma.pictures))


@dataclass(frozen=True, slots=True)
class ItemPicture:
    """What is kept of a picture; size in px, upright."""

    width: int
    height: int
    fingerprints: FingerprintSet
    features: ItemFeatures


def is_evidence(fingerprint: Fingerprint) -> bool:
    """Tell whether the picture has enough detail for its fingerprint to mean anything."""
    return fingerprint.quality >= MIN_QUALITY


class Engine:
    """Compares fingerprints; keeps no state between calls."""

    def compare(
        self, query: QueryFingerprints, item: FingerprintSet, candidate: Candidate | None = None
    ) -> Comparison:
        """Return score and evidence in the candidate's orientation, or in the nearest one.

        A picture of too little detail on either side gives score 0, whatever the distances.
        """
        orientation = candidate.orientation if candidate else _nearest_orientation(query, item)
        lying = query.variant(orientation)
        distances_bits = lying.distances_bits(item)
        measured = signals.of_fingerprints(distances_bits, query.quality, item.pdq.quality)
        meaningful = is_evidence(query.upright.pdq) and is_evidence(item.pdq)
        evidence = Evidence(
            algorithm_version=calibrate.ALGORITHM_VERSION,
            distances_bits=distances_bits,
            orientation=orientation,
            query_quality=query.quality,
            item_quality=item.pdq.quality,
            signals=measured,
            reasons=(
                *_detail_reasons(meaningful=meaningful),
                _structure_reason(distances_bits[registry.PDQ.algorithm]),
                *SECOND_LOOK.verify(lying, item),
                *orientation_reasons(orientation),
            ),
        )
        kind = Kind.MIRRORED if orientation.is_mirrored else Kind.NEAR
        return Comparison(score.score(measured), kind, evidence)

    def compare_in_full(self, query: QueryPicture, item: ItemPicture) -> Comparison:
        """Return score and evidence with the query laid on the item.

        Orientation and hash distances are those of the nearest fingerprints, whole or trimmed,
        unless local features show how the query lies.
        """
        first = self._first_look(query, item)
        opposite = self._opposite_look(query, item)
        orientations = {look.evidence.orientation for look in (first, *opposite)}
        if min(len(query.features.upright), len(item.features.local)) < _FEW_FEATURES:
            # Fingerprints of a few flat fields are chance, and so is how they are near.
            orientations.add(Orientation.IDENTITY)
        seen = align.verify(query.prepared, item.features, sorted(orientations))
        if seen.agreement.is_negative and opposite:
            first = opposite[0]
        measured = {**first.evidence.signals, **signals.of_verification(seen)}
        scored = score.score(measured)
        if seen.matrix is None:
            bare = replace(first.evidence, signals=measured, inliers=0)
            return replace(first, score=scored, evidence=bare)
        sight = Sight(
            signals=measured,
            score=scored,
            pose=pose.pose_of(seen.matrix, seen.overlap, _size(query), _size(item)),
            features=min(len(query.features.upright), len(item.features.local)),
            has_border=explain.has_flat_border(query.features.picture, seen.overlap),
        )
        evidence = _full_evidence(first.evidence, sight, seen, query, item)
        return Comparison(scored, explain.kind_of(sight), evidence)

    def look_closer(
        self, query: CloserQuery, item_size: tuple[int, int], item: Rgb, seen: Comparison
    ) -> Comparison:
        """Return the comparison with what is drawn there, and in which colours.

        `item` is what is kept of an item of `item_size` (width, height) in px. A comparison that
        knows no alignment stays as it is.
        """
        alignment = seen.evidence.alignment
        if alignment is None:
            return seen
        known = seen.evidence.signals
        in_px = np.array(alignment.matrix).reshape(3, 3)
        to_unit = (1 / query.width, 1 / query.height), (1 / item_size[0], 1 / item_size[1])
        matrix = outline.scaled(in_px, *to_unit)
        shares = known["query_overlap"], known["item_overlap"]
        region = Overlap(alignment.query_outline, alignment.item_outline, *shares)
        is_negative = bool(known["negative"])
        drawn = detail.look(_luma(item), query.luma(is_negative=is_negative), matrix, region)
        coloured = tint.look(item, 255 - query.rgb if is_negative else query.rgb, matrix)
        return explain.with_closer_look(seen, drawn, coloured)

    def _first_look(self, query: QueryPicture, item: ItemPicture) -> Comparison:
        """Compare the fingerprints of the nearer view of the query."""
        whole = self.compare(query.fingerprints, item.fingerprints)
        if query.trimmed is None:
            return whole
        trimmed = self.compare(query.trimmed, item.fingerprints)
        return without_border(trimmed) if _is_nearer(trimmed, whole) else whole

    def _opposite_look(self, query: QueryPicture, item: ItemPicture) -> tuple[Comparison, ...]:
        """Compare the fingerprints of the query's negative if they may be near: all bits change."""
        looked = self.compare(query.negative, item.fingerprints)
        near = looked.evidence.pdq_distance_bits <= _NEGATIVE_DISTANCE_BITS
        return (looked,) if near else ()


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


def _luma(rgb: Rgb) -> Grey:
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)


def _size(picture: QueryPicture | ItemPicture) -> tuple[int, int]:
    return picture.width, picture.height


def _is_nearer(one: Comparison, other: Comparison) -> bool:
    if one.score != other.score:
        return one.score > other.score
    return one.evidence.pdq_distance_bits < other.evidence.pdq_distance_bits


def _full_evidence(
    first: Evidence, sight: Sight, seen: Verification, query: QueryPicture, item: ItemPicture
) -> Evidence:
    """Add to the evidence of the fingerprints where the pictures lie on each other."""
    orientation = sight.pose.orientation if seen.inliers else first.orientation
    is_telling = seen.inliers >= _TELLING_INLIERS or seen.agreement.share >= _TELLING_SHARE
    retold = {"rotated", "mirrored"} | (_BESIDE_THE_POINT if is_telling else frozenset())
    reasons = (
        *explain.reasons_of(sight),
        *orientation_reasons(orientation),
        *(reason for reason in first.reasons if reason.code not in retold),
    )
    return replace(
        first,
        orientation=orientation,
        reasons=reasons,
        signals=sight.signals,
        inliers=seen.inliers,
        alignment=_alignment(seen, query, item) if is_telling else None,
        blocks=_blocks(seen, item) if is_telling else None,
    )


def _alignment(seen: Verification, query: QueryPicture, item: ItemPicture) -> Alignment | None:
    if seen.matrix is None:
        return None
    in_px = outline.scaled(seen.matrix, _size(query), _size(item))
    a, b, c, d, e, f, g, h, i = (in_px / in_px[2, 2]).ravel().tolist()
    return Alignment(
        matrix=(a, b, c, d, e, f, g, h, i),
        query_outline=seen.overlap.query,
        item_outline=seen.overlap.item,
    )


def _blocks(seen: Verification, item: ItemPicture) -> BlockMap:
    return agreement.block_map(seen.agreement, item.features.thumbnail)


def _identical(kind: Kind, code: str, quality: int) -> Comparison:
    evidence = Evidence(
        algorithm_version=calibrate.ALGORITHM_VERSION,
        distances_bits={hasher.algorithm: 0 for hasher in registry.HASHERS},
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
