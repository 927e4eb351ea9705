"""Several images in one call of the Sightengine dialect: one result each, all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Picture

from accounts.permissions import Role
from api.sightengine import pictures
from lists.models import Image, Item, List
from review.models import MatchCandidate
from tests.callers import Caller
from tests.conftest import encoded
from tests.photos import animation, photo

pytestmark = pytest.mark.django_db


def send(caller: Caller, photos: list[bytes], **fields: Any) -> Any:
    """Post the pictures as `media[]`, named 0.jpg, 1.jpg and so on."""
    files = [SimpleUploadedFile(f"{place}.jpg", each) for place, each in enumerate(photos)]
    return caller.sightengine("check.json", **{"media[]": files, **fields})


def problem(answer: Any) -> tuple[int, str, int]:
    error = answer.json()["error"]
    return answer.status_code, error["type"], error["code"]


def small(colour: str) -> bytes:
    return encoded(Picture.new("RGB", (40, 30), colour))


def test_each_image_has_its_own_result_in_the_order_sent(
    caller: Caller, image_list: List, coffee: bytes, coffee_copy: bytes, astronaut: bytes
) -> None:
    caller.sightengine("check.json", coffee, add_to_list=image_list.public_id)

    body = send(caller, [astronaut, coffee_copy], lists=image_list.public_id).json()

    assert list(body) == ["status", "request", "data"]
    assert body["request"]["operations"] == 2
    assert [list(each) for each in body["data"]] == [["similarity", "media"]] * 2
    assert [each["media"]["uri"] for each in body["data"]] == ["0.jpg", "1.jpg"]
    assert [len(each["similarity"][0]["matches"]) for each in body["data"]] == [0, 1]


def test_one_image_sent_as_several_is_answered_as_several(
    caller: Caller, image_list: List, coffee: bytes
) -> None:
    body = send(caller, [coffee], add_to_list=image_list.public_id, custom_id="cup").json()

    (result,) = body["data"]
    assert Item.objects.get(custom_id="cup").public_id == result["media"]["id"]


def test_numbered_fields_are_several_images(
    caller: Caller, image_list: List, coffee: bytes, astronaut: bytes
) -> None:
    files = {
        f"media[{place}]": SimpleUploadedFile(f"{place}.jpg", each)
        for place, each in enumerate([coffee, astronaut])
    }

    body = caller.sightengine("check.json", lists=image_list.public_id, **files).json()

    assert [each["media"]["uri"] for each in body["data"]] == ["0.jpg", "1.jpg"]


def test_all_are_added_and_none_matches_another_of_the_same_call(
    caller: Caller, image_list: List, coffee: bytes, coffee_copy: bytes, astronaut: bytes
) -> None:
    list_id = image_list.public_id

    body = send(caller, [coffee, astronaut, coffee_copy], add_to_list=list_id, lists=list_id).json()

    assert body["request"]["operations"] == 6
    assert [each["similarity"][0]["matches"] for each in body["data"]] == [[], [], []]
    by_name = {item.name: item.public_id for item in Item.objects.all()}
    assert [each["media"]["id"] for each in body["data"]] == [
        by_name["0.jpg"],
        by_name["1.jpg"],
        by_name["2.jpg"],
    ]


# What others added meanwhile is told by the feed, which shows what is committed.
@pytest.mark.django_db(transaction=True)
def test_copies_that_are_added_together_wait_for_review(
    caller: Caller, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    send(caller, [coffee, coffee_copy], add_to_list=image_list.public_id)

    pair = MatchCandidate.objects.get()
    assert {pair.image_low_id, pair.image_high_id} == set(
        Image.objects.values_list("pk", flat=True)
    )


def test_the_same_bytes_twice_are_one_item(caller: Caller, image_list: List, coffee: bytes) -> None:
    body = send(caller, [coffee, coffee], add_to_list=image_list.public_id).json()

    item = Item.objects.get()
    assert [each["media"]["id"] for each in body["data"]] == [item.public_id] * 2


@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_broken_image_is_named_and_nothing_is_stored(
    caller: Caller, image_list: List, coffee: bytes, astronaut: bytes, own_media: Path, place: int
) -> None:
    photos = [coffee, astronaut]
    photos.insert(place, b"no picture")

    answer = send(caller, photos, add_to_list=image_list.public_id)

    assert problem(answer) == (400, "media_error", 2)
    assert answer.json()["error"]["message"].startswith(f"{place}.jpg: ")
    assert not Image.objects.exists()
    assert not list(own_media.rglob("*"))


def test_one_broken_image_is_named_by_properties_too(caller: Caller, coffee: bytes) -> None:
    answer = send(caller, [coffee, b"no picture"], models="properties")

    assert problem(answer) == (400, "media_error", 2)
    assert answer.json()["error"]["message"].startswith("1.jpg: ")


def test_properties_and_lists_are_answered_together(
    caller: Caller, image_list: List, coffee: bytes
) -> None:
    body = send(
        caller, [coffee, small("red")], lists=image_list.public_id, models="properties"
    ).json()

    keys = ["similarity", "sharpness", "contrast", "brightness", "colors", "media"]
    assert [list(each) for each in body["data"]] == [keys, keys]
    assert body["data"][1]["colors"]["dominant"]["r"] > 250


def test_a_custom_id_names_one_image_only(
    caller: Caller, image_list: List, coffee: bytes, astronaut: bytes
) -> None:
    answer = send(caller, [coffee, astronaut], add_to_list=image_list.public_id, custom_id="cup")

    assert problem(answer) == (400, "argument_error", 15)
    assert not Image.objects.exists()


def test_more_images_than_six_are_too_many(caller: Caller, image_list: List) -> None:
    list_id = image_list.public_id

    six = send(caller, [small("red")] * 6, lists=list_id)
    seven = send(caller, [small("red")] * 7, lists=list_id)

    assert len(six.json()["data"]) == 6
    assert problem(seven) == (400, "argument_error", 19)


def test_too_many_bytes_together_are_refused(
    caller: Caller, image_list: List, coffee: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_id = image_list.public_id
    monkeypatch.setattr(pictures, "MAX_BYTES_TOGETHER", 2 * len(coffee))

    two = send(caller, [coffee] * 2, lists=list_id)
    three = send(caller, [coffee] * 3, lists=list_id)

    assert two.status_code == 200
    assert problem(three) == (413, "media_error", 4)


def test_media_together_with_several_is_one_too_many(
    caller: Caller, image_list: List, coffee: bytes
) -> None:
    list_id = image_list.public_id

    with_file = send(caller, [coffee], lists=list_id, media=SimpleUploadedFile("a.jpg", coffee))
    with_url = send(caller, [coffee], lists=list_id, url="https://example.org/a.jpg")

    assert problem(with_file) == (400, "argument_error", 11)
    assert problem(with_url) == (400, "argument_error", 11)


def test_who_may_not_add_adds_none_of_several(
    caller_as: Callable[..., Caller], image_list: List, coffee: bytes
) -> None:
    answer = send(caller_as(Role.ANALYST), [coffee], add_to_list=image_list.public_id)

    assert problem(answer) == (403, "credentials_error", 6)
    assert not Image.objects.exists()


@pytest.mark.parametrize(
    ("fields", "operations"),
    [
        ({"add_to_list": "LIST"}, 2),
        ({"lists": "LIST"}, 2),
        ({"lists": "LIST", "add_to_list": "LIST"}, 4),
        ({"lists": "LIST,OTHER"}, 2),
        ({"models": "properties"}, 0),
        ({"models": "properties", "lists": "LIST"}, 2),
    ],
)
def test_an_animation_counts_its_distinct_frames(
    caller: Caller, image_list: List, fields: dict[str, str], operations: int
) -> None:
    coffee, astronaut = (photo(name).resize((320, 240)) for name in ("coffee", "astronaut"))
    faded = Picture.blend(coffee, Picture.new("RGB", coffee.size), 0.1)  # looks like the first
    frames = [coffee, faded, astronaut]
    other = caller.post("/v1/lists/", name="Other").json()["id"]
    named = {
        name: text.replace("LIST", image_list.public_id).replace("OTHER", other)
        for name, text in fields.items()
    }

    body = caller.sightengine("check.json", animation(frames, "GIF", duration=100), **named).json()

    assert body["request"]["operations"] == operations


def test_a_still_of_an_animation_matches_it_once(
    caller: Caller, image_list: List, coffee: bytes
) -> None:
    frames = [photo(name).resize((320, 240)) for name in ("astronaut", "coffee")]
    list_id = image_list.public_id
    caller.sightengine("check.json", animation(frames, "GIF"), add_to_list=list_id)

    body = caller.sightengine("check.json", coffee, lists=list_id).json()

    assert len(body["similarity"][0]["matches"]) == 1
