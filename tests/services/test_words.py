"""Each service of words once, in no transaction but its own."""

from __future__ import annotations

import pytest

from accounts.actors import Actor
from jobs.models import Job
from lists import text_reading, words
from lists.models import ImageWord, Item, ItemWord, List
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests.conftest import raw_image
from tests.given_texts import reading

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def item(admin: Actor, image_list: List, coffee: bytes) -> Item:
    """An item named cup, in whose picture somebody read Pune."""
    submission = NewSubmission(raw=raw_image(coffee, name="cup"), add_to=image_list)
    added = submissions_services.submit(by=admin, submission=submission).item
    assert added is not None
    text_reading.keep(image_id=added.image_id, readings=[reading("Pune")])
    return added


def kept() -> list[bytes]:
    """Return the words that are kept of items and of images."""
    rows = ItemWord.objects.order_by("kind", "word").values_list("word", flat=True)
    read = ImageWord.objects.order_by("word").values_list("word", flat=True)
    return [bytes(word) for word in [*rows, *read]]


def test_the_words_of_an_item_follow_it(item: Item) -> None:
    assert kept() == [b"cup", b"cup", b"pune"]
    item.name, item.context = "mug", {"claim": "Tea"}
    item.save()
    words.keep_item(item=item, organisation_id=item.image.organisation_id)
    assert kept() == [b"mug", b"mug", b"tea", b"pune"]


def test_the_words_of_an_image_are_replaced(item: Item) -> None:
    words.keep_image(image=item.image, lines=["last seen", "seen"])
    assert kept()[2:] == [b"last", b"seen"]


def test_words_are_forgotten(item: Item) -> None:
    words.forget_items(item_ids=[item.pk])
    assert kept() == [b"pune"]
    words.forget_images(image_ids=[item.image_id])
    assert kept() == []


def test_words_are_kept_later(item: Item) -> None:
    owner = item.image.organisation_id
    words.keep_words_later(organisation_id=owner)
    (job,) = Job.objects.filter(kind=words.KEEP_WORDS)
    assert job.payload == {"organisation_id": owner, "after_item_id": 0, "after_image_id": 0}


def test_words_are_kept_of_what_was_there_before(item: Item) -> None:
    owner = item.image.organisation_id
    ItemWord.objects.all().delete()
    words.keep_next(organisation_id=owner, after_item_id=0, after_image_id=item.image_id)
    assert kept() == [b"cup", b"cup", b"pune"]
    (job,) = Job.objects.filter(kind=words.KEEP_WORDS)
    assert job.payload["after_item_id"] == item.pk
