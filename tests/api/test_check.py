"""The Check dialect: the documented examples, thresholds and errors."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actors import Actor
from api.check import errors
from api.errors import row_for
from common.errors import LookalikeError
from lists.models import Image, Item, List
from review.models import MatchCandidate
from review.pairs import services as pairs_services
from tests.callers import Caller
from tests.conftest import encoded, opened

pytestmark = pytest.mark.django_db


def test_the_first_image_matches_nothing(caller: Caller, coffee: bytes) -> None:
    answer = caller.match(coffee)

    assert answer.status_code == 200
    assert answer.json() == {"success": True, "match": False}


def test_an_image_submitted_again_matches_at_0(caller: Caller, coffee: bytes) -> None:
    first = caller.match(coffee)

    again = caller.match(coffee)

    sha256 = Image.objects.get().sha256
    assert again.json() == {
        "success": True,
        "match": True,
        "closest_match": {"sha256": sha256, "score": 0},
    }
    assert again["X-Item-Id"] == first["X-Item-Id"] == Item.objects.get().public_id
    assert Image.objects.get().submission_count == 2


def test_a_smaller_copy_matches_within_the_standard_threshold(
    caller: Caller, coffee: bytes, coffee_copy: bytes
) -> None:
    caller.match(coffee)

    body = caller.match(coffee_copy).json()

    assert list(body) == ["success", "match", "closest_match"]
    assert list(body["closest_match"]) == ["sha256", "score"]
    assert 0 < body["closest_match"]["score"] <= 6


@pytest.mark.parametrize("where", ["query", "body"])
def test_a_threshold_of_0_asks_for_the_same_picture_only(
    caller: Caller, coffee: bytes, coffee_copy: bytes, where: str
) -> None:
    caller.match(coffee, store="true")

    if where == "query":
        answer = caller.match(coffee_copy, path="/v1/match/?threshold=0", store="false")
    else:
        answer = caller.match(coffee_copy, threshold="0", store="false")

    assert answer.json() == {"success": True, "match": False}
    assert caller.match(coffee, threshold="0").json()["match"] is True


def test_a_threshold_of_64_returns_whatever_the_search_compared(
    caller: Caller, coffee: bytes, astronaut: bytes
) -> None:
    caller.match(coffee)

    answer = caller.match(astronaut, path="/v1/match/?threshold=64")

    assert answer.status_code == 200


def test_the_list_s_own_threshold_is_the_default(
    caller: Caller, image_list: List, coffee: bytes
) -> None:
    picture = opened(coffee)
    cropped = encoded(picture.crop((18, 12, *picture.size)), quality=90)
    caller.match(coffee, list=image_list.public_id)
    caller.patch(f"/v1/lists/{image_list.public_id}/", depth="fast")

    strict = caller.match(cropped, list=image_list.public_id, store="false")
    caller.patch(
        f"/v1/lists/{image_list.public_id}/", suggestion_threshold=0.1, duplicate_threshold=0.1
    )
    lenient = caller.match(cropped, list=image_list.public_id, store="false")

    assert strict.json()["match"] is False
    assert lenient.json()["match"] is True
    assert lenient.json()["closest_match"]["score"] > 6


def test_an_image_that_is_not_to_be_stored_is_not_found_later(
    caller: Caller, coffee: bytes
) -> None:
    answer = caller.match(coffee, store="false")

    assert "X-Item-Id" not in answer
    assert caller.match(coffee).json()["match"] is False


def test_a_dissociated_match_is_never_returned_again(
    caller: Caller, admin: Actor, coffee: bytes, coffee_copy: bytes
) -> None:
    caller.match(coffee)
    caller.match(coffee_copy, store="false")
    pairs_services.dissociate(by=admin, pair=MatchCandidate.objects.get())

    assert caller.match(coffee_copy, store="false").json()["match"] is False


def test_every_match_in_full_comes_only_when_asked_for(
    caller: Caller, coffee: bytes, coffee_copy: bytes
) -> None:
    caller.match(coffee, external_id="story-7")

    body = caller.match(coffee_copy, include="matches").json()

    [match] = body["matches"]
    assert list(match)[:3] == ["id", "sha256", "score"]
    assert match["external_id"] == "story-7"
    assert match["state"] == "suggested"
    assert match["score"] == body["closest_match"]["score"]


@pytest.mark.parametrize("path", ["/v1/match", "/v1/match/", "/api/v1/match", "/api/v1/match/"])
@pytest.mark.parametrize("field", ["image", "q", "media"])
def test_paths_and_file_fields_have_other_names_too(
    caller: Caller, coffee: bytes, path: str, field: str
) -> None:
    answer = caller.client.post(path, {field: SimpleUploadedFile("a.jpg", coffee)})

    assert answer.json() == {"success": True, "match": False}


def failure_of(answer: Any) -> tuple[int, str]:
    body = answer.json()
    assert body["success"] is False
    assert body["match"] is False
    assert body["message"]
    assert body["request_id"].startswith("req_")
    return answer.status_code, body["error"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"threshold": "-1"}, (400, "param_error")),
        ({"threshold": "65"}, (400, "param_error")),
        ({"threshold": "six"}, (400, "param_error")),
        ({"store": "perhaps"}, (400, "param_error")),
        ({"include": "everything"}, (400, "param_error")),
        ({"external_id": "\x00"}, (400, "param_error")),
        ({"list": "ili_none"}, (404, "not_found")),
        ({"url": "http://169.254.169.254/"}, (400, "param_error")),
    ],
)
def test_a_wrong_parameter_is_told(
    caller: Caller, coffee: bytes, fields: dict[str, str], expected: tuple[int, str]
) -> None:
    assert failure_of(caller.match(coffee, **fields)) == expected
    assert not Image.objects.exists()


def test_a_request_without_an_image_is_told(caller: Caller) -> None:
    assert failure_of(caller.match()) == (400, "no_image")


def test_an_address_that_may_not_be_fetched_is_refused(caller: Caller) -> None:
    answer = caller.post("/v1/match/", url="http://127.0.0.1:9/a.jpg")

    assert failure_of(answer) == (400, "blocked_url")


def test_what_is_no_image_is_told(caller: Caller) -> None:
    assert failure_of(caller.match(b"Dear sir or madam")) == (415, "not_an_image")


def test_a_request_without_a_credential_is_told_how_to_sign_in(caller: Caller) -> None:
    answer = caller.anonymous.post("/v1/match/")

    assert failure_of(answer) == (401, "unauthorized")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_reading_is_no_way_to_match(caller: Caller) -> None:
    assert failure_of(caller.get("/v1/match/")) == (405, "method_not_allowed")


def test_every_error_has_a_place_in_the_table() -> None:
    assert row_for(LookalikeError("A sentence."), errors.TABLE).status == 500
