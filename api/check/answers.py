"""Answers of the Check dialect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from rest_framework.request import Request

from api import evidence
from api.check import distance
from common.timings import Timings
from matching.evidence import Kind
from review.submissions.batches import BatchReport
from review.submissions.values import Match, Outcome

_IDENTICAL = (Kind.EXACT, Kind.PIXELS)
_SIMILARITY_DIGITS = 4
_TIMING_DIGITS = 1


@dataclass(frozen=True, slots=True)
class Near:
    """A match with its distance."""

    match: Match
    score: int

    @property
    def rank(self) -> tuple[int, bool, int]:
        """Order the nearest first, of equals the confirmed, then the oldest."""
        return self.score, self.match.state != "confirmed", self.match.item.pk

    @property
    def counts(self) -> bool:
        """Tell whether it is a match: pairs that people told apart are none."""
        return self.match.state != "dissociated"


def nearest(outcome: Outcome, *, threshold: int) -> list[Near]:
    """Return the matches within the threshold, the closest first."""
    near = [_near(match) for found in outcome.by_list for match in found.matches]
    return sorted((each for each in near if each.score <= threshold), key=lambda each: each.rank)


def answer(near: Sequence[Near]) -> dict[str, Any]:
    """Return the documented answer and nothing more, for clients that refuse what is new."""
    closest = next((each for each in near if each.counts), None)
    if closest is None:
        return {"success": True, "match": False}
    found = {"sha256": closest.match.item.image.sha256, "score": closest.score}
    return {"success": True, "match": True, "closest_match": found}


def rows(near: Sequence[Near], request: Request, *, with_evidence: bool) -> list[dict[str, Any]]:
    """Return matches in full, for clients that ask for them."""
    shown = [_row(each, request) for each in near]
    if with_evidence:
        for row, each in zip(shown, near, strict=True):
            row["evidence"] = evidence.shown(each.match.comparison.evidence)
    return shown


def item(outcome: Outcome) -> dict[str, Any] | None:
    """Return the item that the image became; None for one that is not stored."""
    if outcome.item is None:
        return None
    return {
        "id": outcome.item.public_id,
        "sha256": outcome.raw.sha256,
        "added": outcome.is_new_item,
        "submissions": outcome.item.image.submission_count,
    }


def batch(report: BatchReport) -> dict[str, Any]:
    """Return how far a batch has come."""
    progress = {
        "id": report.public_id,
        "state": report.state,
        "total": len(report.answers),
        "done": report.done,
    }
    return {"success": True, "batch": progress}


def timing(spent: Timings) -> dict[str, float]:
    """Return what was measured, in milliseconds."""
    phases = {f"{phase}_ms": round(ms, _TIMING_DIGITS) for phase, ms in spent.by_phase_ms.items()}
    return {**phases, "total_ms": round(spent.total_ms, _TIMING_DIGITS)}


def server_timing(spent: Timings) -> str:
    """Return the same as a header."""
    return ", ".join(
        f"{name.removesuffix('_ms')};dur={duration_ms}"
        for name, duration_ms in timing(spent).items()
    )


def _near(match: Match) -> Near:
    is_identical = match.comparison.kind in _IDENTICAL
    return Near(match, distance.from_score(match.score, is_identical=is_identical))


def _row(near: Near, request: Request) -> dict[str, Any]:
    match, image = near.match, near.match.item.image
    address = reverse("pictures:original", args=(image.sha256,))
    return {
        "id": match.item.public_id,
        "sha256": image.sha256,
        "score": near.score,
        "similarity": round(match.score, _SIMILARITY_DIGITS),
        "kind": match.comparison.kind.value,
        "state": match.state.value if match.state else None,
        "external_id": match.item.custom_id or None,
        "context": match.item.context,
        "url": request.build_absolute_uri(address) if image.is_stored else None,
    }
