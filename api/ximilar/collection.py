"""A collection, which is Ximilar's name for a list: its records are items with their context."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from rest_framework.request import Request

from accounts.actors import Actor
from api import errors as api_errors
from api import request_ids
from api.authentication import actor_of
from api.shapes import Json
from api.ximilar import errors
from api.ximilar.answers import XimilarAnswer
from api.ximilar.records import Record
from api.ximilar.statuses import Status
from common.errors import LookalikeError
from lists import selectors
from lists import services as lists_services
from lists.selectors import ItemNotFound

if TYPE_CHECKING:
    from lists.models import Item, List

ALL_FIELDS = "*"


@dataclass(frozen=True, slots=True)
class OpenCollection:
    """A list, who has opened it in which request, and which fields of a record they want."""

    image_list: List
    actor: Actor
    fields: Sequence[str]
    request_id: str

    def shown(self, item: Item) -> Json:
        """Return a record: the item's id, and what is asked for of its context and size."""
        own = {
            "_id": item.custom_id or item.public_id,
            "_width": item.image.width,
            "_height": item.image.height,
        }
        known = {**item.context, **own}
        if ALL_FIELDS in self.fields:
            return known
        return {"_id": own["_id"], **{name: known[name] for name in self.fields if name in known}}

    def items(self, ids: Collection[str]) -> dict[str, list[Item]]:
        """Return the items of these ids, of each the newest first."""
        return selectors.items_by_own_id(self.image_list, ids)

    def each(
        self, asked: Iterable[Record], act: Callable[[Record], Json], whole: Status, part: Status
    ) -> XimilarAnswer:
        """Return what `act` makes of every record; those by which it fails are skipped records.

        The status is `whole` when all went well and `part` when some did.
        """
        answered: list[Json] = []
        failed: list[tuple[Record, LookalikeError]] = []
        for record in asked:
            done = api_errors.attempted(partial(act, record))
            if isinstance(done, LookalikeError):
                failed.append((record, done))
            else:
                answered.append(done)
        body = {
            "answer_records": answered,
            "answer_count": len(answered),
            "skipped_records": [
                _skipped(record, error, self.request_id) for record, error in failed
            ],
        }
        if not failed:
            return XimilarAnswer(whole, body)
        status = part if answered else _common(error for _, error in failed)
        return XimilarAnswer(status, body, skipped_count=len(failed))


def opened(request: Request, fields: Sequence[str]) -> OpenCollection:
    """Return the collection that the header `collection-id` names, else the default list."""
    actor = actor_of(request)
    public_id = request.headers.get("collection-id", "").strip()
    image_list = lists_services.list_or_default(by=actor, public_id=public_id)
    return OpenCollection(image_list, actor, fields, request_ids.of(request))


def item_of(items: dict[str, list[Item]], record_id: str) -> Item:
    """Return the newest item of an id; raise ItemNotFound without one."""
    if record_id not in items:
        raise ItemNotFound("The collection has no record of this _id.", field="_id")
    return items[record_id][0]


def _skipped(record: Record, error: LookalikeError, request_id: str) -> Json:
    status = errors.record_status(error, url=record.url, request_id=request_id)
    return {**record.echoed(), "_status": status}


def _common(failures: Iterable[LookalikeError]) -> Status:
    """Return the status that says why every record failed, if they all failed by the same."""
    codes = {api_errors.row_for(error, errors.TABLE).code for error in failures}
    known = {Status.NOT_FOUND, Status.DUPLICATE}
    return Status(codes.pop()) if len(codes) == 1 and codes <= known else Status.FAILED
