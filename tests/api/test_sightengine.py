"""The Sightengine dialect: its own documentation's examples, and every error it can answer."""

from __future__ import annotations

import base64
import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.services import NewCredential
from lists.models import Image, Item, List
from tests.callers import Caller

pytestmark = pytest.mark.django_db

_REQUEST_KEYS = ["id", "timestamp", "operations"]


@pytest.fixture
def listed(caller: Caller, image_list: List, coffee: bytes) -> str:
    """The media id of a photograph in the list."""
    answer = caller.sightengine("check.json", coffee, add_to_list=image_list.public_id)
    return str(answer.json()["media"]["id"])


def code_of(answer: Any) -> tuple[int, str, int]:
    """Return status, type and code of a failure, whose envelope is the documented one."""
    body = answer.json()
    assert list(body) == ["status", "request", "error"]
    assert list(body["request"]) == _REQUEST_KEYS
    assert list(body["error"]) == ["type", "code", "message"]
    assert body["status"] == "failure"
    assert body["request"]["operations"] == 0
    return answer.status_code, body["error"]["type"], body["error"]["code"]


def test_an_add_answers_as_documented(caller: Caller, image_list: List, coffee: bytes) -> None:
    answer = caller.sightengine(
        "check.json", coffee, add_to_list=image_list.public_id, custom_id="cup-1"
    )

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    body = answer.json()
    assert list(body) == ["status", "request", "media"]
    assert body["status"] == "success"
    assert list(body["request"]) == _REQUEST_KEYS
    assert re.fullmatch(r"req_[0-9A-Za-z]{21}", body["request"]["id"])
    assert isinstance(body["request"]["timestamp"], float)
    assert body["request"]["operations"] == 1
    assert list(body["media"]) == ["id", "uri"]
    assert re.fullmatch(r"med_[0-9A-Za-z]{21}", body["media"]["id"])
    assert body["media"]["uri"] == "image.jpg"


def test_a_check_answers_as_documented(
    caller: Caller, image_list: List, listed: str, coffee_copy: bytes
) -> None:
    body = caller.sightengine("check.json", coffee_copy, lists=image_list.public_id).json()

    assert list(body) == ["status", "request", "similarity", "media"]
    assert body["request"]["operations"] == 1
    [similarity] = body["similarity"]
    assert list(similarity) == ["list", "matches"]
    assert similarity["list"] == {"id": image_list.public_id}
    [match] = similarity["matches"]
    assert list(match) == ["id", "custom_id", "score"]
    assert match["id"] == listed
    assert match["custom_id"] is None
    assert 0.5 < match["score"] < 1


def test_a_check_stores_no_item_and_invents_a_media_id(
    caller: Caller, image_list: List, listed: str, astronaut: bytes
) -> None:
    body = caller.sightengine("check.json", astronaut, lists=image_list.public_id).json()

    assert body["similarity"] == [{"list": {"id": image_list.public_id}, "matches": []}]
    assert body["media"]["id"].startswith("med_")
    assert Item.objects.count() == 1


def test_identical_bytes_score_1_and_carry_the_custom_id(
    caller: Caller, image_list: List, coffee: bytes
) -> None:
    caller.sightengine("check.json", coffee, add_to_list=image_list.public_id, custom_id="ä 1")

    body = caller.sightengine("check.json", coffee, lists=image_list.public_id).json()

    [match] = body["similarity"][0]["matches"]
    assert match["score"] == 1
    assert match["custom_id"] == "ä 1"


def test_a_check_and_an_add_in_one_call_do_not_find_the_image_itself(
    caller: Caller, image_list: List, coffee: bytes
) -> None:
    list_id = image_list.public_id

    body = caller.sightengine("check.json", coffee, lists=list_id, add_to_list=list_id).json()

    assert body["similarity"] == [{"list": {"id": list_id}, "matches": []}]
    assert body["request"]["operations"] == 2
    assert Item.objects.get().public_id == body["media"]["id"]


def test_several_lists_answer_in_the_order_asked_without_repeats(
    caller: Caller, image_list: List, coffee: bytes
) -> None:
    other = caller.post("/v1/lists/", name="Other").json()["id"]
    asked = f"{other}, {image_list.public_id},{other}"

    body = caller.sightengine("check.json", coffee, lists=asked).json()

    assert [found["list"]["id"] for found in body["similarity"]] == [other, image_list.public_id]


def test_the_pair_may_come_in_the_query_and_the_body_wins(
    caller: Caller, image_list: List, coffee: bytes
) -> None:
    query = "api_user=wrong&api_secret=wrong"

    answer = caller.sightengine(f"check.json?{query}", coffee, lists=image_list.public_id)
    only_query = caller.anonymous.post(
        "/1.0/check.json",
        {"lists": image_list.public_id, "media": SimpleUploadedFile("a.jpg", coffee)},
        query_params=caller.pair,
    )

    assert answer.status_code == 200
    assert only_query.status_code == 200


def test_a_part_without_a_file_name_arrives_byte_for_byte(
    caller: Caller, image_list: List, coffee: bytes
) -> None:
    fields = {**caller.pair, "add_to_list": image_list.public_id, "custom_id": "größe"}
    body = b"".join(
        f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
        for name, text in fields.items()
    )
    body += b'--edge\r\nContent-Disposition: form-data; name="media"\r\n\r\n' + coffee
    body += b"\r\n--edge--\r\n"

    answer = caller.anonymous.post(
        "/1.0/check.json", body, content_type="multipart/form-data; boundary=edge"
    )

    assert answer.status_code == 200, answer.content
    assert answer.json()["media"]["uri"] == "media"
    item = Item.objects.get()
    assert item.image.byte_size == len(coffee)
    assert item.custom_id == "größe"


def test_a_file_name_beyond_ascii_is_kept(caller: Caller, image_list: List, coffee: bytes) -> None:
    upload = SimpleUploadedFile("größe–1.jpg", coffee)

    answer = caller.sightengine("check.json", add_to_list=image_list.public_id, media=upload)

    assert answer.json()["media"]["uri"] == "größe–1.jpg"


@pytest.mark.parametrize("field", ["media", "media[]", "media[0]"])
@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded"])
@pytest.mark.parametrize("path", ["/1.0/check.json", "/v1/match/", "/v1/lists/LIST/check/"])
def test_base64_text_outside_of_multipart_is_told_where_it_belongs(
    caller: Caller, image_list: List, field: str, content_type: str, path: str
) -> None:
    fields = {field: base64.b64encode(b"picture").decode(), "models": "properties"}
    body = json.dumps(fields) if content_type == "application/json" else urlencode(fields)

    answer = caller.client.post(
        path.replace("LIST", image_list.public_id), body, content_type=content_type
    )

    assert answer.status_code == 400
    assert field in answer.content.decode()
    assert "multipart/form-data" in answer.content.decode()


def test_base64_text_in_the_file_is_the_image(
    caller: Caller, image_list: List, listed: str, coffee: bytes
) -> None:
    answer = caller.sightengine("check.json", base64.b64encode(coffee), lists=image_list.public_id)

    assert answer.json()["similarity"][0]["matches"][0]["score"] == 1


@pytest.mark.parametrize("by", ["media_id", "custom_id", "both"])
def test_a_removal_answers_as_documented_and_holds_from_the_next_check(
    caller: Caller, image_list: List, coffee: bytes, by: str
) -> None:
    added = caller.sightengine(
        "check.json", coffee, add_to_list=image_list.public_id, custom_id="cup"
    ).json()
    ids = {"media_id": added["media"]["id"], "custom_id": "cup"}
    chosen = ids if by == "both" else {by: ids[by]}

    answer = caller.sightengine("list/remove-item.json", list_id=image_list.public_id, **chosen)

    assert answer.status_code == 200
    body = answer.json()
    assert list(body) == ["status", "request"]
    assert body["request"]["operations"] == 1
    check = caller.sightengine("check.json", coffee, lists=image_list.public_id).json()
    assert check["similarity"][0]["matches"] == []


def test_both_ids_of_a_removal_have_to_hold(caller: Caller, image_list: List, listed: str) -> None:
    answer = caller.sightengine(
        "list/remove-item.json", list_id=image_list.public_id, media_id=listed, custom_id="other"
    )

    assert code_of(answer) == (404, "argument_error", 17)
    assert Item.objects.filter(removed_at=None).count() == 1


def test_removing_twice_fails_the_second_time(
    caller: Caller, image_list: List, listed: str
) -> None:
    fields = {"list_id": image_list.public_id, "media_id": listed}

    first = caller.sightengine("list/remove-item.json", **fields)
    second = caller.sightengine("list/remove-item.json", **fields)

    assert first.status_code == 200
    assert code_of(second) == (404, "argument_error", 17)


def test_a_removal_cannot_be_made_by_a_link(caller: Caller) -> None:
    answer = caller.anonymous.get("/1.0/list/remove-item.json", caller.pair)

    assert code_of(answer) == (405, "request_error", 20)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, (400, "argument_error", 12)),
        ({"lists": "ili_x", "models": "gore"}, (400, "plan_error", 31)),
        ({"lists": "ili_x", "models": "gore, poetry"}, (400, "plan_error", 31)),
        ({"lists": "ili_x", "models": "poetry"}, (400, "argument_error", 13)),
        ({"lists": "ili_x"}, (400, "argument_error", 14)),
        ({"add_to_list": "ili_\x00"}, (400, "argument_error", 15)),
        ({"add_to_list": "a,b"}, (400, "argument_error", 15)),
        ({"lists": "LIST", "custom_id": "1"}, (400, "argument_error", 15)),
        ({"add_to_list": "LIST", "custom_id": "x" * 256}, (400, "argument_error", 15)),
        ({"add_to_list": "LIST", "custom_id": "a\x00b"}, (400, "argument_error", 15)),
        ({"lists": ",".join(map(str, range(11)))}, (400, "argument_error", 15)),
        ({"lists": "LIST", "min_score": "nan"}, (400, "argument_error", 15)),
        ({"lists": "LIST", "min_score": "much"}, (400, "argument_error", 15)),
        ({"lists": "LIST", "min_score": "2"}, (400, "argument_error", 15)),
        ({"lists": "LIST", "limit": "0"}, (400, "argument_error", 15)),
        ({"lists": "LIST", "limit": "101"}, (400, "argument_error", 15)),
        ({"lists": "LIST", "callback": "alert(1)//"}, (400, "argument_error", 18)),
        ({"lists": "LIST", "url": "http://127.0.0.1/a.jpg"}, (400, "argument_error", 11)),
    ],
)
def test_a_wrong_argument_is_told_and_nothing_is_stored(
    caller: Caller,
    image_list: List,
    coffee: bytes,
    fields: dict[str, str],
    expected: tuple[int, str, int],
) -> None:
    named = {
        name: image_list.public_id if text == "LIST" else text for name, text in fields.items()
    }

    answer = caller.sightengine("check.json", coffee, **named)

    assert code_of(answer) == expected
    assert not Image.objects.exists()


def test_one_unknown_list_fails_the_whole_call(
    caller: Caller, image_list: List, coffee: bytes
) -> None:
    list_id = image_list.public_id

    answer = caller.sightengine(
        "check.json", coffee, lists=f"{list_id},ili_none", add_to_list=list_id
    )

    assert code_of(answer) == (400, "argument_error", 14)
    assert not Item.objects.exists()


def test_an_address_that_may_not_be_fetched_is_refused(caller: Caller, image_list: List) -> None:
    answer = caller.sightengine(
        "check.json", lists=image_list.public_id, url="http://127.0.0.1:9/a.jpg"
    )

    assert code_of(answer) == (400, "media_error", 3)


def test_two_files_are_one_too_many(caller: Caller, image_list: List, coffee: bytes) -> None:
    files = [SimpleUploadedFile("a.jpg", coffee), SimpleUploadedFile("b.jpg", coffee)]

    answer = caller.sightengine("check.json", lists=image_list.public_id, media=files)

    assert code_of(answer) == (400, "argument_error", 11)


@pytest.mark.parametrize("path", ["nothing.json", "", "check", "nudity", "text/nothing.json"])
def test_an_unknown_path_answers_json(caller: Caller, path: str) -> None:
    assert code_of(caller.sightengine(path)) == (404, "request_error", 21)


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_an_unknown_method_answers_json(caller: Caller, method: str) -> None:
    answer = getattr(caller.client, method)("/1.0/check.json")

    assert code_of(answer) == (405, "request_error", 20)


def test_every_origin_may_call(caller: Caller) -> None:
    preflight = caller.anonymous.options("/1.0/check.json")
    failure = caller.anonymous.get("/1.0/check.json")

    assert preflight.status_code == 204
    assert preflight["Access-Control-Allow-Methods"] == "GET, POST, OPTIONS"
    assert preflight["Access-Control-Allow-Origin"] == "*"
    assert failure["Access-Control-Allow-Origin"] == "*"
    assert failure["Access-Control-Max-Age"] == "86400"


def test_jsonp_calls_back_with_failures_too(caller: Caller) -> None:
    answer = caller.anonymous.get("/1.0/check.json", {"callback": "page.on_answer"})

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/javascript; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"
    script = answer.content.decode()
    assert script.startswith("page.on_answer({")
    assert script.endswith("});")
    assert json.loads(script[len("page.on_answer(") : -2])["error"]["code"] == 1


@pytest.mark.parametrize(
    "pair",
    [
        {},
        {"api_user": "nobody", "api_secret": "nothing"},
        {"api_user": "RIGHT", "api_secret": "wrong"},
        {"api_user": "RIGHT"},
        {"api_user": "\x00", "api_secret": "\ufffd"},
        {"api_user": "x" * 10_000, "api_secret": "y" * 10_000},
    ],
)
def test_every_wrong_pair_answers_alike(
    caller: Caller, credential: NewCredential, pair: dict[str, str]
) -> None:
    right = credential.credential.api_user
    sent = {name: right if text == "RIGHT" else text for name, text in pair.items()}

    answer = caller.anonymous.post("/1.0/check.json", sent)

    assert code_of(answer) == (401, "credentials_error", 1)
    assert answer.json()["error"]["message"] == "Incorrect API user or API secret"
