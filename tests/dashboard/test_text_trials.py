"""What a list makes of a sentence and of a picture, before anybody relies on it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageDraw, ImageFont

from accounts.actors import Actor
from accounts.permissions import Role
from tests import hooks
from tests.conftest import encoded
from text_lists import services
from text_lists.models import TextEntry, TextList
from text_lists.values import NewEntry, TextListSettings

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer(make_user: Callable[..., Any]) -> Client:
    client = Client()
    client.force_login(make_user(Role.VIEWER))
    return client


def made(by: Actor, kind: str, *entries: NewEntry) -> tuple[TextList, tuple[TextEntry, ...]]:
    text_list = services.create_list(by=by, settings=TextListSettings(name="Names", kind=kind))
    return text_list, services.put_entries(by=by, text_list=text_list, entries=entries).added


def tried(browser: Client, text_list: TextList, sentence: str, language: str = "en") -> Any:
    path = f"/text-lists/{text_list.public_id}/try/"
    return browser.post(path, {"sentence": sentence, "language": language})


def test_each_entry_that_matches_is_named(viewer: Client, admin: Actor) -> None:
    text_list, (exact, varied, german) = made(
        admin,
        "disallow",
        NewEntry("Zorblat", match="exact"),
        NewEntry("frobnicator", category="brand"),
        NewEntry("Wumpel", language="de"),
    )

    found = tried(viewer, text_list, "A ZORBLAT and a fr0bnicat0r and a Wumpel <b>.")
    german_found = tried(viewer, text_list, "Der Wumpel liegt nicht hier.", "de")

    assert hooks.values(found, "trial-entry") == [exact.public_id, varied.public_id]
    assert re.search(rb"<mark\s*>ZORBLAT</mark>", found.content)
    assert b"&lt;b&gt;" in found.content
    assert hooks.values(german_found, "trial-entry") == [german.public_id]
    assert hooks.values(tried(viewer, text_list, "Nothing at all."), "trial-hits") == ["0"]


def test_an_allow_list_tells_what_is_found_no_more(viewer: Client, admin: Actor) -> None:
    text_list, (entry,) = made(admin, "allow", NewEntry("shop@acme.example.com", match="exact"))

    answer = tried(viewer, text_list, "Write to shop@acme.example.com or me@else.example.com.")

    assert hooks.values(answer, "trial-entry") == [entry.public_id]
    (trial,) = answer.context["trials"]
    assert [hit.spared for hit in trial.hits] == [("shop@acme.example.com",)]


@pytest.mark.parametrize("sentence", ["", "\x00", "x" * 10_001])
def test_what_cannot_be_tried_is_told(viewer: Client, admin: Actor, sentence: str) -> None:
    text_list, _ = made(admin, "disallow", NewEntry("cup"))

    answer = tried(viewer, text_list, sentence)

    assert answer.status_code == 422
    assert [field for field, _ in hooks.mistakes(answer)] == ["sentence"]


def test_what_turns_the_direction_of_writing_is_not_shown(viewer: Client, admin: Actor) -> None:
    text_list, _ = made(admin, "disallow", NewEntry("zorblat"))

    answer = tried(viewer, text_list, "a \u202ezorblat\u202c b\u2066")

    assert hooks.values(answer, "trial-hits") == ["1"]
    shown = answer.content.decode().partition("data-trial-hits")[2]
    assert not set(shown) & set("\u202e\u202c\u2066")


def caption(text: str) -> bytes:
    picture = Image.new("RGB", (640, 120), "white")
    ImageDraw.Draw(picture).text((20, 30), text, "black", font=ImageFont.load_default(48))
    return encoded(picture, "PNG")


def test_the_text_of_a_picture_is_tried(make_user: Callable[..., Any], admin: Actor) -> None:
    analyst = Client()
    analyst.force_login(make_user(Role.ANALYST))
    text_list, (entry,) = made(admin, "disallow", NewEntry("zorblat sale"))
    path = f"/text-lists/{text_list.public_id}/try/picture/"

    def of(file: bytes) -> Any:
        return analyst.post(path, {"image": SimpleUploadedFile("a.png", file), "language": "en"})

    assert hooks.values(of(caption("Big Zorblat Sale")), "trial-entry") == [entry.public_id]
    assert hooks.values(of(caption("")), "trial-hits") == ["0"]
    refused = of(b"no picture")
    assert refused.status_code == 422
    assert [field for field, _ in hooks.mistakes(refused)] == ["image"]
