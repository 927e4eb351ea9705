"""Which items of some lists a picture matches: exact bytes, exact pixels, then fingerprints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from intake.examine import Sighting, View
from lists import live_index
from lists.live_index import Search
from lists.models import Item, List
from matching import calibrate, engine
from matching.types import Candidate, Comparison, Fingerprint, FingerprintSet

# The nearest items per search that are compared in full; matches are far fewer.
_MAX_CANDIDATES = 200
_ENGINE = engine.Engine()


@dataclass(frozen=True, slots=True)
class Query:
    """A picture to look for: what was seen of it, and its identities.

    `pixel_sha256` is empty while the picture was not decoded in full. `excluded_image_ids` holds,
    by list, the images that are known not to match.
    """

    organisation_id: int
    sha256: str
    sighting: Sighting
    pixel_sha256: str = ""
    excluded_image_ids: Mapping[int, frozenset[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ItemMatch:
    """An item that matches, and how."""

    item: Item
    comparison: Comparison

    @property
    def score(self) -> float:
        """Return the score, 0..1."""
        return self.comparison.score


@dataclass(frozen=True, slots=True)
class Findings:
    """The matches of a search by list row id, best first, and how far the index had come."""

    by_list: Mapping[int, list[ItemMatch]]
    position: int = 0

    def all_matches(self) -> Iterable[ItemMatch]:
        """Yield every match of every list."""
        for matches in self.by_list.values():
            yield from matches


def find_matches(
    query: Query, lists: Sequence[List], *, min_score: float, limit: int, after: int = 0
) -> Findings:
    """Return the items of the lists that match at `min_score` or above, `limit` a list at most.

    With `after`, a position from earlier findings, only items that arrived later are searched by
    fingerprint. Ties go to the newest item.
    """
    if not lists:
        return Findings(by_list={})
    list_ids = [image_list.pk for image_list in lists]
    found = {match.item.pk: match for match in _same_pixels(query, list_ids)}
    found.update({match.item.pk: match for match in _same_bytes(query, list_ids)})
    views = query.sighting.views
    search = live_index.current().search(
        [view.query for view in views],
        radius_bits=calibrate.search_radius_bits(min_score),
        list_ids=list_ids,
        limit=_MAX_CANDIDATES,
        after=after,
    )
    for match in _compared(views, search):
        known = found.get(match.item.pk)
        if known is None or match.score > known.score:
            found[match.item.pk] = match
    return Findings(
        by_list=_ranked(query, found.values(), list_ids, min_score=min_score, limit=limit),
        position=search.position,
    )


def _same_bytes(query: Query, list_ids: Sequence[int]) -> list[ItemMatch]:
    items = _live_items(list_ids).filter(
        image__organisation_id=query.organisation_id, image__sha256=query.sha256
    )
    comparison = engine.exact_comparison(query.sighting.query.quality)
    return [ItemMatch(item, comparison) for item in items[:_MAX_CANDIDATES]]


def _same_pixels(query: Query, list_ids: Sequence[int]) -> list[ItemMatch]:
    if not query.pixel_sha256:
        return []
    items = _live_items(list_ids).filter(
        image__organisation_id=query.organisation_id, image__pixel_sha256=query.pixel_sha256
    )
    comparison = engine.pixels_comparison(query.sighting.query.quality)
    return [ItemMatch(item, comparison) for item in items[:_MAX_CANDIDATES]]


def _compared(views: Sequence[View], search: Search) -> Iterable[ItemMatch]:
    """Compare each view with its candidates in full; items removed since the search drop out."""
    item_ids = {candidate.key for found in search.candidates for candidate in found}
    items = {
        item.pk: item
        for item in Item.objects.filter(pk__in=item_ids, removed_at=None)
        .select_related("image", "image_list")
        .prefetch_related("image__fingerprints")
    }
    for view, candidates in zip(views, search.candidates, strict=True):
        for candidate in candidates:
            if candidate.key in items:
                item = items[candidate.key]
                yield ItemMatch(item, _compare(view, item, candidate))


def _compare(view: View, item: Item, candidate: Candidate) -> Comparison:
    comparison = _ENGINE.compare(view.query, _fingerprints_of(item), candidate)
    resized = engine.resized_reasons(
        (view.width, view.height), (item.image.width, item.image.height), candidate.orientation
    )
    explained = engine.with_reasons(comparison, resized)
    return engine.without_border(explained) if view.is_trimmed else explained


def _fingerprints_of(item: Item) -> FingerprintSet:
    stored = {
        row.algorithm: Fingerprint(
            algorithm=row.algorithm,
            version=row.version,
            bits=bytes(row.bits),
            quality=row.quality,
        )
        for row in item.image.fingerprints.all()
    }
    return FingerprintSet(pdq=stored["pdq"], phash=stored["phash"])


def _ranked(
    query: Query,
    matches: Iterable[ItemMatch],
    list_ids: Sequence[int],
    *,
    min_score: float,
    limit: int,
) -> dict[int, list[ItemMatch]]:
    kept: dict[int, list[ItemMatch]] = defaultdict(list)
    for match in matches:
        excluded = query.excluded_image_ids.get(match.item.image_list_id, frozenset())
        if match.score >= min_score and match.item.image_id not in excluded:
            kept[match.item.image_list_id].append(match)
    return {
        list_id: sorted(kept[list_id], key=lambda match: (-match.score, -match.item.pk))[:limit]
        for list_id in list_ids
    }


def _live_items(list_ids: Sequence[int]) -> QuerySet[Item]:
    live = Item.objects.filter(image_list__in=list_ids, removed_at=None)
    return live.select_related("image", "image_list").order_by("-pk")
