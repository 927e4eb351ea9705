"""Models in the Sightengine dialect: properties are measured, some others are not offered."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PIL import Image as Picture

from accounts.actors import Actor
from lists.depths import Depth
from lists.models import Image, List
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission, Outcome
from tests.api.test_sightengine import code_of
from tests.callers import Caller
from tests.conftest import encoded, opened
from tests.photos import animation

pytestmark = pytest.mark.django_db


def test_properties_alone_store_nothing(caller: Caller, coffee: bytes) -> None:
    body = caller.sightengine("check.json", coffee, models="properties").json()

    assert body["status"] == "success"
    assert "similarity" not in body
    assert not Image.objects.exists()


def test_properties_and_similarity_are_in_one_object(
    caller: Caller, image_list: List, coffee: bytes
) -> None:
    body = caller.sightengine(
        "properties.json", coffee, lists=image_list.public_id, add_to_list=image_list.public_id
    ).json()

    assert list(body) == [
        "status",
        "request",
        "similarity",
        "sharpness",
        "contrast",
        "brightness",
        "colors",
        "media",
    ]
    assert body["request"]["operations"] == 2


def test_properties_of_an_animation_are_those_of_its_first_frame(caller: Caller) -> None:
    frames = [Picture.new("RGB", (64, 48), colour) for colour in ("#ff0000", "#0000ff")]

    body = caller.sightengine("check.json", animation(frames, "PNG"), models="properties").json()

    assert body["colors"] == {
        "dominant": {"r": 255, "g": 0, "b": 0, "hex": "#ff0000"},
        "accent": [],
        "other": [],
    }


@pytest.mark.parametrize("path", ["check.json?models=properties", "properties.json"])
def test_properties_of_no_picture_are_a_media_error(caller: Caller, path: str) -> None:
    assert code_of(caller.sightengine(path, b"no picture")) == (400, "media_error", 2)
    assert code_of(caller.sightengine(path)) == (400, "argument_error", 10)


def test_properties_beside_a_model_that_is_not_here_are_not_answered(
    caller: Caller, coffee: bytes
) -> None:
    answer = caller.sightengine("check.json", coffee, models="properties,nudity-2.1")

    assert code_of(answer) == (400, "plan_error", 31)
    assert "nudity-2.1" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("gore.json", "gore"),
        ("weapon-alcohol-drugs.json", "wad"),
        ("genai.json", "genai"),
        ("nudity-2.1.json", "nudity-2.1"),
        ("video/check.json", "video/check"),
        ("video/ongoing.json", "video/ongoing"),
        ("check-workflow.json", "check-workflow"),
    ],
)
def test_an_endpoint_that_is_not_here_is_named_after_the_credentials_are_checked(
    caller: Caller, coffee: bytes, path: str, name: str
) -> None:
    posted = caller.sightengine(path, coffee)
    got = caller.anonymous.get(f"/1.0/{path}", {**caller.pair, "url": "http://127.0.0.1/a.jpg"})
    stranger = caller.anonymous.get(f"/1.0/{path}")

    assert code_of(posted) == code_of(got) == (400, "plan_error", 31)
    assert f" {name} " in posted.json()["error"]["message"]
    assert code_of(stranger) == (401, "credentials_error", 1)


@pytest.mark.parametrize(
    ("asked", "meant"), [("fast", Depth.FAST), ("full", Depth.FULL), ("", None)]
)
def test_the_depth_that_is_asked_for_is_used(
    caller: Caller,
    image_list: List,
    coffee: bytes,
    monkeypatch: pytest.MonkeyPatch,
    asked: str,
    meant: Depth | None,
) -> None:
    submitted: list[NewSubmission] = []
    submit_many = submissions_services.submit_many

    def watched(*, by: Actor, submissions: Sequence[NewSubmission]) -> list[Outcome]:
        submitted.extend(submissions)
        return submit_many(by=by, submissions=submissions)

    monkeypatch.setattr(submissions_services, "submit_many", watched)

    answer = caller.sightengine("check.json", coffee, lists=image_list.public_id, depth=asked)

    assert answer.status_code == 200
    assert [each.depth for each in submitted] == [meant]


def test_a_part_is_found_in_full_depth_only(
    caller: Caller, image_list: List, astronaut: bytes
) -> None:
    list_id = image_list.public_id
    caller.sightengine("check.json", astronaut, add_to_list=list_id)
    with_part = opened(astronaut).crop((100, 0, 330, 230))

    found = {
        depth: caller.sightengine(
            "check.json", encoded(with_part), lists=list_id, depth=depth
        ).json()["similarity"][0]["matches"]
        for depth in ("fast", "full")
    }

    assert [len(found["fast"]), len(found["full"])] == [0, 1]


def test_another_depth_is_refused(caller: Caller, image_list: List, coffee: bytes) -> None:
    answer = caller.sightengine("check.json", coffee, lists=image_list.public_id, depth="deep")

    assert code_of(answer) == (400, "argument_error", 15)
