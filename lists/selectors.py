"""Reads of lists: every object is reached through who asks, and a foreign id is an unknown id."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from secrets import SystemRandom
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from accounts.actors import Actor
from accounts.permissions import Permission
from common.errors import InvalidInput, NotFound
from common.sentences import Sentence
from lists import contexts, storage
from lists.depths import Depth
from lists.models import Image, ImageFingerprint, ImageVector, Item, ItemAct, ItemDeed, List
from lists.pages import Page, newest_page
from matching import engine, tiles, transparency
from matching.features import USUAL_VIEWS_SINCE, VIEWS_VERSION, extract
from matching.hashers import Hasher, registry
from matching.hashers.registry import PDQ

_ITEMS_AT_ONCE = 1_000
_MOST_OFFERED = 200
# Items whose transparent parts, if their files may have any, were not seen as they are today.
SEEN_OTHERWISE = ~Q(image__format__in=transparency.OPAQUE_FORMATS) & (
    Q(image__transparency_version=None) | ~Q(image__transparency_version=transparency.VERSION)
)
# A condition that no row meets.
NOTHING = Q(pk__in=[])
# Each is read and compared by this process.
MAX_LOOKED_THROUGH = 50_000
# A removal can be taken back for this long, also when nothing else keeps the picture.
REMOVAL_UNDO_PERIOD = dt.timedelta(days=30)


class ListNotFound(NotFound):
    """No such list within the actor's reach."""

    code = "list_not_found"


class ItemNotFound(NotFound):
    """No such item in that list within the actor's reach."""

    code = "item_not_found"


class TooManyToLookThrough(InvalidInput):
    """The list has more items than are looked through for a context."""

    code = "too_many_to_look_through"


_random = SystemRandom()
_SHA256 = re.compile("[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class SoughtItems:
    """Which items to return; what is empty asks nothing."""

    custom_id: str = ""
    sha256: str = ""
    image_list: List | None = None


@dataclass(frozen=True, slots=True)
class RemovedItem:
    """An item that can be taken back, and who removed it; None of before that was kept."""

    item: Item
    deed: ItemDeed | None


def lists_for(actor: Actor) -> QuerySet[List]:
    """Return the live lists that the actor may reach."""
    actor.require(Permission.VIEW)
    lists = List.objects.filter(organisation_id=actor.organisation_id, removed_at=None)
    if actor.is_restricted:
        lists = lists.filter(grants__credential_id=actor.credential_id)
    return lists


def list_for(actor: Actor, public_id: str) -> List:
    """Return one list; raise ListNotFound for an id that is unknown or somebody else's."""
    found = lists_for(actor).filter(public_id=searchable(public_id)).first()
    if found is None:
        raise list_not_found()
    return found


def list_not_found() -> ListNotFound:
    """Return the one answer for lists that are unknown, removed or somebody else's."""
    return ListNotFound("There is no such list.", field="list")


def lists_named(actor: Actor, public_ids: Sequence[str]) -> list[List]:
    """Return the lists in the order asked; raise ListNotFound unless every one is there."""
    return [list_for(actor, public_id) for public_id in public_ids]


def lists_offered(actor: Actor) -> list[List]:
    """Return lists to choose one from, by name, as many as a page offers."""
    return list(lists_for(actor).order_by("name", "pk")[:_MOST_OFFERED])


def other_lists(actor: Actor, image_list: List) -> list[List]:
    """Return the lists to which this list's items can go, by name, as many as a page offers."""
    others = lists_for(actor).exclude(pk=image_list.pk)
    return list(others.order_by("name", "pk")[:_MOST_OFFERED])


def overview_for(actor: Actor) -> QuerySet[List]:
    """Return the lists, newest first, each with `item_count`, its number of live items."""
    live_items = Count("items", filter=Q(items__removed_at=None))
    return lists_for(actor).annotate(item_count=live_items).order_by("-pk")


def newest_items(lists: Collection[List], *, each: int) -> dict[int, list[Item]]:
    """Return up to `each` of the newest items of every list, by list row id, in two queries."""
    newest_first = Item.objects.filter(image_list=OuterRef("pk"), removed_at=None).order_by("-pk")
    # One look into the index per place: a window over all items would read every row of them.
    places = {
        f"place_{number}": Subquery(newest_first.values("pk")[number : number + 1])
        for number in range(each)
    }
    rows = List.objects.filter(pk__in=[image_list.pk for image_list in lists])
    item_ids = [
        item_id
        for row in rows.annotate(**places).values_list(*places)
        for item_id in row
        if item_id
    ]
    newest: dict[int, list[Item]] = {image_list.pk: [] for image_list in lists}
    for item in Item.objects.filter(pk__in=item_ids).select_related("image").order_by("-pk"):
        newest[item.image_list_id].append(item)
    return newest


def item_count(image_list: List) -> int:
    """Return the number of a list's live items."""
    return image_list.items.filter(removed_at=None).count()


def lists_page(actor: Actor, *, after: int | None, size: int) -> Page[List]:
    """Return the lists that follow row id `after`, newest first, each with its `item_count`."""
    return newest_page(overview_for(actor), after=after, size=size)


def items_of(image_list: List) -> QuerySet[Item]:
    """Return a list's live items, newest first, with their images."""
    return image_list.items.filter(removed_at=None).select_related("image").order_by("-pk")


def items_page(image_list: List, *, after: int | None, size: int) -> Page[Item]:
    """Return the items that follow row id `after`, newest first."""
    return newest_page(items_of(image_list), after=after, size=size)


def outdated_items(image_list: List, *, after_item_id: int = 0) -> QuerySet[Item]:
    """Return the live items, oldest first, that lack features or fingerprints of today's versions.

    So do those whose transparent parts were seen otherwise. Features are missed only where the
    list's depth asks for them.
    """
    lacking = Q(*(~Exists(_fingerprints_by(each)) for each in registry.HASHERS), _connector=Q.OR)
    lacking |= SEEN_OTHERWISE
    if image_list.depth == Depth.FULL:
        lacking |= _lacking_features()
        if settings.LEARNED_MODEL:
            by_model = ImageVector.objects.filter(model=settings.LEARNED_MODEL.key)
            lacking |= Q(~Exists(by_model.filter(image=OuterRef("image"))))
    items = image_list.items.filter(lacking, removed_at=None, pk__gt=after_item_id)
    return items.select_related("image").order_by("pk")


def _lacking_features() -> Q:
    is_long = Q(image__width__gt=F("image__height") * tiles.LONG_ASPECT) | Q(
        image__height__gt=F("image__width") * tiles.LONG_ASPECT
    )
    has_tiles = Q(image__frames=1) & is_long
    is_unusual = has_tiles | Q(image__frames__gt=extract.VIEWS_IN_FULL)
    return (
        Q(image__feature_version=None)
        | Q(image__feature_version__lt=USUAL_VIEWS_SINCE)
        | Q(image__feature_version__gt=VIEWS_VERSION)
        | (Q(image__feature_version__lt=VIEWS_VERSION) & is_unusual)
    )


def _fingerprints_by(hasher: Hasher) -> QuerySet[ImageFingerprint]:
    return ImageFingerprint.objects.filter(
        image=OuterRef("image"), algorithm=hasher.algorithm, version=hasher.version
    )


def item_for(image_list: List, public_id: str) -> Item:
    """Return a live item of the list; raise ItemNotFound for any other id."""
    item = items_of(image_list).filter(public_id=searchable(public_id)).first()
    if item is None:
        raise ItemNotFound("There is no such image in this list.", field="media_id")
    return item


def item_ever_in_reach(actor: Actor, public_id: str) -> Item:
    """Return an item of a list in reach, a removed one too; raise ItemNotFound for any other id."""
    items = Item.objects.filter(image_list__in=lists_for(actor), public_id=searchable(public_id))
    item = items.select_related("image", "image_list").first()
    if item is None:
        raise ItemNotFound(Sentence("There is no such image in your lists."))
    return item


def items_in_reach(actor: Actor, image_list: List | None = None) -> QuerySet[Item]:
    """Return the live items of the lists that the actor may reach, or of one, newest first."""
    items = Item.objects.filter(removed_at=None, image_list__in=lists_for(actor))
    if image_list is not None:
        items = items.filter(image_list=image_list)
    return items.select_related("image", "image_list").order_by("-pk")


def items_known_as(actor: Actor, name: str, *, image_list: List | None = None) -> list[Item]:
    """Return the items of a public id, or of a SHA-256 in hexadecimal; raise ItemNotFound."""
    items = items_in_reach(actor, image_list)
    if _SHA256.fullmatch(name):
        # Other organisations' images are out of reach anyway; this one's are in the index.
        found = list(items.filter(_of_file(actor.organisation_id, name)))
    else:
        found = list(items.filter(public_id=searchable(name)))
    if not found:
        raise ItemNotFound(Sentence("There is no such image in your lists."))
    return found


def _of_file(organisation_id: int, sha256: str) -> Q:
    """Return what is true of items whose file has this SHA-256, as the index of images has it."""
    return Q(image__organisation=organisation_id, image__sha256=sha256.lower())


def found_items_page(
    actor: Actor, sought: SoughtItems, *, after: int | None, size: int
) -> Page[Item]:
    """Return the sought items that follow row id `after`, newest first."""
    items = items_in_reach(actor, sought.image_list)
    if sought.custom_id:
        items = items.filter(custom_id=searchable(sought.custom_id))
    if sought.sha256:
        items = items.filter(_of_file(actor.organisation_id, searchable(sought.sha256)))
    return newest_page(items, after=after, size=size)


def items_named(image_list: List, *, public_id: str | None, custom_id: str | None) -> list[Item]:
    """Return the live items that carry all the ids given; raise ItemNotFound without any."""
    items = items_of(image_list)
    if public_id is not None:
        items = items.filter(public_id=searchable(public_id))
    if custom_id is not None:
        items = items.filter(custom_id=searchable(custom_id))
    found = list(items)
    if not found:
        raise ItemNotFound("There is no such image in this list.", field="media_id")
    return found


def earlier_namesakes(item: Item) -> list[Item]:
    """Return the live items of the same list and custom_id that came before this one."""
    namesakes = items_of(item.image_list).filter(custom_id=item.custom_id, pk__lt=item.pk)
    return list(namesakes)


def deeds_of(item: Item) -> list[ItemDeed]:
    """Return who added, removed and restored an item, newest first.

    Of what was done before anybody's name was kept there is the time alone.
    """
    deeds = list(item.deeds.select_related("user", "credential").order_by("-pk"))
    kept = {deed.act for deed in deeds}
    if item.removed_at is not None and ItemAct.REMOVE not in kept:
        deeds.insert(0, ItemDeed(item=item, act=ItemAct.REMOVE, created_at=item.removed_at))
    if ItemAct.ADD not in kept:
        deeds.append(ItemDeed(item=item, act=ItemAct.ADD, created_at=item.created_at))
    return deeds


def fingerprints_of(image: Image) -> QuerySet[ImageFingerprint]:
    """Return the fingerprints of an image's first frame, by algorithm, the newest version first."""
    return image.fingerprints.filter(frame=0).order_by("algorithm", "-version")


def is_flat(image: Image) -> bool:
    """Tell whether no frame has enough detail to match by more than identical bytes or pixels."""
    seen = image.fingerprints.filter(algorithm=PDQ.algorithm, quality__gte=engine.MIN_QUALITY)
    return not seen.exists()


def pdq_bits(image_ids: Collection[int]) -> dict[int, bytes]:
    """Return the 256 bits of PDQ of each image's first frame, by image row id."""
    rows = ImageFingerprint.objects.filter(
        image_id__in=image_ids, algorithm=PDQ.algorithm, version=PDQ.version, frame=0
    )
    return {image_id: bytes(bits) for image_id, bits in rows.values_list("image_id", "bits")}


def items_by_own_id(image_list: List, ids: Collection[str]) -> dict[str, list[Item]]:
    """Return the live items by the id that a client knows them by, of each id the newest first.

    That is the custom_id, or the public id of an item without one. Ids without an item are left
    out.
    """
    asked = [searchable(each) for each in ids if each]
    by_own_id = Q(custom_id__in=asked) | Q(custom_id="", public_id__in=asked)
    found: dict[str, list[Item]] = {}
    for item in items_of(image_list).filter(by_own_id):
        found.setdefault(item.custom_id or item.public_id, []).append(item)
    return found


def oldest_items(
    image_list: List, *, skip: int, size: int, context: Mapping[str, Any] | None = None
) -> Iterator[Item]:
    """Yield up to `size` live items, oldest first, after the first `skip` of them.

    With a context, of those whose own contains it; raise TooManyToLookThrough where the database
    cannot find them.
    """
    items = items_of(image_list).order_by("pk")
    if context and not _finds_contexts():
        return islice(_looked_through(items, context), skip, skip + size)
    if context:
        items = items.filter(context__contains=context)
    return items[skip : skip + size].iterator(chunk_size=_ITEMS_AT_ONCE)


def random_items(
    image_list: List, *, count: int, context: Mapping[str, Any] | None = None
) -> list[Item]:
    """Return up to `count` live items, chosen and ordered at random; raise as `oldest_items`."""
    items = items_of(image_list)
    if context and not _finds_contexts():
        return _sampled(_looked_through(items, context), count)
    if context:
        items = items.filter(context__contains=context)
    # The ids alone are sorted, and not what the items hold.
    ids = list(items.order_by("?").values_list("pk", flat=True)[:count])
    found = items.in_bulk(ids)
    return [found[item_id] for item_id in ids if item_id in found]


def _finds_contexts() -> bool:
    """Tell whether the database has an index of what contexts contain."""
    return connection.vendor == "postgresql"


def _looked_through(items: QuerySet[Item], context: Mapping[str, Any]) -> Iterator[Item]:
    for number, item in enumerate(items.iterator(chunk_size=_ITEMS_AT_ONCE), start=1):
        if number > MAX_LOOKED_THROUGH:
            raise TooManyToLookThrough(
                f"A filter looks through at most {MAX_LOOKED_THROUGH:,} images of a list on this "
                "server, since its database is SQLite. Ask without a filter.",
                field="filter",
            )
        if contexts.contains(item.context, context):
            yield item


def _sampled(items: Iterator[Item], count: int) -> list[Item]:
    """Return up to `count` of the items at random, and never hold more (Vitter's algorithm R)."""
    chosen = list(islice(items, count))
    for number, item in enumerate(items, start=len(chosen) + 1):
        place = _random.randrange(number)
        if place < count:
            chosen[place] = item
    _random.shuffle(chosen)
    return chosen


def outlived_items(image_list: List, *, now: dt.datetime) -> QuerySet[Item]:
    """Return the live items that their list has kept for long enough, the oldest first.

    One that was put back counts from then on. A list that keeps them for ever has none.
    """
    since = now - dt.timedelta(days=image_list.item_retention_days or 0)
    restored = ItemDeed.objects.filter(
        item=OuterRef("pk"), act=ItemAct.RESTORE, created_at__gte=since
    )
    items = image_list.items.filter(~Exists(restored), removed_at=None, created_at__lt=since)
    return items.order_by("pk") if image_list.item_retention_days else items.none()


def removed_lists(actor: Actor, *, now: dt.datetime) -> QuerySet[List]:
    """Return the removed lists in the actor's reach that can be taken back, the latest first.

    Each with `item_count`, the number of items that come back with it.
    """
    actor.require(Permission.CHANGE_LISTS)
    lists = List.objects.filter(
        organisation_id=actor.organisation_id,
        removed_at__gte=now - REMOVAL_UNDO_PERIOD,
        purged_at=None,
    )
    if actor.is_restricted:
        lists = lists.filter(grants__credential_id=actor.credential_id)
    counted = lists.annotate(item_count=Count("items", filter=Q(items__removed_at=None)))
    return counted.select_related("removed_by", "removed_with").order_by("-removed_at", "-pk")


def removed_list_for(actor: Actor, public_id: str) -> List:
    """Return a list that was removed, also too long ago; raise ListNotFound for any other id."""
    lists = List.objects.filter(organisation_id=actor.organisation_id)
    if actor.is_restricted:
        lists = lists.filter(grants__credential_id=actor.credential_id)
    found = lists.exclude(removed_at=None).filter(public_id=searchable(public_id)).first()
    if found is None:
        raise list_not_found()
    return found


def removed_items_page(
    actor: Actor, *, now: dt.datetime, after: int | None, size: int
) -> Page[RemovedItem]:
    """Return the removed items of lists in reach that can be taken back, the newest item first."""
    actor.require(Permission.CHANGE_ITEMS)
    items = Item.objects.filter(
        image_list__in=lists_for(actor),
        removed_at__gte=now - REMOVAL_UNDO_PERIOD,
        purged_at=None,
    ).select_related("image", "image_list")
    page = newest_page(items, after=after, size=size)
    removals = ItemDeed.objects.filter(item__in=page.rows, act=ItemAct.REMOVE)
    latest = {deed.item_id: deed for deed in removals.select_related("user", "credential")}
    return page.showing([RemovedItem(item, latest.get(item.pk)) for item in page.rows])


def removed_item_for(image_list: List, public_id: str) -> Item:
    """Return an item that was removed from the list; raise ItemNotFound for any other id."""
    removed = image_list.items.filter(public_id=searchable(public_id)).exclude(removed_at=None)
    item = removed.select_related("image").first()
    if item is None:
        raise ItemNotFound(
            Sentence("An image is not among the removed images of this list."), field="media_id"
        )
    return item


def expired_images(*, now: dt.datetime, needed: Q = NOTHING) -> QuerySet[Image]:
    """Return the images of which files and fingerprints may go: nothing needs them any more.

    An item needs its picture until it is purged, and further images are `needed`.
    """
    items = Item.objects.filter(image=OuterRef("pk"))
    fingerprints = ImageFingerprint.objects.filter(image=OuterRef("pk"))
    return Image.objects.filter(
        Q(kept_until__lt=now) | Q(Exists(items), kept_until=None),
        Q(is_stored=True) | Exists(fingerprints),
        ~Exists(items.filter(purged_at=None)),
        ~needed,
    )


def known_image(organisation_id: int, sha256: str) -> Image | None:
    """Return the organisation's image of exactly these bytes, if there is one."""
    return Image.objects.filter(organisation_id=organisation_id, sha256=sha256).first()


def may_reach(actor: Actor, image: Image) -> bool:
    """Tell whether the actor may have an image that their organisation keeps.

    A restricted actor may have those of its lists alone.
    """
    return not actor.is_restricted or items_in_reach(actor).filter(image=image).exists()


def has_thumbnails(image: Image) -> bool:
    """Tell whether the image's thumbnails are kept, and not lost."""
    return image.is_stored and storage.has_thumbnails(image)


def searchable(text: str) -> str:
    """Return the text with NUL, which PostgreSQL refuses and no stored id holds, made harmless."""
    return text.replace("\x00", "\ufffd")
