"""Tags: words that people put on items, of one organisation and for all its lists."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from django.db import transaction
from django.db.models import Count, Min, Q

from accounts.actors import Actor
from accounts.permissions import Permission
from common.errors import InvalidInput
from common.sentences import Sentence
from lists import list_settings
from lists.models import BulkChange, Item, ItemTag, List, Tag
from lists.selectors import searchable

MAX_LENGTH: Final = 64
# Of a name without upper case: of some letters there are three then.
_MAX_FOLDED_LENGTH: Final = 128
MAX_TAGS_PER_ITEM: Final = 50
# What a page offers to choose from.
MOST_OFFERED: Final = 200
# What stands between tags in a table's cell.
SEPARATOR: Final = "|"


def checked_name(name: str) -> str:
    """Return a tag's name with single blanks; raise InvalidInput for what is none."""
    kept = list_settings.storable(" ".join(name.split()), "tag")
    is_long = len(kept) > MAX_LENGTH or len(kept.casefold()) > _MAX_FOLDED_LENGTH
    if not list_settings.is_seen(kept) or is_long or SEPARATOR in kept:
        raise InvalidInput(
            Sentence("A tag has 1 to %(most)s characters and no |.", most=MAX_LENGTH), field="tag"
        )
    return kept


def tags_of(organisation_id: int) -> list[Tag]:
    """Return the organisation's tags by name, as many as a page offers."""
    tags = Tag.objects.filter(organisation=organisation_id)
    return list(tags.order_by("folded")[:MOST_OFFERED])


def tag_named(organisation_id: int, name: str) -> Tag | None:
    """Return the tag of that name, however it is capitalised."""
    folded = searchable(name).strip().casefold()
    return Tag.objects.filter(organisation=organisation_id, folded=folded).first()


def names_of(item: Item) -> list[str]:
    """Return the names of an item's tags in the order of the alphabet."""
    return sorted((each.tag.name for each in item.item_tags.all()), key=str.casefold)


@transaction.atomic
def tags_for(*, by: Actor, names: Iterable[str]) -> list[Tag]:
    """Return the tags of these names, each once; those that are missing are made."""
    by.require(Permission.CHANGE_ITEMS)
    wanted = {name.casefold(): name for name in map(checked_name, names)}
    tags = Tag.objects.filter(organisation=by.organisation_id, folded__in=wanted)
    missing = sorted(set(wanted) - set(tags.values_list("folded", flat=True)))
    Tag.objects.bulk_create(
        [
            Tag(organisation_id=by.organisation_id, name=wanted[folded], folded=folded)
            for folded in missing
        ],
        ignore_conflicts=True,
    )
    return sorted(tags.all(), key=lambda tag: tag.folded)


@transaction.atomic
def put(*, by: Actor, items: Sequence[Item], tag: Tag) -> set[int]:
    """Put a tag on items of one list; return the row ids of those that have it only now.

    Those that have as many tags as they may are left out.
    """
    by.require(Permission.CHANGE_ITEMS)
    ids = {item.pk for item in items}
    tagged = ItemTag.objects.filter(item__in=ids)
    had = set(tagged.filter(tag=tag).values_list("item", flat=True))
    full = tagged.values("item").annotate(count=Count("pk")).filter(count__gte=MAX_TAGS_PER_ITEM)
    left_out = had | set(full.values_list("item", flat=True))
    ItemTag.objects.bulk_create(
        [
            ItemTag(item=item, tag=tag, image_list_id=item.image_list_id)
            for item in items
            if item.pk not in left_out
        ],
        ignore_conflicts=True,
    )
    return ids - left_out


@transaction.atomic
def take_off(*, by: Actor, item_ids: Collection[int], tag: Tag) -> set[int]:
    """Take a tag off items; return the row ids of those that had it."""
    by.require(Permission.CHANGE_ITEMS)
    tagged = ItemTag.objects.filter(tag=tag, item__in=item_ids)
    had = set(tagged.values_list("item", flat=True))
    tagged.delete()
    return had


@transaction.atomic
def set_tags(*, by: Actor, item: Item, names: Iterable[str]) -> list[str]:
    """Let an item have exactly the tags of these names; return them."""
    tags = tags_for(by=by, names=names)
    if len(tags) > MAX_TAGS_PER_ITEM:
        raise InvalidInput(
            Sentence("An image has at most %(most)s tags.", most=MAX_TAGS_PER_ITEM), field="tags"
        )
    ItemTag.objects.filter(item=item).exclude(tag__in=tags).delete()
    for tag in tags:
        put(by=by, items=[item], tag=tag)
    return [tag.name for tag in tags]


@transaction.atomic
def forget_tags_of(*, organisation_id: int, list_ids: Collection[int]) -> None:
    """Take all tags off the items of lists, and delete those that nothing else needs.

    Those are the ones that were used there alone, and the unused ones that are no older than the
    lists: whoever mistyped one has taken it off again.
    """
    tagged = ItemTag.objects.filter(image_list__in=list_ids)
    changes = BulkChange.objects.filter(image_list__in=list_ids, tag__isnull=False)
    used = {*tagged.values_list("tag", flat=True), *changes.values_list("tag", flat=True)}
    tagged.delete()
    changes.delete()
    begun_at = List.objects.filter(pk__in=list_ids).aggregate(first=Min("created_at"))["first"]
    unused = Tag.objects.filter(organisation=organisation_id, item_tags=None)
    unused = unused.filter(Q(pk__in=used) | Q(created_at__gte=begun_at))
    elsewhere = BulkChange.objects.filter(organisation=organisation_id, tag__isnull=False)
    unused.exclude(pk__in=elsewhere.values("tag")).delete()
