"""Each service of lists once, in no transaction but its own."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts import selectors as accounts_selectors
from accounts.actors import Actor
from accounts.permissions import Role
from accounts.services import NewCredential
from intake.examine import Examination, Want
from jobs.models import Job
from lists import (
    credentials,
    feed_pruning,
    image_pool,
    installation,
    orphans,
    purging,
    room,
    services,
    storage,
)
from lists.depths import Depth
from lists.list_settings import ListSettings
from lists.models import (
    FeedMark,
    Image,
    Installation,
    Item,
    ItemChange,
    KeptCount,
    List,
    ListGrant,
)
from lists.room import Amount
from tests import bare_pairs
from tests.conftest import raw_image

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AFTER = dt.timedelta(days=400)


@pytest.fixture
def item(admin: Actor, image_list: List) -> Item:
    """An item whose picture has no files, though its row says so."""
    (image,) = bare_pairs.images_of(1, image_list)
    Image.objects.update(is_stored=True)
    image.refresh_from_db()
    return services.place_item(
        by=admin, image_list=image_list, image=image, custom_id="a", name="a.jpg"
    ).item


@pytest.fixture
def examination(coffee: bytes) -> Examination:
    """All that is known of a photograph."""
    return image_pool.current().examine(
        coffee, Want.PIXELS | Want.FEATURES | Want.ITEM_FEATURES | Want.FILES
    )


def kept(image_list: List, photo: bytes, examination: Examination) -> Image:
    """Store the row of a photograph."""
    return services.keep_image(
        organisation_id=image_list.organisation_id,
        raw=raw_image(photo),
        examination=examination,
    )


def files(media: Path) -> int:
    """Return the number of files."""
    return sum(path.is_file() for path in media.rglob("*"))


def test_a_list_is_created_changed_and_removed(admin: Actor) -> None:
    made = services.create_list(by=admin, settings=ListSettings(name="Fakes", depth=Depth.FAST))
    services.change_list(by=admin, image_list=made, settings=ListSettings(depth=Depth.FULL))

    assert List.objects.get().depth == Depth.FULL
    assert Job.objects.get().payload["list_id"] == made.pk
    services.remove_list(by=admin, image_list=made)
    assert List.objects.get().removed_at is not None
    services.restore_list(by=admin, image_list=made)
    assert List.objects.get().removed_at is None


def test_the_default_list_is_created(admin: Actor) -> None:
    made = services.default_list(by=admin)

    assert services.list_or_default(by=admin, public_id="") == made
    assert List.objects.get().is_default


def test_lists_are_granted(credential: NewCredential, image_list: List) -> None:
    services.grant_lists(credential_id=credential.credential.pk, lists=[image_list])

    assert ListGrant.objects.get().image_list == image_list


def test_a_credential_for_a_list_is_created(admin: Actor, image_list: List) -> None:
    new = credentials.create_credential(
        by=admin, name="CMS", role=Role.VIEWER, list_ids=[image_list.public_id]
    )

    assert accounts_selectors.actor_for_credential(new.credential).is_restricted
    assert ListGrant.objects.get().credential == new.credential


def test_a_picture_is_kept_and_counted(
    image_list: List, coffee: bytes, examination: Examination
) -> None:
    for _ in range(2):
        kept(image_list, coffee, examination)

    image = Image.objects.get()
    assert (image.submission_count, image.fingerprints.count()) == (2, 2)


def test_what_is_known_of_a_picture_is_kept(
    image_list: List, coffee: bytes, examination: Examination, own_media: Path
) -> None:
    image = kept(image_list, coffee, examination)
    services.mark_stored(image=image, raw=raw_image(coffee), examination=examination)
    services.keep_features(image=image, features=examination.features)
    services.keep_examined(image=image, examination=examination)
    services.keep_snapshot(image=image, until=timezone.now() + LONG_AFTER)

    image.refresh_from_db()
    assert image.is_stored
    assert image.kept_until is not None
    assert (image.pixel_sha256, image.features.count()) == (examination.pixel_sha256, 1)
    assert files(own_media) == 3


def test_files_that_nobody_owns_are_written_and_deleted(
    image_list: List, coffee: bytes, examination: Examination, own_media: Path
) -> None:
    services.write_files(
        organisation_id=image_list.organisation_id, raw=raw_image(coffee), examination=examination
    )
    storage.require_writable()

    assert files(own_media) == 3
    later = timezone.now() + LONG_AFTER
    assert orphans.set_aside_orphans(now=later, is_certain=True) == 1
    assert files(own_media / "originals") == 0
    assert files(own_media / "orphans") == 3
    assert orphans.set_aside_orphans(now=later + LONG_AFTER, is_certain=True) == 0
    assert files(own_media) == 0


def test_pictures_are_marked_with_their_installation(own_media: Path) -> None:
    installation.require_own_storage()
    assert storage.read_mark() == Installation.objects.get().public_id
    installation.require_no_other()
    storage.write_mark("ins_other")
    with pytest.raises(installation.ForeignStorage):
        installation.require_own_storage()
    installation.require_own_storage(adopts=True)
    assert storage.read_mark() == Installation.objects.get().public_id


def test_files_are_set_aside_and_deleted_for_good(
    image_list: List, coffee: bytes, examination: Examination, own_media: Path
) -> None:
    organisation_id, raw = image_list.organisation_id, raw_image(coffee)
    today = timezone.now().date()
    services.write_files(organisation_id=organisation_id, raw=raw, examination=examination)
    storage.set_aside(organisation_id, raw.sha256, today)
    storage.delete_set_aside(before=today)
    assert files(own_media / "orphans") == 3
    storage.delete_set_aside(before=today + dt.timedelta(days=1))
    assert files(own_media) == 0

    services.write_files(organisation_id=organisation_id, raw=raw, examination=examination)
    storage.set_aside(organisation_id, raw.sha256, today)
    storage.delete_set_aside_of(organisation_id, raw.sha256)
    assert files(own_media) == 0

    services.write_files(organisation_id=organisation_id, raw=raw, examination=examination)
    storage.set_aside(organisation_id, raw.sha256, today)
    storage.delete_all_of(organisation_id)
    assert files(own_media) == 0


def test_an_item_is_placed_once(item: Item) -> None:
    assert ItemChange.objects.get().item == item
    assert item.deeds.get().act == "add"


def test_a_context_is_changed(admin: Actor, item: Item) -> None:
    services.change_context(by=admin, item=item, changes={"topic": "flood"})

    assert Item.objects.get().context == {"topic": "flood"}


def test_an_item_is_removed_and_restored(admin: Actor, item: Item) -> None:
    place = (item.image_list_id, item.image_id)
    assert services.hold_live(places={place}) == {place}
    services.remove_items(by=admin, items=[item])
    assert Item.objects.get().removed_at is not None
    assert services.hold_live(places={place}) == set()
    services.restore_item(by=admin, item=item)
    assert Item.objects.get().removed_at is None
    assert ItemChange.objects.count() == 3


def test_items_and_lists_are_deepened_later(item: Item) -> None:
    services.deepen_later(item=item)
    services.deepen_list_later(image_list=item.image_list)

    kinds = set(Job.objects.values_list("kind", flat=True))
    assert kinds == {services.DEEPEN_ITEM, services.DEEPEN_LIST}


def test_the_items_of_a_removed_list_are_told_to_the_feed_now_or_later(
    admin: Actor, item: Item
) -> None:
    services.remove_list(by=admin, image_list=item.image_list)
    told = ItemChange.objects.count()

    services.tell_list(list_id=item.image_list_id)
    assert ItemChange.objects.count() == told + 1
    services.tell_list_later(list_id=item.image_list_id)
    assert Job.objects.filter(kind=services.TELL_LIST).count() == 1


def test_what_was_removed_long_ago_is_purged(admin: Actor, item: Item) -> None:
    services.remove_items(by=admin, items=[item])
    before = ItemChange.objects.count()

    assert purging.purge_removed(now=timezone.now()) == 0
    assert purging.purge_removed(now=timezone.now() + LONG_AFTER) == 1
    assert (Item.objects.get().custom_id, ItemChange.objects.count()) == ("", before + 1)
    services.remove_list(by=admin, image_list=item.image_list)
    purging.purge_removed(now=timezone.now() + LONG_AFTER)
    assert List.objects.get().name == ""
    purging.forget_copies()


def test_pictures_whose_time_is_over_are_purged(image_list: List) -> None:
    bare_pairs.images_of(1, image_list)
    now = timezone.now()
    Image.objects.update(is_stored=True, kept_until=now)

    assert services.purge_expired_files(now=now + LONG_AFTER) == 1
    assert not Image.objects.get().is_stored


def test_tables_are_written_anew(item: Item, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("rewrite_tables")

    assert capsys.readouterr().out
    assert Item.objects.get() == item


def test_the_feed_is_pruned(db: None) -> None:
    feed_pruning.prune_feed(now=timezone.now())

    assert FeedMark.objects.count() == 1


def test_a_custom_id_is_held_by_the_first_of_two_items(item: Item, admin: Actor) -> None:
    (other,) = bare_pairs.images_of(1, item.image_list)
    assert services.hold_custom_id(item=item)

    services.place_item(
        by=admin, image_list=item.image_list, image=other, custom_id="a", name="b.jpg"
    )

    assert not services.hold_custom_id(item=item)


def test_what_is_kept_is_counted_and_counted_anew(item: Item) -> None:
    organisation_id = item.image.organisation_id
    room.recount(organisation_id=organisation_id)
    room.take(organisation_id=organisation_id, amount=Amount(5, items=1, snapshot_bytes=2))
    taken = KeptCount.objects.get()

    assert (taken.size_bytes, taken.items, taken.snapshot_bytes) == (6, 2, 2)
    room.recount(organisation_id=organisation_id)
    assert KeptCount.objects.get().items == 1
