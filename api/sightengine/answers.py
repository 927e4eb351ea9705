"""What came of a request, as Sightengine's clients read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.sightengine import errors
from common.ids import new_id
from review.submissions import ListMatches, Match, Outcome

_SCORE_DIGITS = 4


def removal(request_id: str) -> dict[str, Any]:
    """Return the acknowledgement of a removal."""
    return {"status": "success", "request": errors.envelope(request_id, operations=1)}


def check(outcome: Outcome, *, request_id: str, url: str) -> dict[str, Any]:
    """Return the answer of a check, an add, or both; each of them is one operation."""
    operations = bool(outcome.by_list) + (outcome.item is not None)
    answer: dict[str, Any] = {
        "status": "success",
        "request": errors.envelope(request_id, operations=operations),
    }
    if outcome.by_list:
        answer["similarity"] = _similarity(outcome.by_list)
    media_id = outcome.item.public_id if outcome.item else new_id("med")
    answer["media"] = {"id": media_id, "uri": url or outcome.raw.name or "media"}
    return answer


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
