"""A picture that somebody looks for: where it comes from, and what in the lists is like it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.permissions import Permission
from common.errors import InvalidInput
from dashboard.uploads import CheckResult, Keeping
from intake.sources import RawImage
from lists import selectors as lists_selectors
from lists.fetching import fetched
from lists.originals import original_of
from matching.evidence import distance_name
from matching.hashers import registry
from review.pairs import selectors as pairs_selectors
from review.submissions import services as submissions_services
from review.submissions.values import MatchedItem, NewSubmission, Outcome

if TYPE_CHECKING:
    from lists.models import Image, List

# From here on a pair is possible; people who move the slider see down to it.
LOWEST_SCORE = 0.2
MAX_GROUPS = 60

_SHA256 = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


class UnclearSearch(InvalidInput):
    """What was typed names no picture in any known way."""

    code = "unclear_search"


class NoList(InvalidInput):
    """A picture was to be added to no list."""

    code = "no_list"


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """One list in which a picture was found, and as what."""

    image_list: List
    match: MatchedItem

    @property
    def is_duplicate(self) -> bool:
        """Tell whether the list counts it as a duplicate."""
        return self.match.score > self.image_list.duplicate_threshold

    @property
    def is_suggested(self) -> bool:
        """Tell whether the list would put the pair up for review."""
        return self.match.score >= self.image_list.suggestion_threshold


@dataclass(frozen=True, slots=True)
class Group:
    """One picture that was found, and every place where it lies, the best match first."""

    image: Image
    places: list[FoundPlace] = field(default_factory=list)

    @property
    def best(self) -> FoundPlace:
        """Return the place with the highest score."""
        return self.places[0]

    @property
    def score(self) -> float:
        """Return the highest score, 0..1."""
        return self.best.match.score

    @property
    def signals(self) -> list[tuple[str, str]]:
        """Return what was measured, by name; distances say out of how many bits."""
        evidence = self.best.match.comparison.evidence
        first = [
            *(
                (distance_name(hasher.algorithm), f"{bits} / {hasher.bit_count}")
                for hasher, bits in registry.measured(evidence.distances_bits)
            ),
            ("inliers", "—" if evidence.inliers is None else str(evidence.inliers)),
            ("orientation", evidence.orientation.value),
            ("query_quality", str(evidence.query_quality)),
            ("item_quality", str(evidence.item_quality)),
            ("algorithm_version", str(evidence.algorithm_version)),
        ]
        known = {name for name, _value in first}
        others = [(name, f"{value:g}") for name, value in evidence.signals.items()]
        return first + [each for each in others if each[0] not in known]


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a search: the pictures found, best first, from `lowest_score` on.

    `first_score` is where the lists begin to suggest; weaker ones are shown when asked for.
    `keeping` is what was kept of the picture.
    """

    name: str
    outcome: Outcome
    groups: Sequence[Group]
    lowest_score: float
    first_score: float
    is_cut: bool
    keeping: Keeping = Keeping.NOTHING

    @property
    def suggested_count(self) -> int:
        """Return the number of pictures from `first_score` on."""
        return sum(group.score >= self.first_score for group in self.groups)

    @property
    def verdict(self) -> CheckResult:
        """Return what the best match of any list says."""
        places = [place for group in self.groups for place in group.places]
        if any(place.is_duplicate for place in places):
            return CheckResult.DUPLICATE
        if any(place.is_suggested for place in places):
            return CheckResult.POSSIBLE
        return CheckResult.NOTHING if self.outcome.has_detail else CheckResult.TOO_FLAT


def search(
    *,
    by: Actor,
    lists: Sequence[List],
    raw: RawImage,
    keeping: Keeping = Keeping.NOTHING,
    add_to: List | None = None,
) -> Found:
    """Look for a picture in the lists, and keep of it what is asked: at first nothing.

    One that is added to a list is looked for in that list alone.
    """
    if keeping == Keeping.ITEM:
        if add_to is None:
            raise NoList(_("Choose the list to add it to."))
        lists = [add_to]
    thresholds = [image_list.suggestion_threshold for image_list in lists]
    lowest_score = min([LOWEST_SCORE, *thresholds])
    run = (
        submissions_services.preview if keeping == Keeping.NOTHING else submissions_services.submit
    )
    submission = NewSubmission(
        raw=raw,
        check_lists=lists,
        add_to=add_to if keeping == Keeping.ITEM else None,
        min_score=lowest_score,
    )
    outcome = run(by=by, submission=submission)
    groups = _grouped(
        FoundPlace(each.image_list, match) for each in outcome.by_list for match in each.matches
    )
    return Found(
        name=raw.name,
        outcome=outcome,
        groups=groups[:MAX_GROUPS],
        lowest_score=lowest_score,
        first_score=min(thresholds, default=lowest_score),
        is_cut=len(groups) > MAX_GROUPS,
        keeping=keeping,
    )


def picture_named(*, by: Actor, text: str) -> RawImage:
    """Return the picture behind an address, a media id or a SHA-256 in reach.

    Raise UnclearSearch for any other text, NotFound for ids that are unknown or somebody else's,
    FileNotKept for a picture whose file is gone, FetchRefused or FetchFailed for addresses.
    """
    by.require(Permission.CHECK_IMAGES)
    if _ADDRESS.match(text):
        return fetched(text)
    if text.startswith("med_"):
        (item,) = lists_selectors.items_known_as(by, text)
        return original_of(item.image, name=item.name or item.public_id)
    if _SHA256.fullmatch(text):
        image = pairs_selectors.image_for(by, text.lower())
        return original_of(image, name=f"{image.sha256[:12]}…")
    raise UnclearSearch(_("Enter a URL, media ID (med_…) or SHA-256."))


def _grouped(places: Iterable[FoundPlace]) -> list[Group]:
    groups: dict[int, Group] = {}
    for place in sorted(places, key=lambda place: -place.match.score):
        image = place.match.item.image
        groups.setdefault(image.pk, Group(image)).places.append(place)
    return list(groups.values())
