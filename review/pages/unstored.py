"""A picture that was checked beside one that was found: a pair that is shown and not stored."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.actors import Actor
from lists import selectors as lists_selectors
from lists.models import Image, List
from review.models import MatchCandidate
from review.pages.overlay import Overlay, overlay_of
from review.pairs.selectors import ShownPair, Side
from review.submissions.values import MatchedItem, Outcome


@dataclass(frozen=True, slots=True)
class ComparedMatch:
    """The checked picture as A beside a hit as B; `pair` is not stored."""

    pair: MatchCandidate
    shown: ShownPair
    overlay: Overlay | None


def checked_image(actor: Actor, outcome: Outcome) -> Image:
    """Return the image of exactly these bytes if it is kept, else one that is not stored."""
    sighting = outcome.sighting
    known = lists_selectors.known_image(actor.organisation_id, outcome.raw.sha256)
    if known is not None and known.is_stored:
        return known
    return Image(width=sighting.width, height=sighting.height, is_stored=False)


def compared(query: Image, match: MatchedItem, image: Image, image_list: List) -> ComparedMatch:
    """Return the pair that a checked picture makes with a match of a list."""
    evidence = match.comparison.evidence.as_json()
    pair = MatchCandidate(image_list=image_list, kind=match.kind, evidence=evidence)
    shown = ShownPair(pair, Side(query, None), Side(image, match.item))
    return ComparedMatch(pair, shown, overlay_of(shown))
