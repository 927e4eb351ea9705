"""What collections keep: records come in, are read, changed and deleted."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from accounts.permissions import Permission
from api.shapes import Json
from api.ximilar import hashing, records
from api.ximilar.answers import XimilarAnswer
from api.ximilar.collection import OpenCollection, item_of
from api.ximilar.errors import DuplicateId
from api.ximilar.records import Record
from api.ximilar.statuses import Status
from lists import contexts
from lists import services as lists_services
from review.pairs import services as pairs_services
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission, Outcome

if TYPE_CHECKING:
    from lists.models import Item


def insert(collection: OpenCollection, asked: Sequence[Record]) -> XimilarAnswer:
    """Add records with new ids, one after the other, until the time is over."""
    collection.actor.require(Permission.CHANGE_ITEMS)
    ends_at_s = time.monotonic() + hashing.DEADLINE_S
    return collection.each(
        asked,
        lambda record: _insert(collection, record, ends_at_s),
        Status.INSERTED,
        Status.SOME_INSERTED,
    )


def get(collection: OpenCollection, asked: Sequence[Record]) -> XimilarAnswer:
    """Return the records of the ids asked."""
    items = collection.items([record.id for record in asked])
    return collection.each(
        asked,
        lambda record: collection.shown(item_of(items, records.required_id(record))),
        Status.FOUND,
        Status.SOME_NOT_FOUND,
    )


def update(collection: OpenCollection, asked: Sequence[Record]) -> XimilarAnswer:
    """Set fields of records, leaving their other fields and their pictures as they are."""
    collection.actor.require(Permission.CHANGE_ITEMS)
    items = collection.items([record.id for record in asked])

    def act(record: Record) -> Json:
        record_id = records.required_id(record)
        item_of(items, record_id)
        changed = [
            lists_services.change_context(by=collection.actor, item=item, changes=record.fields)
            for item in items[record_id]
        ]
        return collection.shown(changed[0])

    return collection.each(asked, act, Status.OK, Status.SOME_NOT_FOUND)


def remove(collection: OpenCollection, asked: Sequence[Record]) -> XimilarAnswer:
    """Delete the records of the ids asked."""
    collection.actor.require(Permission.CHANGE_ITEMS)
    items = collection.items([record.id for record in asked])

    def act(record: Record) -> Json:
        record_id = records.required_id(record)
        deleted = collection.shown(item_of(items, record_id))
        pairs_services.remove_items(by=collection.actor, items=items[record_id])
        return deleted

    return collection.each(asked, act, Status.DELETED, Status.SOME_NOT_FOUND)


def _insert(collection: OpenCollection, record: Record, ends_at_s: float) -> Json:
    timeout_s = hashing.remaining_s(ends_at_s)
    record_id = records.checked_id(record) or str(uuid.uuid4())
    custom_id = lists_services.checked_custom_id(text=record_id)
    if collection.items([custom_id]):
        raise _duplicate()
    # Before the picture is fetched and looked at, which costs more.
    context = contexts.checked(record.fields)
    submission = NewSubmission(
        raw=records.load(record, timeout_s=timeout_s),
        add_to=collection.image_list,
        custom_id=custom_id,
        context=context,
    )
    outcome = submissions_services.submit(
        by=collection.actor, submission=submission, when_stored=_require_new
    )
    return collection.shown(_added(outcome))


def _require_new(outcome: Outcome) -> None:
    """Raise DuplicateId when somebody has inserted the same _id meanwhile; nothing is stored."""
    if not outcome.is_new_item or not lists_services.hold_custom_id(item=_added(outcome)):
        raise _duplicate()


def _added(outcome: Outcome) -> Item:
    if outcome.item is None:
        raise AssertionError("what is added has an item")
    return outcome.item


def _duplicate() -> DuplicateId:
    return DuplicateId("The collection has a record of this _id already.", field="_id")
