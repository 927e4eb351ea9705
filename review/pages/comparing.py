"""A checked picture beside what it matches, for the component that compares; nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lists import selectors as lists_selectors
from lists.models import Image
from matching.evidence import IDENTICAL_KINDS
from review.models import MatchCandidate
from review.pages import keys
from review.pages.overlay import Overlay, overlay_of
from review.pairs.selectors import ShownPair, Side

if TYPE_CHECKING:
    from lists.models import List
    from review.submissions.values import MatchedItem, Outcome

# Words that differ are known of pairs alone.
_LOOKS = {name: key for name, key in keys.LOOKS.items() if name != "words"}

# What the component and its tools need besides.
COMPARE_CONTEXT: dict[str, Any] = {
    "views": keys.VIEWS,
    "zoom": keys.ZOOM,
    "looks": _LOOKS,
    "dim": keys.DIM,
    "exposure": keys.EXPOSURE,
    "details_key": keys.DETAILS,
    "all_keys": [
        *keys.VIEWS.values(),
        *keys.ZOOM.values(),
        *_LOOKS.values(),
        keys.DIM,
        keys.DETAILS,
        keys.EXPOSURE,
    ],
    "identical_kinds": IDENTICAL_KINDS,
}


@dataclass(frozen=True, slots=True)
class ComparedMatch:
    """The checked picture as A beside an item as B; `pair` is not stored."""

    pair: MatchCandidate
    shown: ShownPair
    overlay: Overlay | None


def query_image(organisation_id: int, outcome: Outcome) -> Image:
    """Return the image of exactly these bytes if it is kept, else one that is not stored."""
    known = lists_selectors.known_image(organisation_id, outcome.raw.sha256)
    if known is not None and known.is_stored:
        return known
    sighting = outcome.sighting
    return Image(width=sighting.width, height=sighting.height, is_stored=False)


def compared(query: Image, match: MatchedItem, image_list: List) -> ComparedMatch:
    """Return a picture beside an item of a list that it matches."""
    evidence = match.comparison.evidence.as_json()
    pair = MatchCandidate(image_list=image_list, kind=match.kind, evidence=evidence)
    shown = ShownPair(pair, Side(query, None), Side(match.item.image, match.item))
    return ComparedMatch(pair, shown, overlay_of(shown))
