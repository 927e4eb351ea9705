"""The models `text` and `text-content`, over HTTP, on pictures with drawn text."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actors import Actor
from api.sightengine import texts
from lists.models import Image, List
from moderation.types import Key, Options, Reading, UnreadText
from tests.api.golden import same_shape, sample
from tests.callers import Caller
from tests.drawn_texts import drawn, drawn_frames
from text_lists import services as text_lists_services
from text_lists.kinds import ListKind
from text_lists.models import TextList
from text_lists.values import NewEntry, TextListSettings

pytestmark = pytest.mark.django_db

NUMBER = "+1 800 222 2408"
CALL_ME = drawn(f"Call me: {NUMBER}")
BOTH = "text,text-content"
CONTENT_KEYS = {key.value for key in Key} - {Key.BLACKLIST.value} | {"ignored_text"}
TEXT_KEYS = {"has_artificial", "has_natural", "boxes"}


def text_of(caller: Caller, photo: bytes, **fields: str) -> Any:
    answer = caller.sightengine("check.json", photo, **fields)
    assert answer.status_code == 200, answer.content
    return answer.json()["text"]


def flagged(text: Any) -> list[tuple[str, str, str]]:
    """Return key, type and match of everything that was found."""
    return [
        (key, entry["type"], entry["match"])
        for key in (each.value for each in Key)
        for entry in text.get(key, [])
    ]


def test_where_text_is_has_the_documented_shape(caller: Caller) -> None:
    body = caller.sightengine("check.json", CALL_ME, models="text").json()

    same_shape(sample("sightengine/text"), body)
    (box,) = body["text"]["boxes"]
    assert 0 < box["x1"] < box["x2"] < 1
    assert 0 < box["y1"] < box["y2"] < 0.5
    assert body["request"]["operations"] == 1


def test_a_telephone_number_has_the_documented_shape(caller: Caller) -> None:
    body = caller.sightengine("check.json", CALL_ME, models="text-content").json()

    (entry,) = body["text"]["personal"]
    assert (entry["type"], entry["match"]) == ("phone_number_us", NUMBER)
    documented = sample("sightengine/text_content")
    wanted = documented["text"]["personal"][0]
    body["text"]["personal"] = [{name: entry[name] for name in wanted}]
    same_shape(documented, body)
    assert body["request"]["operations"] == 1


def test_both_models_answer_in_one_object(caller: Caller) -> None:
    body = caller.sightengine("check.json", CALL_ME, models=BOTH).json()

    assert set(body["text"]) == CONTENT_KEYS | TEXT_KEYS
    assert body["request"]["operations"] == 2


@pytest.mark.parametrize("models", ["text", "text-content", BOTH])
def test_without_text_every_key_is_there_and_empty(caller: Caller, models: str) -> None:
    text = text_of(caller, drawn(), models=models)

    expected = {
        "text": TEXT_KEYS,
        "text-content": CONTENT_KEYS,
        BOTH: TEXT_KEYS | CONTENT_KEYS,
    }
    assert set(text) == expected[models]
    assert not any(text.values())


def test_a_place_in_the_text_is_told_as_it_is_shown(caller: Caller) -> None:
    photo = drawn("Good morning", f"Call me: {NUMBER}")

    text = text_of(caller, photo, models="text-content", include_text="1")

    (entry,) = text["personal"]
    assert text["content"][entry["start"] : entry["end"]] == entry["match"]
    assert [line["text"] for line in text["lines"]] == ["Good morning", f"Call me: {NUMBER}"]
    (box,) = entry["boxes"]
    assert {name: text["lines"][1][name] for name in box} == box
    assert [line["angle"] for line in text["lines"]] == pytest.approx([0, 0], abs=2)


def test_lists_additions_and_models_are_answered_together(caller: Caller, image_list: List) -> None:
    fields = {"lists": image_list.public_id, "add_to_list": image_list.public_id}

    body = caller.sightengine("check.json", CALL_ME, models=f"properties,{BOTH}", **fields).json()

    assert {"similarity", "sharpness", "text"} <= set(body)
    assert flagged(body["text"]) == [("personal", "phone_number_us", NUMBER)]
    assert body["request"]["operations"] == 4
    assert Image.objects.count() == 1


def test_several_pictures_are_each_answered(caller: Caller) -> None:
    files = [
        SimpleUploadedFile("a.png", CALL_ME),
        SimpleUploadedFile("b.png", drawn("Good morning")),
    ]

    body = caller.anonymous.post(
        "/1.0/check.json", {**caller.pair, "models": "text-content", "media[]": files}
    ).json()

    assert [flagged(each["text"]) for each in body["data"]] == [
        [("personal", "phone_number_us", NUMBER)],
        [],
    ]
    assert body["request"]["operations"] == 2


def test_an_animation_is_answered_over_its_distinct_frames(caller: Caller) -> None:
    frames = [["Good morning"], [f"Call me: {NUMBER}"], ["Call", "me", NUMBER]]

    body = caller.sightengine(
        "check.json", drawn_frames(frames), models=BOTH, include_text="1"
    ).json()

    text = body["text"]
    assert body["request"]["operations"] == 6
    assert flagged(text) == [("personal", "phone_number_us", NUMBER)]
    assert text["personal"][0]["frame"] == 1
    assert {box["frame"] for box in text["boxes"]} == {0, 1, 2}
    assert text["content"][text["personal"][0]["start"] :].startswith(NUMBER)


@pytest.mark.parametrize(
    ("countries", "types"),
    [("", ["phone_number_us"]), ("US", ["phone_number_us"]), ("fr,gb", [])],
)
def test_numbers_of_the_countries_that_are_asked_for_are_found(
    caller: Caller, countries: str, types: list[str]
) -> None:
    photo = drawn("Call me: (212) 555-0142")

    text = text_of(caller, photo, models="text-content", opt_countries=countries)

    assert [entry["type"] for entry in text["personal"]] == types


@pytest.fixture
def forbidden_word(admin: Actor) -> TextList:
    """A text list that has a word of no other list."""
    made = text_lists_services.create_list(
        by=admin, settings=TextListSettings(name="Ours", kind=ListKind.DISALLOW)
    )
    entry = NewEntry(text="zorblax", language="en", category="rivals")
    text_lists_services.add_entry(by=admin, text_list=made, entry=entry)
    return made


@pytest.mark.parametrize("parameter", ["opt_textlist", "list"])
def test_the_words_of_a_text_list_are_found_where_it_is_named(
    caller: Caller, forbidden_word: TextList, parameter: str
) -> None:
    photo = drawn("Buy a zorblax")

    named = text_of(caller, photo, models="text-content", **{parameter: forbidden_word.public_id})
    unnamed = text_of(caller, photo, models="text-content")

    (entry,) = named["blacklist"]
    assert (entry["type"], entry["match"]) == ("rivals", "zorblax")
    assert entry["list"] == forbidden_word.public_id
    assert "blacklist" not in unnamed


def test_text_beyond_the_limits_is_told(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    photo = drawn("Good morning", f"Call me: {NUMBER}")
    monkeypatch.setattr(texts, "MAX_LINES", 1)

    text = text_of(caller, photo, models="text-content")

    assert flagged(text) == []
    assert text["ignored_text"] is True


def test_where_nothing_can_be_read_there_are_boxes_and_text_that_was_ignored() -> None:
    place = UnreadText(0.8, ((0.1, 0.1), (0.9, 0.1), (0.9, 0.2), (0.1, 0.2)), artificial=0.9)
    asked = texts.AskedTexts(finds=True, judges=True, includes=True, options=Options())

    seen = texts.seen_text([Reading(0, (), (place,), "tests 1")], asked)

    assert [each.box for each in seen.found] == [texts.TextBox(0.1, 0.1, 0.9, 0.2)]
    assert seen.ignores
    assert (seen.content, seen.lines, seen.flagged) == ("", [], [])


@pytest.mark.parametrize("models", ["text", "text-content"])
def test_what_is_no_picture_is_a_media_error(caller: Caller, models: str) -> None:
    for photo in (b"no picture", b""):
        answer = caller.sightengine("check.json", photo, models=models)

        assert (answer.status_code, answer.json()["error"]["type"]) == (400, "media_error")
