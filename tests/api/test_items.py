"""Items wherever they are: by their id, the client's own id, or the SHA-256 of the picture."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.permissions import Role
from lists.models import Item, List
from tests.callers import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def other_list(caller: Caller) -> str:
    """The id of a second list."""
    return str(caller.post("/v1/lists/", name="Other").json()["id"])


@pytest.fixture
def sha256(caller: Caller, image_list: List, other_list: str, coffee: bytes) -> str:
    """The SHA-256 of a picture that is twice in one list and once in another."""
    fields = {"list": image_list.public_id, "context": '{"team": 7}'}
    caller.match(coffee, external_id="story-7", **fields)
    caller.match(coffee, external_id="story-8", **fields)
    caller.match(coffee, external_id="story-7", list=other_list)
    return Item.objects.latest("pk").image.sha256


def test_an_item_is_shown_with_its_list_and_the_client_s_own_facts(
    caller: Caller, image_list: List, sha256: str
) -> None:
    item = Item.objects.get(custom_id="story-8")

    body = caller.get(f"/v1/items/{item.public_id}/").json()

    assert body == {
        "id": item.public_id,
        "sha256": sha256,
        "custom_id": "story-8",
        "context": {"team": 7},
        "list": image_list.public_id,
        "submissions": 3,
        "created_at": body["created_at"],
    }


def test_a_picture_s_newest_item_is_found_by_its_sha256(
    caller: Caller, image_list: List, other_list: str, sha256: str
) -> None:
    anywhere = caller.get(f"/v1/items/{sha256}/").json()
    in_list = caller.get(f"/v1/items/{sha256.upper()}", list=image_list.public_id).json()

    assert anywhere["list"] == other_list
    assert (in_list["list"], in_list["custom_id"]) == (image_list.public_id, "story-8")


def test_items_are_found_by_own_id_sha256_and_list(
    caller: Caller, image_list: List, other_list: str, sha256: str, astronaut: bytes
) -> None:
    caller.match(astronaut, list=other_list)

    def count(**query: str) -> int:
        return len(caller.get("/v1/items/", **query).json()["results"])

    assert count() == 4
    assert count(external_id="story-7") == 2
    assert count(external_id="story-7", list=other_list) == 1
    assert count(sha256=sha256) == 3
    assert count(sha256=sha256, external_id="story-8") == 1
    assert count(sha256="0" * 64) == 0
    assert count(list=other_list) == 2


def test_items_come_newest_first_page_by_page(caller: Caller, sha256: str) -> None:
    first = caller.get("/v1/items/", sha256=sha256, limit=2).json()
    second = caller.get(first["next"]).json()

    own_ids = [row["custom_id"] for row in first["results"] + second["results"]]
    assert own_ids == ["story-7", "story-8", "story-7"]
    assert second["next"] is None


def test_an_item_is_removed_by_its_id(caller: Caller, sha256: str) -> None:
    item_id = Item.objects.get(custom_id="story-8").public_id

    assert caller.delete(f"/v1/items/{item_id}/").status_code == 204
    assert caller.get(f"/v1/items/{item_id}/").status_code == 404
    assert caller.delete(f"/v1/items/{item_id}/").status_code == 404
    assert Item.objects.filter(removed_at=None).count() == 2


def test_a_picture_is_removed_from_one_list_or_from_all(
    caller: Caller, image_list: List, sha256: str, coffee: bytes
) -> None:
    path = f"/v1/items/{sha256}/"

    assert caller.delete(f"{path}?list={image_list.public_id}").status_code == 204
    assert Item.objects.filter(removed_at=None).count() == 1
    assert caller.delete(path).status_code == 204
    assert not Item.objects.filter(removed_at=None).exists()
    assert caller.delete(path).status_code == 404
    in_list = {"list": image_list.public_id, "store": "false"}
    assert caller.match(coffee, **in_list).json()["match"] is False


def test_who_may_not_change_items_removes_none(
    caller_as: Callable[..., Caller], sha256: str
) -> None:
    answer = caller_as(Role.ANALYST).delete(f"/v1/items/{sha256}/")

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")
    assert Item.objects.filter(removed_at=None).count() == 3


def test_a_picture_is_removed_from_the_lists_in_reach_only(
    caller: Caller, stranger_caller: Caller, sha256: str, coffee: bytes
) -> None:
    stranger_caller.match(coffee)

    assert stranger_caller.delete(f"/v1/items/{sha256}/").status_code == 204
    assert len(caller.get("/v1/items/", sha256=sha256).json()["results"]) == 3
