"""Every documented answer of the Sightengine API about images and lists has our answer's shape."""

from __future__ import annotations

import re
from typing import Any

import pytest

from intake import fetch as intake_fetch
from intake import sources
from intake.fetch import FetchPolicy
from intake.sources import RawImage
from lists.models import List
from tests.api.golden import same_shape, sample
from tests.callers import Caller

pytestmark = pytest.mark.django_db

ADDRESS = "https://example.org/example2.jpg"


@pytest.fixture(autouse=True)
def fetched_coffee(monkeypatch: pytest.MonkeyPatch, coffee: bytes) -> None:
    """What is fetched is the photograph; fetching is tested elsewhere."""

    def fetch(url: str, policy: FetchPolicy) -> RawImage:
        return sources.from_chunks([coffee], name="example2.jpg", max_bytes=policy.max_bytes)

    monkeypatch.setattr(intake_fetch, "fetch", fetch)


def add(caller: Caller, image_list: List, photo: bytes, **fields: str) -> Any:
    return caller.sightengine("check.json", photo, add_to_list=image_list.public_id, **fields)


def test_an_add(caller: Caller, image_list: List, coffee: bytes) -> None:
    body = add(caller, image_list, coffee, custom_id="cup").json()

    same_shape(sample("sightengine/add"), body)
    assert body["media"]["uri"] == "image.jpg"


@pytest.mark.parametrize("custom_id", ["", "cup"])
def test_a_check(
    caller: Caller, image_list: List, coffee: bytes, coffee_copy: bytes, custom_id: str
) -> None:
    add(caller, image_list, coffee, custom_id=custom_id)

    body = caller.sightengine("check.json", coffee_copy, lists=image_list.public_id).json()

    same_shape(sample("sightengine/check"), body)
    assert body["similarity"][0]["list"]["id"] == image_list.public_id


@pytest.mark.parametrize("by", ["media_id", "custom_id"])
def test_a_removal(caller: Caller, image_list: List, coffee: bytes, by: str) -> None:
    added = add(caller, image_list, coffee, custom_id="cup").json()
    item = {"media_id": added["media"]["id"], "custom_id": "cup"}

    body = caller.sightengine(
        "list/remove-item.json", list_id=image_list.public_id, **{by: item[by]}
    ).json()

    same_shape(sample("sightengine/remove"), body)


def test_what_holds_for_every_image(caller: Caller, image_list: List) -> None:
    body = caller.anonymous.get(
        "/1.0/check.json", {**caller.pair, "url": ADDRESS, "add_to_list": image_list.public_id}
    ).json()

    same_shape(sample("sightengine/envelope"), body)
    assert body["media"]["uri"] == ADDRESS
    assert re.fullmatch(r"\d{10}\.\d{1,4}", str(body["request"]["timestamp"]))


@pytest.mark.parametrize("path", ["properties.json", "check.json?models=properties"])
@pytest.mark.parametrize("how", ["upload", "address"])
def test_properties(caller: Caller, coffee: bytes, path: str, how: str) -> None:
    if how == "upload":
        body = caller.sightengine(path, coffee).json()
    else:
        body = caller.sightengine(path, url=ADDRESS).json()

    same_shape(sample("sightengine/properties"), body)
    assert body["request"]["operations"] == 0
    dominant = body["colors"]["dominant"]
    assert dominant["hex"] == "#{r:02x}{g:02x}{b:02x}".format(**dominant)


@pytest.mark.parametrize("how", ["upload", "address"])
def test_feedback(caller: Caller, coffee: bytes, how: str) -> None:
    fields = {"model": "nudity", "class": "safe"}
    if how == "upload":
        body = caller.sightengine("feedback.json", coffee, **fields).json()
    else:
        query = {**caller.pair, **fields, "url": ADDRESS}
        body = caller.anonymous.get("/1.0/feedback.json", query).json()

    same_shape(sample("sightengine/feedback"), body)
    assert body["message"] == sample("sightengine/feedback")["message"]


def test_a_failure(caller: Caller) -> None:
    body = caller.anonymous.get("/1.0/check.json", {"api_user": "x", "api_secret": "y"}).json()

    same_shape(sample("sightengine/error"), body)
    assert body["error"] == sample("sightengine/error")["error"]


@pytest.mark.parametrize(
    ("documented", "other"),
    [
        ({"a": 1}, {}),
        ({"a": 1}, {"a": 1, "b": 1}),
        ({"a": 1}, {"a": 1.5}),
        ({"a": 1}, {"a": True}),
        ({"a": "text"}, {"a": None}),
        ({"a": None}, {"a": 1}),
        ({"a": [1]}, {"a": []}),
        ({"a": [{"b": 1}]}, {"a": [{"b": 1}, {"c": 1}]}),
    ],
)
def test_another_shape_is_told(documented: Any, other: Any) -> None:
    with pytest.raises(AssertionError):
        same_shape(documented, other)
