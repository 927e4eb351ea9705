"""What programs are told in their language, and what in English whatever they ask for."""

from __future__ import annotations

import re
from typing import Any

import pytest

from lists.models import List
from matching.evidence import Kind
from tests import made_pairs
from tests.callers import Caller

pytestmark = pytest.mark.django_db


def reasons(caller: Caller, address: str, language: str) -> list[dict[str, Any]]:
    answer = caller.client.get(address, headers={"Accept-Language": language})
    told: list[dict[str, Any]] = answer.json()["evidence"]["reasons"]
    return told


def test_reasons_are_told_in_the_language_that_the_program_asks_for(
    caller: Caller, image_list: List
) -> None:
    pair = made_pairs.store(made_pairs.made_pair(Kind.MIRRORED), image_list)
    address = f"/v1/matches/{pair.public_id}/"

    english, spanish = reasons(caller, address, "en"), reasons(caller, address, "es-MX")

    assert "One is the mirror image of the other." in [each["text"] for each in english]
    assert "Una es la imagen reflejada de la otra." in [each["text"] for each in spanish]
    assert [each["code"] for each in spanish] == [each["code"] for each in english]
    assert reasons(caller, address, "") == english, "The next request of the thread asks anew."


@pytest.mark.parametrize(
    ("address", "typed"),
    [
        ("/v1/lists/", {}),
        ("/v1/lists/", {"name": "x", "duplicate_threshold": "much"}),
        ("/v1/lists/", {"name": "x" * 1000}),
        ("/v1/nothing/", {}),
        ("/v1/match/", {}),
        ("/1.0/check.json", {}),
        ("/1.0/nothing.json", {}),
        ("/image_matching/v2/visual_hash", {}),
        ("/image/similarity/", {}),
    ],
)
def test_errors_are_told_in_english_whatever_a_program_asks_for(
    caller: Caller, address: str, typed: dict[str, str]
) -> None:
    def said(language: str) -> str:
        answer = caller.client.post(
            address, typed, content_type="application/json", headers={"Accept-Language": language}
        )
        assert answer.status_code >= 400
        return re.sub(r"req_\w+|[0-9a-f]{8}-[0-9a-f-]{27}|\d+\.\d+", "", answer.content.decode())

    assert said("ar") == said("en")
