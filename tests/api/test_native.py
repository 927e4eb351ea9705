"""Our own API: lists, items, checks, matches and decisions."""

from __future__ import annotations

import pytest
from PIL import Image

from accounts.permissions import Role
from lists.models import Item, List
from tests.callers import Caller
from tests.conftest import encoded
from tests.photos import animation, photo

pytestmark = pytest.mark.django_db

_LIST_KEYS = {
    "id",
    "name",
    "description",
    "suggestion_threshold",
    "duplicate_threshold",
    "depth",
    "auto_confirmed_kinds",
    "verdict_kinds",
    "reads_text",
    "keeps_snapshots",
    "snapshot_retention_days",
    "item_retention_days",
    "is_default",
    "created_at",
}
_PICTURE_KEYS = {
    "id",
    "sha256",
    "custom_id",
    "width",
    "height",
    "frames",
    "frames_seen",
    "truncated",
    "thumbnail_url",
}


@pytest.fixture
def items_path(image_list: List) -> str:
    """The address of the list's items."""
    return f"/v1/lists/{image_list.public_id}/items/"


@pytest.fixture
def match_path(caller: Caller, items_path: str, coffee: bytes, coffee_copy: bytes) -> str:
    """The address of a match between two items of the list."""
    caller.upload(items_path, coffee, custom_id="first")
    caller.upload(items_path, coffee_copy)
    [match] = caller.get("/v1/matches/").json()["results"]
    return f"/v1/matches/{match['id']}/"


def test_somebody_who_sends_no_choice_is_told_which_there_are(caller: Caller) -> None:
    error = caller.post("/v1/lists/", name="Fakes", depth="deep").json()["error"]

    assert (error["code"], error["field"]) == ("invalid_input", "depth")
    assert "fast" in error["message"]
    assert "full" in error["message"]


def test_a_list_is_created_with_its_settings(caller: Caller) -> None:
    answer = caller.post("/v1/lists/", name="  Known fakes ", auto_confirmed_kinds=["pixels"])

    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == _LIST_KEYS
    assert body["id"].startswith("ili_")
    assert body["name"] == "Known fakes"
    assert body["auto_confirmed_kinds"] == ["pixels"]
    assert caller.get(f"/v1/lists/{body['id']}/").json() == body


def test_lists_come_newest_first_with_their_number_of_items(
    caller: Caller, image_list: List, items_path: str, coffee: bytes
) -> None:
    caller.upload(items_path, coffee)
    newer = caller.post("/v1/lists/", name="Newer").json()["id"]

    body = caller.get("/v1/lists/").json()

    assert [row["id"] for row in body["results"]] == [newer, image_list.public_id]
    assert [row["item_count"] for row in body["results"]] == [0, 1]
    assert body["next"] is None


def test_what_is_left_out_of_a_change_stays(caller: Caller, image_list: List) -> None:
    path = f"/v1/lists/{image_list.public_id}/"

    body = caller.patch(path, description="From the tipline", duplicate_threshold=0.6).json()

    assert body["name"] == image_list.name
    assert body["description"] == "From the tipline"
    assert body["duplicate_threshold"] == 0.6
    assert body["keeps_snapshots"] is True


def test_a_list_keeps_its_images_for_days_or_for_ever(caller: Caller, image_list: List) -> None:
    path = f"/v1/lists/{image_list.public_id}/"

    kept = [
        caller.patch(path, **change).json()["item_retention_days"]
        for change in ({"item_retention_days": 30}, {"name": "A"}, {"item_retention_days": None})
    ]
    assert kept == [30, 30, None]


def test_a_removed_list_is_gone(caller: Caller, image_list: List) -> None:
    path = f"/v1/lists/{image_list.public_id}/"

    assert caller.delete(path).status_code == 204
    assert caller.get(path).status_code == 404
    assert caller.delete(path).status_code == 404


def test_an_item_is_added_shown_and_removed(caller: Caller, items_path: str, coffee: bytes) -> None:
    added = caller.upload(items_path, coffee, custom_id="cup")

    assert added.status_code == 201
    body = added.json()
    assert body["id"].startswith("med_")
    assert (body["custom_id"], body["width"], body["height"]) == ("cup", 600, 400)
    assert body["byte_size"] == len(coffee)
    path = f"{items_path}{body['id']}/"
    assert caller.get(path).json() == body
    assert caller.get(items_path).json() == {"results": [body], "next": None}
    assert caller.client.get(body["thumbnail_url"]).getvalue()
    assert caller.delete(path).status_code == 204
    assert caller.get(path).status_code == 404
    assert caller.get(items_path).json()["results"] == []


def test_an_add_repeated_is_the_same_item(caller: Caller, items_path: str, coffee: bytes) -> None:
    first = caller.upload(items_path, coffee).json()
    repeated = caller.upload(items_path, coffee)

    second = repeated.json()
    assert repeated.status_code == 200
    assert first["id"] == second["id"]
    assert second["custom_id"] is None
    assert Item.objects.count() == 1


def test_pages_follow_each_other_without_gaps_or_repeats(
    caller: Caller, items_path: str, coffee: bytes
) -> None:
    for number in range(5):
        caller.upload(items_path, coffee, custom_id=str(number))
    address: str | None = f"{items_path}?limit=2"
    seen: list[str] = []
    sizes = []

    while address:
        body = caller.get(address).json()
        sizes.append(len(body["results"]))
        seen.extend(item["custom_id"] for item in body["results"])
        address = body["next"]

    assert sizes == [2, 2, 1]
    assert seen == ["4", "3", "2", "1", "0"]


def test_the_address_of_the_next_page_holds_no_secret(
    caller: Caller, items_path: str, coffee: bytes
) -> None:
    for number in range(2):
        caller.upload(items_path, coffee, custom_id=str(number))

    body = caller.anonymous.get(items_path, {**caller.pair, "limit": "1"}).json()

    assert body["next"]
    assert caller.pair["api_secret"] not in body["next"]


@pytest.mark.parametrize("after", ["1", "MQ:x:y", "\x00", "ä"])
def test_a_made_up_page_is_refused(caller: Caller, items_path: str, after: str) -> None:
    answer = caller.get(items_path, after=after)

    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == "after"


def test_a_page_of_one_collection_does_not_fit_another(
    caller: Caller, items_path: str, coffee: bytes
) -> None:
    for number in range(2):
        caller.upload(items_path, coffee, custom_id=str(number))
    mark = caller.get(items_path, limit=1).json()["next"].split("after=")[1]

    assert caller.get(f"/v1/lists/?after={mark}").status_code == 400


def test_a_check_returns_both_pictures_and_stores_no_item(
    caller: Caller, image_list: List, items_path: str, coffee: bytes, coffee_copy: bytes
) -> None:
    caller.upload(items_path, coffee, custom_id="cup")

    answer = caller.upload(f"/v1/lists/{image_list.public_id}/check/", coffee_copy)

    assert answer.status_code == 200
    [match] = answer.json()["matches"]
    assert set(match) == {"id", "state", "score", "kind", "query", "item", "evidence", "text"}
    assert match["id"].startswith("mat_")
    assert match["state"] == "suggested"
    assert set(match["query"]) == set(match["item"]) == _PICTURE_KEYS
    assert match["item"]["custom_id"] == "cup"
    assert (match["query"]["width"], match["query"]["height"]) == (300, 200)
    assert Item.objects.count() == 1


def test_an_animation_says_how_many_frames_it_has_and_which_one_matches(
    caller: Caller, image_list: List, items_path: str
) -> None:
    scenes = [photo(name).resize((320, 240)) for name in ("coffee", "rocket", "astronaut")]
    item = caller.upload(items_path, animation(scenes, "WEBP")).json()

    answer = caller.upload(
        f"/v1/lists/{image_list.public_id}/check/", encoded(scenes[1], quality=60)
    ).json()

    [match] = answer["matches"]
    assert item["frames"] == match["item"]["frames"] == 3
    assert item["frames_seen"] == match["item"]["frames_seen"] == 3
    assert match["query"]["frames"] == match["query"]["frames_seen"] == 1
    evidence = caller.get(f"/v1/matches/{match['id']}/").json()["evidence"]
    assert evidence["frames"] == {"query": 0, "item": 1}
    numbers = {"query_frame": 1, "query_frames": 1, "item_frame": 2, "item_frames": 3}
    words = "Frame 2 of 3 of B matches."
    assert {"code": "frame", "params": numbers, "text": words} in evidence["reasons"]


def test_a_file_that_breaks_off_is_read_and_said_to_be_truncated(
    caller: Caller, image_list: List, items_path: str, coffee: bytes
) -> None:
    cut_off = coffee[: len(coffee) * 9 // 10]
    check_path = f"/v1/lists/{image_list.public_id}/check/"
    item = caller.upload(items_path, cut_off).json()

    whole, cut = caller.upload(check_path, coffee).json(), caller.upload(check_path, cut_off).json()

    assert item["truncated"] is True
    assert caller.get(f"{items_path}{item['id']}/").json()["truncated"] is True
    assert (whole["truncated"], cut["truncated"]) == (False, True)
    [match] = whole["matches"]
    assert (match["query"]["truncated"], match["item"]["truncated"]) == (False, True)
    assert match["score"] > 0.5


def test_a_check_says_when_there_is_too_little_detail_to_match(
    caller: Caller, image_list: List, items_path: str, coffee: bytes
) -> None:
    white = encoded(Image.new("RGB", (300, 200), "white"), "PNG")
    check_path = f"/v1/lists/{image_list.public_id}/check/"
    caller.upload(items_path, coffee)

    flat = caller.upload(check_path, white).json()
    detailed = caller.upload(check_path, coffee).json()

    assert (flat["quality"], flat["has_detail"], flat["matches"]) == (0, False, [])
    assert detailed["quality"] >= 50
    assert detailed["has_detail"]


def test_matches_are_filtered_by_state_and_list(
    caller: Caller, image_list: List, match_path: str
) -> None:
    other = caller.post("/v1/lists/", name="Other").json()["id"]

    def found(**query: str) -> int:
        return len(caller.get("/v1/matches/", **query).json()["results"])

    assert found(state="suggested") == 1
    assert found(state="confirmed") == 0
    assert found(list=image_list.public_id) == 1
    assert found(list=other) == 0
    assert caller.get("/v1/matches/", state="lost").status_code == 400
    assert caller.get("/v1/matches/", list="ili_none").status_code == 404


def test_a_match_shows_its_pictures_evidence_and_history(caller: Caller, match_path: str) -> None:
    caller.post(f"{match_path}confirm/", note="Same cup")

    body = caller.get(match_path).json()

    assert body["state"] == "confirmed"
    assert set(body["query"]) == set(body["item"]) == _PICTURE_KEYS
    assert body["item"]["custom_id"] == "first"
    assert body["evidence"]["reasons"]
    [decision] = body["decisions"]
    assert decision["act"] == "confirm"
    assert decision["note"] == "Same cup"
    assert decision["by"] == "Check"


def test_a_decision_is_made_changed_and_taken_back(caller: Caller, match_path: str) -> None:
    confirmed = caller.post(f"{match_path}confirm/").json()
    dissociated = caller.post(f"{match_path}dissociate/").json()
    undone = caller.post(f"{match_path}undo/").json()

    assert [row["state"] for row in (confirmed, dissociated, undone)] == [
        "confirmed",
        "dissociated",
        "confirmed",
    ]
    assert [row["version"] for row in (confirmed, dissociated, undone)] == [2, 3, 4]


@pytest.mark.parametrize("act", ["dissociate", "undo"])
def test_a_decision_about_an_old_version_is_refused(
    caller: Caller, match_path: str, act: str
) -> None:
    caller.post(f"{match_path}confirm/", version=1)

    answer = caller.post(f"{match_path}{act}/", version=1)

    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "decided_meanwhile"
    assert caller.get(match_path).json()["state"] == "confirmed"


def test_nothing_is_left_to_undo(caller: Caller, match_path: str) -> None:
    answer = caller.post(f"{match_path}undo/")

    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "nothing_to_undo"


def test_matches_page_best_score_first(
    caller: Caller, items_path: str, coffee: bytes, coffee_copy: bytes
) -> None:
    from_other_lists = [caller.post("/v1/lists/", name=f"List {n}").json()["id"] for n in range(3)]
    for list_id in from_other_lists:
        caller.upload(f"/v1/lists/{list_id}/items/", coffee)
        caller.upload(f"/v1/lists/{list_id}/items/", coffee_copy)

    first = caller.get("/v1/matches/", limit=2).json()
    second = caller.get(first["next"]).json()

    ids = [row["id"] for row in first["results"] + second["results"]]
    assert len(set(ids)) == len(ids) == 3
    assert second["next"] is None


@pytest.mark.parametrize("path", ["/v1/lists", "/v1/matches"])
def test_addresses_work_without_the_slash_at_their_end(caller: Caller, path: str) -> None:
    assert caller.get(path).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "x" * 201},
        {"name": "a\x00b"},
        {"name": "\ud800"},
        {"name": ["a"]},
        {"name": {"a": 1}},
        {"name": "A", "description": "x" * 2001},
        {"name": "A", "suggestion_threshold": 0.9, "duplicate_threshold": 0.5},
        {"name": "A", "suggestion_threshold": 0},
        {"name": "A", "duplicate_threshold": 1},
        {"name": "A", "duplicate_threshold": 10**400},
        {"name": "A", "auto_confirmed_kinds": ["exactly"]},
        {"name": "A", "auto_confirmed_kinds": "pixels"},
        {"name": "A", "snapshot_retention_days": 0},
        {"name": "A", "item_retention_days": 0},
        {"name": "A", "snapshot_retention_days": 10**30},
        {"name": "A", "keeps_snapshots": "perhaps"},
    ],
    ids=lambda body: f"{list(body)[-1:]} {str(body)[-24:]}",
)
def test_a_list_that_cannot_be_is_refused(caller: Caller, body: dict[str, object]) -> None:
    answer = caller.post("/v1/lists/", **body)

    assert answer.status_code == 400
    assert set(answer.json()) == {"error", "request_id"}
    assert not List.objects.exists()


@pytest.mark.parametrize("note", ["x" * 1001, "\x00", "\udfff"])
def test_a_note_that_cannot_be_stored_is_refused(
    caller: Caller, match_path: str, note: str
) -> None:
    answer = caller.post(f"{match_path}confirm/", note=note)

    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == "note"


def test_a_role_says_what_may_be_done(
    caller_as: object, image_list: List, items_path: str, coffee: bytes
) -> None:
    assert callable(caller_as)
    viewer = caller_as(Role.VIEWER)
    analyst = caller_as(Role.ANALYST)
    check_path = f"/v1/lists/{image_list.public_id}/check/"

    assert viewer.get("/v1/lists/").status_code == 200
    assert viewer.upload(check_path, coffee).status_code == 403
    assert analyst.upload(check_path, coffee).status_code == 200
    assert analyst.upload(items_path, coffee).status_code == 403
    assert analyst.post("/v1/lists/", name="Mine").status_code == 403
    assert analyst.patch(f"/v1/lists/{image_list.public_id}/", name="Mine").status_code == 403


def test_a_confirmation_may_speak_of_the_pictures_alone(caller: Caller, match_path: str) -> None:
    suggested = caller.get(match_path).json()
    confirmed = caller.post(f"{match_path}confirm/", scope="image_only").json()
    [decision] = caller.get(match_path).json()["decisions"]
    whole = caller.post(f"{match_path}confirm/").json()

    assert [each["scope"] for each in (suggested, confirmed, decision, whole)] == [
        None,
        "image_only",
        "image_only",
        "whole",
    ]
    assert (confirmed["state"], decision["act"]) == ("confirmed", "confirm_image")
    refused = caller.post(f"{match_path}confirm/", scope="half")
    assert refused.status_code == 400
    assert refused.json()["error"]["field"] == "scope"
