"""Which items of some lists a picture matches: exact bytes, exact pixels, fingerprints, parts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import QuerySet

from common import timings
from intake.examine import Examination, Sighting, View
from lists import close_search, closer_look, frame_keys, indexed_rows, live_index, selectors
from lists.close_search import Compared
from lists.closer_look import KeptPicture
from lists.indexed_rows import KeptRows
from lists.live_index import START, LiveIndex, Position, Search, UpToDate
from lists.models import Image, Item, List
from matching import calibrate, engine, frames, learned
from matching.evidence import Comparison
from matching.frames import Place
from matching.types import Candidate, Fingerprint, FingerprintSet

# The nearest items per search that are compared in full; matches are far fewer.
_MAX_CANDIDATES = 200
# Images of the same pixels, such as blank sheets, and their items: more are found by one query.
_MAX_LOOKED_UP = 1000
# What is compared in full, per query and per item, however many frames the query has: twice the
# items for one picture and what is within its border.
_MAX_PAIRS = 2 * _MAX_CANDIDATES
_MAX_PAIRS_PER_ITEM = 4
# The best matches by fingerprint that are looked at again in full depth.
_MAX_COMPARED_AGAIN = 12
# What a learned descriptor, if there is one, adds to the candidates in full depth.
_NEAREST_BY_MODEL = 8
_ENGINE = engine.Engine()


@dataclass(frozen=True, slots=True)
class Query:
    """A picture to look for: what was seen of it, and the hash of its bytes.

    Local features were examined when it is to be compared in full depth, in the lists of
    `close_list_ids`. `excluded_image_ids` holds, by list, the images that are known not to match.
    """

    organisation_id: int
    sha256: str
    examination: Examination
    close_list_ids: frozenset[int] = frozenset()
    excluded_image_ids: Mapping[int, frozenset[int]] = field(default_factory=dict)

    @property
    def sighting(self) -> Sighting:
        """Return the picture's fingerprints."""
        return self.examination.sighting


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
class _Pair:
    """A view of the query, and the frame of an item near it."""

    view: View
    candidate: Candidate

    @property
    def item_id(self) -> int:
        return frame_keys.item_of(self.candidate.key)

    @property
    def item_frame(self) -> int:
        return frame_keys.frame_of(self.candidate.key)


@dataclass(frozen=True, slots=True)
class Findings:
    """The matches of a search by list row id, best first, and how far the index had come.

    `below` has what was compared and scores too low to be a match, in no order, of the lists that
    draw samples of it.
    """

    by_list: Mapping[int, list[ItemMatch]] = field(default_factory=dict)
    below: Mapping[int, list[ItemMatch]] = field(default_factory=dict)
    position: Position = START

    @property
    def has_matches(self) -> bool:
        """Tell whether anything was found."""
        return any(self.by_list.values())

    def all_matches(self) -> Iterable[ItemMatch]:
        for matches in self.by_list.values():
            yield from matches


@timings.measured(timings.SEARCH)
def find_matches(
    query: Query,
    lists: Sequence[List],
    *,
    min_score: float,
    limit: int,
    after: Position = START,
) -> Findings:
    """Return the items of the lists that match at `min_score` or above, `limit` a list at most.

    A query with features is compared in full depth, and then that comparison of two frames counts.
    With `after`, a position from earlier findings, only items that arrived later are searched by
    fingerprint and by features. Ties go to the newest item.
    """
    if not lists:
        return Findings()
    list_ids = [image_list.pk for image_list in lists]
    index = live_index.current().up_to_date()
    found = compared_items(query, index, list_ids, min_score=min_score, after=after)
    found = looked_closer(query.examination, found, query.close_list_ids)
    found.update(_identical(query, list_ids))
    return Findings(
        by_list=_ranked(query, found.values(), list_ids, min_score=min_score, limit=limit),
        below=_below(query, found.values(), lists, min_score=min_score),
        position=index.position,
    )


def compared_items(
    query: Query,
    index: UpToDate,
    list_ids: Sequence[int],
    *,
    min_score: float,
    after: Position = START,
    rows: KeptRows = indexed_rows,
) -> dict[int, ItemMatch]:
    """Return the best comparison with each item that was found, by row id, whatever its score.

    `rows` has what `index` finds. Identical bytes and pixels are not looked for.
    """
    fast = _alike(query, index, list_ids, min_score=min_score, after=after, rows=rows)
    in_full = bool(query.examination.features)
    full = _alike_in_full(query, index, fast, after=after, rows=rows) if in_full else []
    return _as_wholes(query.sighting, better(fast, full), rows)


def looked_closer(
    asked: Examination,
    found: Mapping[int, ItemMatch],
    close_list_ids: Collection[int],
    kept: KeptPicture = closer_look.kept_picture,
) -> dict[int, ItemMatch]:
    """Return the matches, the best of those in lists of full depth after a closer look."""
    compared = {
        item_id: (match.item, match.comparison)
        for item_id, match in found.items()
        if match.item.image_list_id in close_list_ids
    }
    looked = closer_look.looked_closer(asked, compared, kept)
    return {**found, **{item_id: ItemMatch(*each) for item_id, each in looked.items()}}


def with_same_pixels(query: Query, findings: Findings, *, limit: int) -> Findings:
    """Return what a search with `limit` would have found had it known the query's pixels."""
    list_ids = list(findings.by_list)
    found = {match.item.pk: match for match in findings.all_matches()}
    found.update(_identical(query, list_ids))
    by_list = _ranked(query, found.values(), list_ids, min_score=0, limit=limit)
    return replace(findings, by_list=by_list)


def compare(query: Query, item: Item) -> ItemMatch | None:
    """Return how a picture with features compares with one item, whatever the score.

    None when the item's own features are not there yet.
    """
    pixel_sha256 = query.examination.pixel_sha256
    if pixel_sha256 and pixel_sha256 == item.image.pixel_sha256:
        return ItemMatch(item, engine.pixels_comparison(query.sighting.query.quality))
    index = LiveIndex.of_item(item.pk)
    compared = close_search.compared(
        query.examination,
        index,
        [item.image_list_id],
        also=[(0, frame_keys.key_of(item.pk, 0))],
        after=START,
    )
    best = _best_by_item(_with_cosine(query, index, each) for each in compared)
    wholes = _as_wholes(query.sighting, best, indexed_rows)
    return looked_closer(query.examination, wholes, {item.image_list_id}).get(item.pk)


def better(fast: Sequence[ItemMatch], full: Sequence[ItemMatch]) -> dict[int, ItemMatch]:
    """Return the best match of each item, by row id.

    Of the same two frames only the comparison in full counts: it may know better that they only
    have a template in common.
    """
    known = {_frames_of(match) for match in full}
    return _best_by_item([*full, *(match for match in fast if _frames_of(match) not in known)])


def _frames_of(match: ItemMatch) -> tuple[int, int, int]:
    evidence = match.comparison.evidence
    return match.item.pk, evidence.query_frame, evidence.item_frame


def _alike(
    query: Query,
    index: UpToDate,
    list_ids: Sequence[int],
    *,
    min_score: float,
    after: Position,
    rows: KeptRows,
) -> list[ItemMatch]:
    """Return how the items that the fingerprints find match, perhaps by several frames each."""
    views = query.sighting.views
    search = index.search(
        [view.query for view in views],
        radius_bits=calibrate.search_radius_bits(min_score),
        list_ids=list_ids,
        limit=_MAX_CANDIDATES,
        after=after,
    )
    pairs = _nearest_pairs(views, search)
    with timings.measured(timings.VERIFY):
        return list(_compared(query.sighting, pairs, rows))


@timings.measured(timings.VERIFY)
def _alike_in_full(
    query: Query, index: UpToDate, fast: Sequence[ItemMatch], *, after: Position, rows: KeptRows
) -> list[ItemMatch]:
    """Return every comparison in full depth, whatever its score."""
    in_reach = [match for match in fast if match.item.image_list_id in query.close_list_ids]
    best_first = sorted(in_reach, key=lambda match: -match.score)
    again = set(list(dict.fromkeys(match.item.pk for match in best_first))[:_MAX_COMPARED_AGAIN])
    known = [_frames_of(match) for match in best_first if match.item.pk in again]
    by_model = index.search_learned(
        query.examination.learned,
        list_ids=query.close_list_ids,
        limit=_NEAREST_BY_MODEL,
        after=after,
    )
    also = [(frame, frame_keys.key_of(item_id, other)) for item_id, frame, other in known]
    compared = close_search.compared(
        query.examination,
        index,
        query.close_list_ids,
        also=[*also, *((0, key) for key in by_model)],
        after=after,
        rows=rows,
    )
    return [_with_cosine(query, index, each) for each in compared]


def _with_cosine(query: Query, index: UpToDate, each: Compared) -> ItemMatch:
    cosine = index.learned_cosine(each.item.pk, query.examination.learned)
    return ItemMatch(each.item, learned.with_cosine(each.comparison, cosine))


def _best_by_item(matches: Iterable[ItemMatch]) -> dict[int, ItemMatch]:
    best: dict[int, ItemMatch] = {}
    for match in matches:
        known = best.get(match.item.pk)
        if known is None or match.score > known.score:
            best[match.item.pk] = match
    return best


def _as_wholes(
    sighting: Sighting, found: Mapping[int, ItemMatch], rows: KeptRows
) -> dict[int, ItemMatch]:
    """Return the matches with what they say of animations as wholes."""
    moving = [m for m in found.values() if sighting.frames > 1 or m.item.image.frames > 1]
    if not moving:
        return dict(found)
    of_query = list(_scenes(sighting).values())
    of_images = rows.scenes_of(match.item.image_id for match in moving)
    told = {
        match.item.pk: replace(
            match,
            comparison=frames.of_scenes(match.comparison, of_query, of_images[match.item.image_id]),
        )
        for match in moving
    }
    return {**found, **told}


def _scenes(sighting: Sighting) -> dict[int, list[Fingerprint]]:
    scenes: dict[int, list[Fingerprint]] = defaultdict(list)
    for view in sighting.views:
        scenes[view.frame].append(view.query.upright.pdq)
    return scenes


def _identical(query: Query, list_ids: Sequence[int]) -> dict[int, ItemMatch]:
    """Return the items of the same bytes or pixels; where it is both, the bytes count."""
    identical = [*_same_pixels(query, list_ids), *_same_bytes(query, list_ids)]
    return {match.item.pk: match for match in identical}


def _same_bytes(query: Query, list_ids: Sequence[int]) -> list[ItemMatch]:
    images = Image.objects.filter(organisation_id=query.organisation_id, sha256=query.sha256)
    comparison = engine.exact_comparison(query.sighting.query.quality)
    items = _items_with(images, list_ids)
    return [ItemMatch(item, comparison) for item in items[:_MAX_CANDIDATES]]


def _same_pixels(query: Query, list_ids: Sequence[int]) -> list[ItemMatch]:
    pixel_sha256 = query.examination.pixel_sha256
    if not pixel_sha256:
        return []
    images = Image.objects.filter(organisation_id=query.organisation_id, pixel_sha256=pixel_sha256)
    items = _items_with(images, list_ids)
    if not query.sighting.views:
        # A white logo over white was taken for a blank sheet.
        items = items.exclude(selectors.SEEN_OTHERWISE)
    comparison = engine.pixels_comparison(query.sighting.query.quality)
    return [ItemMatch(item, comparison) for item in items[:_MAX_CANDIDATES]]


def _items_with(images: QuerySet[Image], list_ids: Sequence[int]) -> QuerySet[Item]:
    """Return the live items of lists that have one of some images, newest first.

    Few images are looked up step by step: SQLite does not know how many items a list has, and
    would walk through all of them.
    """
    image_ids = list(images.values_list("pk", flat=True)[: _MAX_LOOKED_UP + 1])
    if not image_ids:
        return Item.objects.none()
    places = Item.objects.filter(image__in=image_ids, removed_at=None)
    rows = list(places.values_list("pk", "image_list")[: _MAX_LOOKED_UP + 1])
    if max(len(image_ids), len(rows)) > _MAX_LOOKED_UP:
        return _live_items(list_ids).filter(image__in=images.values("pk"))
    own = [pk for pk, list_id in rows if list_id in list_ids]
    return _newest_first(Item.objects.filter(pk__in=own, removed_at=None))


def _nearest_pairs(views: Sequence[View], search: Search[Candidate]) -> list[_Pair]:
    """Return which view to compare with which frame of which item, the nearest pairs first."""
    pairs = [
        _Pair(view, candidate)
        for view, candidates in zip(views, search.candidates, strict=True)
        for candidate in candidates
    ]
    nearest: list[_Pair] = []
    count_by_item: Counter[int] = Counter()
    for pair in sorted(pairs, key=lambda pair: pair.candidate.distance_bits):
        count_by_item[pair.item_id] += 1
        if count_by_item[pair.item_id] <= _MAX_PAIRS_PER_ITEM:
            nearest.append(pair)
    return nearest[:_MAX_PAIRS]


def _compared(sighting: Sighting, pairs: Sequence[_Pair], rows: KeptRows) -> Iterable[ItemMatch]:
    """Compare each pair in full; items removed since the search drop out."""
    items = rows.items_of(pair.candidate.key for pair in pairs)
    for pair in pairs:
        item = items.get(pair.item_id)
        fingerprints = item and rows.fingerprints_of(item, pair.item_frame)
        if item and fingerprints:
            comparison = _compare(pair, item, fingerprints)
            query_place = Place(pair.view.frame, sighting.frames)
            item_place = Place(pair.item_frame, item.image.frames)
            yield ItemMatch(item, frames.placed(comparison, query_place, item_place))


def _compare(pair: _Pair, item: Item, fingerprints: FingerprintSet) -> Comparison:
    view, candidate = pair.view, pair.candidate
    comparison = _ENGINE.compare(view.query, fingerprints, candidate)
    resized = engine.resized_reasons(
        (view.width, view.height), (item.image.width, item.image.height), candidate.orientation
    )
    explained = engine.with_reasons(comparison, resized)
    return engine.without_border(explained) if view.is_trimmed else explained


def _ranked(
    query: Query,
    matches: Iterable[ItemMatch],
    list_ids: Sequence[int],
    *,
    min_score: float,
    limit: int,
) -> dict[int, list[ItemMatch]]:
    kept = _by_list(query, (match for match in matches if match.score >= min_score))
    return {
        list_id: sorted(kept[list_id], key=lambda match: (-match.score, -match.item.pk))[:limit]
        for list_id in list_ids
    }


def _below(
    query: Query, matches: Iterable[ItemMatch], lists: Iterable[List], *, min_score: float
) -> dict[int, list[ItemMatch]]:
    sampling = {image_list.pk for image_list in lists if image_list.samples_below}
    if not sampling:
        return {}
    low = (match for match in matches if 0 < match.score < min_score)
    return _by_list(query, (match for match in low if match.item.image_list_id in sampling))


def _by_list(query: Query, matches: Iterable[ItemMatch]) -> dict[int, list[ItemMatch]]:
    """Return the matches by their lists, but for items that are not to be found."""
    kept: dict[int, list[ItemMatch]] = defaultdict(list)
    for match in matches:
        excluded = query.excluded_image_ids.get(match.item.image_list_id, frozenset())
        if match.item.image_id not in excluded:
            kept[match.item.image_list_id].append(match)
    return kept


def _live_items(list_ids: Sequence[int]) -> QuerySet[Item]:
    return _newest_first(Item.objects.filter(image_list__in=list_ids, removed_at=None))


def _newest_first(items: QuerySet[Item]) -> QuerySet[Item]:
    return items.select_related("image", "image_list").order_by("-pk")
