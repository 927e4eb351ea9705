"""The texts of pictures: read once, in the background, and gone with the files."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.actors import Actor
from common.errors import Unavailable, UnusableImage
from intake.errors import DecoderCrashed, DecodeTimedOut
from jobs.models import Job, JobState
from lists import services as lists_services
from lists import text_reading, texts
from lists.list_settings import ListSettings
from lists.models import Image, ImageText, Item, List, TextReadState
from moderation.reading import installed
from moderation.types import Reading, UnreadText
from review.life import retention
from review.life import services as life_services
from review.pairs import services as pairs_services
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests import given_texts as given
from tests import working
from tests.conftest import raw_image
from tests.given_texts import GivenTexts
from tests.threads import PATIENCE_S, run_threads

pytestmark = pytest.mark.django_db(transaction=True)


def add(by: Actor, image_list: List, photo: bytes) -> Item:
    outcome = submissions_services.submit(
        by=by, submission=NewSubmission(raw=raw_image(photo), add_to=image_list)
    )
    assert outcome.item is not None
    return outcome.item


def test_an_item_is_read_once_whatever_lists_it_is_in(
    admin: Actor, image_list: List, coffee: bytes, given_texts: GivenTexts
) -> None:
    given_texts.give(coffee, "Free COFFÉE", "at 10")
    other = lists_services.create_list(by=admin, settings=ListSettings(name="Others"))
    item = add(admin, image_list, coffee)
    add(admin, other, coffee)
    assert not ImageText.objects.exists()

    working.run_all()

    kept = ImageText.objects.get()
    assert (kept.image, kept.state, kept.folded) == (item.image, "read", "freecoffee\nat10")
    assert list(given_texts.asked.values()) == [1]


def test_what_was_read_comes_back_as_it_was(
    admin: Actor, image_list: List, coffee: bytes, given_texts: GivenTexts
) -> None:
    item = add(admin, image_list, coffee)
    unread = (UnreadText(0.9, ((0.1, 0.1), (0.9, 0.1), (0.9, 0.2), (0.1, 0.2)), 0.5),)
    first = Reading(0, given.reading("one\0", "two").lines, unread, given.READER)
    third = Reading(3, given.reading("three").lines, (), given.READER)
    kept = text_reading.keep(image_id=item.image_id, readings=[first, third])
    assert kept is not None
    kept.refresh_from_db()

    again = texts.reading_of(kept, 2)
    assert ([line.text for line in again.lines], again.unread) == (["one", "two"], unread)
    assert again.lines[1].quad == given.box(0.6)
    assert texts.reading_of(kept, 5).lines[0].text == "three"


def test_a_list_that_does_not_read_texts_has_none_read(
    admin: Actor, image_list: List, coffee: bytes, given_texts: GivenTexts
) -> None:
    settings = ListSettings(reads_text=False)
    lists_services.change_list(by=admin, image_list=image_list, settings=settings)
    image_list.refresh_from_db()
    add(admin, image_list, coffee)
    working.run_all()
    assert not given_texts.asked

    settings = ListSettings(reads_text=True)
    lists_services.change_list(by=admin, image_list=image_list, settings=settings)
    working.run_all()
    assert ImageText.objects.get().state == TextReadState.NONE


def test_all_items_are_read_a_few_at_a_time(
    admin: Actor, image_list: List, coffee: bytes, given_texts: GivenTexts
) -> None:
    for number in range(7):
        add(admin, image_list, coffee + bytes([number]))
    assert waiting_to_read() == 1
    working.run_all()
    assert ImageText.objects.count() == 7


def waiting_to_read() -> int:
    return Job.objects.filter(kind=text_reading.READ_LIST, state=JobState.WAITING).count()


def test_items_are_added_together_with_the_job_that_reads_them(
    image_list: List, given_texts: GivenTexts
) -> None:
    """A server that is killed when the items are in has left its work to the background."""
    with transaction.atomic():
        text_reading.read_list_later(image_list=image_list)
        assert waiting_to_read() == 1
        transaction.set_rollback(True)
    assert waiting_to_read() == 0


@pytest.mark.postgres
def test_who_adds_at_the_same_time_does_not_wait_for_others(
    image_list: List, given_texts: GivenTexts
) -> None:
    both_have_asked = threading.Barrier(2, timeout=PATIENCE_S)

    @transaction.atomic
    def add_some() -> None:
        for _ in range(3):
            text_reading.read_list_later(image_list=image_list)
        both_have_asked.wait()

    run_threads(add_some, add_some)

    assert waiting_to_read() == 2
    working.run_all()
    assert waiting_to_read() == 0


def test_a_picture_that_nobody_can_read_is_not_tried_again(
    admin: Actor, image_list: List, coffee: bytes, given_texts: GivenTexts
) -> None:
    given_texts.refuse(coffee, UnusableImage("Its worker died."))
    item = add(admin, image_list, coffee)
    working.run_all()
    kept = text_reading.read(item.image)
    assert kept is not None
    assert kept.state == TextReadState.FAILED
    assert list(given_texts.asked.values()) == [1]


@pytest.mark.parametrize("error", [DecoderCrashed, DecodeTimedOut])
def test_a_picture_whose_worker_was_lost_is_read_once_more(
    admin: Actor,
    image_list: List,
    coffee: bytes,
    given_texts: GivenTexts,
    error: type[UnusableImage],
) -> None:
    given_texts.give(coffee, "Call 555 0100")
    given_texts.refuse_once(coffee, error("Its worker was killed."))
    add(admin, image_list, coffee)

    working.run_all()

    assert ImageText.objects.get().folded == "call5550100"
    assert list(given_texts.asked.values()) == [2]


def test_whether_texts_are_read_is_told_as_it_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    for is_here in (True, False):
        monkeypatch.setattr(installed, "has_rapidocr", lambda is_here=is_here: is_here)
        assert texts.is_available() == is_here


def test_a_reader_that_is_busy_is_asked_again_later(
    admin: Actor, image_list: List, coffee: bytes, given_texts: GivenTexts
) -> None:
    given_texts.refuse(coffee, Unavailable("All workers are busy."))
    item = add(admin, image_list, coffee)
    with pytest.raises(Unavailable):
        text_reading.read(item.image)
    assert not ImageText.objects.exists()


def test_a_purge_of_the_file_takes_the_text(
    admin: Actor, image_list: List, coffee: bytes, given_texts: GivenTexts
) -> None:
    given_texts.give(coffee, "Call 555 0100")
    item = add(admin, image_list, coffee)
    working.run_all()
    pairs_services.remove_item(by=admin, item=item)
    assert ImageText.objects.exists()

    retention.purge(now=timezone.now() + dt.timedelta(days=400))

    assert not Image.objects.get().is_stored
    assert not ImageText.objects.exists()
    assert text_reading.keep(image_id=item.image_id, readings=[given.reading("late")]) is None
    assert not ImageText.objects.exists()


def test_an_erasure_takes_the_text(
    admin: Actor, image_list: List, coffee: bytes, given_texts: GivenTexts
) -> None:
    item = add(admin, image_list, coffee)
    working.run_all()
    assert ImageText.objects.exists()
    life_services.erase_item(by=admin, item=item, reason="The person asked for it.")
    assert not ImageText.objects.exists()
