"""Several pictures in one submission: looked at first, then stored in one transaction."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from accounts.actors import Actor
from common.errors import InvalidInput, UnusableImage
from lists import services as lists_services
from lists.models import Image, Item, List
from review.models import Feedback, MatchCandidate
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests.conftest import raw_image


class PowerCut(Exception):
    """What no code foresees."""


def test_outcomes_come_in_the_order_of_the_submissions(
    admin: Actor, image_list: List, coffee: bytes, astronaut: bytes, coffee_copy: bytes
) -> None:
    raws = [raw_image(photo) for photo in (coffee, astronaut, coffee_copy)]

    for ordered in (raws, raws[::-1]):
        submissions = [NewSubmission(raw=raw, add_to=image_list) for raw in ordered]
        outcomes = submissions_services.submit_many(by=admin, submissions=submissions)

        assert [outcome.raw for outcome in outcomes] == ordered
        stored = [outcome.item and outcome.item.image.sha256 for outcome in outcomes]
        assert stored == [raw.sha256 for raw in ordered]
    assert Item.objects.count() == 3


@pytest.mark.parametrize("bad", [0, 1, 2])
def test_no_file_is_written_before_every_picture_was_looked_at(
    admin: Actor, image_list: List, coffee: bytes, astronaut: bytes, own_media: Path, bad: int
) -> None:
    photos = [coffee, astronaut]
    photos.insert(bad, b"no picture")
    submissions = [NewSubmission(raw=raw_image(photo), add_to=image_list) for photo in photos]

    with pytest.raises(UnusableImage, match="no picture of a known format") as caught:
        submissions_services.submit_many(by=admin, submissions=submissions)

    assert caught.value.message.startswith("photo.jpg: ")
    assert list(own_media.rglob("*")) == []
    assert not Image.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_fails_while_it_is_stored_takes_the_others_with_it(
    admin: Actor,
    image_list: List,
    coffee: bytes,
    astronaut: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place_item = lists_services.place_item
    placed: list[object] = []

    def failing(**arguments: object) -> object:
        if placed:
            raise PowerCut
        placed.append(place_item(**arguments))  # type: ignore[arg-type]
        return placed[-1]

    monkeypatch.setattr(lists_services, "place_item", failing)
    submissions = [
        NewSubmission(raw=raw_image(photo), add_to=image_list) for photo in (coffee, astronaut)
    ]

    with pytest.raises(PowerCut):
        submissions_services.submit_many(by=admin, submissions=submissions)

    assert len(placed) == 1
    assert not Image.objects.exists()
    assert not Item.objects.exists()


def test_one_submission_that_is_wrong_stores_none(
    admin: Actor, image_list: List, coffee: bytes, astronaut: bytes
) -> None:
    good = NewSubmission(raw=raw_image(coffee), add_to=image_list)
    wrong = NewSubmission(raw=raw_image(astronaut), add_to=image_list, limit=0)

    with pytest.raises(InvalidInput):
        submissions_services.submit_many(by=admin, submissions=[good, wrong])

    assert not Image.objects.exists()


def test_pairs_are_left_from_the_score_on_that_is_asked_for(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    submissions_services.submit(
        by=admin, submission=NewSubmission(raw=raw_image(coffee), add_to=image_list)
    )
    image_list.suggestion_threshold = image_list.duplicate_threshold = 0.9995
    image_list.save()
    check = NewSubmission(raw=raw_image(coffee_copy), check_lists=[image_list])
    with_pairs = NewSubmission(raw=raw_image(coffee_copy), check_lists=[image_list], pair_score=0.2)

    outcome = submissions_services.submit(by=admin, submission=check)
    assert not MatchCandidate.objects.exists()
    assert outcome.by_list[0].matches == []

    submissions_services.submit(by=admin, submission=with_pairs)
    assert MatchCandidate.objects.count() == 1


def test_the_database_refuses_feedback_that_says_nothing(admin: Actor) -> None:
    right = {
        "organisation_id": admin.organisation_id,
        "model": "nudity",
        "class_name": "safe",
        "sha256": "0" * 64,
        "surface": "api",
    }
    Feedback.objects.create(**right)
    for wrong in ({"model": ""}, {"class_name": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Feedback.objects.create(**{**right, **wrong})
