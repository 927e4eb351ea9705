"""Feedback in the Sightengine dialect: kept for managers, and duplicates go to review."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Organisation
from accounts.permissions import Role
from api.sightengine.feedback_classes import CLASSES
from lists.models import Image, List
from review.models import Feedback, MatchCandidate
from tests.api.test_sightengine import code_of
from tests.callers import Caller

pytestmark = pytest.mark.django_db

_EVERY_CLASS = [(model, name) for model, names in CLASSES.items() for name in names]


def give(caller: Caller, photo: bytes | None, model: str, class_name: str, **more: str) -> Any:
    return caller.sightengine("feedback.json", photo, model=model, **{"class": class_name}, **more)


def test_feedback_is_kept_with_who_gave_it_and_without_the_picture(
    caller: Caller, organisation: Organisation, coffee: bytes
) -> None:
    answer = give(caller, coffee, "nudity", "safe")

    assert answer.json()["message"] == "Thank you!"
    kept = Feedback.objects.get()
    assert (kept.organisation, kept.model, kept.class_name) == (organisation, "nudity", "safe")
    assert (kept.credential, kept.user) == (caller.credential.credential, None)
    assert (kept.name, kept.url, len(kept.sha256)) == ("image.jpg", "", 64)
    assert not Image.objects.exists()


def test_every_documented_class_is_taken(caller: Caller, coffee: bytes) -> None:
    answers = {named: give(caller, coffee, *named).status_code for named in _EVERY_CLASS}

    assert {named: status for named, status in answers.items() if status != 200} == {}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"class": "safe"}, (400, "argument_error", 15)),
        ({"model": "nudity"}, (400, "argument_error", 15)),
        ({"model": "poetry", "class": "safe"}, (400, "argument_error", 13)),
        ({"model": "nudity", "class": "weapons"}, (400, "argument_error", 15)),
        ({"model": "similarity", "class": "safe"}, (400, "argument_error", 15)),
        ({"model": "nudity", "class": "safe", "lists": "LIST"}, (400, "argument_error", 15)),
        (
            {"model": "similarity", "class": "duplicate", "lists": "ili_no"},
            (400, "argument_error", 14),
        ),
        (
            {"model": "similarity", "class": "not-duplicate", "lists": "ili_no"},
            (400, "argument_error", 14),
        ),
        (
            {"model": "nudity", "class": "safe", "url": "http://127.0.0.1/a.jpg"},
            (400, "argument_error", 11),
        ),
    ],
)
def test_wrong_feedback_is_told_and_nothing_is_stored(
    caller: Caller,
    image_list: List,
    coffee: bytes,
    fields: dict[str, str],
    expected: tuple[int, str, int],
) -> None:
    named = {
        name: image_list.public_id if text == "LIST" else text for name, text in fields.items()
    }

    assert code_of(caller.sightengine("feedback.json", coffee, **named)) == expected
    assert not Feedback.objects.exists()


@pytest.mark.parametrize("model", ["nudity", "similarity"])
def test_feedback_about_no_picture_is_refused(caller: Caller, image_list: List, model: str) -> None:
    class_name = CLASSES[model][0]

    assert code_of(give(caller, b"no picture", model, class_name)) == (400, "media_error", 2)
    assert code_of(give(caller, None, model, class_name)) == (400, "argument_error", 10)
    assert not Feedback.objects.exists()


def test_a_viewer_gives_no_feedback(caller_as: Callable[..., Caller], coffee: bytes) -> None:
    answer = give(caller_as(Role.VIEWER), coffee, "nudity", "safe")

    assert code_of(answer) == (403, "credentials_error", 6)


@pytest.mark.parametrize("names_the_list", [True, False])
def test_a_duplicate_waits_for_review_beside_what_it_resembles(
    caller: Caller, image_list: List, coffee: bytes, coffee_copy: bytes, names_the_list: bool
) -> None:
    caller.sightengine("check.json", coffee, add_to_list=image_list.public_id)
    image_list.suggestion_threshold = image_list.duplicate_threshold = 0.9995
    image_list.save()
    lists = {"lists": image_list.public_id} if names_the_list else {}

    give(caller, coffee_copy, "similarity", "duplicate", **lists)

    pair = MatchCandidate.objects.get()
    assert pair.image_list == image_list
    assert pair.query_image.sha256 == Feedback.objects.get().sha256
    assert pair.query_image.is_stored
    assert pair.score < image_list.suggestion_threshold


def test_an_unrelated_duplicate_makes_no_pair(
    caller: Caller, image_list: List, coffee: bytes, astronaut: bytes
) -> None:
    caller.sightengine("check.json", coffee, add_to_list=image_list.public_id)

    give(caller, astronaut, "similarity", "duplicate")

    assert not MatchCandidate.objects.exists()
    assert Image.objects.count() == 1


@pytest.mark.parametrize("class_name", ["not-duplicate", "unknown"])
def test_what_is_no_duplicate_is_kept_and_looked_for_nowhere(
    caller: Caller, image_list: List, coffee: bytes, coffee_copy: bytes, class_name: str
) -> None:
    caller.sightengine("check.json", coffee, add_to_list=image_list.public_id)

    give(caller, coffee_copy, "similarity", class_name, lists=image_list.public_id)

    assert Feedback.objects.get().class_name == class_name
    assert not MatchCandidate.objects.exists()


def test_a_duplicate_is_looked_for_in_the_lists_within_reach_only(
    caller: Caller,
    stranger_caller: Caller,
    caller_as: Callable[..., Caller],
    image_list: List,
    coffee: bytes,
    coffee_copy: bytes,
) -> None:
    caller.sightengine("check.json", coffee, add_to_list=image_list.public_id)

    give(stranger_caller, coffee_copy, "similarity", "duplicate")
    give(caller_as(Role.ANALYST, is_restricted=True), coffee_copy, "similarity", "duplicate")

    assert Feedback.objects.count() == 2
    assert not MatchCandidate.objects.exists()
