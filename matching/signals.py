"""The measurements behind a score by their stable names; `matching.score` says what each means."""

from __future__ import annotations

from collections.abc import Mapping

from matching.evidence import distance_name
from matching.verify.align import Verification
from matching.verify.detail import Detail
from matching.verify.tint import Tint


def of_fingerprints(
    distances_bits: Mapping[str, int], query_quality: int, item_quality: int
) -> dict[str, float]:
    """Return what a comparison of fingerprints measures; distances are given by algorithm."""
    return {
        **{distance_name(algorithm): bits for algorithm, bits in distances_bits.items()},
        "query_quality": query_quality,
        "item_quality": item_quality,
    }


def of_verification(seen: Verification) -> dict[str, float]:
    """Return what laying the pictures on each other measures."""
    blocks = seen.agreement
    return {
        "inliers": seen.inliers,
        "correspondences": seen.tentative,
        "features": seen.features,
        "features_recovered": seen.recovered,
        "blocks_textured": blocks.textured,
        "blocks_agreeing": blocks.agreeing,
        "blocks_agreeing_strongly": blocks.agreeing_strongly,
        "blocks_beside": blocks.beside,
        "blocks_covered": blocks.covered,
        "blocks_largest_agreeing": blocks.largest_agreeing,
        "blocks_largest_disagreeing": blocks.largest_disagreeing,
        "blocks_largest_bare": blocks.largest_bare,
        "parts": blocks.parts,
        "parts_agreeing": blocks.parts_agreeing,
        "block_correlation": round(blocks.block_correlation, 4),
        "region_correlation": round(blocks.region_correlation, 4),
        "query_overlap": round(seen.overlap.query_share, 4),
        "item_overlap": round(seen.overlap.item_share, 4),
        "negative": float(blocks.is_negative),
    }


def of_closer_look(detail: Detail | None, tint: Tint | None) -> dict[str, float]:
    """Return what a closer look measures; nothing of what could not be seen."""
    measured: dict[str, float] = {}
    if detail is not None:
        measured |= {
            "ink_kept": detail.kept,
            "ink_erased": detail.erased,
            "ink_added": detail.added,
            "ink_covered": detail.covered,
            "ink_erased_bold": detail.erased_bold,
            "ink_added_bold": detail.added_bold,
            "ink_contrast": round(detail.contrast, 1),
            "ink_blur_px": detail.blur_px,
            "ink_cells": detail.cells,
            "ink_document_cells": detail.document_cells,
            "ink_erased_mark": detail.erased_mark,
            "ink_added_mark": detail.added_mark,
        }
    if tint is not None:
        measured |= {
            "tint_deviating": round(tint.deviating, 4),
            "tint_saturation": round(tint.saturation, 3),
            "tint_hue_degrees": round(tint.hue_degrees, 1),
            "tint_spread": round(tint.spread, 1),
            "tint_colours": tint.colours,
            "tint_flat": round(tint.flat, 3),
            "hues_turned": round(tint.hues.turned, 4),
            "hues_staying": round(tint.hues.staying, 4),
            "hues_grey": round(tint.hues.grey, 4),
            "hues_together": round(tint.hues.together, 3),
            "hues_item_degrees": round(tint.hues.item_degrees, 1),
            "hues_query_degrees": round(tint.hues.query_degrees, 1),
            "hues_cast": round(tint.hues.cast, 1),
            "hues_rim_turned": round(tint.hues.rim_turned, 3),
        }
    return measured
