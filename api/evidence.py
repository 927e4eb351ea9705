"""What was measured between two images, as JSON: the same in every dialect of our own."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api import languages
from matching.evidence import Alignment, Block, BlockMap, Evidence
from matching.hashers import registry
from matching.types import Orientation
from review.pairs import wording


class _Corners(serializers.ListField):
    """Points, each a list of x and y."""

    child = serializers.ListField(min_length=2, max_length=2, child=serializers.FloatField())


class Outlines(serializers.Serializer[Any]):
    """The corners of the region that both images show, the same corner at the same place."""

    query = _Corners(help_text="[x, y] as shares of the query's width and height, 0 to 1.")
    item = _Corners(help_text="[x, y] as shares of the item's width and height, 0 to 1.")


class Blocks(serializers.Serializer[Any]):
    """Where the aligned images agree: an even grid over the whole item."""

    columns = serializers.IntegerField()
    rows = serializers.IntegerField()
    cells = serializers.CharField(
        help_text="Row by row: a agrees, e edited, n no texture, . outside the region."
    )
    agree_count = serializers.IntegerField()
    edited_count = serializers.IntegerField()
    no_texture_count = serializers.IntegerField()


class HashDistance(serializers.Serializer[Any]):
    """How many bits of a perceptual hash differ."""

    bits = serializers.IntegerField()
    of_bits = serializers.IntegerField()


class HashDistances(serializers.Serializer[Any]):
    """The distance by each perceptual hash, of the whole images."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Return one for each hasher; matches from before a further one lack its distance."""
        return {
            hasher.algorithm: HashDistance(required=hasher in registry.FIRST)
            for hasher in registry.HASHERS
        }


class BothSides(serializers.Serializer[Any]):
    """A whole number for each of the two images."""

    query = serializers.IntegerField()
    item = serializers.IntegerField()


class MatchReason(serializers.Serializer[Any]):
    """One thing that speaks for or against a match; `code` is stable."""

    code = serializers.CharField()
    params = serializers.DictField(help_text="The figures in the sentence, by name.")
    text = serializers.CharField(
        allow_null=True,
        help_text="A sentence in the language of the request. A is the query, B the item.",
    )


class MatchEvidence(serializers.Serializer[Any]):
    """What was measured between two images."""

    algorithm_version = serializers.IntegerField()
    orientation = serializers.ChoiceField(
        choices=[each.value for each in Orientation],
        help_text="What turns the query so that it lies like the item.",
    )
    transform = serializers.ListField(
        allow_null=True,
        min_length=3,
        max_length=3,
        child=serializers.ListField(min_length=3, max_length=3, child=serializers.FloatField()),
        help_text="3 x 3, row by row: takes (x, y, 1) in px of the upright query at full size to "
        "px of the upright item. null: the images were compared as wholes only.",
    )
    outlines = Outlines(allow_null=True)
    blocks = Blocks(allow_null=True)
    inliers = serializers.IntegerField(
        allow_null=True, help_text="Points found in both images that fit the transform."
    )
    distances = HashDistances()
    signals = serializers.DictField(
        child=serializers.FloatField(), help_text="The measurements behind the score, by name."
    )
    quality = BothSides(help_text="Detail in each image, 0 (flat) to 100.")
    frames = BothSides(help_text="The frame of each image that was compared, from 0.")
    reasons = MatchReason(many=True)


def shown(evidence: Evidence) -> dict[str, Any]:
    """Return what was measured between two images, as every dialect of ours shows it."""
    alignment, blocks = evidence.alignment, evidence.blocks
    return {
        "algorithm_version": evidence.algorithm_version,
        "orientation": evidence.orientation.value,
        "transform": _transform(alignment) if alignment else None,
        "outlines": _outlines(alignment) if alignment else None,
        "blocks": _blocks(blocks) if blocks else None,
        "inliers": evidence.inliers,
        "distances": _distances(evidence),
        "signals": dict(evidence.signals),
        "quality": {"query": evidence.query_quality, "item": evidence.item_quality},
        "frames": {"query": evidence.query_frame, "item": evidence.item_frame},
        "reasons": _reasons(evidence),
    }


def _reasons(evidence: Evidence) -> list[dict[str, Any]]:
    with languages.asked():
        return [
            {
                "code": reason.code,
                "params": dict(reason.params),
                "text": wording.sentence_of(reason.code, reason.params) or None,
            }
            for reason in evidence.reasons
        ]


def _distances(evidence: Evidence) -> dict[str, dict[str, int]]:
    return {
        hasher.algorithm: {"bits": bits, "of_bits": hasher.bit_count}
        for hasher, bits in registry.measured(evidence.distances_bits)
    }


def _transform(alignment: Alignment) -> list[list[float]]:
    matrix = alignment.matrix
    return [list(matrix[start : start + 3]) for start in (0, 3, 6)]


def _outlines(alignment: Alignment) -> dict[str, list[list[float]]]:
    return {
        "query": [list(point) for point in alignment.query_outline],
        "item": [list(point) for point in alignment.item_outline],
    }


def _blocks(blocks: BlockMap) -> dict[str, Any]:
    return {
        "columns": blocks.columns,
        "rows": blocks.rows,
        "cells": blocks.cells,
        "agree_count": blocks.count(Block.AGREES),
        "edited_count": blocks.count(Block.EDITED),
        "no_texture_count": blocks.count(Block.NO_TEXTURE),
    }
