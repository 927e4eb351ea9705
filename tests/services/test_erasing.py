"""Each service that erases once, in no transaction but its own."""

from __future__ import annotations

import pytest
from django.db import transaction

from accounts.actors import Actor
from accounts.models import Organisation
from jobs import services as jobs_services
from jobs.models import Job
from lists import erasing as lists_erasing
from lists.models import Image, Item, ItemChange, List
from review.life import erasing, organisations, services
from review.life.erasing import Gone
from review.models import Decision, Erased, Erasure, ErasureStep, MatchCandidate
from review.pairs import services as pairs_services
from tests import bare_pairs

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def item(admin: Actor, image_list: List) -> Item:
    """An item with a decided pair, whose other side is an item too."""
    pair = bare_pairs.among("AB", image_list)["AB"]
    pairs_services.confirm(by=admin, pair=pair)
    return Item.objects.get(custom_id="A")


@pytest.fixture
def erasure(admin: Actor) -> Erasure:
    return services.begin(
        by="m", organisation_id=admin.organisation_id, kind=Erased.LIST, subject="s", reason="Why"
    )


def test_an_item_is_erased(admin: Actor, item: Item) -> None:
    erasure = services.erase_item(by=admin, item=item, reason="Why")

    assert erasure.steps.get().counts == {
        "items": 1, "pictures": 1, "pairs": 1, "decisions": 1, "events": 1,
    }  # fmt: skip
    assert (Item.objects.get().custom_id, Image.objects.count()) == ("B", 1)
    assert ItemChange.objects.filter(item_id=item.pk).exists()


def test_a_list_is_erased_by_the_background(admin: Actor, item: Item) -> None:
    services.erase_list(by=admin, image_list=item.image_list, reason="Why")

    assert Job.objects.get().kind == services.ERASE_LIST
    assert List.objects.get().purged_at is not None


def test_a_closed_list_is_erased_in_steps(erasure: Erasure, item: Item) -> None:
    services.close_list(list_id=item.image_list_id)
    for _ in range(2):
        services.erase_list_in_steps(erasure=erasure, list_id=item.image_list_id)

    assert [step.is_last for step in erasure.steps.order_by("pk")] == [False, True]
    assert not List.objects.exists()
    assert not Image.objects.exists()


def test_a_step_is_written(erasure: Erasure) -> None:
    services.write_step(erasure=erasure, gone=Gone(sha256s=["ab"]))

    assert ErasureStep.objects.get().sha256s == ["ab"]


def test_an_organisation_is_erased(item: Item, organisation: Organisation) -> None:
    assert organisations.what_goes(organisation)["items"] == 2
    organisations.erase_organisation(organisation=organisation, by="operator", reason="Why")

    assert not Organisation.objects.exists()
    assert not Image.objects.exists()
    assert ErasureStep.objects.filter(is_last=True).count() == 1


def test_what_goes_with_an_item_is_erased_in_one_transaction(item: Item) -> None:
    list_id, organisation_id = item.image_list_id, item.image.organisation_id
    loose = bare_pairs.images_of(1, item.image_list)[0]
    gone = Gone()
    with transaction.atomic():
        assert erasing.erase_pairs_of_list(list_id=list_id, gone=gone) == set()
    with transaction.atomic():
        erasing.erase(organisation_id=organisation_id, item_ids=[item.pk])
    with transaction.atomic():
        erasing.erase_images(organisation_id=organisation_id, image_ids=[loose.pk], gone=gone)

    assert gone.sha256s == [loose.sha256]
    assert (MatchCandidate.objects.count(), Decision.objects.count()) == (0, 0)
    assert (Item.objects.count(), Image.objects.count()) == (1, 1)


def test_rows_of_lists_are_erased(image_list: List) -> None:
    image = bare_pairs.images_of(1, image_list)[0]
    item = Item.objects.create(image_list=image_list, image=image)
    with transaction.atomic():
        assert lists_erasing.items_at_hand(item_ids=[item.pk]) == [item]
        lists_erasing.erase_items(items=[item])
        images = lists_erasing.lock_images(image_ids=[image.pk])
        lists_erasing.erase_images(images=images)
        lists_erasing.erase_list(list_id=image_list.pk)

    assert (Item.objects.count(), Image.objects.count(), List.objects.count()) == (0, 0, 0)


def test_jobs_that_speak_of_something_are_deleted() -> None:
    kind = "lists.deepen_item"
    for payload in ({"credential_id": 7}, {"item_id": 7}):
        jobs_services.enqueue(kind=kind, payload=payload)

    jobs_services.enqueue(kind=kind, payload={"body": ["cup"]}, owner=8)

    assert jobs_services.delete_mentioning(names=["cup"], owner=7, credential_ids=[7]) == 0
    assert jobs_services.delete_mentioning(names=["cup"], owner=8, credential_ids=[]) == 1
    assert jobs_services.delete_of_owner(owner=7, credential_ids=[7]) == 1
    assert Job.objects.get().payload == {"item_id": 7}
