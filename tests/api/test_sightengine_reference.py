"""The reference page of the Sightengine dialect says everything that the code knows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from rest_framework.serializers import Serializer

from api.sightengine import errors, pictures, serializers
from lists import services
from moderation.text.engine import MAX_CHARACTERS
from tests.api import openapi

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "sightengine.md").read_text()
_ROW = re.compile(r"^\| (\d+) \| (\w+) \| (\d+) \|", re.MULTILINE)


def test_every_error_of_the_table_is_on_the_page_and_no_other() -> None:
    on_the_page = {(int(code), name, int(status)) for code, name, status in _ROW.findall(PAGE)}

    assert on_the_page == {(row.code, row.type, row.status) for row in errors.TABLE.values()}


@pytest.mark.parametrize(
    "asked",
    [
        serializers.UploadedCheckRequest,
        serializers.CalledTextCheckRequest,
        serializers.UploadedVideoCheckRequest,
        serializers.UploadedFeedbackRequest,
        serializers.RemovalRequest,
    ],
)
def test_every_parameter_is_on_the_page(asked: type[Serializer[Any]]) -> None:
    assert [name for name in asked().fields if f"`{name}`" not in PAGE] == []


@pytest.mark.parametrize(
    "answered",
    [
        "SightengineBulkAnswer",
        "SightengineTextCheckAnswer",
        "SightengineThanks",
        "SightengineVideoAnswer",
    ],
)
def test_every_field_of_an_answer_is_on_the_page(answered: str) -> None:
    names = set(openapi.names_in(openapi.components()[answered]))

    missing = [name for name in names if not re.search(rf"[`.\"]{name}[`.\"]", PAGE)]

    assert missing == []


def test_the_limits_on_the_page_are_those_of_the_code() -> None:
    assert f"up to {pictures.MAX_IMAGES} images, " in PAGE
    assert f"{pictures.MAX_BYTES_TOGETHER // 1_000_000} MB together" in PAGE
    assert f"comma separated, at most {serializers.MAX_LISTS}:" in PAGE
    assert f"up to {services.MAX_CUSTOM_ID_LENGTH} characters" in PAGE
    assert f"up to {MAX_CHARACTERS:,} characters" in PAGE
