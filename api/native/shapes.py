"""Matches as our own API shows them: the two pictures side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from rest_framework.request import Request

from api import evidence
from api.native import errors, serializers
from api.native.serializers import THUMBNAIL_SIDE_PX
from lists import list_settings
from matching.evidence import Evidence
from review.bulk import Decided
from review.pairs import selectors as pairs_selectors
from review.pairs.selectors import Pair
from review.submissions.values import Match, Outcome

if TYPE_CHECKING:
    from lists.depths import Depth
    from lists.models import Image, Item
    from review.models import MatchCandidate

_SCORE_DIGITS = 4


def candidates(rows: Sequence[MatchCandidate], request: Request) -> list[dict[str, Any]]:
    """Return stored matches, by two queries however many there are."""
    return [_pair(pair, request) for pair in pairs_selectors.pairs_of(rows)]


def candidate_in_full(row: MatchCandidate, request: Request) -> dict[str, Any]:
    """Return a stored match with its evidence and history."""
    shown = candidates([row], request)[0]
    shown["evidence"] = evidence.shown(Evidence.from_json(row.evidence))
    decisions = serializers.PastDecision(pairs_selectors.history_of(row), many=True)
    shown["decisions"] = decisions.data
    return shown


def decided(rows: Sequence[Decided]) -> dict[str, Any]:
    """Return what became of several matches."""
    failed = sum(row.error is not None for row in rows)
    return {
        "results": [
            {
                "id": row.match_id,
                "state": row.candidate.state if row.candidate else None,
                "version": row.candidate.version if row.candidate else None,
                "error": errors.described(row.error) if row.error else None,
            }
            for row in rows
        ],
        "decided": len(rows) - failed,
        "failed": failed,
    }


def checked(outcome: Outcome, request: Request) -> dict[str, Any]:
    """Return what a checked image matches."""
    query = {
        "id": None,
        "sha256": outcome.raw.sha256,
        "custom_id": None,
        "width": outcome.sighting.width,
        "height": outcome.sighting.height,
        "frames": outcome.sighting.frames,
        "frames_seen": outcome.sighting.frames_seen,
        "thumbnail_url": None,
    }
    matches = [match for found in outcome.by_list for match in found.matches]
    return {
        "quality": outcome.sighting.quality,
        "has_detail": outcome.has_detail,
        "depth": outcome.depth.value,
        "matches": [{**_found(match, request), "query": query} for match in matches],
    }


def depth(name: str | None) -> Depth | None:
    """Return the depth that a request names, None when it leaves that to the list."""
    return None if name is None else list_settings.depth_named(name)


def _found(match: Match, request: Request) -> dict[str, Any]:
    return {
        "id": match.candidate.public_id if match.candidate else None,
        "state": match.state.value if match.state else None,
        "score": round(match.score, _SCORE_DIGITS),
        "kind": match.comparison.kind.value,
        "item": picture(match.item.image, match.item, request),
        "evidence": evidence.shown(match.comparison.evidence),
    }


def _pair(pair: Pair, request: Request) -> dict[str, Any]:
    candidate = pair.candidate
    return {
        "id": candidate.public_id,
        "list": candidate.image_list.public_id,
        "state": candidate.state,
        "scope": candidate.confirmed_scope,
        "is_unsure": candidate.is_unsure,
        "version": candidate.version,
        "score": round(candidate.score, _SCORE_DIGITS),
        "kind": candidate.kind,
        "query": picture(pair.query.image, pair.query.item, request),
        "item": picture(pair.item.image, pair.item.item, request),
        "created_at": candidate.created_at,
        "changed_at": candidate.changed_at,
    }


def picture(image: Image, item: Item | None, request: Request) -> dict[str, Any]:
    address = reverse("pictures:thumbnail", args=(image.sha256, THUMBNAIL_SIDE_PX))
    return {
        "id": item.public_id if item else None,
        "sha256": image.sha256,
        "custom_id": item.custom_id or None if item else None,
        "width": image.width,
        "height": image.height,
        "frames": image.frames,
        "frames_seen": image.frames_seen,
        "thumbnail_url": request.build_absolute_uri(address) if image.is_stored else None,
    }
