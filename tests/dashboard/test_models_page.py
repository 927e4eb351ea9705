"""The page on which managers see which models run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import User
from accounts.permissions import Role
from moderation.types import LANGUAGES
from moderation.vision import offers
from tests import hooks
from tests.moderation_parts import (
    have_faces,
    lack_codes,
    lack_tesseract,
    lack_text,
    lack_video,
)


@pytest.fixture(autouse=True)
def with_faces(monkeypatch: pytest.MonkeyPatch) -> None:
    have_faces(monkeypatch)


@pytest.fixture
def browser(make_user: Callable[..., User]) -> Client:
    client = Client()
    client.force_login(make_user(Role.MANAGER))
    return client


def test_every_model_is_shown_with_where_it_comes_from(browser: Client) -> None:
    shown = hooks.elements(browser.get("/settings/models/"), "model")

    assert {each["model"]: each["status"] for each in shown} == {
        "properties": "builtin",
        "text": "extra",
        "text-content": "extra",
        "qr-content": "extra",
        "face": "extra",
        "nudity": "extra",
        "type": "extra",
        **dict.fromkeys(offers.OFFERS, "missing"),
        "video": "extra",
    }


def test_what_is_missing_is_shown_with_what_to_install(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    lack_text(monkeypatch)
    lack_codes(monkeypatch)
    lack_video(monkeypatch)

    answer = browser.get("/settings/models/")

    assert [each["status"] for each in hooks.elements(answer, "model")] == [
        "builtin",
        "missing",
        "missing",
        "missing",
        "extra",
        "extra",
        "extra",
        *["missing"] * len(offers.OFFERS),
        "missing",
    ]
    assert hooks.values(answer, "needs")[0] == "requirements-text.txt"
    assert not any("readable" in each for each in hooks.elements(answer, "language"))


def test_languages_that_cannot_be_read_are_told(
    browser: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lack_tesseract(monkeypatch, tmp_path)

    answer = browser.get("/settings/models/")

    readable = [each for each in hooks.elements(answer, "language") if "readable" in each]
    assert len(readable) == len(LANGUAGES) - 2
    assert hooks.values(answer, "needs") == [
        "tesseract-ocr, tesseract-ocr-kor",
        "tesseract-ocr, tesseract-ocr-rus",
    ]
