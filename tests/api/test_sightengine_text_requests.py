"""How requests about text are refused, and what is missing told."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from intake.analysis import FrameRead
from intake.pool import ModelPool
from lists import model_pool
from lists.models import Image, List
from moderation.types import LANGUAGES
from tests.api.golden import same_shape
from tests.api.test_sightengine import code_of
from tests.api.test_sightengine_text import CALL_ME, NUMBER, flagged
from tests.callers import Caller
from tests.moderation_parts import have_faces, lack_tesseract, lack_text

pytestmark = pytest.mark.django_db

_ALSO_WHERE_NO_TEXT_IS_ASKED_FOR = ["properties", "text-content"]


@pytest.mark.parametrize("models", _ALSO_WHERE_NO_TEXT_IS_ASKED_FOR)
@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"opt_lang": "xx"}, 15),
        ({"opt_lang": "en,hi"}, 15),
        ({"opt_lang": "english"}, 15),
        ({"opt_lang": "en\x00"}, 15),
        ({"opt_countries": "zz"}, 15),
        ({"opt_countries": "usa"}, 15),
        ({"opt_countries": "us;fr"}, 15),
        ({"opt_countries": "001"}, 15),
        ({"opt_textlist": ",".join(f"tli_{number}" for number in range(11))}, 15),
        ({"opt_textlist": "tli_1,tli_2,tli_3,tli_4,tli_5,tli_6", "list": "a,b,c,d,e"}, 15),
        ({"opt_textlist": "tli_nothing"}, 14),
        ({"opt_textlist": "tli_\x00"}, 15),
        ({"list": "tli_" + "0" * 22}, 14),
        ({"include_text": "maybe"}, 15),
        ({"partial": "2"}, 15),
    ],
)
def test_a_wrong_parameter_is_told_before_the_picture_is_looked_at(
    caller: Caller, models: str, fields: dict[str, str], expected: int
) -> None:
    answer = caller.sightengine("check.json", b"no picture", models=models, **fields)

    assert code_of(answer) == (400, "argument_error", expected)


def test_a_wrong_language_is_told_with_those_that_there_are(caller: Caller) -> None:
    answer = caller.sightengine("check.json", CALL_ME, models="text-content", opt_lang="xx")

    message = answer.json()["error"]["message"]
    assert "opt_lang" in message
    assert ", ".join(LANGUAGES) in message


def test_blanks_capitals_repeats_and_nothing_are_no_mistakes(caller: Caller) -> None:
    fields = {"opt_lang": " EN , de,en,", "opt_countries": "Us, gb", "opt_textlist": ""}

    answer = caller.sightengine("check.json", CALL_ME, models="text-content", **fields)

    assert flagged(answer.json()["text"]) == [("personal", "phone_number_us", NUMBER)]


@pytest.mark.parametrize("asked", ["text", "text-content", "properties,text"])
def test_without_the_package_the_whole_request_is_refused_and_nothing_stored(
    caller: Caller, image_list: List, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    lack_text(monkeypatch)

    answer = caller.sightengine(
        "check.json", CALL_ME, models=asked, add_to_list=image_list.public_id
    )

    assert code_of(answer) == (400, "plan_error", 31)
    assert "requirements-text.txt" in answer.json()["error"]["message"]
    assert not Image.objects.exists()


def test_who_wants_a_part_is_told_what_is_not_there(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    lack_text(monkeypatch)

    body = caller.sightengine(
        "check.json", CALL_ME, models="text,properties,gore,text-content", partial="1"
    ).json()

    assert body["unavailable"] == ["text", "gore", "text-content"]
    assert "sharpness" in body
    assert "text" not in body


def test_a_part_of_nothing_is_refused(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    lack_text(monkeypatch)

    answer = caller.sightengine("check.json", CALL_ME, models="text,wad", partial="1")

    assert code_of(answer) == (400, "plan_error", 31)


def test_unknown_models_are_no_part(caller: Caller) -> None:
    answer = caller.sightengine("check.json", CALL_ME, models="properties,poetry", partial="1")

    assert code_of(answer) == (400, "argument_error", 13)


@pytest.mark.parametrize(("partial", "told"), [("0", None), ("1", [])])
def test_where_all_is_there_only_who_wants_a_part_is_told_so(
    caller: Caller, partial: str, told: list[str] | None
) -> None:
    body = caller.sightengine("check.json", CALL_ME, models="properties", partial=partial).json()

    assert body.get("unavailable") == told


def test_a_language_that_cannot_be_read_fails_the_whole_request(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lack_tesseract(monkeypatch, tmp_path)

    def asked(models: str, languages: str, **more: str) -> Any:
        return caller.sightengine("check.json", CALL_ME, models=models, opt_lang=languages, **more)

    refused = asked("properties,text-content", "en,ru")
    assert code_of(refused) == (400, "plan_error", 31)
    assert "tesseract-ocr-rus" in refused.json()["error"]["message"]
    assert code_of(asked("text-content", "ru", partial="1")) == (400, "plan_error", 31)

    without_russian = asked("text-content", "ru,en", partial="1").json()
    assert without_russian["unavailable"] == ["ru"]
    assert flagged(without_russian["text"]) == [("personal", "phone_number_us", NUMBER)]

    unjudged = asked("properties,text-content", "ru", partial="1").json()
    assert unjudged["unavailable"] == ["text-content", "ru"]
    assert "sharpness" in unjudged
    assert "text" not in unjudged

    # Where text is does not depend on its language.
    assert "text" in asked("text", "ru").json()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_held_while_a_picture_is_read(
    caller: Caller, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool, held = model_pool.current(), []
    read = pool.read

    def watched(*arguments: Any, **options: Any) -> tuple[FrameRead, ...]:
        held.append(connection.in_atomic_block)
        return read(*arguments, **options)

    monkeypatch.setattr(pool, "read", watched)
    fields = {"lists": image_list.public_id, "models": "text,text-content"}

    assert caller.sightengine("check.json", CALL_ME, **fields).status_code == 200

    assert held == [False]


@pytest.fixture
def use_pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[ModelPool], None]]:
    """Have pictures read in another pool, which is closed after the test."""
    used: list[ModelPool] = []

    def use(pool: ModelPool) -> None:
        used.append(pool)
        monkeypatch.setattr(model_pool, "current", lambda: pool)

    yield use
    for pool in used:
        with closing(pool):
            pass


@pytest.mark.workers
def test_a_picture_that_is_not_read_in_time_is_a_media_error(
    caller: Caller, image_list: List, use_pool: Callable[[ModelPool], None]
) -> None:
    use_pool(ModelPool(dataclasses.replace(model_pool.limits(), timeout_s=0.01), workers=1))
    fields = {"add_to_list": image_list.public_id, "models": "text"}

    answer = caller.sightengine("check.json", CALL_ME, **fields)

    assert code_of(answer) == (400, "media_error", 5)
    assert not Image.objects.exists()


def test_whose_picture_finds_no_worker_may_try_again(
    caller: Caller, use_pool: Callable[[ModelPool], None]
) -> None:
    use_pool(ModelPool(model_pool.limits(), workers=0, max_wait_s=0.01))

    answer = caller.sightengine("check.json", CALL_ME, models="text")

    assert code_of(answer) == (503, "api_error", 51)
    assert int(answer["Retry-After"]) >= 1


def test_models_are_listed_with_what_is_known_of_them(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    have_faces(monkeypatch)

    body = caller.anonymous.get("/1.0/models.json", caller.pair).json()

    assert body["request"]["operations"] == 0
    listed = {each["name"]: each for each in body["models"]}
    same_shape({"id": "req_1", "timestamp": 1.5, "operations": 0}, body["request"])
    assert {name for name, each in listed.items() if each["status"] != "missing"} == {
        "properties",
        "text",
        "text-content",
        "qr-content",
        "face",
        "faces",
        "nudity",
        "type",
    }
    assert listed["text-content"]["status"] == "extra"
    assert "rapidocr" in listed["text-content"]["version"]
    assert set(listed["text-content"]["languages"]) >= set(LANGUAGES) - {"ru", "ko"}
    assert listed["gore"]["version"] is None


def test_missing_models_are_listed_with_what_they_need(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    lack_text(monkeypatch)

    body = caller.anonymous.get("/1.0/models.json", caller.pair).json()

    (text,) = (each for each in body["models"] if each["name"] == "text")
    assert (text["status"], text["needs"]) == ("missing", "requirements-text.txt")


def test_models_are_not_listed_for_strangers(caller: Caller) -> None:
    assert code_of(caller.anonymous.get("/1.0/models.json")) == (401, "credentials_error", 1)
