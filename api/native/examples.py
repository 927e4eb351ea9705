"""Answers as examples for the OpenAPI description."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample

_SERVER = "https://lookalike.example.org"

_EVIDENCE: dict[str, Any] = {
    "algorithm_version": 2,
    "orientation": "identity",
    "transform": [[1.0, 0.0, 180.0], [0.0, 1.0, 60.0], [0.0, 0.0, 1.0]],
    "outlines": {
        "query": [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]],
        "item": [[0.3, 0.15], [0.8, 0.15], [0.8, 0.85], [0.3, 0.85]],
    },
    "blocks": {
        "columns": 4,
        "rows": 3,
        "cells": ".....aa..ne.",
        "agree_count": 2,
        "edited_count": 1,
        "no_texture_count": 1,
    },
    "inliers": 96,
    "distances": {"pdq": {"bits": 112, "of_bits": 256}, "phash": {"bits": 24, "of_bits": 64}},
    "signals": {"block_agreement": 0.86},
    "quality": {"query": 100, "item": 100},
    "frames": {"query": 0, "item": 0},
    "reasons": [
        {
            "code": "cropped",
            "params": {"percent": 35},
            "text": "A is cropped: it shows 35% of B.",
        }
    ],
}

_QUERY: dict[str, Any] = {
    "id": None,
    "sha256": "5d5b09f6dcb2d53a5fffc60c4ac0d55fabdf556069d6631545f42aa6e3500f2e",
    "custom_id": None,
    "width": 300,
    "height": 280,
    "frames": 1,
    "frames_seen": 1,
    "truncated": False,
    "thumbnail_url": None,
}

_ITEM_SHA256 = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"

_LINE: dict[str, Any] = {
    "text": "in 2019",
    "confidence": 0.98,
    "corners": [[0.1, 0.8], [0.4, 0.8], [0.4, 0.88], [0.1, 0.88]],
}
_TEXT: dict[str, Any] = {
    "state": "differs",
    "similarity": 0.8,
    "query": [{**_LINE, "text": "in 2024"}],
    "item": [_LINE],
    "differing": [
        {
            "side": side,
            "text": year,
            "line": 0,
            "start": 3,
            "end": 7,
            "corners": [[0.23, 0.8], [0.4, 0.8], [0.4, 0.88], [0.23, 0.88]],
        }
        for side, year in (("query", "2024"), ("item", "2019"))
    ],
}

_MATCH: dict[str, Any] = {
    "id": "mat_8Yq2vXk0Pz4mJt6w",
    "state": "suggested",
    "score": 0.86,
    "kind": "part",
    "query": _QUERY,
    "item": {
        "id": "med_4Hc9sLw7RbNf1aGd",
        "sha256": _ITEM_SHA256,
        "custom_id": "claim-771",
        "width": 600,
        "height": 400,
        "frames": 1,
        "frames_seen": 1,
        "truncated": False,
        "thumbnail_url": f"{_SERVER}/t/{_ITEM_SHA256}/256.webp",
    },
    "evidence": _EVIDENCE,
    "text": _TEXT,
}

CHECKED = OpenApiExample(
    "A cut-out of an item",
    value={
        "quality": 100,
        "has_detail": True,
        "depth": "full",
        "truncated": False,
        "matches": [_MATCH],
    },
    response_only=True,
    status_codes=["200"],
)

MATCH_IN_FULL = OpenApiExample(
    "A cut-out of an item",
    value={
        **_MATCH,
        "list": "ili_6Tz3dQy5VmKx8oEs",
        "version": 2,
        "state": "confirmed",
        "scope": "whole",
        "words_agree": False,
        "is_unsure": False,
        "follows_from": None,
        "follows": 2,
        "is_blocked": False,
        "blocked_by": None,
        "created_at": "2026-03-02T09:14:07Z",
        "changed_at": "2026-03-02T09:20:45Z",
        "decisions": [
            {
                "act": "confirm",
                "from_state": "suggested",
                "to_state": "confirmed",
                "scope": "whole",
                "reason": None,
                "note": "",
                "surface": "browser",
                "by": "asha@example.org",
                "rule": None,
                "created_at": "2026-03-02T09:20:45Z",
            }
        ],
    },
    response_only=True,
    status_codes=["200"],
)

_SAID: dict[str, Any] = {
    "rating": "False",
    "title": "The shark was not in the street",
    "summary": "The picture is assembled of two.",
    "url": "https://facts.example.org/shark",
    "language": "en",
}
VERDICT = OpenApiExample(
    "A published verdict",
    value={
        "id": "ver_2Kx7mQz4TbWn9sLc0RdYe",
        "state": "published",
        "version": 1,
        **_SAID,
        "draft": None,
        "sha256": _ITEM_SHA256,
        "replaced_by": None,
        "created_at": "2026-03-02T09:14:07Z",
        "changed_at": "2026-03-02T09:20:45Z",
    },
    response_only=True,
    status_codes=["200"],
)
