"""Copies of items in other lists: the same picture, found there as if it had been added."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from accounts.actors import Actor
from accounts.permissions import Permission
from lists import erasing, room, tags, text_reading
from lists import services as lists_services
from lists.models import Item, List
from lists.room import Amount
from review.pairs import tallies


@transaction.atomic
def copy_items(*, by: Actor, items: Sequence[Item], target: List) -> dict[int, Item | None]:
    """Put the pictures of items into another list, with ids, names, contexts and tags.

    Return the copies by the items' row ids: None where the list had the picture under that id
    already. Items whose picture is not kept are left out. What is in the list and matches is
    looked for in the background. Raise StorageQuotaExceeded when there is no room for all. The
    caller has taken its turn (`invariants.take_turn`).
    """
    by.require(Permission.CHANGE_ITEMS)
    room.require_room(by.organisation_id, Amount(items=len(items)))
    images = {
        image.pk: image for image in erasing.lock_images(image_ids={i.image_id for i in items})
    }
    copies: dict[int, Item | None] = {}
    for item in items:
        image = images.get(item.image_id)
        if image is None or not image.is_stored:
            continue
        placed = lists_services.place_item(
            by=by,
            image_list=target,
            image=image,
            custom_id=item.custom_id,
            name=item.name,
            context=item.context,
        )
        copies[item.pk] = placed.item if placed.is_new else None
        if placed.is_new:
            _settle(by, item, placed.item)
    made = sum(copy is not None for copy in copies.values())
    if made and target.reads_text:
        text_reading.read_list_later(image_list=target)
    room.take(organisation_id=by.organisation_id, amount=Amount(items=made))
    return copies


def _settle(by: Actor, item: Item, copy: Item) -> None:
    tallies.count_new(copy)
    for each in item.item_tags.all():
        tags.put(by=by, items=[copy], tag=each.tag)
    lists_services.deepen_later(item=copy)
