"""The model `qr-content`, over HTTP, on pictures with QR codes."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actors import Actor
from api.sightengine import codes
from lists.models import Image, List
from moderation.types import Key
from tests.api.golden import same_shape, sample
from tests.api.test_sightengine import code_of
from tests.callers import Caller
from tests.drawn_codes import coded, coded_frames
from tests.drawn_texts import drawn
from tests.moderation_parts import lack_codes, lack_text
from text_lists import services as text_lists_services
from text_lists.kinds import ListKind
from text_lists.models import TextList
from text_lists.values import NewEntry, TextListSettings

pytestmark = pytest.mark.django_db

LINK = "http://harmfulsiteexample.com"
KEYS = {"personal", "link", "social", "spam", "profanity", "ignored_text"}


@pytest.fixture
def forbidden_site(admin: Actor) -> TextList:
    """A text list that looks for a site."""
    settings = TextListSettings(name="Sites", kind=ListKind.DISALLOW)
    made = text_lists_services.create_list(by=admin, settings=settings)
    entry = NewEntry(text="harmfulsiteexample", category="site")
    text_lists_services.add_entry(by=admin, text_list=made, entry=entry)
    return made


def qr_of(caller: Caller, photo: bytes, **fields: str) -> Any:
    answer = caller.sightengine("check.json", photo, **{"models": "qr-content", **fields})
    assert answer.status_code == 200, answer.content
    return answer.json()["qr"]


def flagged(qr: Any) -> list[tuple[str, str, str]]:
    """Return key, type and match of everything that was found."""
    return [
        (key, entry["type"], entry["match"])
        for key in (each.value for each in Key)
        for entry in qr.get(key, [])
    ]


def test_a_link_has_the_documented_shape(caller: Caller, admin: Actor) -> None:
    empty = text_lists_services.create_list(
        by=admin, settings=TextListSettings(name="Empty", kind=ListKind.DISALLOW)
    )

    body = caller.sightengine(
        "check.json", coded(LINK), models="qr-content", opt_textlist=empty.public_id
    ).json()

    assert body["qr"].pop("ignored_text") is False
    (entry,) = body["qr"]["link"]
    (box,) = entry["boxes"]
    assert 0 < box["x1"] < box["x2"] < 1
    assert 0 < box["y1"] < box["y2"] < 1
    documented = sample("sightengine/qr_content")
    wanted = documented["qr"]["link"][0]
    body["qr"]["link"] = [{name: entry[name] for name in wanted}]
    same_shape(documented, body)
    assert body["qr"]["link"] == [wanted]
    assert body["request"]["operations"] == 1


@pytest.mark.parametrize("photo", [drawn(), drawn(f"See {LINK}")], ids=["nothing", "letters"])
def test_without_a_code_every_key_is_there_and_empty(caller: Caller, photo: bytes) -> None:
    qr = qr_of(caller, photo)

    assert set(qr) == KEYS
    assert not any(qr.values())


def test_several_codes_are_judged_each_by_itself(caller: Caller) -> None:
    contents = ["tel:+18002222408", "MATMSG:TO:rick@example.com;;", "you 1diot"]

    qr = qr_of(caller, coded(*contents), include_text="1")

    assert sorted(flagged(qr)) == [
        ("personal", "email", "rick@example.com"),
        ("personal", "phone_number_us", "+18002222408"),
        ("profanity", "insult", "1diot"),
    ]
    assert sorted(code["content"] for code in qr["codes"]) == sorted(contents)
    by_content = {code["content"]: code for code in qr["codes"]}
    (insult,) = qr["profanity"]
    assert "you 1diot"[insult["start"] : insult["end"]] == "1diot"
    assert insult["boxes"] == [
        {name: by_content["you 1diot"][name] for name in ("x1", "y1", "x2", "y2")}
    ]


def test_words_of_text_lists_are_found(caller: Caller, forbidden_site: TextList) -> None:
    qr = qr_of(caller, coded(LINK), list=forbidden_site.public_id)

    (entry,) = qr["blacklist"]
    assert (entry["type"], entry["list"]) == ("site", forbidden_site.public_id)


def test_it_combines_with_the_models_of_texts_and_with_lists(
    caller: Caller, image_list: List
) -> None:
    body = caller.sightengine(
        "check.json",
        coded(LINK),
        models="qr-content,text-content,text,properties",
        add_to_list=image_list.public_id,
    ).json()

    assert flagged(body["qr"]) == [("link", "url", LINK)]
    assert {"text", "sharpness", "media"} <= set(body)
    assert body["request"]["operations"] == 4
    assert Image.objects.count() == 1


def test_several_pictures_have_an_answer_each(caller: Caller) -> None:
    photos = [coded(LINK), coded("tel:+18002222408")]
    files = [SimpleUploadedFile(f"{n}.png", photo) for n, photo in enumerate(photos)]

    body = caller.sightengine("check.json", models="qr-content", **{"media[]": files}).json()

    assert [flagged(each["qr"]) for each in body["data"]] == [
        [("link", "url", LINK)],
        [("personal", "phone_number_us", "+18002222408")],
    ]
    assert body["request"]["operations"] == 2


def test_a_code_of_several_frames_is_told_once(caller: Caller) -> None:
    frames = [["tel:+18002222408"], ["tel:+18002222408", LINK], [LINK, "you 1diot", "a"]]

    body = caller.sightengine("check.json", coded_frames(frames), models="qr-content").json()

    assert [(entry["match"], entry["frame"]) for entry in body["qr"]["link"]] == [(LINK, 1)]
    assert [entry["frame"] for entry in body["qr"]["personal"]] == [0]
    assert [entry["frame"] for entry in body["qr"]["profanity"]] == [2]
    assert body["request"]["operations"] == 3


def test_what_is_beyond_the_limit_is_told(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "MAX_CHARACTERS", len(LINK) + 3)

    qr = qr_of(caller, coded(LINK, "tel:+18002222408"), include_text="1")

    assert len(qr["codes"]) == 1
    assert qr["ignored_text"] is True


def test_a_script_that_was_not_asked_for_is_told(caller: Caller) -> None:
    assert qr_of(caller, coded("Привет всем"))["ignored_text"] is True
    assert qr_of(caller, coded("Привет всем"), opt_lang="ru")["ignored_text"] is False


def test_it_needs_nothing_that_reads_letters(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    lack_text(monkeypatch)

    assert flagged(qr_of(caller, coded(LINK), opt_lang="ru,en")) == [("link", "url", LINK)]


def test_without_its_package_the_whole_request_is_refused(
    caller: Caller, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    lack_codes(monkeypatch)
    photo = drawn()

    refused = caller.sightengine(
        "check.json", photo, models="properties,qr-content", add_to_list=image_list.public_id
    )
    part = caller.sightengine("check.json", photo, models="properties,qr-content", partial="1")
    listed = caller.anonymous.get("/1.0/models.json", caller.pair).json()["models"]

    assert code_of(refused) == (400, "plan_error", 31)
    assert "requirements-text.txt" in refused.json()["error"]["message"]
    assert not Image.objects.exists()
    assert part.json()["unavailable"] == ["qr-content"]
    assert "qr" not in part.json()
    (model,) = (each for each in listed if each["name"] == "qr-content")
    assert (model["status"], model["version"]) == ("missing", None)
