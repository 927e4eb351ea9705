"""The Check dialect beyond the seed: parameters, extras, similar images, figures of time."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actors import Actor
from lists.models import Image, Item, List
from review.models import MatchCandidate
from review.pairs import services as pairs_services
from tests.callers import Caller
from tests.conftest import encoded, opened

pytestmark = pytest.mark.django_db

_ROW_KEYS = {
    "id",
    "sha256",
    "score",
    "similarity",
    "kind",
    "state",
    "external_id",
    "context",
    "url",
}
_SEED_KEYS = {"success", "match", "closest_match"}


def distance_of(caller: Caller, photo: bytes, **fields: str) -> int:
    """Return the score of the closest match."""
    body = caller.match(photo, store="false", threshold="64", **fields).json()
    return int(body["closest_match"]["score"])


# ------------------------------------------------------------------------- the documented samples


def test_the_sample_of_an_upload_without_match_has_these_keys_and_no_other(
    caller: Caller, coffee: bytes
) -> None:
    assert caller.match(coffee).json() == {"success": True, "match": False}


def test_the_sample_of_an_upload_with_a_match_has_these_keys_and_no_other(
    caller: Caller, coffee: bytes
) -> None:
    caller.match(coffee)

    body = caller.match(coffee, path="/v1/match/").json()

    assert set(body) == _SEED_KEYS
    assert body["success"] is body["match"] is True
    assert set(body["closest_match"]) == {"sha256", "score"}
    assert re.fullmatch("[0-9a-f]{64}", body["closest_match"]["sha256"])
    assert body["closest_match"]["score"] == 0


def test_the_sample_with_a_more_permissive_threshold_has_the_same_keys(
    caller: Caller, image_list: List, coffee: bytes
) -> None:
    picture = opened(coffee)
    cropped = encoded(picture.crop((18, 12, *picture.size)), quality=90)
    fields = {"list": image_list.public_id, "store": "false", "depth": "fast"}
    caller.match(coffee, list=image_list.public_id)

    standard = caller.match(cropped, path="/v1/match/", **fields).json()
    permissive = caller.match(cropped, path="/v1/match/?threshold=20", **fields).json()

    assert standard == {"success": True, "match": False}
    assert set(permissive) == _SEED_KEYS
    assert set(permissive["closest_match"]) == {"sha256", "score"}
    assert 6 < permissive["closest_match"]["score"] <= 20
    assert isinstance(permissive["closest_match"]["score"], int)


# ------------------------------------------------------------------------------------- parameters


@pytest.mark.parametrize("where", ["query", "body"])
def test_a_score_equal_to_the_threshold_counts_and_one_above_does_not(
    caller: Caller, coffee: bytes, coffee_copy: bytes, where: str
) -> None:
    caller.match(coffee)
    score = distance_of(caller, coffee_copy)
    assert score > 0

    def found(threshold: int) -> bool:
        if where == "query":
            path = f"/v1/match/?threshold={threshold}&store=false"
            return bool(caller.match(coffee_copy, path=path).json()["match"])
        fields = {"threshold": str(threshold), "store": "false"}
        return bool(caller.match(coffee_copy, **fields).json()["match"])

    assert found(score)
    assert not found(score - 1)


def test_a_file_named_blob_is_taken(caller: Caller, coffee: bytes) -> None:
    answer = caller.client.post("/api/v1/match", {"q": SimpleUploadedFile("blob", coffee)})

    assert answer.json() == {"success": True, "match": False}


@pytest.mark.parametrize("form", [True, False], ids=["text in a form", "object in a query"])
def test_a_context_comes_back_and_a_filter_asks_for_it(
    caller: Caller, coffee: bytes, coffee_copy: bytes, form: bool
) -> None:
    caller.match(coffee, context=json.dumps({"team": 7, "tags": ["a", "b"]}))

    def found(asked: object) -> Any:
        text = json.dumps(asked)
        fields = {"include": "matches", "store": "false"}
        if form:
            return caller.match(coffee_copy, filter=text, **fields).json()
        path = f"/v1/match/?filter={text.replace(' ', '')}"
        return caller.match(coffee_copy, path=path, **fields).json()

    assert found({"team": 7})["matches"][0]["context"] == {"team": 7, "tags": ["a", "b"]}
    assert found({"tags": ["b"]})["match"] is True
    assert found({"team": 8})["match"] is False


@pytest.mark.parametrize("name", ["context", "filter"])
@pytest.mark.parametrize("text", ["{", "[1]", "7", '"text"', '{"a": NaN}', '{"a": "\\u0000"}'])
def test_a_malformed_object_is_told_by_its_name(
    caller: Caller, coffee: bytes, name: str, text: str
) -> None:
    answer = caller.match(coffee, **{name: text})

    assert answer.status_code == 400
    assert (answer.json()["error"], answer.json()["field"]) == ("param_error", name)
    assert not Image.objects.exists()


@pytest.mark.parametrize("name", ["recipient", "language", "callback_url"])
@pytest.mark.parametrize(
    ("path", "fields"), [("/v1/match/", {"store": "false"}), ("/v1/similar/", {})]
)
def test_what_asks_for_a_message_later_is_refused_where_nothing_is_kept(
    caller: Caller, coffee: bytes, path: str, fields: dict[str, str], name: str
) -> None:
    answer = caller.match(coffee, path=path, **fields, **{name: "x"})

    assert answer.status_code == 400
    assert (answer.json()["error"], answer.json()["field"]) == ("param_error", name)
    assert "store=true" in answer.json()["message"]
    assert not Image.objects.exists()


def test_depth_is_chosen_by_the_request(caller: Caller, coffee: bytes) -> None:
    part = encoded(opened(coffee).crop((180, 60, 520, 300)), quality=80)
    caller.match(coffee)

    assert caller.match(part, store="false", depth="fast").json()["match"] is False
    assert caller.match(part, store="false", depth="full").json()["match"] is True
    assert caller.match(part, depth="deep").json()["field"] == "depth"


# ----------------------------------------------------------------------------------------- extras


def test_the_same_bytes_again_are_the_same_item_counted_once_more(
    caller: Caller, coffee: bytes
) -> None:
    first = caller.match(coffee, include="item,added").json()
    again = caller.match(coffee, include="item,added").json()

    item = Item.objects.get()
    shared = {"id": item.public_id, "sha256": item.image.sha256}
    assert first["item"] == {**shared, "added": True, "submissions": 1}
    assert again["item"] == {**shared, "added": False, "submissions": 2}
    assert (first["added"], again["added"]) == (True, False)
    assert again["closest_match"]["score"] == 0


def test_what_is_not_stored_has_no_item(caller: Caller, coffee: bytes) -> None:
    body = caller.match(coffee, store="false", include="item,added").json()

    assert (body["item"], body["added"]) == (None, False)


def test_results_are_the_matches_under_their_older_name(
    caller: Caller, coffee: bytes, coffee_copy: bytes
) -> None:
    caller.match(coffee, external_id="story-7")

    body = caller.match(coffee_copy, include="results, matches").json()

    assert set(body) == {*_SEED_KEYS, "results", "matches"}
    assert body["results"] == body["matches"]
    [row] = body["results"]
    assert set(row) == _ROW_KEYS
    assert caller.client.get(row["url"]).getvalue() == coffee


def test_evidence_comes_with_the_matches(caller: Caller, coffee: bytes, coffee_copy: bytes) -> None:
    caller.match(coffee)

    [row] = caller.match(coffee_copy, include="evidence").json()["matches"]

    assert set(row) == {*_ROW_KEYS, "evidence"}
    assert row["evidence"]["reasons"]


def test_a_client_that_prefers_it_gets_the_representation(caller: Caller, coffee: bytes) -> None:
    headers = {"prefer": 'respond-async, return="representation"'}

    answer = caller.client.post(
        "/v1/match/", {"image": SimpleUploadedFile("a.jpg", coffee)}, headers=headers
    )

    assert answer["Preference-Applied"] == "return=representation"
    assert set(answer.json()) == {"success", "match", "item", "matches", "timing"}


def test_limit_and_offset_cut_the_matches_and_not_the_answer(
    caller: Caller, coffee: bytes, coffee_copy: bytes
) -> None:
    for number in range(3):
        caller.match(coffee, external_id=str(number), depth="fast")

    def ids(**fields: str) -> list[str]:
        body = caller.match(coffee_copy, store="false", include="matches", **fields).json()
        assert body["match"] is True
        return [row["external_id"] for row in body["matches"]]

    assert ids() == ["0", "1", "2"]
    assert ids(limit="1") == ["0"]
    assert ids(limit="1", offset="1") == ["1"]
    assert ids(offset="3") == []


def test_dissociated_pairs_are_included_on_request_and_are_no_match(
    caller: Caller, admin: Actor, coffee: bytes, coffee_copy: bytes
) -> None:
    caller.match(coffee)
    caller.match(coffee_copy, store="false")
    pairs_services.dissociate(by=admin, pair=MatchCandidate.objects.get())

    similar = caller.match(coffee_copy, path="/v1/similar/", include="dissociated").json()
    plain = caller.match(coffee_copy, store="false", include="matches").json()
    asked = caller.match(coffee_copy, store="false", include="dissociated").json()
    added = caller.match(coffee_copy, include="dissociated").json()

    assert plain == {"success": True, "match": False, "matches": []}
    assert asked["match"] is added["match"] is similar["match"] is False
    assert "closest_match" not in asked
    [in_match], [in_add] = asked["matches"], added["matches"]
    assert in_match["state"] == in_add["state"] == "dissociated"
    assert [row["state"] for row in similar["results"]] == ["dissociated"]
    assert MatchCandidate.objects.get().state == "dissociated"


# --------------------------------------------------------------------------------- figures of time


def test_every_answer_says_what_the_time_went_to(caller: Caller, coffee: bytes) -> None:
    stored = caller.match(coffee, include="timing")
    refused = caller.match(b"no picture")

    figures = {
        name: float(figure)
        for name, figure in re.findall(r"(\w+);dur=([\d.]+)", stored["Server-Timing"])
    }
    assert set(figures) == {"examine", "search", "verify", "store", "total"}
    assert sum(figures.values()) - figures["total"] <= figures["total"]
    timing = stored.json()["timing"]
    assert set(timing) == {f"{name}_ms" for name in figures}
    assert timing["examine_ms"] == figures["examine"] > 0
    assert re.search(r"examine;dur=.+total;dur=", refused["Server-Timing"])
    assert stored["X-Item-Id"] == Item.objects.get().public_id


# ----------------------------------------------------------------------------------- similar images


@pytest.mark.parametrize("path", ["/v1/similar/", "/v1/similar", "/api/v1/similar"])
def test_similar_images_come_closest_first_and_nothing_is_kept(
    caller: Caller, coffee: bytes, coffee_copy: bytes, astronaut: bytes, path: str
) -> None:
    caller.match(astronaut)
    caller.match(coffee, external_id="story-7", context='{"team": 7}')
    before = Image.objects.values_list("sha256", "submission_count")
    kept = list(before)

    body = caller.match(coffee_copy, path=path).json()

    assert set(body) == {"success", "match", "results", "timing"}
    assert body["success"] is body["match"] is True
    [row] = body["results"]
    assert set(row) == _ROW_KEYS
    assert (row["external_id"], row["context"]) == ("story-7", {"team": 7})
    assert row["state"] is None
    assert isinstance(body["timing"], float)
    assert list(before.all()) == kept
    assert not MatchCandidate.objects.exists()


def test_nothing_similar_is_an_empty_answer(caller: Caller, coffee: bytes) -> None:
    body = caller.match(coffee, path="/v1/similar/").json()

    assert (body["match"], body["results"]) == (False, [])


def test_similar_images_come_in_pieces(caller: Caller, coffee: bytes) -> None:
    for number in range(12):
        caller.match(coffee, external_id=str(number), depth="fast")

    def ids(**fields: str) -> list[str]:
        rows = caller.match(coffee, path="/v1/similar/", **fields).json()["results"]
        return [row["external_id"] for row in rows]

    assert ids() == [str(number) for number in range(10)]
    assert ids(offset="10") == ["10", "11"]
    assert ids(limit="2", offset="1") == ["1", "2"]


def test_the_threshold_of_similar_is_20_unless_asked_otherwise(
    caller: Caller, coffee: bytes, coffee_copy: bytes
) -> None:
    caller.match(coffee)
    fields = {"depth": "fast", "path": "/v1/similar/"}
    cropped = encoded(opened(coffee).crop((18, 12, 600, 400)), quality=90)

    assert 6 < caller.match(cropped, **fields).json()["results"][0]["score"] <= 20
    assert caller.match(cropped, threshold="6", **fields).json()["results"] == []
    assert caller.match(coffee, threshold="0", **fields).json()["match"] is True


@pytest.mark.parametrize("path", ["/v1/match/nothing/", "/api/v1/similar/nothing"])
def test_an_unknown_address_of_the_dialect_answers_in_the_dialect(
    caller: Caller, path: str
) -> None:
    answer = caller.get(path)

    assert answer.status_code == 404
    assert (answer.json()["success"], answer.json()["error"]) == (False, "not_found")
