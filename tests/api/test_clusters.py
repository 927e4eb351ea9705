"""Clusters in our own API: members, the pairs between them, and what contradicts them."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts import services as accounts_services
from accounts.actors import Actor
from accounts.permissions import Role
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import Item, List, ListGrant
from review.clusters import services as clusters_services
from review.models import Act, MatchCandidate
from review.pairs import services as pairs_services
from tests import bare_pairs
from tests.callers import Caller

pytestmark = pytest.mark.django_db

Pairs = dict[str, MatchCandidate]


@pytest.fixture
def pairs(image_list: List) -> Pairs:
    return bare_pairs.among("ABCD", image_list)


def address(letter: str = "A") -> str:
    return f"/v1/items/{Item.objects.get(custom_id=letter).public_id}/cluster/"


def test_a_cluster_has_its_members_and_the_pairs_between_them(
    caller: Caller, admin: Actor, pairs: Pairs, image_list: List
) -> None:
    for each in ("AB", "BC"):
        pairs_services.confirm(by=admin, pair=pairs[each])
    pairs_services.decide(by=admin, pair=pairs["CD"], act=Act.CONFIRM_IMAGE)

    body = caller.get(address("C")).json()

    assert (body["size"], body["reference"]["custom_id"], body["is_chosen"]) == (3, "A", False)
    assert body["lists"] == [{"id": image_list.public_id, "name": "Known fakes", "count": 3}]
    shown = [
        (row["custom_id"], row["state"], row["score"], row["steps"], row["weakest_score"])
        for row in body["results"]
    ]
    assert shown == [("B", "confirmed", 0.9, 1, 0.9), ("C", "confirmed", 0.89, 2, 0.87)]
    assert [edge["match"] for edge in body["edges"]] == [
        pairs["AB"].public_id,
        pairs["BC"].public_id,
    ]
    assert body["next"] is None


def test_a_picture_without_pairs_is_a_cluster_by_itself(caller: Caller, pairs: Pairs) -> None:
    body = caller.get(address("D")).json()

    assert (body["size"], body["reference"]["custom_id"], body["results"]) == (1, "D", [])
    assert body["edges"] == []


def test_members_come_in_pages_that_show_each_pair_once(
    caller: Caller, admin: Actor, pairs: Pairs
) -> None:
    for pair in pairs.values():
        pairs_services.confirm(by=admin, pair=pair)
    clusters_services.choose_reference(by=admin, image=pairs["CD"].image_high)

    first = caller.get(address(), limit=2).json()
    second = caller.get(first["next"].removeprefix("http://testserver")).json()

    assert [first["reference"]["custom_id"], first["is_chosen"]] == ["D", True]
    rows = [row["custom_id"] for page in (first, second) for row in page["results"]]
    assert rows == ["A", "B", "C"]
    edges = [edge["match"] for page in (first, second) for edge in page["edges"]]
    assert sorted(edges) == sorted(pair.public_id for pair in pairs.values())


def test_what_is_refused_says_so_with_a_code(caller: Caller, pairs: Pairs) -> None:
    for each, act in (("AB", "confirm"), ("AC", "dissociate")):
        caller.post(f"/v1/matches/{pairs[each].public_id}/{act}/")

    refused = caller.post(f"/v1/matches/{pairs['BC'].public_id}/confirm/")
    many = caller.post("/v1/matches/bulk/", ids=[pairs["BC"].public_id], act="confirm").json()

    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "told_apart")
    assert pairs["AC"].public_id in refused.json()["error"]["message"]
    assert many["results"][0]["error"]["code"] == "told_apart"


def test_a_cluster_of_others_does_not_exist(stranger_caller: Caller, pairs: Pairs) -> None:
    foreign = stranger_caller.get(address())
    missing = stranger_caller.get("/v1/items/med_nothing/cluster/")

    assert foreign.status_code == missing.status_code == 404
    assert foreign.json()["error"] == missing.json()["error"]


def test_a_restricted_credential_sees_what_its_lists_connect(admin: Actor, pairs: Pairs) -> None:
    other = lists_services.create_list(by=admin, settings=ListSettings(name="Other"))
    (twin,) = bare_pairs.again([pairs["BC"]], other)
    Item.objects.create(image_list=other, image=twin.image_low, custom_id="other B")
    pairs_services.confirm(by=admin, pair=pairs["AB"])
    pairs_services.confirm(by=admin, pair=twin)
    pairs_services.dissociate(by=admin, pair=pairs["AD"])
    narrow = accounts_services.issue_credential(
        organisation_id=admin.organisation_id, name="Narrow", role=Role.ANALYST, is_restricted=True
    )
    ListGrant.objects.create(credential=narrow.credential, image_list=other)
    restricted = Caller(narrow)

    body = restricted.get(address("other B")).json()
    assert (body["size"], [each["id"] for each in body["lists"]]) == (2, [other.public_id])
    (again,) = bare_pairs.again([pairs["CD"]], other)
    refused = restricted.post(f"/v1/matches/{again.public_id}/confirm/").json()["error"]
    assert refused["code"] == "told_apart"
    assert pairs["AD"].public_id not in refused["message"]
    assert "Known fakes" not in refused["message"]


def test_a_cluster_costs_the_same_for_few_pictures_and_many(
    caller: Caller,
    admin: Actor,
    image_list: List,
    pairs: Pairs,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    caller.get(address())
    for letters in ("AB", "AB AC AD BC BD CD"):
        for each in letters.split():
            pairs_services.confirm(by=admin, pair=pairs[each])
        with django_assert_num_queries(15):
            assert caller.get(address()).status_code == 200
