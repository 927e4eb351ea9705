"""Writes of lists: lists themselves, images, and images' places in lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts import audit
from accounts.actors import Actor
from accounts.audit import AuditAct, Subject, SubjectKind
from accounts.permissions import Permission
from common.errors import Conflict, InvalidInput
from common.sentences import Sentence
from intake.examine import Examination, FrameFeatures, Sighting
from intake.sources import RawImage
from jobs import services as jobs_services
from lists import contexts, list_settings, selectors, storage, text_reading, words
from lists.depths import Depth
from lists.list_settings import ListSettings
from lists.models import (
    Image,
    ImageFeatures,
    ImageFingerprint,
    ImageText,
    ImageVector,
    Item,
    ItemAct,
    ItemChange,
    ItemDeed,
    List,
    ListGrant,
)
from matching import transparency
from matching.features import FEATURE_VERSION, VIEWS_VERSION, Postings, codec
from matching.networks.network import Network

Place = tuple[int, int]  # row ids of a list and of an image in it

# What a look at the pixels tells of an image.
_OF_PIXELS = (
    "width",
    "height",
    "frames",
    "frames_seen",
    "is_truncated",
    "feature_version",
    "pixel_sha256",
    "transparency_version",
)

# What is written with any of an item's texts.
_OF_TEXTS = ("custom_id", "name", "context", "sort_name")

MAX_CUSTOM_ID_LENGTH = 255
MAX_NAME_LENGTH = 255
DEFAULT_LIST_NAME = "Submitted images"
# One item: extract what is missing of its picture, then look for what it matches.
DEEPEN_ITEM: Final = "lists.deepen_item"
# A list: leave each of its items that lacks something to a separate job, a batch at a time.
DEEPEN_LIST: Final = "lists.deepen_list"
# A list that was removed or put back: have every index look at its items, a batch at a time. Jobs
# that the version before has left, or that it runs beside this one, go by the name of then.
TELL_LIST: Final = "lists.forget_list"
_TOLD_AT_ONCE = 10_000


def create_list(*, by: Actor, settings: ListSettings) -> List:
    """Create a list in the actor's organisation; a restricted credential may reach what it made."""
    by.require(Permission.CHANGE_LISTS)
    if settings.name is None:
        raise InvalidInput(Sentence("A list needs a name."), field="name")
    image_list = List(organisation_id=by.organisation_id)
    list_settings.apply(settings, image_list)
    with transaction.atomic():
        image_list.save()
        audit.record(by=by, act=AuditAct.LIST_CREATED, about=_subject(image_list))
        if by.is_restricted and by.credential_id is not None:
            grant_lists(credential_id=by.credential_id, lists=[image_list])
    return image_list


@transaction.atomic
def change_list(*, by: Actor, image_list: List, settings: ListSettings) -> List:
    """Change a list's settings, leaving what others change at the same time as they leave it."""
    by.require(Permission.CHANGE_LISTS)
    live = List.objects.select_for_update().filter(pk=image_list.pk, removed_at=None).first()
    if live is None:
        raise selectors.list_not_found()
    was_fast, before = live.depth == Depth.FAST, list_settings.of(live)
    list_settings.apply(settings, live)
    live.save()
    if live.reads_text and not before.reads_text:
        text_reading.read_list_later(image_list=live)
    changes = list_settings.changes(before, list_settings.of(live))
    if changes:
        audit.record(by=by, act=AuditAct.LIST_CHANGED, about=_subject(live), details=changes)
    if was_fast and live.depth == Depth.FULL:
        deepen_list_later(image_list=live)
    return live


@transaction.atomic
def remove_list(*, by: Actor, image_list: List) -> None:
    """Take a list and its items out of service; nothing in it is found or shown any more.

    The background takes its items out of the index, and a purge deletes the files that nothing
    else needs when selectors.REMOVAL_UNDO_PERIOD is over.
    """
    by.require(Permission.CHANGE_LISTS)
    live = List.objects.filter(pk=image_list.pk, removed_at=None)
    if live.update(removed_at=timezone.now(), removed_by=by.user_id, removed_with=by.credential_id):
        tell_list_later(list_id=image_list.pk)
        audit.record(by=by, act=AuditAct.LIST_REMOVED, about=_subject(image_list))


@transaction.atomic
def restore_list(*, by: Actor, image_list: List) -> List:
    """Put a removed list back with its items as they were; raise Conflict when it is too late.

    It is the default list again unless there is another one by now.
    """
    by.require(Permission.CHANGE_LISTS)
    removed = List.objects.select_for_update().exclude(removed_at=None).filter(pk=image_list.pk)
    found = removed.first()
    if found is None or found.removed_at is None:
        raise selectors.list_not_found()
    if found.purged_at or found.removed_at < timezone.now() - selectors.REMOVAL_UNDO_PERIOD:
        raise Conflict(Sentence("The list was removed too long ago. What was in it is deleted."))
    live = List.objects.filter(organisation=found.organisation_id, removed_at=None)
    found.is_default = found.is_default and not live.filter(is_default=True).exists()
    found.removed_at = found.removed_by = found.removed_with = None
    found.save(update_fields=["removed_at", "removed_by", "removed_with", "is_default"])
    tell_list(list_id=found.pk)
    audit.record(by=by, act=AuditAct.LIST_RESTORED, about=_subject(found))
    return found


@dataclass(frozen=True, slots=True)
class Placed:
    """An item, and whether it was put into its list only now."""

    item: Item
    is_new: bool


def list_or_default(*, by: Actor, public_id: str) -> List:
    """Return the list of that id; of an empty one, what `default_list` returns."""
    return selectors.list_for(by, public_id) if public_id else default_list(by=by)


def default_list(*, by: Actor) -> List:
    """Return the list for requests that name none: the credential's only one, else the default.

    The organisation's default list is created on first use. A credential restricted to several
    lists, or to none, has to name one.
    """
    if by.is_restricted:
        reachable = list(selectors.lists_for(by)[:2])
        if len(reachable) != 1:
            raise InvalidInput("Name the list: this credential has no single one.", field="list")
        return reachable[0]
    existing = selectors.lists_for(by).filter(is_default=True).first()
    return existing or _create_default_list(by)


def grant_lists(*, credential_id: int, lists: list[List]) -> None:
    """Let a restricted credential reach the lists."""
    ListGrant.objects.bulk_create(
        [ListGrant(credential_id=credential_id, image_list=image_list) for image_list in lists],
        ignore_conflicts=True,
    )


@transaction.atomic
def keep_image(*, organisation_id: int, raw: RawImage, examination: Examination) -> Image:
    """Return the organisation's row for these bytes, locked for the rest of the transaction.

    A new row gets its fingerprints; a known one is counted as submitted once more.
    """
    sighting, pixel_sha256 = examination.sighting, examination.pixel_sha256
    image, is_new = Image.objects.get_or_create(
        organisation_id=organisation_id,
        sha256=raw.sha256,
        defaults={
            "pixel_sha256": pixel_sha256,
            "format": sighting.image_format,
            "width": sighting.width,
            "height": sighting.height,
            "frames": sighting.frames,
            "frames_seen": sighting.frames_seen,
            "is_truncated": sighting.is_truncated,
            "byte_size": len(raw.data),
            "transparency_version": transparency.VERSION,
        },
    )
    if is_new:
        _add_fingerprints(image, sighting)
        return image
    is_there = Image.objects.filter(pk=image.pk).update(
        submission_count=F("submission_count") + 1, last_submitted_at=timezone.now()
    )
    if not is_there:  # erased meanwhile
        return keep_image(organisation_id=organisation_id, raw=raw, examination=examination)
    image = Image.objects.select_for_update().get(pk=image.pk)
    if not image.is_stored:
        # A purge takes the fingerprints with the files.
        if not image.is_seen_as_today:
            _forget_pixels(image, sighting)
        _add_fingerprints(image, sighting)
    if pixel_sha256 and not image.pixel_sha256:
        image.pixel_sha256 = pixel_sha256
        image.save(update_fields=["pixel_sha256"])
    return image


def write_files(*, organisation_id: int, raw: RawImage, examination: Examination) -> None:
    """Write a picture's files before any row names them."""
    storage.write_files(
        organisation_id=organisation_id,
        sha256=raw.sha256,
        original=raw.data,
        thumbnails=dict(examination.thumbnails),
    )


@transaction.atomic
def mark_stored(*, image: Image, raw: RawImage, examination: Examination) -> None:
    """Record that a locked image's files are there.

    A purge may have deleted them since they were written; under the row's lock none can be at
    work, so writing again (nothing where they still lie) makes the record true.
    """
    if image.is_stored:
        return
    write_files(organisation_id=image.organisation_id, raw=raw, examination=examination)
    image.is_stored = True
    image.save(update_fields=["is_stored"])


@transaction.atomic
def keep_examined(*, image: Image, examination: Examination) -> None:
    """Bring what is kept of a locked image to the present versions."""
    if not image.is_seen_as_today:
        _forget_pixels(image, examination.sighting)
        storage.replace_thumbnails(image, dict(examination.thumbnails))
    if examination.pixel_sha256 and not image.pixel_sha256:
        image.pixel_sha256 = examination.pixel_sha256
        image.save(update_fields=["pixel_sha256"])
    _add_fingerprints(image, examination.sighting)
    if examination.features:
        _replace_features(image, examination.features)
    _replace_vector(image, examination.learned)
    _announce(image)


@transaction.atomic
def keep_features(*, image: Image, features: Sequence[FrameFeatures], learned: bytes = b"") -> None:
    """Keep a locked image's local features and its learned descriptor, and tell the feed.

    They take the place of those of other versions and models.
    """
    if _replace_features(image, features) | _replace_vector(image, learned):
        _announce(image)


def deepen_later(*, item: Item) -> None:
    """Have the background extract an item's local features and look for its parts."""
    jobs_services.enqueue(
        kind=DEEPEN_ITEM,
        payload={"item_id": item.pk},
        owner=item.image_list.organisation_id,
        unique_key=str(item.pk),
    )


def deepen_list_later(*, image_list: List, after_item_id: int = 0) -> None:
    """Have the background bring a list's items to the present versions, from an item on."""
    jobs_services.enqueue(
        kind=DEEPEN_LIST,
        payload={"list_id": image_list.pk, "after_item_id": after_item_id},
        owner=image_list.organisation_id,
        unique_key=f"{image_list.pk} {after_item_id}",
    )


@transaction.atomic
def tell_list(*, list_id: int, after_item_id: int = 0) -> None:
    """Tell the feed to look at a list's items anew, from an item on; the rest follows."""
    items = Item.objects.filter(image_list=list_id, removed_at=None, pk__gt=after_item_id)
    ids = list(items.order_by("pk").values_list("pk", flat=True)[:_TOLD_AT_ONCE])
    ItemChange.objects.bulk_create(ItemChange(item_id=item_id) for item_id in ids)
    if len(ids) == _TOLD_AT_ONCE:
        tell_list_later(list_id=list_id, after_item_id=ids[-1])


def tell_list_later(*, list_id: int, after_item_id: int = 0) -> None:
    """Have the background do what `tell_list` does."""
    jobs_services.enqueue(
        kind=TELL_LIST,
        payload={"list_id": list_id, "after_item_id": after_item_id},
        unique_key=f"{list_id} {after_item_id}",
    )


@transaction.atomic
def keep_snapshot(*, image: Image, until: dt.datetime) -> None:
    """Keep a locked image's files for the analyst at least until then."""
    if image.kept_until is None or image.kept_until < until:
        image.kept_until = until
        image.save(update_fields=["kept_until"])


@transaction.atomic
def place_item(
    *,
    by: Actor,
    image_list: List,
    image: Image,
    custom_id: str,
    name: str,
    context: Mapping[str, Any] | None = None,
) -> Placed:
    """Put an image into a list; under a custom_id that it already has, it is the item there.

    A context replaces the one that such an item had. Raise ListNotFound for a list that was taken
    out of service while the picture was looked at.
    """
    if not List.objects.filter(pk=image_list.pk, removed_at=None).exists():
        raise selectors.list_not_found()
    kept_context = contexts.checked(context or {})
    try:
        with transaction.atomic():
            item = Item.objects.create(
                image_list=image_list,
                image=image,
                custom_id=custom_id,
                name=name,
                context=kept_context,
                is_flat=selectors.is_flat(image),
                added_by_id=by.user_id,
                added_with_id=by.credential_id,
            )
    except IntegrityError:
        item = Item.objects.get(
            image_list=image_list, image=image, custom_id=custom_id, removed_at=None
        )
        if context is not None and item.context != kept_context:
            item.context = kept_context
            item.save(update_fields=["context"])
            words.keep_item(item=item, organisation_id=image_list.organisation_id)
        return Placed(item, is_new=False)
    words.keep_item(item=item, organisation_id=image_list.organisation_id, is_new=True)
    _note(by, item, ItemAct.ADD)
    return Placed(item, is_new=True)


@transaction.atomic
def hold_custom_id(*, item: Item) -> bool:
    """Tell whether no other live item of the list has the new item's custom_id.

    Items that are added at the same time and ask too wait for each other, until the commit; so of
    several the first is alone. Ask last in the transaction: what follows is waited for as well.
    """
    List.objects.select_for_update(no_key=True).get(pk=item.image_list_id)
    namesakes = Item.objects.filter(
        image_list=item.image_list_id, custom_id=item.custom_id, removed_at=None
    )
    return not namesakes.exclude(pk=item.pk).exists()


@transaction.atomic
def change_context(*, by: Actor, item: Item, changes: Mapping[str, Any]) -> Item:
    """Set some fields of an item's context, leaving the others; return the item as it is then.

    Raise ItemNotFound when somebody else just removed it.
    """
    by.require(Permission.CHANGE_ITEMS)
    live = selectors.items_of(item.image_list).select_for_update(of=("self",))
    locked = live.filter(pk=item.pk).first()
    if locked is None:
        raise selectors.ItemNotFound("There is no such image in this list.", field="media_id")
    locked.context = contexts.checked({**locked.context, **changes})
    locked.save(update_fields=["context"])
    words.keep_item(item=locked, organisation_id=by.organisation_id)
    return locked


@dataclass(frozen=True, slots=True)
class ItemTexts:
    """What somebody changes of an item; None leaves it as it is. A context is replaced whole."""

    custom_id: str | None = None
    name: str | None = None
    context: Mapping[str, Any] | None = None


@transaction.atomic
def change_item(*, by: Actor, item: Item, texts: ItemTexts) -> Item:
    """Change an item's own id, name and context; return it as it is then.

    Raise ItemNotFound when somebody else just removed it, Conflict when the list has the picture
    under the new id already.
    """
    by.require(Permission.CHANGE_ITEMS)
    live = selectors.items_of(item.image_list).select_for_update(of=("self",))
    locked = live.filter(pk=item.pk).first()
    if locked is None:
        raise selectors.ItemNotFound("There is no such image in this list.", field="media_id")
    if texts.custom_id is not None:
        locked.custom_id = checked_custom_id(text=texts.custom_id)
    if texts.name is not None:
        locked.name = list_settings.storable(texts.name[:MAX_NAME_LENGTH], "name")
    if texts.context is not None:
        locked.context = contexts.checked(texts.context)
    try:
        with transaction.atomic():
            locked.save(update_fields=_OF_TEXTS)
    except IntegrityError as error:
        raise Conflict(
            Sentence(
                "The list has this picture under the id “%(id)s” already.", id=locked.custom_id
            )
        ) from error
    words.keep_item(item=locked, organisation_id=by.organisation_id)
    return locked


@transaction.atomic
def remove_items(*, by: Actor, items: Sequence[Item]) -> None:
    """Take items out of their lists, all or none.

    Raise ItemNotFound when somebody else just took one of them out. Rows are locked as additions
    and checks lock them: images first, each kind in one order.
    """
    by.require(Permission.CHANGE_ITEMS)
    now = timezone.now()
    image_ids = {item.image_id for item in items}
    images = list(
        Image.objects.select_for_update(no_key=True).filter(pk__in=image_ids).order_by("sha256")
    )
    for item in sorted(items, key=lambda each: each.pk):
        if not Item.objects.filter(pk=item.pk, removed_at=None).update(removed_at=now):
            raise selectors.ItemNotFound("There is no such image in this list.", field="media_id")
        _note(by, item, ItemAct.REMOVE)
    for image in images:
        keep_snapshot(image=image, until=now + selectors.REMOVAL_UNDO_PERIOD)
    _record_items(by, AuditAct.ITEM_REMOVED, items)


@transaction.atomic
def restore_item(*, by: Actor, item: Item) -> Item:
    """Put a removed item back, unless it is back already.

    Raise Conflict when its picture is purged, or when the picture or its custom_id has been added
    to the list since the removal.
    """
    by.require(Permission.CHANGE_ITEMS)
    image = Image.objects.select_for_update(no_key=True).filter(pk=item.image_id).first()
    kept = Item.objects.select_for_update().filter(pk=item.pk, purged_at=None).first()
    if image is None or not image.is_stored or kept is None:
        raise Conflict(Sentence("The picture has been deleted meanwhile. Add it again."))
    if kept.removed_at is None:
        return kept
    _require_free(kept)
    try:
        with transaction.atomic():
            Item.objects.filter(pk=kept.pk).update(removed_at=None)
    except IntegrityError as error:
        raise _added_again() from error
    _note(by, kept, ItemAct.RESTORE)
    _record_items(by, AuditAct.ITEM_RESTORED, [kept])
    kept.removed_at = None
    return kept


def _require_free(item: Item) -> None:
    """Raise Conflict if the item's picture or custom_id has come into its list since it left."""
    since = Item.objects.filter(image_list=item.image_list_id, removed_at=None)
    since = since.filter(created_at__gte=item.removed_at)
    if since.filter(image=item.image_id).exists():
        raise _added_again()
    if item.custom_id and since.filter(custom_id=item.custom_id).exists():
        raise Conflict(
            Sentence(
                "Another picture has been added under the id “%(id)s” meanwhile. Remove it first.",
                id=item.custom_id,
            )
        )


def _added_again() -> Conflict:
    return Conflict(Sentence("This picture has been added to the list again meanwhile."))


def hold_live(*, places: Collection[Place]) -> set[Place]:
    """Return the places that have a live item, and let none be removed before the commit.

    That is the caller's commit. Transactions that only hold an item do not wait for each other.
    """
    if not places:
        return set()
    items = Item.objects.filter(
        image_list__in={list_id for list_id, _ in places},
        image__in={image_id for _, image_id in places},
        removed_at=None,
    )
    asked = items.order_by("pk").values_list("image_list_id", "image_id").query
    sql, parameters = asked.sql_with_params()
    # Django has no name for it. SQLite lets one transaction write at a time anyway.
    lock = " FOR SHARE" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(sql + lock, parameters)
        return set(cursor.fetchall()) & set(places)


def purge_expired_files(*, now: dt.datetime, needed: Q = selectors.NOTHING) -> int:
    """Delete what is kept of images that nothing needs and whose time is over; return how many.

    That is files, fingerprints, local features and texts. Rows stay, with their SHA-256, because
    decisions may refer to them; so do the images that are `needed`.
    """
    expired = selectors.expired_images(now=now, needed=needed)
    image_ids = list(expired.values_list("pk", flat=True))
    return sum(_purge(image_id, now, needed) for image_id in image_ids)


def checked_custom_id(*, text: str) -> str:
    """Return the client's own id as it was sent; raise InvalidInput for one that cannot be kept.

    Also spaces around it are the client's: it looks for the id that it sent.
    """
    if len(text) > MAX_CUSTOM_ID_LENGTH:
        raise InvalidInput(
            f"custom_id has at most {MAX_CUSTOM_ID_LENGTH} characters.", field="custom_id"
        )
    return list_settings.storable(text, "custom_id")


def _note(by: Actor, item: Item, act: ItemAct) -> None:
    """Tell the feed, and keep who did it."""
    ItemChange.objects.create(item=item)
    ItemDeed.objects.create(
        item=item,
        act=act,
        user_id=by.user_id,
        credential_id=by.credential_id,
        surface=by.surface,
    )


@transaction.atomic
def _purge(image_id: int, now: dt.datetime, needed: Q) -> int:
    image = Image.objects.select_for_update().filter(pk=image_id).first()
    expired = selectors.expired_images(now=now, needed=needed)
    if image is None or not expired.filter(pk=image_id).exists():
        return 0
    image.fingerprints.all().delete()
    image.features.all().delete()
    image.vectors.all().delete()
    ImageText.objects.filter(image=image).delete()
    words.forget_images(image_ids=[image.pk])
    image.is_stored, image.feature_version, image.pixel_sha256 = False, None, ""
    image.save(update_fields=["is_stored", "feature_version", "pixel_sha256"])
    storage.delete_files(image)
    return 1


def _forget_pixels(image: Image, sighting: Sighting) -> None:
    """Delete what was kept of the pixels: those of the new sighting take its place."""
    image.fingerprints.all().delete()
    image.features.all().delete()
    image.vectors.all().delete()
    ImageText.objects.filter(image=image).delete()
    words.forget_images(image_ids=[image.pk])
    image.feature_version, image.pixel_sha256 = None, ""
    image.width, image.height = sighting.width, sighting.height
    image.frames, image.frames_seen = sighting.frames, sighting.frames_seen
    image.is_truncated, image.transparency_version = sighting.is_truncated, transparency.VERSION
    image.save(update_fields=_OF_PIXELS)


def _add_fingerprints(image: Image, sighting: Sighting) -> None:
    fingerprints = [
        ImageFingerprint(
            image=image,
            algorithm=fingerprint.algorithm,
            version=fingerprint.version,
            frame=view.frame,
            bits=fingerprint.bits,
            quality=fingerprint.quality,
        )
        for view in sighting.whole_frames
        for fingerprint in view.query.upright
    ]
    ImageFingerprint.objects.bulk_create(fingerprints, ignore_conflicts=True)
    is_flat = selectors.is_flat(image)
    image.items.exclude(is_flat=is_flat).update(is_flat=is_flat)


def _replace_features(image: Image, features: Sequence[FrameFeatures]) -> bool:
    """Keep these features instead of older versions; tell whether there was anything to do."""
    if image.feature_version == VIEWS_VERSION:
        return False
    image.features.all().delete()
    ImageFeatures.objects.bulk_create(
        ImageFeatures(
            image=image,
            version=FEATURE_VERSION,
            frame=each.frame,
            postings=codec.postings_to_bytes(Postings.of(each.kept.local)),
            content=codec.to_bytes(each.kept),
        )
        for each in features
        if each.kept is not None
    )
    image.feature_version = VIEWS_VERSION
    image.save(update_fields=["feature_version"])
    return True


def _replace_vector(image: Image, vector: bytes) -> bool:
    """Keep the descriptor instead of other models'; tell whether there was anything to do."""
    model: Network | None = settings.LEARNED_MODEL
    if not vector or model is None or image.vectors.filter(model=model.key).exists():
        return False
    image.vectors.all().delete()
    ImageVector.objects.create(image=image, model=model.key, vector=vector)
    return True


def _announce(image: Image) -> None:
    """Have every process look at the image's live items again."""
    live = image.items.filter(removed_at=None).values_list("pk", flat=True)
    ItemChange.objects.bulk_create(ItemChange(item_id=item_id) for item_id in live)


def _create_default_list(by: Actor) -> List:
    try:
        with transaction.atomic():
            image_list = List.objects.create(
                organisation_id=by.organisation_id, name=DEFAULT_LIST_NAME, is_default=True
            )
            audit.record(by=by, act=AuditAct.LIST_CREATED, about=_subject(image_list))
            return image_list
    except IntegrityError:
        # Another request created it first.
        lists = List.objects.filter(organisation_id=by.organisation_id, removed_at=None)
        return lists.get(is_default=True)


def _subject(image_list: List) -> Subject:
    return Subject(SubjectKind.LIST, image_list.public_id, image_list.name)


def _record_items(by: Actor, act: AuditAct, items: Sequence[Item]) -> None:
    """Record what was done to items, by their ids alone, and in which lists."""
    lists = List.objects.filter(pk__in={item.image_list_id for item in items})
    for list_id, public_id in lists.values_list("pk", "public_id"):
        subjects = [
            Subject(SubjectKind.ITEM, item.public_id)
            for item in items
            if item.image_list_id == list_id
        ]
        audit.record_each(by=by, act=act, about=subjects, details={"list": public_id})
