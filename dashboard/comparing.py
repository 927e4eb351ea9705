"""What a check found, with claims and texts, and beside the picture that was checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.actors import Actor
from review.pages import comparing, shown_claims

if TYPE_CHECKING:
    from dashboard.searches import Found, Group
    from review.pages.comparing import ComparedMatch
    from review.pages.shown_claims import Lines, ShownClaim

# Each is some kilobytes; of further ones the picture alone is shown.
MAX_COMPARED = 8


@dataclass(frozen=True, slots=True)
class CheckHit:
    """A picture that was found, its claim and its text, and the comparison of the best ones."""

    group: Group
    claim: ShownClaim | None
    lines: Lines
    compared: ComparedMatch | None


def hits_of(actor: Actor, found: Found) -> list[CheckHit]:
    """Return what was found, best first, by two queries."""
    query = comparing.query_image(actor.organisation_id, found.outcome)
    lines = shown_claims.lines_read([group.image for group in found.groups])
    hits = []
    for number, group in enumerate(found.groups):
        match, image_list = group.best.match, group.best.image_list
        compared = comparing.compared(query, match, image_list) if number < MAX_COMPARED else None
        claim = shown_claims.claim_of(match.item)
        hits.append(CheckHit(group, claim, lines.get(group.image.pk, ()), compared))
    return hits
