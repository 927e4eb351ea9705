"""What a check found beside the picture that was checked, ready for the component that compares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accounts.actors import Actor
from matching.evidence import IDENTICAL_KINDS
from review.pages import keys, shown_claims, unstored
from review.pages.unstored import ComparedMatch

if TYPE_CHECKING:
    from dashboard.searches import Found, Group
    from lists.models import Image
    from review.pages.shown_claims import Lines, ShownClaim

# Each is some kilobytes; of further ones the picture alone is shown.
MAX_COMPARED = 8

# What the component and its tools need besides; the words that differ are known of pairs alone.
CONTEXT: dict[str, Any] = {
    "views": keys.VIEWS,
    "zoom": keys.ZOOM,
    "looks": {name: key for name, key in keys.LOOKS.items() if name != "words"},
    "dim": keys.DIM,
    "exposure": keys.EXPOSURE,
    "details_key": keys.DETAILS,
    "all_keys": [
        *keys.VIEWS.values(),
        *keys.ZOOM.values(),
        *keys.LOOKS.values(),
        keys.DIM,
        keys.DETAILS,
        keys.EXPOSURE,
    ],
    "identical_kinds": IDENTICAL_KINDS,
}


@dataclass(frozen=True, slots=True)
class CheckHit:
    """A picture that was found, its claim and its text, and the comparison of the best ones."""

    group: Group
    claim: ShownClaim | None
    lines: Lines
    compared: ComparedMatch | None


def hits_of(actor: Actor, found: Found) -> list[CheckHit]:
    """Return what was found, best first, by two queries."""
    query = unstored.checked_image(actor, found.outcome)
    lines = shown_claims.lines_read([group.image for group in found.groups])
    return [
        CheckHit(
            group,
            shown_claims.claim_of(group.best.match.item),
            lines.get(group.image.pk, ()),
            _compared(query, group) if number < MAX_COMPARED else None,
        )
        for number, group in enumerate(found.groups)
    ]


def _compared(query: Image, group: Group) -> ComparedMatch:
    best = group.best
    return unstored.compared(query, best.match, group.image, best.image_list)
