"""What came of a submission, as the Check dialect says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from api.check import distance
from matching.evidence import Kind
from review.submissions import Match, Outcome

_IDENTICAL = (Kind.EXACT, Kind.PIXELS)
_SIMILARITY_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Near:
    """A match with its distance."""

    match: Match
    score: int

    @property
    def rank(self) -> tuple[int, bool, int]:
        """Order the nearest first, of equals the confirmed, then the oldest."""
        return self.score, self.match.state != "confirmed", self.match.item.pk


def nearest(outcome: Outcome, *, threshold: int) -> list[Near]:
    """Return the matches within the threshold, the closest first."""
    near = [_near(match) for found in outcome.by_list for match in found.matches]
    return sorted((each for each in near if each.score <= threshold), key=lambda each: each.rank)


def answer(near: Sequence[Near]) -> dict[str, Any]:
    """Return the documented answer and nothing more, for clients that refuse what is new."""
    if not near:
        return {"success": True, "match": False}
    closest = near[0]
    found = {"sha256": closest.match.item.image.sha256, "score": closest.score}
    return {"success": True, "match": True, "closest_match": found}


def included(near: Sequence[Near]) -> list[dict[str, Any]]:
    """Return every match in full, for clients that ask for it."""
    return [
        {
            "id": each.match.item.public_id,
            "sha256": each.match.item.image.sha256,
            "score": each.score,
            "similarity": round(each.match.score, _SIMILARITY_DIGITS),
            "kind": each.match.comparison.kind.value,
            "state": each.match.state.value if each.match.state else None,
            "external_id": each.match.item.custom_id or None,
        }
        for each in near
    ]


def _near(match: Match) -> Near:
    is_identical = match.comparison.kind in _IDENTICAL
    return Near(match, distance.from_score(match.score, is_identical=is_identical))
