"""The search in full depth: which items share parts with a picture, and how well they align.

Candidates are the items that share most local features with the query, the nearest few by
fingerprint, and what the caller names. Each is aligned with the query and compared block by block.
Animations and long pictures have many views each, of which the likeliest pairs are compared.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from common import timings
from intake.examine import Examination, FrameFeatures, Sighting
from lists import frame_keys, indexed_rows
from lists.indexed_rows import KeptRows
from lists.live_index import Position, Search, UpToDate
from lists.models import Image, Item
from matching import engine, frames, tiles
from matching.engine import ItemPicture, QueryPicture
from matching.evidence import Comparison
from matching.frames import Place
from matching.tiles import Look, Size, Tile
from matching.types import Candidate, QueryFingerprints

# Of 1,040 edited queries against 518 items, 99.6 % had their original among the first 20.
_MAX_BY_FEATURES = 20
# Each further list that is searched at once widens the search, so that none pushes another out.
_MORE_PER_LIST = 4
_MAX_BY_FEATURES_IN_ALL = 60
_NEAREST_BY_FINGERPRINT = 4
# Unlike pictures differ by 128 bits on average and rarely by less than 90.
_RADIUS_BITS = 100
# A negative is looked at only when it is near: hardly anybody sends one.
_NEGATIVE_RADIUS_BITS = 66
# What is compared in full, however many views the query and the items have: all that one picture
# is compared with, and a few views each of what several views propose.
MAX_PAIRS, MAX_PAIRS_PER_ITEM = 120, 8
# Of so many items, the tiles that should be alike if the best pair is are compared besides.
_MAX_ITEMS_IN_PLACE = 3
_ENGINE = engine.Engine()


@dataclass(frozen=True, slots=True)
class Pair:
    """A view of the query, and what is kept of an item under `key`, that may be alike.

    Views are frames of an animation, or a long picture and its tiles, numbered as in
    `Examination.features`. The lower the `rank`, and of equal ones the more `votes`, the likelier.
    """

    view: int
    key: int
    rank: int
    votes: float = 0.0

    @property
    def item_id(self) -> int:
        """Return the row id of the item."""
        return frame_keys.item_of(self.key)

    @property
    def item_view(self) -> int:
        """Return the number under which the item's view is kept."""
        return frame_keys.frame_of(self.key)


@dataclass(frozen=True, slots=True)
class Compared:
    """How an item compares with the query; of animations by one frame each.

    `pair` are the two views that are most alike. `comparison` is that of whole pictures or frames,
    also when the views are tiles.
    """

    pair: Pair
    item: Item
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class _Spot:
    """What a view shows: which frame, and which tile of it."""

    place: Place
    tile: Tile


@dataclass(frozen=True, slots=True)
class _Seen:
    """Two views that were compared."""

    pair: Pair
    item: Item
    query_place: Place
    item_place: Place
    look: Look

    @property
    def is_still(self) -> bool:
        return self.query_place.frames == self.item_place.frames == 1

    @property
    def frames(self) -> tuple[int, int, int]:
        return self.item.pk, self.query_place.frame, self.item_place.frame


def compared(
    asked: Examination,
    index: UpToDate,
    list_ids: Collection[int],
    *,
    also: Sequence[tuple[int, int]],
    after: Position,
    rows: KeptRows = indexed_rows,
) -> Iterator[Compared]:
    """Yield how each two frames compare that were compared in full depth.

    `also` are frames of the query, each with one of an item (`frame_keys`), to compare besides
    those that are found. Frames without features, because they were added in a hurry, or without
    today's PDQ are left out.
    """
    view_of = {view.frame: number for number, view in enumerate(asked.features)}
    known = [Pair(view_of[frame], key, rank=-1) for frame, key in also if frame in view_of]
    pairs = chosen([*known, *_candidates(asked, index, list_ids, after)])
    seen: dict[tuple[int, int, int], list[_Seen]] = defaultdict(list)
    for each in _looked_at(asked, pairs, rows):
        seen[each.frames].append(each)
    for each in _looked_at(asked, _in_place(asked.sighting, seen.values()), rows):
        seen[each.frames].append(each)
    for looks in seen.values():
        yield _together(asked.sighting, looks)


def _looked_at(asked: Examination, pairs: Sequence[Pair], rows: KeptRows) -> Iterator[_Seen]:
    """Compare each pair of which both views are kept."""
    # A tile has the fingerprints of its picture.
    wholes = (frame_keys.key_of(pair.item_id, 0) for pair in pairs)
    items = rows.items_of((*wholes, *(pair.key for pair in pairs)))
    there = [pair for pair in pairs if pair.item_id in items]
    features = rows.features_of({(items[pair.item_id].image_id, pair.item_view) for pair in there})
    pictures = {
        view: _query_picture(asked.sighting, asked.features[view])
        for view in {pair.view for pair in there}
    }
    for pair in there:
        item, query = items[pair.item_id], pictures[pair.view]
        query_spot = _spot(asked.sighting, asked.features[pair.view].frame)
        item_spot = _spot(item.image, pair.item_view)
        kept = features.get((item.image_id, pair.item_view))
        fingerprints = rows.fingerprints_of(item, item_spot.place.frame)
        if kept is None or fingerprints is None:
            continue
        tile = item_spot.tile
        picture = ItemPicture(tile.width, tile.height, fingerprints, kept)
        look = tiles.look(
            (query_spot.tile, tile),
            (_size(asked.sighting), _size(item.image)),
            _ENGINE.compare_in_full(query, picture),
            features=min(len(query.features.upright), len(kept.local)),
        )
        yield _Seen(pair, item, query_spot.place, item_spot.place, look)


def _in_place(query: Sighting, seen: Iterable[Sequence[_Seen]]) -> list[Pair]:
    """Return the pairs of tiles that should be alike by the map of an item's best pair.

    They tell whether more than a header is the same, and how far it goes. It is asked for the best
    few items only.
    """
    best_of_each = [(_best(looks), looks) for looks in seen]
    likely = [each for each in best_of_each if each[0].look.is_duplicate and each[0].is_still]
    best_first = sorted(likely, key=lambda each: -each[0].look.comparison.score)
    further: list[Pair] = []
    for best, looks in best_first[:_MAX_ITEMS_IN_PLACE]:
        known = {(each.pair.view, each.pair.item_view) for each in looks}
        facing = tiles.facing(best.look, _size(query), _size(best.item.image))
        further += [
            Pair(view, frame_keys.key_of(best.item.pk, number), rank=0)
            for view, number in facing
            if (view, number) not in known
        ]
    return further


def _together(query: Sighting, seen: Sequence[_Seen]) -> Compared:
    best = _best(seen)
    looks = [each.look for each in seen]
    comparison = tiles.together(looks, _size(query), _size(best.item.image))
    placed = frames.placed(comparison, best.query_place, best.item_place)
    return Compared(best.pair, best.item, placed)


def _best(seen: Iterable[_Seen]) -> _Seen:
    return max(seen, key=lambda each: each.look.comparison.score)


def _spot(picture: Sighting | Image, number: int) -> _Spot:
    """Return what has this number: a frame of an animation, or a tile of a still picture."""
    if picture.frames > 1:
        return _Spot(Place(number, picture.frames), tiles.whole(_size(picture)))
    return _Spot(Place(0, 1), tiles.views_of(_size(picture))[number])


def _size(picture: Sighting | Image) -> Size:
    return picture.width, picture.height


def chosen(pairs: Iterable[Pair]) -> list[Pair]:
    """Return the pairs to compare, the likeliest first: not many of one item, nor in all.

    What is likeliest for one view comes before what is less likely for any other.
    """
    best: dict[tuple[int, int], Pair] = {}
    count_by_item: Counter[int] = Counter()
    for pair in sorted(pairs, key=lambda pair: (pair.rank, -pair.votes)):
        is_new = (pair.view, pair.key) not in best
        if is_new and count_by_item[pair.item_id] < MAX_PAIRS_PER_ITEM:
            best[pair.view, pair.key] = pair
            count_by_item[pair.item_id] += 1
    return list(best.values())[:MAX_PAIRS]


@timings.measured(timings.SEARCH)
def _candidates(
    asked: Examination, index: UpToDate, list_ids: Collection[int], after: Position
) -> Iterator[Pair]:
    """Yield what each view of the query is to be compared with."""
    limit = min(_MAX_BY_FEATURES + _MORE_PER_LIST * (len(list_ids) - 1), _MAX_BY_FEATURES_IN_ALL)
    by_features = index.search_features(
        [view.asked for view in asked.features], list_ids=list_ids, limit=limit, after=after
    )
    by_fingerprint = partial(
        index.search, list_ids=list_ids, limit=_NEAREST_BY_FINGERPRINT, after=after
    )
    for number, view in enumerate(asked.features):
        for rank, found in enumerate(by_features.candidates[number]):
            yield Pair(number, found.key, rank, found.votes)
        spot = _spot(asked.sighting, view.frame)
        if spot.tile.size != _size(asked.sighting):
            continue
        seen = _fingerprints(asked.sighting, spot.place.frame)
        positives, negatives = _with_detail(*seen), _with_detail(seen[0].negative)
        yield from _ranked(number, by_fingerprint(positives, radius_bits=_RADIUS_BITS))
        yield from _ranked(number, by_fingerprint(negatives, radius_bits=_NEGATIVE_RADIUS_BITS))


def _ranked(view: int, search: Search[Candidate]) -> Iterator[Pair]:
    """Yield the candidates of all fingerprints of the view."""
    for found in search.candidates:
        for rank, candidate in enumerate(found):
            yield Pair(view, candidate.key, rank)


def _fingerprints(sighting: Sighting, frame: int) -> tuple[QueryFingerprints, ...]:
    """Return those of a kept frame: whole, and without its border if it has one."""
    whole = next(view for view in sighting.whole_frames if view.frame == frame)
    trimmed = [view for view in sighting.views if view.is_trimmed and view.frame == frame]
    return whole.query, *(view.query for view in trimmed)


def _with_detail(*views: QueryFingerprints) -> list[QueryFingerprints]:
    return [view for view in views if engine.is_evidence(view.upright.pdq)]


def _query_picture(sighting: Sighting, view: FrameFeatures) -> QueryPicture:
    spot = _spot(sighting, view.frame)
    whole, *trimmed = _fingerprints(sighting, spot.place.frame)
    return QueryPicture(
        width=view.width,
        height=view.height,
        fingerprints=whole,
        trimmed=trimmed[0] if trimmed else None,
        features=view.asked,
    )
