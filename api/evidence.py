"""What was measured between two images, as JSON: the same in every dialect of our own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from api import languages
from api.shapes import INTEGER, NUMBERS, OBJECT, TEXT, Field, Json, Shape, ValueKind, one_of, plain
from matching.evidence import Alignment, Block, BlockMap, Evidence, Matrix, Point, Reason
from matching.hashers import Hasher, registry
from matching.types import Orientation
from review.pairs import wording


def _numbers(count: int) -> dict[str, Any]:
    number = {"type": "number", "format": "double"}
    return {"type": "array", "items": number, "minItems": count, "maxItems": count}


def _rows(matrix: Matrix) -> list[Sequence[float]]:
    return [matrix[start : start + 3] for start in (0, 3, 6)]


CORNERS: ValueKind[Sequence[Point]] = plain({"type": "array", "items": _numbers(2)})
TRANSFORM: ValueKind[list[Sequence[float]]] = plain(
    {"type": "array", "items": _numbers(3), "minItems": 3, "maxItems": 3}
)
OUTLINES = Shape[Alignment](
    "Outlines",
    "The corners of the region that both images show, the same corner at the same place.",
    query=CORNERS.of(
        lambda alignment: alignment.query_outline,
        "[x, y] as shares of the query's width and height, 0 to 1.",
    ),
    item=CORNERS.of(
        lambda alignment: alignment.item_outline,
        "[x, y] as shares of the item's width and height, 0 to 1.",
    ),
)
BLOCKS = Shape[BlockMap](
    "Blocks",
    "Where the aligned images agree: an even grid over the whole item.",
    columns=INTEGER.of(lambda blocks: blocks.columns),
    rows=INTEGER.of(lambda blocks: blocks.rows),
    cells=TEXT.of(
        lambda blocks: blocks.cells,
        "Row by row: a agrees, e edited, n no texture, . outside the region.",
    ),
    agree_count=INTEGER.of(lambda blocks: blocks.count(Block.AGREES)),
    edited_count=INTEGER.of(lambda blocks: blocks.count(Block.EDITED)),
    no_texture_count=INTEGER.of(lambda blocks: blocks.count(Block.NO_TEXTURE)),
)
HASH_DISTANCE = Shape[tuple[int, int]](
    "HashDistance",
    "How many bits of a perceptual hash differ.",
    bits=INTEGER.of(lambda distance: distance[0]),
    of_bits=INTEGER.of(lambda distance: distance[1]),
)


def _distance_by(hasher: Hasher) -> Field[Mapping[str, int]]:
    """Return the field for one hasher; matches from before a further one lack its distance."""
    name = hasher.algorithm
    measured: Field[Mapping[str, int]] = HASH_DISTANCE.if_any(
        lambda bits: (bits[name], hasher.bit_count) if name in bits else None
    )
    return replace(measured, is_required=hasher in registry.FIRST)


@cache
def _distances_by(hashers: tuple[Hasher, ...]) -> Shape[Mapping[str, int]]:
    return Shape[Mapping[str, int]](
        "HashDistances",
        "The distance by each perceptual hash, of the whole images.",
        **{hasher.algorithm: _distance_by(hasher) for hasher in hashers},
    )


def _distances(bits: Mapping[str, int]) -> Json:
    return _distances_by(registry.HASHERS)(bits)


# Bits by algorithm, for the hashers of the registry at the moment.
HASH_DISTANCES = ValueKind(lambda auto: _distances_by(registry.HASHERS).describe(auto), _distances)
BOTH_SIDES = Shape[tuple[int, int]](
    "BothSides",
    "A whole number for each of the two images.",
    query=INTEGER.of(lambda sides: sides[0]),
    item=INTEGER.of(lambda sides: sides[1]),
)
REASON = Shape[Reason](
    "MatchReason",
    "One thing that speaks for or against a match; `code` is stable.",
    code=TEXT.of(lambda reason: reason.code),
    params=OBJECT.of(lambda reason: reason.params, "The figures in the sentence, by name."),
    text=TEXT.or_null.of(
        lambda reason: wording.sentence_of(reason.code, reason.params) or None,
        "A sentence in the language of the request. A is the query, B the item.",
    ),
)


def _in_the_asked_language(reasons: Sequence[Reason]) -> list[Json]:
    with languages.asked():
        return [REASON(reason) for reason in reasons]


EVIDENCE = Shape[Evidence](
    "MatchEvidence",
    "What was measured between two images.",
    algorithm_version=INTEGER.of(lambda evidence: evidence.algorithm_version),
    orientation=one_of([each.value for each in Orientation]).of(
        lambda evidence: evidence.orientation.value,
        "What turns the query so that it lies like the item.",
    ),
    transform=TRANSFORM.or_null.of(
        lambda evidence: _rows(evidence.alignment.matrix) if evidence.alignment else None,
        "3 x 3, row by row: takes (x, y, 1) in px of the upright query at full size to px of the "
        "upright item. null: the images were compared as wholes only.",
    ),
    outlines=OUTLINES.or_null.of(lambda evidence: evidence.alignment),
    blocks=BLOCKS.or_null.of(lambda evidence: evidence.blocks),
    inliers=INTEGER.or_null.of(
        lambda evidence: evidence.inliers, "Points found in both images that fit the transform."
    ),
    distances=HASH_DISTANCES.of(lambda evidence: evidence.distances_bits),
    signals=NUMBERS.of(
        lambda evidence: evidence.signals, "The measurements behind the score, by name."
    ),
    quality=BOTH_SIDES.of(
        lambda evidence: (evidence.query_quality, evidence.item_quality),
        "Detail in each image, 0 (flat) to 100.",
    ),
    frames=BOTH_SIDES.of(
        lambda evidence: (evidence.query_frame, evidence.item_frame),
        "The frame of each image that was compared, from 0.",
    ),
    reasons=ValueKind(REASON.many.describe, _in_the_asked_language).of(
        lambda evidence: evidence.reasons
    ),
)
