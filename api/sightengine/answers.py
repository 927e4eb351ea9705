"""What came of a request, as Sightengine's clients read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.sightengine import errors
from api.sightengine.checks import Seen
from common.ids import new_id
from intake.sources import RawImage
from matching.properties import Colour, Properties
from review.submissions.values import ListMatches, Match

_SCORE_DIGITS = 4
_PROPERTY_DIGITS = 3


def removal(request_id: str) -> dict[str, Any]:
    """Return the acknowledgement of a removal."""
    return {"status": "success", "request": errors.envelope(request_id, operations=1)}


def check(seen: Seen, *, request_id: str, url: str) -> dict[str, Any]:
    """Return the answer about one image."""
    return {
        "status": "success",
        "request": errors.envelope(request_id, operations=_operations(seen)),
        **_result(seen, url),
    }


def bulk(several: Sequence[Seen], *, request_id: str) -> dict[str, Any]:
    """Return the answer about the images of `media[]`, in the order in which they came."""
    operations = sum(_operations(seen) for seen in several)
    return {
        "status": "success",
        "request": errors.envelope(request_id, operations=operations),
        "data": [_result(seen, url="") for seen in several],
    }


def feedback(raw: RawImage, *, request_id: str, url: str) -> dict[str, Any]:
    """Return the thanks for feedback."""
    return {
        "status": "success",
        "request": errors.envelope(request_id, operations=0),
        "media": _media(raw, url),
        "message": "Thank you!",
    }


def _operations(seen: Seen) -> int:
    """Return the count: a check is one, an add is one, times the distinct frames looked at.

    However many lists are checked, it is one check; properties cost nothing.
    """
    if seen.outcome is None:
        return 0
    acts = bool(seen.outcome.by_list) + (seen.outcome.item is not None)
    return acts * len(seen.outcome.sighting.whole_frames)


def _result(seen: Seen, url: str) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if seen.outcome is not None and seen.outcome.by_list:
        result["similarity"] = _similarity(seen.outcome.by_list)
    if seen.properties is not None:
        result |= _properties(seen.properties)
    item = seen.outcome.item if seen.outcome is not None else None
    result["media"] = _media(seen.raw, url, item.public_id if item is not None else None)
    return result


def _media(raw: RawImage, url: str, media_id: str | None = None) -> dict[str, str]:
    return {"id": media_id or new_id("med"), "uri": url or raw.name or "media"}


def _properties(properties: Properties) -> dict[str, Any]:
    return {
        "sharpness": round(properties.sharpness, _PROPERTY_DIGITS),
        "contrast": round(properties.contrast, _PROPERTY_DIGITS),
        "brightness": round(properties.brightness, _PROPERTY_DIGITS),
        "colors": {
            "dominant": _colour(properties.dominant),
            "accent": [_colour(each) for each in properties.accents],
            "other": [_colour(each) for each in properties.others],
        },
    }


def _colour(colour: Colour) -> dict[str, int | str]:
    return {"r": colour.red, "g": colour.green, "b": colour.blue, "hex": colour.hexadecimal}


def _similarity(by_list: Sequence[ListMatches]) -> list[dict[str, Any]]:
    return [
        {
            "list": {"id": found.image_list.public_id},
            "matches": [_match(match) for match in found.matches],
        }
        for found in by_list
    ]


def _match(match: Match) -> dict[str, Any]:
    return {
        "id": match.item.public_id,
        "custom_id": match.item.custom_id or None,
        "score": round(match.score, _SCORE_DIGITS),
    }
