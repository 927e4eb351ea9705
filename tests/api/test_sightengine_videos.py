"""video/check-sync.json: documented answers, frame by frame, and what is no video."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Picture
from pytest_django import Settings

from intake import fetch as intake_fetch
from intake import sources
from intake.fetch import FetchPolicy
from intake.sources import RawImage
from lists.models import Image, List
from moderation.reading import reader
from tests import drawn_videos
from tests.api.golden import same_shape, sample
from tests.api.test_sightengine import code_of
from tests.api.test_sightengine_image_models import documented, everything
from tests.callers import Caller
from tests.drawn_videos import greys, plain, video
from tests.moderation_parts import lack_faces, lack_video

pytestmark = pytest.mark.django_db

PATH = "video/check-sync.json"
ADDRESS = "https://example.org/funfair.mp4"
TWO_SECONDS = video(greys(20))
NUMBER = "+1 605 493 3483"
__all__ = ["everything"]

Watch = Callable[..., Any]


@pytest.fixture
def watch(caller: Caller) -> Watch:
    """Post a video with fields, as Sightengine's documentation does."""

    def post(data: bytes, **fields: str) -> Any:
        media = SimpleUploadedFile("yourfile.mp4", data)
        return caller.anonymous.post(f"/1.0/{PATH}", {**caller.pair, **fields, "media": media})

    return post


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[FetchPolicy]:
    """What is fetched is a video of two seconds; by which policies it was."""
    policies: list[FetchPolicy] = []

    def fetch(url: str, policy: FetchPolicy) -> RawImage:
        policies.append(policy)
        return sources.from_chunks([TWO_SECONDS], name="funfair.mp4", max_bytes=policy.max_bytes)

    monkeypatch.setattr(intake_fetch, "fetch", fetch)
    return policies


def subtitled(*lines: str) -> bytes:
    """Return a video with a line of text for each second, the same picture behind all."""
    ground = Picture.effect_noise((480, 270), 20).convert("RGB")
    frames = [drawn_videos.with_subtitle(ground, line, 26) for line in lines]
    return video([frame for frame in frames for _ in range(5)], fps=5, codec="libx264")


# -------------------------------------------------------------------------- the documented samples


def test_the_documented_answer_about_a_video_that_has_an_address(
    caller: Caller, fetched: list[FetchPolicy]
) -> None:
    query = {**caller.pair, "models": "nudity", "stream_url": ADDRESS}

    for ask in (caller.anonymous.get, caller.anonymous.post):
        body = ask(f"/1.0/{PATH}", query).json()

        same_shape(sample("sightengine/video_nudity"), body)
        first, second = body["data"]["frames"]
        assert body["media"]["uri"] == ADDRESS
        assert first["info"] == {"id": f"{body['media']['id']}_1", "position": 0}
        assert second["info"] == {"id": f"{body['media']['id']}_2", "position": 1_000}
        assert body["request"]["operations"] == 2
    assert {policy.accepts for policy in fetched} == {"video/*"}


def test_the_documented_answer_about_the_text_of_an_upload(watch: Watch) -> None:
    body = watch(TWO_SECONDS, models="text-content").json()

    same_shape(sample("sightengine/video_text_content"), body)
    assert body["media"]["uri"] == "yourfile.mp4"
    assert body["request"]["operations"] == 2


@pytest.mark.usefixtures("everything")
def test_every_model_of_pictures_answers_about_frames_as_about_pictures(
    caller: Caller, watch: Watch, coffee: bytes
) -> None:
    models = (
        "nudity,wad,properties,faces,type,celebrities,face-attributes,scam,offensive,qr-content"
    )
    still = caller.sightengine("check.json", coffee, models=models).json()

    body = watch(video([plain(120), plain(30)], fps=1), models=models).json()

    # Of ten models properties cost nothing, in each of two frames.
    assert body["request"]["operations"] == 18
    for frame in body["data"]["frames"]:
        del frame["info"]
        assert set(frame) == set(still) - {"status", "request", "media"}
        same_shape(
            documented("face_attributes")["faces"][0]["features"], frame["faces"][0]["features"]
        )
        assert "frame" not in frame["faces"][0]


# ------------------------------------------------------------------------------------------ frames


def test_every_subtitle_is_judged_in_its_frame_and_nothing_twice(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:

    read, frames_read = reader.read, []

    def counted(pixels: Any, frame: int, *rest: Any) -> Any:
        frames_read.append(frame)
        return read(pixels, frame, *rest)

    monkeypatch.setattr(reader, "read", counted)
    data = subtitled("hello there", "hello there", f"call {NUMBER}", f"call {NUMBER}")

    body = watch(data, models="text-content", include_text="1").json()

    frames = body["data"]["frames"]
    assert [[hit["type"] for hit in each["text"]["personal"]] for each in frames] == [
        [],
        [],
        ["phone_number_us"],
        ["phone_number_us"],
    ]
    assert frames[2]["text"] == frames[3]["text"]
    assert "hello" in frames[0]["text"]["content"]
    assert "frame" not in frames[0]["text"]["lines"][0]
    assert frames_read == [1, 3]
    assert body["request"]["operations"] == 4


def test_the_interval_says_how_often(watch: Watch) -> None:
    positions = {}
    for interval in ("0.5", "1", "2", ""):
        body = watch(TWO_SECONDS, models="properties", interval=interval).json()
        positions[interval] = [each["info"]["position"] for each in body["data"]["frames"]]
        assert body["request"]["operations"] == 0

    assert positions == {
        "0.5": [0, 500, 1_000, 1_500],
        "1": [0, 1_000],
        "2": [0],
        "": [0, 1_000],
    }


# ---------------------------------------------------------------------------- what is not installed


def test_a_model_that_is_missing_gives_no_number(
    caller: Caller, watch: Watch, fetched: list[FetchPolicy], monkeypatch: pytest.MonkeyPatch
) -> None:
    lack_faces(monkeypatch)
    query = {**caller.pair, "stream_url": ADDRESS}

    for models in ("faces", "nudity,faces", "wad", "gore,nudity", "celebrities"):
        for answer in (
            watch(TWO_SECONDS, models=models),
            caller.anonymous.get(f"/1.0/{PATH}", {**query, "models": models}),
        ):
            assert code_of(answer) == (400, "plan_error", 31)
    assert code_of(watch(TWO_SECONDS, models="wad", partial="1")) == (400, "plan_error", 31)
    assert fetched == []

    body = watch(TWO_SECONDS, models="nudity,faces,wad", partial="1").json()

    assert body["unavailable"] == ["faces", "wad"]
    assert all(set(each) == {"info", "nudity"} for each in body["data"]["frames"])


def test_without_the_package_the_operator_is_told_what_to_install(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    lack_video(monkeypatch)

    for fields in ({}, {"partial": "1"}):
        answer = watch(TWO_SECONDS, models="nudity", **fields)

        assert code_of(answer) == (400, "plan_error", 31)
        assert "requirements-video.txt" in answer.json()["error"]["message"]


# ---------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, 12),
        ({"models": ""}, 12),
        ({"models": "nonsense"}, 13),
        ({"models": "nudity", "opt_textlist": "tli_nothing"}, 14),
        ({"models": "nudity", "interval": "0.7"}, 15),
        ({"models": "nudity", "interval": "nan"}, 15),
        ({"models": "nudity", "interval": "often"}, 15),
        ({"models": "nudity", "interval": "-1"}, 15),
        ({"models": "nudity", "opt_lang": "xx"}, 15),
        ({"models": "nudity", "lists": "ili_some"}, 15),
        ({"models": "nudity", "add_to_list": "ili_some"}, 15),
        ({"models": "nudity", "stream_url": "rtmp://example.org/live"}, 15),
        ({"models": "nudity", "stream_url": "RTSP://example.org/live"}, 15),
        ({"models": "nudity", "stream_url": ADDRESS}, 11),
    ],
)
def test_a_wrong_parameter_is_told_before_the_video_is_looked_at(
    watch: Watch, fields: dict[str, str], code: int
) -> None:
    assert code_of(watch(b"no video", **fields)) == (400, "argument_error", code)


def test_credentials_come_first(caller: Caller) -> None:
    answer = caller.anonymous.get(f"/1.0/{PATH}", {"api_user": "x", "api_secret": "y"})

    assert code_of(answer) == (401, "credentials_error", 1)


def test_a_request_without_a_video(caller: Caller) -> None:
    answer = caller.anonymous.post(f"/1.0/{PATH}", {**caller.pair, "models": "nudity"})

    assert code_of(answer) == (400, "argument_error", 10)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1/film.mp4", "http://10.0.0.1/live.m3u8", "file:///etc/hostname"]
)
def test_an_address_that_is_not_public_is_not_fetched(caller: Caller, address: str) -> None:
    query = {**caller.pair, "models": "nudity", "stream_url": address}

    answer = caller.anonymous.get(f"/1.0/{PATH}", query)

    assert code_of(answer) == (400, "media_error", 3)


def test_what_is_no_video_is_refused_and_nothing_kept(
    watch: Watch, coffee: bytes, image_list: List
) -> None:
    before = stored_files()
    refused = {
        2: [
            b"",
            b"no video",
            coffee,
            drawn_videos.sound_alone(),
            TWO_SECONDS[: len(TWO_SECONDS) // 2],
            b"#EXTM3U\n#EXTINF:9,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n",
            b"ffconcat version 1.0\nfile /etc/hostname\n",
        ],
        5: [video([plain(50), plain(60)] * 31, fps=1), video([plain(9, (4_112, 2_448))])],
    }

    for code, files in refused.items():
        for each in files:
            assert code_of(watch(each, models="nudity")) == (400, "media_error", code)

    assert watch(TWO_SECONDS, models="nudity").status_code == 200
    assert not Image.objects.exists()
    assert stored_files() == before


def test_a_video_is_no_picture(caller: Caller) -> None:
    answer = caller.sightengine("check.json", TWO_SECONDS, models="properties")

    assert code_of(answer) == (400, "media_error", 2)


def test_more_bytes_than_the_limit(watch: Watch, settings: Settings) -> None:
    settings.MAX_VIDEO_BYTES = len(TWO_SECONDS) - 1

    assert code_of(watch(TWO_SECONDS, models="nudity")) == (413, "media_error", 4)


def test_a_video_that_takes_too_long(watch: Watch, settings: Settings) -> None:
    settings.VIDEO_TIMEOUT_S = -1

    assert code_of(watch(TWO_SECONDS, models="nudity")) == (400, "media_error", 5)


def test_a_script_is_answered_as_one(caller: Caller, fetched: list[FetchPolicy]) -> None:
    query = {**caller.pair, "models": "nudity", "stream_url": ADDRESS, "callback": "told"}

    answer = caller.anonymous.get(f"/1.0/{PATH}", query)

    body = json.loads(answer.content.decode().split("told(", 1)[1].rsplit(")", 1)[0])
    assert body["status"] == "success"
    assert len(body["data"]["frames"]) == 2


def stored_files() -> list[str]:
    """Return what lies in the root of the storage."""
    try:
        folders, files = default_storage.listdir("")
    except FileNotFoundError:
        return []
    return sorted([*folders, *files])
