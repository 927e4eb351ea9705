"""Rows and files that are erased at once; the rooms above say which, and what else goes with them.

Everything is called in the transaction that erases: the files last, so that rows without files are
never committed, and files without rows only if the commit itself fails.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import Model, Q, QuerySet

from lists import storage
from lists.models import (
    BulkChange,
    BulkChangeItem,
    Image,
    ImageFeatures,
    ImageFingerprint,
    ImageText,
    ImageVector,
    Item,
    ItemChange,
    ItemDeed,
    ItemTag,
    List,
    ListGrant,
)


def items_at_hand(*, item_ids: Collection[int]) -> list[Item]:
    """Lock items with their images, images first as additions do; return those that are there."""
    images = Image.objects.filter(items__in=item_ids).values("pk")
    lock_images(image_ids=[row["pk"] for row in images])
    items = Item.objects.select_for_update(of=("self",)).filter(pk__in=item_ids).order_by("pk")
    return list(items.select_related("image"))


def lock_images(*, image_ids: Collection[int]) -> list[Image]:
    """Lock images in the order in which everybody locks them."""
    images = Image.objects.select_for_update().filter(pk__in=image_ids)
    return list(images.order_by("sha256"))


def unneeded(image_ids: Collection[int]) -> set[int]:
    """Return those of the images that no item needs which could be there or come back."""
    needed = Item.objects.filter(image__in=image_ids, purged_at=None)
    return set(image_ids) - set(needed.values_list("image", flat=True))


@transaction.atomic
def erase_items(*, items: Sequence[Item]) -> None:
    """Delete the rows of locked items, and have every index look at them."""
    ItemChange.objects.bulk_create(ItemChange(item_id=item.pk) for item in items)
    ids = [item.pk for item in items]
    delete_rows(ItemDeed.objects.filter(item__in=ids))
    delete_rows(ItemTag.objects.filter(item__in=ids))
    delete_rows(BulkChangeItem.objects.filter(Q(item__in=ids) | Q(made__in=ids)))
    delete_rows(Item.objects.filter(pk__in=ids))


@transaction.atomic
def erase_images(*, images: Sequence[Image]) -> None:
    """Delete locked images that nothing refers to but purged items: their rows and their files."""
    ids = [image.pk for image in images]
    erase_items(items=list(Item.objects.filter(image__in=ids)))
    delete_rows(ImageFingerprint.objects.filter(image__in=ids))
    delete_rows(ImageFeatures.objects.filter(image__in=ids))
    delete_rows(ImageVector.objects.filter(image__in=ids))
    delete_rows(ImageText.objects.filter(image__in=ids))
    delete_rows(Image.objects.filter(pk__in=ids))
    for image in images:
        storage.delete_files(image)
        storage.delete_set_aside_of(image.organisation_id, image.sha256)


@transaction.atomic
def erase_list(*, list_id: int) -> None:
    """Delete the row of a list that has no items and no pairs; the database refuses any other."""
    delete_rows(ListGrant.objects.filter(image_list=list_id))
    changes = BulkChange.objects.filter(Q(image_list=list_id) | Q(target=list_id))
    delete_rows(BulkChangeItem.objects.filter(change__in=changes))
    delete_rows(changes)
    delete_rows(List.objects.filter(pk=list_id))


def delete_rows(rows: QuerySet[Model]) -> int:
    """Delete rows by one statement, without looking for what refers to them; return how many.

    The database refuses it at the commit if something does.
    """
    # The public way looks at every row that refers to one of these, and refuses some of them.
    return int(rows._raw_delete(rows.db) or 0)  # noqa: SLF001
