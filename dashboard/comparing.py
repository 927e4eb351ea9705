"""What a check found beside the picture that was checked, ready for the component that compares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accounts.actors import Actor
from lists import selectors as lists_selectors
from lists.models import Image
from matching.evidence import IDENTICAL_KINDS
from review.models import MatchCandidate
from review.pages import keys, shown_claims
from review.pages.overlay import Overlay, overlay_of
from review.pairs.selectors import ShownPair, Side

if TYPE_CHECKING:
    from dashboard.searches import Found, Group
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
class Compared:
    """The checked picture as A beside a hit as B; `pair` is not stored."""

    pair: MatchCandidate
    shown: ShownPair
    overlay: Overlay | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A picture that was found, its claim and its text, and the comparison of the best ones."""

    group: Group
    claim: ShownClaim | None
    lines: Lines
    compared: Compared | None


def hits_of(actor: Actor, found: Found) -> list[Hit]:
    """Return what was found, best first, by two queries."""
    query = _query_image(actor, found)
    lines = shown_claims.lines_read([group.image for group in found.groups])
    return [
        Hit(
            group,
            shown_claims.claim_of(group.best.match.item),
            lines.get(group.image.pk, ()),
            _compared(query, group) if number < MAX_COMPARED else None,
        )
        for number, group in enumerate(found.groups)
    ]


def _query_image(actor: Actor, found: Found) -> Image:
    """Return the image of exactly these bytes if it is kept, else one that is not stored."""
    sighting = found.outcome.sighting
    known = lists_selectors.known_image(actor.organisation_id, found.outcome.raw.sha256)
    if known is not None and known.is_stored:
        return known
    return Image(width=sighting.width, height=sighting.height, is_stored=False)


def _compared(query: Image, group: Group) -> Compared:
    match, image_list = group.best.match, group.best.image_list
    pair = MatchCandidate(
        image_list=image_list, kind=match.kind, evidence=match.comparison.evidence.as_json()
    )
    shown = ShownPair(pair, Side(query, None), Side(group.image, match.item))
    return Compared(pair, shown, overlay_of(shown))
