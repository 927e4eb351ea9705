"""Each service of tags, edits, copies and changes of many items once, in no transaction."""

from __future__ import annotations

import pytest
from django.db import transaction

from accounts.actors import Actor
from jobs.models import Job
from lists import services, tags
from lists.bulk_kinds import BulkKind
from lists.models import BulkChange, BulkState, Image, Item, ItemTag, List, Tag
from lists.services import ItemTexts
from review.life import copying, many_items
from review.life.many_items import Chosen, NewChange
from review.pairs import invariants
from tests import bare_pairs

pytestmark = pytest.mark.django_db(transaction=True)


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
def other(image_list: List) -> List:
    """Another list."""
    return List.objects.create(organisation=image_list.organisation, name="Others")


def test_an_item_is_changed(admin: Actor, item: Item) -> None:
    services.change_item(by=admin, item=item, texts=ItemTexts(name="B.jpg", context={"claim": "x"}))

    item.refresh_from_db()
    assert (item.custom_id, item.name, item.context) == ("a", "B.jpg", {"claim": "x"})
    assert item.sort_name == "bjpg"


def test_tags_are_made_put_and_taken_off(admin: Actor, item: Item) -> None:
    (tag,) = tags.tags_for(by=admin, names=["Election", " election "])
    assert Tag.objects.get() == tag
    assert tags.put(by=admin, items=[item], tag=tag) == {item.pk}
    assert ItemTag.objects.get().image_list_id == item.image_list_id
    assert tags.take_off(by=admin, item_ids=[item.pk], tag=tag) == {item.pk}
    assert not ItemTag.objects.exists()
    assert tags.set_tags(by=admin, item=item, names=["b", "A"]) == ["A", "b"]
    assert ItemTag.objects.count() == 2


def test_an_item_is_copied(admin: Actor, item: Item, other: List) -> None:
    with transaction.atomic():
        invariants.take_turn(admin.organisation_id)
        copying.copy_items(by=admin, items=[item], target=other)

    assert other.items.get().image_id == item.image_id
    assert Job.objects.filter(kind=services.DEEPEN_ITEM).exists()


def test_many_items_are_changed_and_it_is_undone(
    admin: Actor, image_list: List, item: Item
) -> None:
    new = NewChange(BulkKind.REMOVE, Chosen(ids=[item.public_id]))
    change = many_items.begin(by=admin, image_list=image_list, new=new)
    many_items.go_on(change_id=change.pk)
    assert (change.state, Item.objects.filter(removed_at=None).count()) == (BulkState.DONE, 0)

    many_items.undo(by=admin, change=change)

    assert BulkChange.objects.get().state == BulkState.UNDONE
    assert Item.objects.filter(removed_at=None).count() == 1
