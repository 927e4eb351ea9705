"""Background work of lists."""

from __future__ import annotations

from jobs import handlers
from jobs.handlers import Payload
from lists import selectors, services, text_reading, texts, words
from lists.models import List

_BATCH = 500
# Some seconds of work, so that other jobs have their turn between.
_READ_AT_ONCE = 5


@handlers.job(services.DEEPEN_LIST)
def deepen_list(payload: Payload) -> None:
    """Leave each item that lacks something of the present versions to a separate job.

    A batch at a time, and the rest of the list to a further job.
    """
    image_list = List.objects.filter(pk=payload["list_id"], removed_at=None).first()
    if image_list is None:
        return
    outdated = selectors.outdated_items(image_list, after_item_id=payload["after_item_id"])
    items = list(outdated[:_BATCH])
    for item in items:
        services.deepen_later(item=item)
    if len(items) == _BATCH:
        services.deepen_list_later(image_list=image_list, after_item_id=items[-1].pk)


@handlers.job(services.TELL_LIST)
def tell_list(payload: Payload) -> None:
    """Have every index look at the items of a list that was removed or put back."""
    services.tell_list(list_id=payload["list_id"], after_item_id=payload["after_item_id"])


@handlers.job(text_reading.READ_LIST)
def read_list_texts(payload: Payload) -> None:
    """Read the texts of some items, the newest first, and leave the rest to a further job."""
    image_list = List.objects.filter(pk=payload["list_id"], removed_at=None).first()
    if image_list is None or not texts.are_read_for(image_list):
        return
    items = list(texts.unread_items(image_list)[:_READ_AT_ONCE])
    for item in items:
        text_reading.read(item.image)
    if len(items) == _READ_AT_ONCE:
        text_reading.read_list_later(image_list=image_list)


@handlers.job(words.KEEP_WORDS)
def keep_words(payload: Payload) -> None:
    """Keep the words of some of what an organisation has, and leave the rest to a further job."""
    words.keep_next(
        organisation_id=payload["organisation_id"],
        after_item_id=payload["after_item_id"],
        after_image_id=payload["after_image_id"],
    )
