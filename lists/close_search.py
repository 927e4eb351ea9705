"""The search in full depth: which items share parts with a picture, and how well they align.

Candidates are the items that share most local features with the query, the nearest few by
fingerprint, and what the caller names. Each is aligned with the query and compared block by block.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import partial

from common import timings
from intake.examine import Examination, FrameFeatures, Sighting
from lists import frame_keys, indexed_rows
from lists.live_index import Position, Search, UpToDate
from lists.models import Item
from matching import engine, frames
from matching.engine import ItemPicture, QueryPicture
from matching.evidence import Comparison
from matching.frames import Place
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
_ENGINE = engine.Engine()


def compared(
    asked: Examination,
    index: UpToDate,
    list_ids: Collection[int],
    *,
    also: Sequence[int],
    after: Position,
) -> Iterator[tuple[Item, Comparison]]:
    """Yield each pair of frames that was compared in full depth.

    `also` are frames (`frame_keys`) to compare besides those that are found. Frames without
    features, because they were added in a hurry, or without today's PDQ are left out.
    """
    queries = [_query_picture(asked.sighting, frame) for frame in asked.features]
    keys_by_frame = [
        dict.fromkeys((*found, *also)) for found in _candidates(queries, index, list_ids, after)
    ]
    items = indexed_rows.items_of(set().union(*keys_by_frame))
    features = indexed_rows.features_of(items.values())
    for frame, query, keys in zip(asked.features, queries, keys_by_frame, strict=True):
        query_place = Place(frame.frame, asked.sighting.frames)
        for key in keys:
            item = items.get(frame_keys.item_of(key))
            item_frame = frame_keys.frame_of(key)
            if item is None or (item.image_id, item_frame) not in features:
                continue
            fingerprints = indexed_rows.fingerprints_of(item, item_frame)
            if fingerprints is None:
                continue
            picture = ItemPicture(
                width=item.image.width,
                height=item.image.height,
                fingerprints=fingerprints,
                features=features[item.image_id, item_frame],
            )
            comparison = _ENGINE.compare_in_full(query, picture)
            item_place = Place(item_frame, item.image.frames)
            yield item, frames.placed(comparison, query_place, item_place)


@timings.measured(timings.SEARCH)
def _candidates(
    queries: Sequence[QueryPicture], index: UpToDate, list_ids: Collection[int], after: Position
) -> list[list[int]]:
    """Return, for each frame of the query, the keys of the frames to compare it with."""
    limit = min(_MAX_BY_FEATURES + _MORE_PER_LIST * (len(list_ids) - 1), _MAX_BY_FEATURES_IN_ALL)
    by_features = index.search_features(
        [query.features for query in queries], list_ids=list_ids, limit=limit, after=after
    )
    by_fingerprint = partial(
        index.search, list_ids=list_ids, limit=_NEAREST_BY_FINGERPRINT, after=after
    )
    return [
        [
            *(candidate.key for candidate in found),
            *_keys(by_fingerprint(_views_of(query), radius_bits=_RADIUS_BITS)),
            *_keys(by_fingerprint(_with_detail(query.negative), radius_bits=_NEGATIVE_RADIUS_BITS)),
        ]
        for query, found in zip(queries, by_features.candidates, strict=True)
    ]


def _keys(search: Search[Candidate]) -> Iterator[int]:
    """Yield the keys of all candidates of all views."""
    return (candidate.key for found in search.candidates for candidate in found)


def _views_of(query: QueryPicture) -> list[QueryFingerprints]:
    return _with_detail(query.fingerprints, *([query.trimmed] if query.trimmed else []))


def _with_detail(*views: QueryFingerprints) -> list[QueryFingerprints]:
    return [view for view in views if engine.is_evidence(view.upright.pdq)]


def _query_picture(sighting: Sighting, features: FrameFeatures) -> QueryPicture:
    whole = next(view for view in sighting.whole_frames if view.frame == features.frame)
    trimmed = next(
        (view.query for view in sighting.views if view.is_trimmed and view.frame == whole.frame),
        None,
    )
    return QueryPicture(
        width=features.width,
        height=features.height,
        fingerprints=whole.query,
        trimmed=trimmed,
        features=features.asked,
    )
