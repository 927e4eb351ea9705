"""Groups in our own API: which are asked about most, what is in one, and how they change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from accounts.permissions import Role
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import Item, List, ListGrant
from review.clusters import services as clusters_services
from review.models import MatchCandidate
from review.pairs import services as pairs_services
from tests import bare_pairs
from tests.callers import Caller
from tests.verdicts.asking import asking
from tests.verdicts.conftest import FALSE
from verdicts.models import Submission, Verdict

pytestmark = pytest.mark.django_db

Pairs = dict[str, MatchCandidate]
Ask = Callable[..., Submission]


@pytest.fixture
def pairs(image_list: List) -> Pairs:
    """Every pair of the items A, B, C and D."""
    return bare_pairs.among("ABCD", image_list)


@pytest.fixture
def ask(admin: Actor, pairs: Pairs) -> Ask:
    """Ask about an item on behalf of somebody."""
    assert pairs
    return asking(admin)


def address(letter: str, more: str = "") -> str:
    return f"/v1/groups/{Item.objects.get(custom_id=letter).public_id}/{more}"


def published(caller: Caller, letter: str, **said: str) -> dict[str, Any]:
    caller.put(address(letter, "verdict/"), **{**FALSE.as_json(), **said})
    answer = caller.post(address(letter, "verdict/publish/"))
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


def problem(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


# ---------------------------------------------------------------------------------- all groups


def test_groups_come_by_how_much_all_their_pictures_are_asked_about(
    caller: Caller, admin: Actor, pairs: Pairs, ask: Ask
) -> None:
    for letter in "DDDAABB":
        ask(letter, "bob" if letter == "B" else "ann")
    ask("C", callback_url="https://example.org/hook")
    pairs_services.confirm(by=admin, pair=pairs["AB"])
    verdict = published(caller, "A")

    body = caller.get("/v1/groups/").json()

    rows = [(row["size"], row["submissions"], row["recipients"]) for row in body["results"]]
    assert rows == [(2, 4, 2), (1, 3, 1), (1, 1, 1)]
    first = body["results"][0]
    assert first["verdict"] == verdict
    assert first["id"] == Item.objects.get(custom_id="B").public_id
    assert body["next"] is None


def test_groups_come_in_pages(caller: Caller, ask: Ask) -> None:
    for letter in "AABBBC":
        ask(letter)

    first = caller.get("/v1/groups/", limit=2).json()
    second = caller.get(first["next"].removeprefix("http://testserver")).json()

    assert [row["submissions"] for row in first["results"]] == [3, 2]
    assert [row["submissions"] for row in second["results"]] == [1]
    assert second["next"] is None


def test_groups_cost_the_same_queries_for_few_and_many(
    caller: Caller, admin: Actor, pairs: Pairs, ask: Ask
) -> None:
    costs = []
    ask("A", "ann")
    for letter in "AC":
        published(caller, letter)
    caller.get("/v1/groups/")
    for letters in ("A", "ABCD"):
        for letter in letters:
            ask(letter, "bob")
        with CaptureQueriesContext(connection) as captured:
            assert caller.get("/v1/groups/").status_code == 200
        costs.append(len(captured))
    assert costs[0] == costs[1]


def test_a_restricted_key_sees_what_its_lists_connect_and_ask(
    caller_as: Callable[..., Caller], admin: Actor, pairs: Pairs, ask: Ask
) -> None:
    other = lists_services.create_list(by=admin, settings=ListSettings(name="Other"))
    item = Item.objects.create(
        image_list=other, image=Item.objects.get(custom_id="B").image, custom_id="other B"
    )
    pairs_services.confirm(by=admin, pair=pairs["AB"])
    for letter in "AB":
        ask(letter, "ann")
    ask("other B", "bob")
    narrow = caller_as(Role.ANALYST, is_restricted=True)
    ListGrant.objects.create(credential=narrow.credential.credential, image_list=other)

    (row,) = narrow.get("/v1/groups/").json()["results"]
    group = narrow.get(f"/v1/groups/{item.public_id}/").json()

    for seen in (row, group):
        assert (seen["id"], seen["size"], seen["submissions"], seen["recipients"]) == (
            item.public_id, 1, 1, 1,
        )  # fmt: skip


# ----------------------------------------------------------------------------------- one group


@pytest.mark.parametrize("by", ["public_id", "sha256"])
def test_a_group_is_named_by_any_of_its_pictures(
    caller: Caller, admin: Actor, image_list: List, pairs: Pairs, ask: Ask, by: str
) -> None:
    ask("B", "ann")
    pairs_services.confirm(by=admin, pair=pairs["AB"])
    reference, member = (Item.objects.get(custom_id=letter) for letter in "AB")
    name = member.public_id if by == "public_id" else member.image.sha256

    body = caller.get(f"/v1/groups/{name}/").json()

    assert body == {
        "id": reference.public_id,
        "sha256": reference.image.sha256,
        "is_chosen": False,
        "size": 2,
        "lists": [{"id": image_list.public_id, "name": "Known fakes", "count": 2}],
        "first_seen": body["first_seen"],
        "last_seen": body["last_seen"],
        "submissions": 1,
        "recipients": 1,
        "verdict": None,
        "uncovered": None,
    }


def test_a_group_says_how_many_pictures_its_verdict_does_not_cover(
    caller: Caller, admin: Actor, pairs: Pairs
) -> None:
    with_c = [pairs["AC"].pk, pairs["BC"].pk]
    MatchCandidate.objects.filter(pk__in=with_c).update(text_state="differs")
    for each in ("AB", "AC"):
        pairs_services.confirm(by=admin, pair=pairs[each])

    verdict = published(caller, "A")

    body = caller.get(address("C")).json()
    assert (body["verdict"], body["size"], body["uncovered"]) == (verdict, 3, 1)


def test_any_of_its_pictures_can_be_the_reference(
    caller: Caller, admin: Actor, pairs: Pairs
) -> None:
    pairs_services.confirm(by=admin, pair=pairs["AB"])
    member = Item.objects.get(custom_id="B")

    chosen = caller.post(address("A", "pin/"), sha256=member.image.sha256.upper()).json()
    outside = caller.post(address("A", "pin/"), sha256=Item.objects.get(custom_id="D").image.sha256)

    assert (chosen["id"], chosen["is_chosen"]) == (member.public_id, True)
    assert problem(outside) == (404, "item_not_found")


def test_two_groups_are_merged_by_a_pair_that_is_there(caller: Caller, pairs: Pairs) -> None:
    body = caller.post(
        address("A", "merge/"), item=Item.objects.get(custom_id="C").public_id
    ).json()

    assert body["size"] == 2
    pairs["AC"].refresh_from_db()
    assert pairs["AC"].state == "confirmed"


def test_of_two_published_verdicts_somebody_says_which_stays(caller: Caller, pairs: Pairs) -> None:
    kept, other = published(caller, "A"), published(caller, "C", rating="True")
    item = Item.objects.get(custom_id="C").public_id

    refused = caller.post(address("A", "merge/"), item=item)
    neither = caller.post(address("A", "merge/"), item=item, keep="ver_nothing")
    merged = caller.post(address("A", "merge/"), item=item, keep=kept["id"]).json()

    assert problem(refused) == (409, "two_verdicts")
    assert sorted(refused.json()["error"]["verdicts"]) == sorted([kept["id"], other["id"]])
    assert problem(neither) == (400, "invalid_input")
    assert neither.json()["error"]["field"] == "keep"
    assert (merged["size"], merged["verdict"]["id"]) == (2, kept["id"])
    gone = Verdict.objects.get(public_id=other["id"])
    assert (gone.state, gone.replaced_by and gone.replaced_by.public_id) == (
        "replaced", kept["id"],
    )  # fmt: skip


def test_two_published_verdicts_are_named_by_a_confirmation_too(
    caller: Caller, pairs: Pairs
) -> None:
    ids = {published(caller, letter, rating=letter)["id"] for letter in "AB"}

    refused = caller.post(f"/v1/matches/{pairs['AB'].public_id}/confirm/")
    many = caller.post("/v1/matches/bulk/", ids=[pairs["AB"].public_id], act="confirm").json()

    assert problem(refused) == (409, "two_verdicts")
    assert set(refused.json()["error"]["verdicts"]) == ids
    assert set(many["results"][0]["error"]["verdicts"]) == ids


def test_a_group_is_split_by_all_pairs_that_link_its_parts_or_not_at_all(
    caller: Caller, admin: Actor, pairs: Pairs
) -> None:
    for each in ("AB", "BC", "AC"):
        pairs_services.confirm(by=admin, pair=pairs[each])
    split = address("A", "split/")

    some = caller.post(split, matches=[pairs["BC"].public_id])
    foreign = caller.post(split, matches=[pairs["CD"].public_id])
    done = caller.post(split, matches=[pairs[each].public_id for each in ("BC", "AC", "AC")])

    assert problem(some) == (409, "still_together")
    assert problem(foreign) == (404, "match_not_found")
    assert [row["state"] for row in done.json()["results"]] == ["dissociated", "dissociated"]
    assert caller.get(address("A")).json()["size"] == 2


def test_pictures_are_split_off_by_their_ids_or_hashes(
    caller: Caller, admin: Actor, pairs: Pairs
) -> None:
    for each in ("AB", "BC", "AC", "CD"):
        pairs_services.confirm(by=admin, pair=pairs[each])
    split = address("A", "split/")
    own = {letter: Item.objects.get(custom_id=letter) for letter in "ABCD"}
    id_of_d, hash_of_c = own["D"].public_id, own["C"].image.sha256.upper()
    everything = [item.public_id for item in own.values()]

    neither = caller.post(split)
    both = caller.post(split, items=[id_of_d], matches=[pairs["CD"].public_id])
    nothing = caller.post(split, items=everything)
    foreign = caller.post(split, items=[id_of_d, "med_unknown"])
    done = caller.post(split, items=[id_of_d, hash_of_c])

    for refused in (neither, both, nothing):
        assert problem(refused) == (400, "invalid_input")
    assert problem(foreign) == (404, "item_not_found")
    assert {row["id"] for row in done.json()["results"]} == {
        pairs["BC"].public_id, pairs["AC"].public_id,
    }  # fmt: skip
    sizes = [caller.get(address(letter)).json()["size"] for letter in "ABCD"]
    assert sizes == [2, 2, 2, 2]


def test_what_was_done_in_a_group_comes_newest_first_in_pages(
    caller: Caller, admin: Actor, pairs: Pairs
) -> None:
    pairs_services.confirm(by=admin, pair=pairs["AB"], note="Same shark")
    clusters_services.choose_reference(by=admin, image=pairs["AB"].image_high)
    verdict = published(caller, "A")
    pairs_services.dissociate(by=admin, pair=pairs["CD"])

    first = caller.get(address("A", "history/"), limit=2).json()
    second = caller.get(first["next"].removeprefix("http://testserver")).json()

    version, reference = first["results"]
    (decision,) = second["results"]
    assert [row["type"] for row in (version, reference, decision)] == [
        "verdict", "reference", "decision",
    ]  # fmt: skip
    assert (version["version"]["verdict"], version["version"]["version"]) == (verdict["id"], 1)
    assert version["by"] == caller.credential.credential.name
    assert reference["reference"] == pairs["AB"].image_high.sha256
    assert (decision["decision"]["match"], decision["decision"]["note"]) == (
        pairs["AB"].public_id, "Same shark",
    )  # fmt: skip
    assert decision["version"] is decision["reference"] is second["next"] is None


def test_who_may_not_decide_changes_no_group(
    caller_as: Callable[..., Caller], admin: Actor, pairs: Pairs
) -> None:
    viewer = caller_as(Role.VIEWER)
    sha256 = Item.objects.get(custom_id="A").image.sha256

    assert viewer.get(address("A")).status_code == 200
    for more, body in (
        ("pin/", {"sha256": sha256}), ("merge/", {"item": sha256}),
    ):  # fmt: skip
        assert problem(viewer.post(address("A", more), **body)) == (403, "forbidden"), more
    pairs_services.confirm(by=admin, pair=pairs["AB"])
    split = viewer.post(address("A", "split/"), matches=[pairs["AB"].public_id])
    assert problem(split) == (403, "forbidden")
