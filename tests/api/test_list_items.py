"""The items of a list through our own API: filtered, changed and exported."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import pytest

from accounts.actors import Actor
from accounts.permissions import Role
from lists import services, tags
from lists.models import Item, List
from review.pairs import services as pairs_services
from tests import bare_pairs
from tests.callers import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def items(caller: Caller, admin: Actor, image_list: List) -> list[Item]:
    """Three items: the second has copies and a tag, the third is removed."""
    made = [
        services.place_item(
            by=admin,
            image_list=image_list,
            image=image,
            custom_id=f"id-{number}",
            name=f"flood-{number}.jpg",
            context={"claim": "River rises"} if number == 1 else {},
        ).item
        for number, image in enumerate(bare_pairs.images_of(3, image_list))
    ]
    Item.objects.update(is_flat=False)
    Item.objects.filter(pk=made[1].pk).update(copies=2, to_review=1, is_flat=True)
    tags.set_tags(by=admin, item=made[1], names=["Election"])
    pairs_services.remove_item(by=admin, item=made[2])
    return made


@pytest.fixture
def path(image_list: List) -> str:
    """The address of the list."""
    return f"/v1/lists/{image_list.public_id}/"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["id-1", "id-0"]),
        ({"sort": "oldest"}, ["id-0", "id-1"]),
        ({"q": "river"}, ["id-1"]),
        ({"q": "id-0"}, ["id-0"]),
        ({"copies": "true"}, ["id-1"]),
        ({"review": "true"}, ["id-1"]),
        ({"flat": "true"}, ["id-1"]),
        ({"tag": "election"}, ["id-1"]),
        ({"tag": "nothing"}, []),
        ({"removed": "true"}, ["id-2"]),
        ({"copies": "true", "q": "id-0"}, []),
    ],
)
def test_a_filter_leaves_what_it_says_also_in_an_export(
    caller: Caller, items: list[Item], path: str, asked: dict[str, str], found: list[str]
) -> None:
    answer = caller.get(f"{path}items/", **asked).json()
    exported = caller.get(f"{path}export/", **asked, **{"as": "jsonl"})

    assert [item["custom_id"] for item in answer["results"]] == found
    lines = [json.loads(line) for line in exported.getvalue().decode().splitlines()]
    # An export is newest first, whatever is asked.
    assert [line["custom_id"] for line in lines] == sorted(found, reverse=True)


def test_what_makes_no_sense_is_refused_by_name(
    caller: Caller, items: list[Item], path: str
) -> None:
    for address, field, value in [
        ("items/", "sort", "size"),
        ("items/", "copies", "perhaps"),
        ("items/", "q", "x" * 201),
        ("export/", "as", "xlsx"),
    ]:
        answer = caller.get(f"{path}{address}", **{field: value})
        assert (answer.status_code, answer.json()["error"]["field"]) == (400, field)


def test_an_export_is_a_table_of_what_the_list_holds(
    caller: Caller, items: list[Item], path: str
) -> None:
    answer = caller.get(f"{path}export/")

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    table = answer.getvalue().decode("utf-8-sig")
    first, second = csv.DictReader(io.StringIO(table))
    assert (first["media_id"], first["tags"]) == (items[1].public_id, "Election")
    assert json.loads(first["context"]) == {"claim": "River rises"}
    assert second["url"].endswith(f"/o/{items[0].image.sha256}")


def test_what_is_left_out_of_a_change_of_an_item_stays(
    caller: Caller, items: list[Item], path: str
) -> None:
    address = f"{path}items/{items[1].public_id}/"
    caller.patch(address, name="dam.jpg")
    body = caller.patch(address, tags=["Flood", "2026"]).json()

    items[1].refresh_from_db()
    assert (body["id"], body["custom_id"]) == (items[1].public_id, "id-1")
    assert (items[1].name, items[1].context) == ("dam.jpg", {"claim": "River rises"})
    assert {*tags.names_of(items[1])} == {"Flood", "2026"}
    caller.patch(address, context={}, custom_id="other", tags=[])
    items[1].refresh_from_db()
    assert (items[1].custom_id, items[1].context, tags.names_of(items[1])) == ("other", {}, [])


def test_a_change_that_cannot_be_changes_nothing(
    caller: Caller, items: list[Item], path: str
) -> None:
    address = f"{path}items/{items[1].public_id}/"
    changes: list[dict[str, object]] = [
        {"context": [1]},
        {"name": 3},
        {"tags": "Flood"},
        {"name": "new", "tags": ["x" * 65]},
        {"name": "x" * 5_000},
    ]
    for change in changes:
        assert caller.patch(address, **change).status_code == 400, change

    items[1].refresh_from_db()
    assert (items[1].name, tags.names_of(items[1])) == ("flood-1.jpg", ["Election"])
    # One that is removed is not there to be changed.
    assert caller.patch(f"{path}items/{items[2].public_id}/", name="x").status_code == 404


def test_who_only_looks_changes_nothing_and_sees_nothing_removed(
    caller_as: Callable[..., Caller], items: list[Item], path: str
) -> None:
    viewer = caller_as(Role.VIEWER)

    assert viewer.patch(f"{path}items/{items[0].public_id}/", name="x").status_code == 403
    assert viewer.get(f"{path}items/", removed="true").status_code == 403
    assert viewer.get(f"{path}export/", removed="true").status_code == 403
    assert viewer.get(f"{path}items/", q="flood").status_code == 200
