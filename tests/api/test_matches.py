"""Matches in our own API beyond one decision: kinds, many at once, versions, pairs by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import ImageOps

from accounts.actors import Actor
from accounts.permissions import Role
from lists import services as lists_services
from lists import storage
from lists.list_settings import ListSettings
from lists.models import Image, Item, List
from review.models import Decision, MatchCandidate
from tests.callers import Caller
from tests.conftest import encoded, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def items_path(image_list: List) -> str:
    """The address of the list's items."""
    return f"/v1/lists/{image_list.public_id}/items/"


@pytest.fixture
def pairs(caller: Caller, items_path: str, coffee: bytes, coffee_copy: bytes) -> list[str]:
    """The ids of three pairs, one of them of a mirrored picture."""
    mirrored = encoded(ImageOps.mirror(opened(coffee)))
    for photo in (coffee, coffee_copy, mirrored):
        caller.upload(items_path, photo)
    return [row["id"] for row in caller.get("/v1/matches/").json()["results"]]


def test_matches_are_filtered_by_kind(caller: Caller, pairs: list[str]) -> None:
    def kinds(**query: str) -> set[str]:
        return {row["kind"] for row in caller.get("/v1/matches/", **query).json()["results"]}

    assert kinds() == {"near", "mirrored"}
    assert kinds(kind="mirrored") == {"mirrored"}
    assert kinds(kind="part") == set()
    refused = caller.get("/v1/matches/", kind="alike")
    assert (refused.status_code, refused.json()["error"]["field"]) == (400, "kind")


def test_many_are_decided_at_once_and_what_fails_is_listed(
    caller: Caller, pairs: list[str]
) -> None:
    never = f"mat_{'0' * 21}"

    answer = caller.post(
        "/v1/matches/bulk/", ids=[pairs[0], never, pairs[1], pairs[0]], act="confirm", note="Same"
    )

    body = answer.json()
    assert answer.status_code == 200
    assert [row["id"] for row in body["results"]] == [pairs[0], never, pairs[1]]
    assert [row["state"] for row in body["results"]] == ["confirmed", None, "confirmed"]
    assert [row["version"] for row in body["results"]] == [2, None, 2]
    assert body["results"][1]["error"]["code"] == "match_not_found"
    assert (body["decided"], body["failed"], body["follows"]) == (2, 1, 1)
    assert set(Decision.objects.values_list("act", "note")) == {("confirm", "Same"), ("follow", "")}


def test_what_follows_names_its_cause_and_is_not_undone_by_itself(
    caller: Caller, pairs: list[str]
) -> None:
    first, second = pairs[:2]
    caller.post(f"/v1/matches/{first}/confirm/")
    confirmed = caller.post(f"/v1/matches/{second}/confirm/").json()
    third = caller.get(f"/v1/matches/{pairs[2]}/").json()

    assert (confirmed["follows"], confirmed["follows_from"]) == (1, None)
    assert third["state"] == "confirmed"
    assert third["follows_from"]["match"] == pairs[1]
    assert third["follows_from"]["by"] == confirmed_by(caller, pairs[1])
    refused = caller.post(f"/v1/matches/{pairs[2]}/undo/")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "follows_from_another")
    caller.post(f"/v1/matches/{pairs[1]}/undo/")
    assert caller.get(f"/v1/matches/{pairs[2]}/").json()["state"] == "suggested"


def test_what_contradicts_a_decision_names_it(caller: Caller, pairs: list[str]) -> None:
    caller.post(f"/v1/matches/{pairs[0]}/confirm/")
    caller.post(f"/v1/matches/{pairs[1]}/dissociate/")
    third = caller.get(f"/v1/matches/{pairs[2]}/").json()

    assert (third["state"], third["is_blocked"], third["blocked_by"]) == (
        "suggested",
        True,
        pairs[1],
    )


def confirmed_by(caller: Caller, match_id: str) -> str:
    return str(caller.get(f"/v1/matches/{match_id}/").json()["decisions"][0]["by"])


def test_a_pair_that_cannot_be_decided_any_more_stops_no_other(
    caller: Caller, pairs: list[str]
) -> None:
    gone = MatchCandidate.objects.get(public_id=pairs[0])
    gone.state = "superseded"
    gone.save()

    body = caller.post("/v1/matches/bulk/", ids=pairs, act="dissociate").json()

    assert [row["error"] and row["error"]["code"] for row in body["results"]] == [
        "decided_meanwhile",
        None,
        None,
    ]
    assert (body["decided"], body["failed"]) == (2, 1)


def test_foreign_pairs_are_decided_by_nobody_else(
    stranger_caller: Caller, pairs: list[str]
) -> None:
    body = stranger_caller.post("/v1/matches/bulk/", ids=pairs, act="confirm").json()

    assert body["failed"] == 3
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {"act": "confirm"},
        {"ids": [], "act": "confirm"},
        {"ids": ["mat_1"] * 501, "act": "confirm"},
        {"ids": ["mat_1"], "act": "undo"},
        {"ids": ["mat_1"]},
        {"ids": [7], "act": "confirm"},
        {"ids": "mat_1", "act": "confirm"},
        {"ids": ["\x00"], "act": "confirm"},
        {"ids": ["mat_1"], "act": "confirm", "note": "x" * 1001},
    ],
    ids=lambda body: repr(body)[:60],
)
def test_what_cannot_be_decided_at_once_is_refused(caller: Caller, body: dict[str, object]) -> None:
    assert caller.post("/v1/matches/bulk/", **body).status_code == 400


def test_a_viewer_decides_nothing(caller_as: Callable[..., Caller], pairs: list[str]) -> None:
    viewer = caller_as(Role.VIEWER)

    assert viewer.post("/v1/matches/bulk/", ids=pairs, act="confirm").status_code == 403
    assert not Decision.objects.exists()


@pytest.mark.parametrize("act", ["confirm", "dissociate", "undo"])
def test_a_version_in_the_header_counts_like_one_in_the_body(
    caller: Caller, pairs: list[str], act: str
) -> None:
    path = f"/v1/matches/{pairs[0]}/"
    seen = caller.get(path)["ETag"]
    before = "dissociate" if act == "confirm" else "confirm"
    assert caller.post(f"{path}{before}/").status_code == 200

    late = caller.client.post(f"{path}{act}/", headers={"if-match": seen})
    now = caller.client.post(f"{path}{act}/", headers={"if-match": caller.get(path)["ETag"]})

    assert seen == '"1"'
    assert (late.status_code, late.json()["error"]["code"]) == (409, "decided_meanwhile")
    assert now.status_code == 200


def test_any_version_may_be_meant(caller: Caller, pairs: list[str]) -> None:
    path = f"/v1/matches/{pairs[0]}/confirm/"

    assert caller.client.post(path, headers={"if-match": "*"}).status_code == 200


@pytest.mark.parametrize(
    ("tag", "body"), [("1", {}), ('"one"', {}), ('"1", "2"', {}), ('"1"', {"version": "2"})]
)
def test_a_version_that_cannot_be_read_is_refused(
    caller: Caller, pairs: list[str], tag: str, body: dict[str, str]
) -> None:
    path = f"/v1/matches/{pairs[0]}/confirm/"

    answer = caller.client.post(path, body, headers={"if-match": tag})

    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "If-Match")
    assert not Decision.objects.exists()


@pytest.fixture
def strict_list(admin: Actor) -> List:
    """A list that suggests next to nothing."""
    settings = ListSettings(
        name="Strict", suggestion_threshold=0.99999, duplicate_threshold=0.99999
    )
    return lists_services.create_list(by=admin, settings=settings)


@pytest.fixture
def unpaired(
    caller: Caller, strict_list: List, coffee: bytes, coffee_copy: bytes, astronaut: bytes
) -> tuple[str, str, str]:
    """Three items, the first two of the same photograph, that no search has paired."""
    path = f"/v1/lists/{strict_list.public_id}/items/"
    added = [caller.upload(path, photo).json()["id"] for photo in (coffee, coffee_copy, astronaut)]
    assert not MatchCandidate.objects.exists()
    return added[0], added[1], added[2]


def test_a_pair_that_no_search_made_gets_the_score_that_is_measured(
    caller: Caller, strict_list: List, unpaired: tuple[str, str, str]
) -> None:
    first, second, _ = unpaired

    made = caller.post("/v1/matches/", item_a=second, item_b=first)
    again = caller.post("/v1/matches/", item_a=first, item_b=second, list=strict_list.public_id)

    body = made.json()
    assert (made.status_code, again.status_code) == (201, 200)
    assert again.json() == body
    assert (body["state"], body["kind"]) == ("suggested", "near")
    assert 0.9 < body["score"] < 1
    assert (body["query"]["id"], body["item"]["id"]) == (second, first)
    evidence = caller.get(f"/v1/matches/{body['id']}/").json()["evidence"]
    assert evidence["inliers"] > 20


def test_pictures_that_share_nothing_make_no_pair(
    caller: Caller, unpaired: tuple[str, str, str]
) -> None:
    first, _, other = unpaired

    answer = caller.post("/v1/matches/", item_a=first, item_b=other)

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "nothing_alike")
    assert not MatchCandidate.objects.exists()


def test_a_decided_pair_is_not_reopened_by_naming_it(
    caller: Caller, unpaired: tuple[str, str, str]
) -> None:
    first, second, _ = unpaired
    made = caller.post("/v1/matches/", item_a=first, item_b=second).json()
    caller.post(f"/v1/matches/{made['id']}/dissociate/")

    again = caller.post("/v1/matches/", item_a=second, item_b=first)

    assert (again.status_code, again.json()["state"]) == (200, "dissociated")


def test_an_image_makes_no_pair_with_itself_nor_across_lists(
    caller: Caller, items_path: str, unpaired: tuple[str, str, str], coffee_copy: bytes
) -> None:
    first, _, _ = unpaired
    elsewhere = caller.upload(items_path, coffee_copy).json()["id"]

    same = caller.post("/v1/matches/", item_a=first, item_b=first)
    across = caller.post("/v1/matches/", item_a=first, item_b=elsewhere)

    assert (same.status_code, same.json()["error"]["field"]) == (400, "item_b")
    assert (across.status_code, across.json()["error"]["code"]) == (404, "item_not_found")


def test_pictures_that_are_gone_or_not_looked_at_yet_are_told(
    caller: Caller, strict_list: List, unpaired: tuple[str, str, str]
) -> None:
    first, second, _ = unpaired
    image = Item.objects.get(public_id=second).image
    image.features.all().delete()
    storage.delete_files(Image.objects.get(pk=image.pk))

    for item_a, item_b in ((first, second), (second, first)):
        answer = caller.post("/v1/matches/", item_a=item_a, item_b=item_b)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "cannot_compare")
