"""text/check.json: a text judged by the rules that judge the text in pictures."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.actors import Actor
from lists import model_pool
from moderation.text.engine import MAX_CHARACTERS
from moderation.types import Key
from tests.api.golden import same_shape, sample
from tests.api.test_sightengine import code_of
from tests.callers import Caller
from tests.moderation_parts import lack_text
from text_lists import services as text_lists_services
from text_lists.kinds import ListKind
from text_lists.models import TextList
from text_lists.values import NewEntry, TextListSettings

pytestmark = pytest.mark.django_db

PATH = "text/check.json"
TEXT = "Contact rick(at)gmail(dot)com, you 1diot"
KEYS = {key.value for key in Key} - {Key.BLACKLIST.value}


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that reads pictures is installed, and nobody asks a worker."""

    def refuse() -> None:
        raise AssertionError("a text needs no worker")

    lack_text(monkeypatch)
    monkeypatch.setattr(model_pool, "current", refuse)


@pytest.fixture
def brands(admin: Actor) -> TextList:
    """A text list that looks for a word."""
    settings = TextListSettings(name="Brands", kind=ListKind.DISALLOW)
    made = text_lists_services.create_list(by=admin, settings=settings)
    entry = NewEntry(text="zorblax", language="en", category="rivals")
    text_lists_services.add_entry(by=admin, text_list=made, entry=entry)
    return made


def found(body: Any) -> list[tuple[str, str, str]]:
    """Return key, type and match of everything that was found."""
    return [
        (key, match["type"], match["match"])
        for key in sorted({each.value for each in Key} & set(body))
        for match in body[key]["matches"]
    ]


def test_an_answer_has_the_documented_shape(caller: Caller) -> None:
    body = caller.sightengine(PATH, text=TEXT, mode="rules", lang="en", opt_countries="us").json()

    assert body.pop("ignored_text") is False
    assert body["profanity"]["matches"][0].pop("language") == "en"
    same_shape(sample("sightengine/text_check"), body)
    assert found(body) == [
        ("personal", "email", "rick(at)gmail(dot)com"),
        ("profanity", "insult", "1diot"),
    ]
    (email,) = body["personal"]["matches"]
    assert TEXT[email["start"] : email["end"]] == email["match"]


def test_forms_addresses_and_json_are_the_same(caller: Caller) -> None:
    asked = {**caller.pair, "text": TEXT}
    answers = [
        caller.anonymous.post(f"/1.0/{PATH}", asked),
        caller.anonymous.post(f"/1.0/{PATH}", asked, content_type="application/json"),
        caller.anonymous.get(f"/1.0/{PATH}", asked),
    ]

    assert [found(each.json()) for each in answers] == [found(answers[0].json())] * 3
    assert len(found(answers[0].json())) == 2


def test_without_anything_to_find_every_key_is_there_and_empty(caller: Caller) -> None:
    body = caller.sightengine(PATH, text="Good morning").json()

    assert set(body) == KEYS | {"status", "request", "ignored_text"}
    assert found(body) == []


def test_only_the_categories_that_are_asked_for_are_answered(caller: Caller) -> None:
    body = caller.sightengine(PATH, text=TEXT, categories="profanity, link").json()

    assert set(body) == {"status", "request", "ignored_text", "profanity", "link"}
    assert found(body) == [("profanity", "insult", "1diot")]


@pytest.mark.parametrize("parameter", ["list", "opt_textlist"])
def test_the_words_of_a_text_list_are_found(
    caller: Caller, brands: TextList, parameter: str
) -> None:
    body = caller.sightengine(PATH, text="A Z0rblax", **{parameter: brands.public_id}).json()

    (match,) = body["blacklist"]["matches"]
    assert (match["type"], match["match"], match["list"]) == ("rivals", "Z0rblax", brands.public_id)


def test_a_foreign_text_list_is_unknown(
    caller: Caller, stranger_caller: Caller, brands: TextList
) -> None:
    foreign = stranger_caller.sightengine(PATH, text="zorblax", list=brands.public_id)
    unknown = caller.sightengine(PATH, text="zorblax", list="tli_" + "0" * 22)

    assert code_of(foreign) == code_of(unknown) == (400, "argument_error", 14)


def test_a_text_in_a_language_that_was_not_asked_for_is_told(caller: Caller) -> None:
    text = "Ich wünsche allen einen schönen Tag und freue mich auf das Wochenende"

    assert caller.sightengine(PATH, text=text).json()["ignored_text"] is True
    assert caller.sightengine(PATH, text=text, lang="de").json()["ignored_text"] is False


@pytest.mark.parametrize("mode", ["", "rules", "standard"])
def test_words_that_run_together_belong_to_names(caller: Caller, mode: str) -> None:
    def matches(mode: str) -> list[tuple[str, str, str]]:
        return found(caller.sightengine(PATH, text="StupidBaker99", mode=mode).json())

    assert matches("username") == [("profanity", "insult", "Stupid")]
    assert matches(mode) == []


def test_a_check_is_one_operation_and_a_failure_none(caller: Caller) -> None:
    assert caller.sightengine(PATH, text=TEXT).json()["request"]["operations"] == 1
    assert caller.sightengine(PATH, text="").json()["request"]["operations"] == 0


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, (400, "argument_error", 12)),
        ({"text": ""}, (400, "argument_error", 12)),
        ({"text": "a" * (MAX_CHARACTERS + 1)}, (400, "argument_error", 15)),
        ({"text": "a\x00b"}, (400, "argument_error", 15)),
        ({"text": "a", "mode": "poetry"}, (400, "argument_error", 15)),
        ({"text": "a", "mode": "ml"}, (400, "plan_error", 31)),
        ({"text": "a", "mode": "rules,ml"}, (400, "plan_error", 31)),
        ({"text": "a", "lang": "xx"}, (400, "argument_error", 15)),
        ({"text": "a", "opt_countries": "zz"}, (400, "argument_error", 15)),
        ({"text": "a", "categories": "poetry"}, (400, "argument_error", 15)),
        ({"text": "a", "list": "a,b,c,d,e,f,g,h,i,j,k"}, (400, "argument_error", 15)),
    ],
)
def test_what_is_refused(caller: Caller, fields: dict[str, str], expected: Any) -> None:
    assert code_of(caller.sightengine(PATH, **fields)) == expected


def test_the_longest_text_is_judged(caller: Caller) -> None:
    text = "a " * ((MAX_CHARACTERS - 6) // 2) + "1diot."

    assert found(caller.sightengine(PATH, text=text).json()) == [("profanity", "insult", "1diot")]


def test_strangers_and_browsers(caller: Caller) -> None:
    refused = caller.anonymous.post(f"/1.0/{PATH}", {"text": TEXT})
    script = caller.anonymous.get(f"/1.0/{PATH}", {**caller.pair, "text": TEXT, "callback": "told"})

    assert code_of(refused) == (401, "credentials_error", 1)
    assert script.content.startswith(b"/**/told(") or b"told(" in script.content
    assert script["Access-Control-Allow-Origin"] == "*"
