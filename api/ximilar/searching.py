"""What collections answer: all records, some at random, and those that look like a picture."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from accounts.permissions import Permission
from api.shapes import Json
from api.ximilar import hashing, records
from api.ximilar.answers import XimilarAnswer
from api.ximilar.collection import OpenCollection, item_of
from api.ximilar.records import Record
from api.ximilar.statuses import Status
from common.errors import InvalidInput
from intake.sources import RawImage
from lists import selectors
from lists.originals import original_of
from review.submissions import services as submissions_services
from review.submissions.values import MAX_LIMIT, NewSubmission, Outcome

if TYPE_CHECKING:
    from lists.models import Item

# What a client gets without asking for pages.
MAX_UNPAGED = 10_000
MAX_UNPAGED_BYTES = 10_000_000
_DISTANCE_DIGITS = 4
# Nothing in common: what the search does not find at all.
_FARTHEST = 1.0
# Records that are to be ranked are compared also when they are no match.
_LEAST_SCORE = 0.01


def random(collection: OpenCollection, *, count: int, context: Mapping[str, Any]) -> XimilarAnswer:
    """Return records chosen at random."""
    items = selectors.random_items(collection.image_list, count=count, context=context)
    return _listed(collection, items)


def all_records(
    collection: OpenCollection, *, size: int | None, page: int, context: Mapping[str, Any]
) -> XimilarAnswer:
    """Return a page of the records, oldest first, with `next` when there are more of them.

    Without a size they come all together; raise InvalidInput when they are too many for that.
    """
    room = size or MAX_UNPAGED
    skip = room * (page - 1) if size else 0
    found = selectors.oldest_items(collection.image_list, skip=skip, size=room + 1, context=context)
    items = list(_bounded(found) if size is None else found)
    answer = _listed(collection, items[:room])
    if size is not None and len(items) > room:
        return answer.adding(next=f"allRecords?size={size}&page={page + 1}")
    return answer


def nearest(
    collection: OpenCollection, query: Record, *, k: int, context: Mapping[str, Any]
) -> XimilarAnswer:
    """Return the records that match the query's picture, nearest first."""
    outcome = _searched(collection, query, limit=k, context=context)
    matches = [match for found in outcome.by_list for match in found.matches]
    return _listed(collection, (match.item for match in matches)).adding(
        query_records=[_sized(query, outcome)],
        answer_distances=[_distance(match.score) for match in matches],
    )


def ranked(collection: OpenCollection, query: Record, asked: Sequence[Record]) -> XimilarAnswer:
    """Return the records asked, nearest to the query first; ties stay in the order given."""
    items = collection.items([record.id for record in asked])
    outcome = _searched(collection, query, limit=MAX_LIMIT, min_score=_LEAST_SCORE)
    scores = {match.item.pk: match.score for found in outcome.by_list for match in found.matches}
    distances = {
        record_id: _distance(scores[item.pk]) if item.pk in scores else _FARTHEST
        for record_id, (item, *_) in items.items()
    }
    in_order = sorted(asked, key=lambda record: distances.get(record.id, 0.0))
    return collection.each(
        in_order,
        lambda record: collection.shown(item_of(items, records.required_id(record))),
        Status.OK,
        Status.SOME_NOT_FOUND,
    ).adding(
        query_records=[_sized(query, outcome)],
        answer_distances=[distances[each.id] for each in in_order if each.id in distances],
    )


def _bounded(items: Iterable[Item]) -> Iterator[Item]:
    """Yield the items; raise InvalidInput once they are too many, or too large, for one answer."""
    size_bytes = 0
    for number, item in enumerate(items, start=1):
        size_bytes += len(json.dumps(item.context))
        if number > MAX_UNPAGED or size_bytes > MAX_UNPAGED_BYTES:
            raise InvalidInput(
                f"The collection has more than {MAX_UNPAGED:,} records, or more than "
                f"{MAX_UNPAGED_BYTES:,} bytes of fields. Ask for them in pages: ?size=1000&page=1.",
                field="size",
            )
        yield item


def _listed(collection: OpenCollection, items: Iterable[Item]) -> XimilarAnswer:
    shown = [collection.shown(item) for item in items]
    return XimilarAnswer(Status.OK, {"answer_records": shown, "answer_count": len(shown)})


def _searched(
    collection: OpenCollection,
    query: Record,
    *,
    limit: int,
    min_score: float | None = None,
    context: Mapping[str, Any] | None = None,
) -> Outcome:
    """Check the query's picture; that of a record of the collection is known and counts no more."""
    collection.actor.require(Permission.CHECK_IMAGES)
    is_new = query.has_picture
    submission = NewSubmission(
        raw=records.load(query, timeout_s=hashing.DEADLINE_S)
        if is_new
        else _kept(collection, query),
        check_lists=[collection.image_list],
        limit=limit,
        min_score=min_score,
        context_filter=context or None,
    )
    check = submissions_services.submit if is_new else submissions_services.preview
    return check(by=collection.actor, submission=submission)


def _kept(collection: OpenCollection, query: Record) -> RawImage:
    record_id = records.required_id(query)
    item = item_of(collection.items([record_id]), record_id)
    return original_of(item.image, name=item.name)


def _sized(query: Record, outcome: Outcome) -> Json:
    sighting = outcome.sighting
    return {**query.echoed(), "_width": sighting.width, "_height": sighting.height}


def _distance(score: float) -> float:
    return round(1 - score, _DISTANCE_DIGITS)
