"""Models of what pictures show: documented answers, and no number from a model that is not here."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Picture
from pytest_django import Settings

from api.sightengine import vision as api_vision
from api.sightengine.vision import AskedModels
from intake import fetch as intake_fetch
from intake import sources
from intake.fetch import FetchPolicy
from intake.sources import RawImage
from lists import model_pool
from lists.models import Image, List
from matching.networks import manifest, runtime
from moderation.vision import brought, faces, offers
from moderation.vision.seen import Box, Face, FrameSeen, Points
from tests import tiny_model
from tests.api.golden import same_shape, sample
from tests.api.test_sightengine import code_of
from tests.callers import Caller
from tests.conftest import encoded, opened
from tests.in_process import InProcessModelPool
from tests.moderation_parts import have_faces, lack_faces, lack_runtime
from tests.photos import animation

pytestmark = pytest.mark.django_db

ADDRESS = "https://example.org/example2.jpg"
ALL = "nudity,wad,properties,face,type,celebrities,face-attributes,scam,text,offensive"
FACE = Face(
    0.995,
    Box(0.25, 0.125, 0.75, 0.875),
    Points((0.6, 0.4), (0.4, 0.4), (0.5, 0.5), (0.6, 0.7), (0.4, 0.7)),
)
DOUBTFUL = dataclasses.replace(FACE, confidence=0.26)
RED, GREEN = ("#ff0000", "#00ff00")
# By its name, where else it is asked for, and the documented answer.
SAMPLES = [
    ("nudity", "nudity.json", "nudity"),
    ("wad", "weapon-alcohol-drugs.json", "wad"),
    ("face-attributes", "face-attributes.json", "face_attributes"),
    ("celebrities", "celebrities.json", "celebrities"),
    ("scam", "scam.json", "scam"),
    ("offensive", "offensive.json", "offensive"),
    ("type", "type.json", "type"),
]
ADDRESSES = [(name, path) for name, path, _ in SAMPLES] + [
    ("face", "face.json"),
    ("faces", "faces.json"),
]


@pytest.fixture(autouse=True)
def fetched_coffee(monkeypatch: pytest.MonkeyPatch, coffee: bytes) -> None:
    """What is fetched is the photograph; fetching is tested elsewhere."""

    def fetch(url: str, policy: FetchPolicy) -> RawImage:
        return sources.from_chunks([coffee], name="example2.jpg", max_bytes=policy.max_bytes)

    monkeypatch.setattr(intake_fetch, "fetch", fetch)


@pytest.fixture
def everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings, coffee: bytes
) -> Iterator[None]:
    """The operator has brought a network for each model, and there is a face in every picture."""
    have_faces(monkeypatch)
    monkeypatch.setattr(faces, "found", lambda _: (FACE, DOUBTFUL))
    folder = tmp_path / "models"
    for write in ("wad", "attributes", "scam", "offensive"):
        getattr(tiny_model, f"write_{write}")(folder / write)
    tiny_model.write_celebrities(folder / "celebrities", {"Ada": coffee})
    settings.BROUGHT_MODELS = manifest.brought(folder, offers.OFFERS)
    assert settings.BROUGHT_MODELS.faults == ()
    limits = dataclasses.replace(
        model_pool.limits(), brought=settings.BROUGHT_MODELS, reading_passes=1
    )
    pool = InProcessModelPool(limits, workers=1)
    monkeypatch.setattr(model_pool, "current", lambda: pool)
    yield
    brought.gallery.cache_clear()


def documented(name: str) -> Any:
    """Return a documented answer; what is written as a whole number there is a fraction."""
    return _fractions(sample(f"sightengine/{name}"))


def _fractions(value: Any) -> Any:
    if isinstance(value, dict):
        whole = {"operations", "r", "g", "b"}
        return {key: each if key in whole else _fractions(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_fractions(each) for each in value]
    return float(value) if isinstance(value, int) else value


# -------------------------------------------------------------------------- the documented samples


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize(("model", "path", "name"), SAMPLES)
def test_the_documented_answer_of_each_model(
    caller: Caller, coffee: bytes, model: str, path: str, name: str
) -> None:
    expected = documented(name)
    by_address = {**caller.pair, "url": ADDRESS}

    for body in (
        caller.sightengine(path, coffee).json(),
        caller.sightengine("check.json", coffee, models=model).json(),
        caller.anonymous.get(f"/1.0/{path}", by_address).json(),
        caller.anonymous.get("/1.0/check.json", {**by_address, "models": model}).json(),
    ):
        same_shape(expected, body)
        assert body["request"]["operations"] == 1


@pytest.mark.usefixtures("everything")
def test_all_models_in_one_request_are_answered_as_documented(
    caller: Caller, coffee: bytes
) -> None:
    expected = documented("all_models")
    expected["unavailable"] = ["gore"]
    # Ours always has the places of text, and what the network tells of sex.
    expected["text"]["boxes"] = []
    expected["faces"][0]["attributes"].update(female=0.5, male=0.5)

    small = encoded(opened(coffee).resize((120, 80)))

    body = caller.sightengine("check.json", small, models=f"{ALL},gore", partial="1").json()

    body["text"]["boxes"] = []
    same_shape(expected, body)
    # Of ten models properties cost nothing.
    assert body["request"]["operations"] == 9
    assert body["face"] == {"single": pytest.approx(0.995 * 0.74), "multiple": 0.26}
    assert sum(body["nudity"].values()) == pytest.approx(1, abs=1e-9)


@pytest.mark.usefixtures("everything")
def test_how_many_faces_there_are_is_told_by_both_names(caller: Caller, coffee: bytes) -> None:
    told = [
        caller.sightengine("check.json", coffee, models=names).json()
        for names in ("face", "faces", "face,faces")
    ]

    for body in told:
        same_shape({"single": 0.5, "multiple": 0.5}, body["face"])
        (face,) = body["faces"]
        assert (face["x1"], face["y2"]) == (0.25, 0.875)
        assert face["features"]["left_eye"]["x"] > face["features"]["right_eye"]["x"]
        assert set(face) == {"x1", "y1", "x2", "y2", "features"}
        assert body["request"]["operations"] == 1


# ---------------------------------------------------------------------------- what is not installed


def test_the_first_model_that_is_missing_is_named(
    caller: Caller, coffee: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    have_faces(monkeypatch)

    named = {}
    for models in (ALL, "properties,face,gore,wad", "scam,offensive", "face,offensive,nudity"):
        answer = caller.sightengine("check.json", coffee, models=models)
        assert code_of(answer) == (400, "plan_error", 31)
        named[models] = answer.json()["error"]["message"].split("model ")[1].split()[0]

    assert list(named.values()) == ["wad", "gore", "scam", "offensive"]


@pytest.mark.parametrize(("model", "path"), ADDRESSES)
def test_a_model_that_is_not_installed_gives_no_number_however_it_is_asked(
    caller: Caller,
    image_list: List,
    coffee: bytes,
    monkeypatch: pytest.MonkeyPatch,
    model: str,
    path: str,
) -> None:
    lack_faces(monkeypatch)
    lack_runtime(monkeypatch)
    post, get = caller.sightengine, caller.anonymous.get
    query = {**caller.pair, "url": ADDRESS, "models": model}
    several = [SimpleUploadedFile(f"{number}.jpg", coffee) for number in range(2)]
    list_id = image_list.public_id

    refused = [
        post("check.json", coffee, models=model),
        post("check.json", coffee, models=f"properties,{model}"),
        post("check.json", coffee, models=f"{model},properties"),
        post("check.json", coffee, models=model, add_to_list=list_id, lists=list_id),
        post("check.json", coffee, models=model, partial="1"),
        post("check.json", models=model, **{"media[]": several}),
        post(path, coffee),
        get("/1.0/check.json", query),
        get(f"/1.0/{path}", query),
    ]
    script = get("/1.0/check.json", {**query, "callback": "told"})

    for answer in refused:
        assert code_of(answer) == (400, "plan_error", 31)
    bodies = [each.json() for each in refused]
    bodies.append(json.loads(script.content.decode().split("told(", 1)[1].rsplit(")", 1)[0]))
    for body in bodies:
        assert set(body) == {"status", "request", "error"}
        assert body["request"]["operations"] == 0
        assert f" {model} " in body["error"]["message"]
    assert not Image.objects.exists()


def test_the_rest_is_answered_where_a_part_will_do(
    caller: Caller, coffee: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    lack_faces(monkeypatch)

    body = caller.sightengine("check.json", coffee, models="face,nudity,wad", partial="1").json()

    assert set(body) == {"status", "request", "unavailable", "nudity", "media"}
    assert body["unavailable"] == ["face", "wad"]


def test_models_are_listed_with_what_they_need(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    lack_faces(monkeypatch)

    body = caller.anonymous.get("/1.0/models.json", caller.pair).json()

    told = {each["name"]: (each["status"], each["needs"]) for each in body["models"]}
    assert told["face"] == told["faces"] == ("missing", "requirements-models.txt")
    assert told["nudity"] == ("extra", "requirements-models.txt")
    assert {told[name] for name in offers.OFFERS} == {("missing", "MODELS_DIR")}
    (nudity,) = (each for each in body["models"] if each["name"] == "nudity")
    assert nudity["measured"]["figure"]
    assert nudity["answers"] == ["nudity"]


@pytest.mark.usefixtures("everything")
def test_networks_that_were_brought_are_listed_as_such(caller: Caller) -> None:
    body = caller.anonymous.get("/1.0/models.json", caller.pair).json()

    (wad,) = (each for each in body["models"] if each["name"] == "wad")
    assert (wad["status"], wad["version"], wad["licence"]) == ("byo", "tiny 1", "CC0-1.0")
    assert wad["measured"] is None


# -------------------------------------------------------------------------------- frames and faults


@pytest.mark.usefixtures("everything")
def test_an_animation_is_answered_with_what_is_highest_in_its_frames(caller: Caller) -> None:
    frames = [Picture.new("RGB", (64, 48), colour) for colour in (RED, GREEN)]
    frames[1].paste(Picture.effect_noise((64, 48), 200))

    body = caller.sightengine(
        "check.json", animation(frames, "PNG"), models="wad,nudity,face,offensive"
    ).json()

    assert body["weapon"] == pytest.approx(1)
    assert 0.3 < body["alcohol"] < 0.7
    assert [face["frame"] for face in body["faces"]] == [0, 1]
    assert [box["frame"] for box in body["offensive"]["boxes"]] == [0, 1]
    assert body["offensive"]["prob"] == 0.75
    assert sum(body["nudity"].values()) == pytest.approx(1, abs=1e-9)
    assert body["request"]["operations"] == 8


def test_nudity_is_that_of_the_frame_that_is_least_safe() -> None:
    scores = [
        (("raw", 0.2), ("partial", 0.1), ("safe", 0.7)),
        (("raw", 0), ("partial", 0.5), ("safe", 0.5)),
    ]
    frames = [FrameSeen(number, None, (("nudity", of),), None) for number, of in enumerate(scores)]

    told = api_vision.seen_models(frames, AskedModels(("nudity",)), least_probability=1)

    assert told.scores == {"nudity": {"raw": 0, "partial": 0.5, "safe": 0.5}}


@pytest.mark.usefixtures("everything")
def test_each_of_several_images_is_answered(caller: Caller, coffee: bytes) -> None:
    files = [SimpleUploadedFile(f"{number}.jpg", coffee) for number in range(2)]

    body = caller.sightengine("nudity.json", **{"media[]": files}).json()

    assert [set(each) for each in body["data"]] == [{"nudity", "media"}] * 2
    assert body["request"]["operations"] == 2


@pytest.mark.usefixtures("everything")
def test_a_network_that_fails_is_told_and_nothing_else(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, astronaut: bytes
) -> None:
    class Broken:
        def run(self, *_: object) -> list[np.ndarray]:
            raise RuntimeError("out of order")

    monkeypatch.setattr(runtime, "session", lambda _: Broken())

    answer = caller.sightengine("check.json", astronaut, models="wad")

    assert code_of(answer) == (503, "api_error", 51)
    assert " wad " in answer.json()["error"]["message"]
    assert code_of(caller.sightengine("wad.json", b"no picture")) == (400, "media_error", 2)
