"""What was found between two pictures, and how it is kept: kinds, reasons, geometry, signals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from matching.types import Orientation

# x and y as shares of a picture's width and height, (0, 0) at the top left.
Point = tuple[float, float]
# What was measured between two pictures, by stable names: see `matching.score`.
Signals = Mapping[str, float]
# What follows the algorithm in the name of a hash distance, in stored evidence and in signals.
_DISTANCE = "_distance_bits"
# A 3 x 3 matrix row by row; it takes homogeneous column vectors (x, y, 1).
Matrix = tuple[float, float, float, float, float, float, float, float, float]


def distance_name(algorithm: str) -> str:
    """Return the name under which the distance by this hash is kept."""
    return f"{algorithm}{_DISTANCE}"


class Kind(StrEnum):
    """How two pictures are alike."""

    EXACT = "exact"  # the same bytes
    PIXELS = "pixels"  # the same pixels in another file
    NEAR = "near"  # the same picture re-encoded, resized or recoloured
    EDITED = "edited"  # near, but for a caption, an overlay or a border
    OTHER_TEXT = "other_text"  # near or edited, and what is written in it is not the same
    PART = "part"  # the query shows a part of the item
    CONTAINS = "contains"  # the query shows the item and more: a screenshot, a collage
    MIRRORED = "mirrored"  # the same picture seen in a mirror or turned
    RELATED = "related"  # the same template, scene or package with other content


# Such pictures lie on each other as they are.
IDENTICAL_KINDS = (Kind.EXACT, Kind.PIXELS)


class Block(StrEnum):
    """What a cell of the block map says."""

    AGREES = "a"
    EDITED = "e"
    NO_TEXTURE = "n"
    OUTSIDE = "."  # of the region that matches


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing to tell a person about a match; `code` is stable, texts are made from it."""

    code: str
    params: Mapping[str, int | float | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alignment:
    """How the query lies on the item, and the region that both show.

    `matrix` takes px of the upright query to px of the upright item, both at full size. The
    outlines are the corners of the region in each picture, in the same order.
    """

    matrix: Matrix
    query_outline: tuple[Point, ...]
    item_outline: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class BlockMap:
    """Where the aligned pictures agree: an even grid over the whole item, `cells` row by row."""

    columns: int
    rows: int
    cells: str

    def count(self, block: Block) -> int:
        """Return how many cells say so."""
        return self.cells.count(block.value)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was measured between two pictures; enough to score it anew without the pictures.

    `distances_bits` are those of the fingerprints, by algorithm: PDQ, and each that both pictures
    have. `signals` are the measurements behind the score by name. `alignment`, `blocks` and
    `inliers` (correspondences of local features that fit the alignment) are there after a
    comparison in full. Frames count from 0.
    """

    algorithm_version: int
    distances_bits: Mapping[str, int]
    orientation: Orientation
    query_quality: int
    item_quality: int
    reasons: tuple[Reason, ...] = ()
    signals: Mapping[str, float] = field(default_factory=dict)
    inliers: int | None = None
    alignment: Alignment | None = None
    blocks: BlockMap | None = None
    query_frame: int = 0
    item_frame: int = 0

    @property
    def pdq_distance_bits(self) -> int:
        """Return the distance by which the index finds pictures."""
        return self.distances_bits["pdq"]

    def as_json(self) -> dict[str, Any]:
        """Return plain values that `json` can write and `from_json` reads."""
        return {
            "algorithm_version": self.algorithm_version,
            **{distance_name(each): bits for each, bits in self.distances_bits.items()},
            "orientation": self.orientation.value,
            "query_quality": self.query_quality,
            "item_quality": self.item_quality,
            "query_frame": self.query_frame,
            "item_frame": self.item_frame,
            "inliers": self.inliers,
            "signals": dict(self.signals),
            "alignment": _alignment_json(self.alignment),
            "blocks": _blocks_json(self.blocks),
            "reasons": [
                {"code": reason.code, "params": dict(reason.params)} for reason in self.reasons
            ],
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Evidence:
        """Read what `as_json` returned, also from before there were alignments."""
        return cls(
            algorithm_version=stored["algorithm_version"],
            distances_bits={
                name.removesuffix(_DISTANCE): bits
                for name, bits in stored.items()
                if name.endswith(_DISTANCE)
            },
            orientation=Orientation(stored["orientation"]),
            query_quality=stored["query_quality"],
            item_quality=stored["item_quality"],
            reasons=tuple(Reason(each["code"], each["params"]) for each in stored["reasons"]),
            signals=stored.get("signals", {}),
            inliers=stored.get("inliers"),
            alignment=alignment_from_json(stored.get("alignment")),
            blocks=BlockMap(**stored["blocks"]) if stored.get("blocks") else None,
            query_frame=stored.get("query_frame", 0),
            item_frame=stored.get("item_frame", 0),
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """How alike two pictures are: `score` 0..1, above 0.5 = duplicate, 1.0 = identical."""

    score: float
    kind: Kind
    evidence: Evidence


def alignment_from_json(stored: dict[str, Any] | None) -> Alignment | None:
    """Read the alignment that `Evidence.as_json` returned; the matrix has three rows there."""
    if not stored:
        return None
    a, b, c = stored["matrix"]
    return Alignment(
        matrix=(*a, *b, *c),
        query_outline=tuple((x, y) for x, y in stored["query_outline"]),
        item_outline=tuple((x, y) for x, y in stored["item_outline"]),
    )


def _alignment_json(alignment: Alignment | None) -> dict[str, Any] | None:
    if alignment is None:
        return None
    matrix = alignment.matrix
    return {
        "matrix": [list(matrix[0:3]), list(matrix[3:6]), list(matrix[6:9])],
        "query_outline": [list(point) for point in alignment.query_outline],
        "item_outline": [list(point) for point in alignment.item_outline],
    }


def _blocks_json(blocks: BlockMap | None) -> dict[str, Any] | None:
    if blocks is None:
        return None
    return {"columns": blocks.columns, "rows": blocks.rows, "cells": blocks.cells}
