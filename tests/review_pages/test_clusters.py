"""The pages of a cluster: what they show, what they ask the database, and what they refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts import selectors as accounts_selectors
from accounts.actors import Actor
from accounts.models import User
from accounts.permissions import Role
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import Image, Item, List
from review import bulk
from review.bulk import SeenPair
from review.clusters import selectors as clusters_selectors
from review.models import Act, Decision, MatchCandidate, State
from review.pages import cluster_views
from review.pairs import connected
from review.pairs import services as pairs_services
from tests import bare_pairs, hooks

Pairs = dict[str, MatchCandidate]
FRAGMENT = {"X-Fragment": "1"}


@pytest.fixture
def person(make_user: Callable[..., User]) -> User:
    return make_user(Role.ANALYST)


@pytest.fixture
def by(person: User) -> Actor:
    return accounts_selectors.actor_for_user(person)


@pytest.fixture
def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def pairs(image_list: List) -> Pairs:
    return bare_pairs.among("ABCD", image_list)


def address(letter: str = "A", page: str = "") -> str:
    return f"/clusters/{Item.objects.get(custom_id=letter).public_id}/{page}"


KEY = "one-sheet"


def test_a_page_says_how_many_from_when_and_in_which_lists(
    signed_in: Client, admin: Actor, by: Actor, pairs: Pairs, image_list: List
) -> None:
    other = lists_services.create_list(by=admin, settings=ListSettings(name="Other"))
    Item.objects.create(image_list=other, image=pairs["AB"].image_high)
    for each in ("AB", "BC"):
        pairs_services.confirm(by=by, pair=pairs[each])

    shown = signed_in.get(address("C"))

    lists = [(each["list"], each["count"]) for each in hooks.elements(shown, "list")]
    assert lists == [(image_list.public_id, "3"), (other.public_id, "1")]
    assert hooks.values(shown, "size") == ["3"]
    # The third pair of the three follows, unless what it says is not known to be the same.
    assert hooks.values(shown, "suggestions") == ["3"]
    assert [(each["steps"], each["weakest"]) for each in hooks.elements(shown, "steps")] == [
        ("2", str(pairs["BC"].score))
    ]
    MatchCandidate.objects.filter(pk=pairs["AD"].pk).update(text_state="differs")
    pairs_services.confirm(by=by, pair=pairs["BD"])
    inside = [each["suggestion"] for each in hooks.elements(signed_in.get(address("C")), "inside")]
    assert inside == [pairs["AD"].public_id]


def test_a_picture_beside_a_cluster_is_there_once_and_the_best_that_can_be_decides_it(
    signed_in: Client, by: Actor, pairs: Pairs
) -> None:
    pairs_services.confirm(by=by, pair=pairs["AB"])
    pairs_services.dissociate(by=by, pair=pairs["AC"])

    page = signed_in.get(address())

    (c, d) = sorted(page.context["beside_cluster"], key=lambda each: each.best.pair.pk)[::-1]
    assert (d.best.pair, [each.pair for each in d.others]) == (pairs["AD"], [pairs["BD"]])
    assert (c.best.pair, c.others) == (pairs["BC"], [])
    assert c.best.against == pairs["AC"]


def test_the_reference_is_the_oldest_then_the_largest_until_somebody_chooses(
    signed_in: Client, by: Actor, pairs: Pairs
) -> None:
    for each in ("AB", "BC"):
        pairs_services.confirm(by=by, pair=pairs[each])
    when = pairs["AB"].image_low.created_at
    Image.objects.update(created_at=when)
    Image.objects.filter(pk=pairs["BC"].image_low_id).update(width=400)

    def reference() -> Image:
        return clusters_selectors.cluster_of(
            by, clusters_selectors.item_for(by, address("A").split("/")[2])
        ).reference

    assert reference() == pairs["BC"].image_low
    sha256 = pairs["BC"].image_high.sha256
    assert not hooks.values(signed_in.get(address()), "chosen")
    answer = signed_in.post(address("A", "reference/"), {"image": sha256}, follow=True)
    assert [each["reference"] for each in hooks.elements(answer, "chosen")] == [sha256]
    assert reference() == pairs["BC"].image_high
    bulk.split(by=by, seen=[SeenPair(pairs["BC"].public_id, 2)], key="a-split")
    assert reference() == pairs["BC"].image_low
    pairs_services.undo(by=by, pair=pairs["BC"])
    assert reference() == pairs["BC"].image_high


def test_only_a_member_becomes_the_reference(signed_in: Client, pairs: Pairs) -> None:
    sha256 = pairs["CD"].image_high.sha256

    assert signed_in.post(address("A", "reference/"), {"image": sha256}).status_code == 404


def test_copies_come_in_pages(
    signed_in: Client, by: Actor, pairs: Pairs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_views, "MEMBERS_PER_PAGE", 2)
    for each in ("AB", "AC", "AD"):
        pairs_services.confirm(by=by, pair=pairs[each])

    first = signed_in.get(address())
    rows = first.context["members"]
    second = signed_in.get(address(), {"after": rows.next_after}).context["members"]

    shown = [member.item.custom_id for page in (rows, second) for member in page.rows]
    assert (shown, second.next_after) == (["B", "C", "D"], None)
    assert signed_in.get(address(), {"after": "x" * 99}).context["after"] is None


def test_a_page_asks_as_much_for_many_as_for_few(
    signed_in: Client,
    admin: Actor,
    image_list: List,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for letters in ("ABCD", "EFGHIJKLMN"):
        pairs = bare_pairs.among(letters, image_list)
        for each in list(pairs)[: len(pairs) // 2]:
            pairs_services.confirm(by=admin, pair=pairs[each])
        with django_assert_num_queries(28):
            signed_in.get(address(letters[0]))


@pytest.mark.parametrize(("page", "queries"), [("/lists/{}/", 16)])
def test_a_list_links_its_copies(
    signed_in: Client,
    by: Actor,
    pairs: Pairs,
    image_list: List,
    django_assert_num_queries: DjangoAssertNumQueries,
    page: str,
    queries: int,
) -> None:
    for each in ("AB", "AC"):
        pairs_services.confirm(by=by, pair=pairs[each])

    with django_assert_num_queries(queries):
        shown = signed_in.get(page.format(image_list.public_id))

    assert sorted(hooks.values(shown, "copies")) == ["2", "2", "2"]


def test_a_cluster_too_large_to_walk_says_so_and_stays_bounded(
    signed_in: Client, by: Actor, pairs: Pairs, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in ("AB", "BC"):
        pairs_services.confirm(by=by, pair=pairs[each])
    assert hooks.values(signed_in.get(address()), "links") == ["shown"]
    monkeypatch.setattr(clusters_selectors, "MAX_EDGES", 1)
    assert hooks.values(signed_in.get(address()), "links") == ["too_many"]
    monkeypatch.setattr(connected, "MAX_MEMBERS", 2)
    assert signed_in.get(address()).context["cluster"].size == 2


def test_the_pair_page_shows_what_a_confirmation_contradicts(
    signed_in: Client, by: Actor, pairs: Pairs
) -> None:
    pairs_services.confirm(by=by, pair=pairs["AB"])
    pairs_services.dissociate(by=by, pair=pairs["AC"])
    decide = f"/review/pair/{pairs['BC'].public_id}/decide/"

    script = signed_in.post(decide, {"act": "confirm", "version": "1"}, headers=FRAGMENT)
    plain = signed_in.post(decide, {"act": "confirm", "version": "1"}, follow=True)

    assert script.status_code == 409
    assert f"/review/pair/{pairs['AC'].public_id}/" in script.content.decode()
    assert hooks.values(script, "code") == ["told_apart"]
    assert hooks.values(script, "again") == []
    assert hooks.told(plain) == ["told_apart"]


def test_an_undo_that_contradicts_says_why(
    signed_in: Client, admin: Actor, by: Actor, pairs: Pairs
) -> None:
    pairs_services.confirm(by=by, pair=pairs["AB"])
    pairs_services.dissociate(by=by, pair=pairs["AB"])
    pairs_services.confirm(by=admin, pair=pairs["BC"])
    pairs_services.dissociate(by=admin, pair=pairs["AC"])

    script = signed_in.post("/review/undo/", headers=FRAGMENT)
    plain = signed_in.post("/review/undo/", follow=True)

    assert script.status_code == 409
    assert script.json()["message"]
    assert hooks.told(plain) == ["told_apart"]
    assert MatchCandidate.objects.get(pk=pairs["AB"].pk).state == State.DISSOCIATED


def test_a_preview_leaves_out_what_cannot_be(signed_in: Client, by: Actor, pairs: Pairs) -> None:
    pairs_services.confirm(by=by, pair=pairs["AB"])
    pairs_services.dissociate(by=by, pair=pairs["AC"])

    confirm = signed_in.get(address("A", "preview/"), {"act": "confirm", "score": "0.5"})
    apart = signed_in.get(address("A", "preview/"), {"act": "dissociate", "score": "0.88"})

    sheet = confirm.context["sheet"]
    assert (sheet.chosen_count, len(sheet.pairs), len(sheet.warnings)) == (2, 3, 1)
    assert [each.against for each in sheet.pairs if not each.is_chosen] == [pairs["AC"]]
    assert [each.shown.pair for each in apart.context["sheet"].pairs] == [
        pairs["BD"],
        pairs["BC"],
    ]
    nonsense = signed_in.get(address("A", "preview/"), {"act": "supersede"})
    assert nonsense.status_code == 302


def test_a_copy_named_by_hand_is_previewed_with_the_clusters_that_it_joins(
    signed_in: Client, by: Actor, pairs: Pairs
) -> None:
    pairs_services.confirm(by=by, pair=pairs["AB"])
    pairs_services.confirm(by=by, pair=pairs["CD"])
    named = Item.objects.get(custom_id="C").public_id

    sheet = signed_in.post(address("A", "link/"), {"item": named})

    assert sheet.context["sheet"].chosen_count == 1
    (warning,) = sheet.context["sheet"].warnings
    assert re.findall(r"\d+", warning) == ["2", "2"]
    form = {"act": "confirm", "key": KEY, "pair": [f"{pairs['AC'].public_id}:1"]}
    done = signed_in.post(address("A", "decide/"), form)
    assert done.context["outcome"].done == [pairs["AC"]]
    assert hooks.values(signed_in.get(address("D")), "size") == ["4"]


def test_a_merge_that_contradicts_far_away_is_previewed_as_such(
    signed_in: Client, by: Actor, pairs: Pairs
) -> None:
    pairs_services.confirm(by=by, pair=pairs["AB"])
    pairs_services.confirm(by=by, pair=pairs["CD"])
    pairs_services.dissociate(by=by, pair=pairs["BD"])
    named = Item.objects.get(custom_id="C").public_id

    sheet = signed_in.post(address("A", "link/"), {"item": named})
    form = {"act": "confirm", "key": KEY, "pair": [f"{pairs['AC'].public_id}:1"]}
    tried = signed_in.post(address("A", "decide/"), form)

    assert sheet.context["sheet"].chosen_count == 0
    assert f'data-against="{pairs["BD"].public_id}"' in sheet.content.decode()
    assert [each.error.code for each in tried.context["outcome"].left] == ["told_apart"]


@pytest.mark.parametrize(
    ("prepare", "code"), [(Act.DISSOCIATE, "told_apart"), (Act.CONFIRM, "confirmed_already")]
)
def test_naming_a_decided_pair_says_what_was_decided(
    signed_in: Client, by: Actor, pairs: Pairs, prepare: Act, code: str
) -> None:
    pairs_services.decide(by=by, pair=pairs["AB"], act=prepare)

    named = Item.objects.get(custom_id="B").public_id
    answer = signed_in.post(address("A", "link/"), {"item": named}, follow=True)
    assert hooks.told(answer) == [code]


def test_naming_what_cannot_be_compared_says_why(
    signed_in: Client, admin: Actor, pairs: Pairs
) -> None:
    other = lists_services.create_list(by=admin, settings=ListSettings(name="Other"))
    (stray,) = bare_pairs.make(1, other)
    item = Item.objects.create(image_list=other, image=stray.image_high)

    def told(name: str) -> list[str]:
        return hooks.told(signed_in.post(address("A", "link/"), {"item": name}, follow=True))

    assert told(item.public_id) == ["no_common_list"]
    assert told("med_nothing") == ["item_not_found"]
    assert told(Item.objects.get(custom_id="A").public_id) == ["invalid_input"]


def test_a_split_is_previewed_done_and_undone_as_a_whole(
    signed_in: Client, by: Actor, pairs: Pairs
) -> None:
    for each in ("AB", "AC", "BC"):
        pairs_services.confirm(by=by, pair=pairs[each])
    sha256 = pairs["BC"].image_high.sha256

    sheet = signed_in.get(address("A", "split/"), {"image": sha256})
    assert hooks.elements(sheet, "split") == [{"split": "2", "part": "1", "rest": "2"}]
    form = {"pair": sheet.context["split"].values, "key": sheet.context["key"]}
    done = [signed_in.post(address("A", "split/"), form) for _ in range(2)]
    assert [len(each.context["outcome"].done) for each in done] == [2, 2]
    undo = {"pair": done[1].context["undo"].values, "key": done[1].context["undo"].key}
    again = signed_in.post(address("A", "undo/"), undo, follow=True)

    assert Decision.objects.filter(act=Act.UNDO, user=by.user_id).count() == 2
    assert hooks.values(again, "size") == ["3"]


def test_a_split_on_an_old_page_is_refused(signed_in: Client, by: Actor, pairs: Pairs) -> None:
    for each in ("AB", "AC", "BC"):
        pairs_services.confirm(by=by, pair=pairs[each])

    form = {"pair": [f"{pairs['AB'].public_id}:2"], "key": KEY}
    old = signed_in.post(address("A", "split/"), form)
    none = signed_in.get(address("A", "split/"), {"pair": pairs["CD"].public_id}, follow=True)

    assert old.status_code == 409
    assert hooks.values(old, "code") == ["still_together"]
    assert hooks.told(none) == ["nothing_to_split"]


def test_a_split_of_more_than_can_be_split_at_once_is_not_previewed(
    signed_in: Client, by: Actor, pairs: Pairs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MAX_AT_ONCE", 1)
    for each in ("AB", "AC", "BC"):
        pairs_services.confirm(by=by, pair=pairs[each])

    sha256 = pairs["BC"].image_high.sha256
    answer = signed_in.get(address("A", "split/"), {"image": sha256}, follow=True)

    assert hooks.told(answer) == ["too_much_to_split"]


def test_a_split_of_what_is_split_already_says_that_there_is_nothing_to_split(
    signed_in: Client, by: Actor, pairs: Pairs
) -> None:
    pairs_services.confirm(by=by, pair=pairs["AB"])
    form = {"pair": [f"{pairs['AB'].public_id}:2"]}
    first = signed_in.post(address("A", "split/"), form | {"key": "first-key"})
    assert [each.public_id for each in first.context["outcome"].done] == [pairs["AB"].public_id]

    second = signed_in.post(address("A", "split/"), form | {"key": "other-key"}, follow=True)

    assert hooks.told(second) == ["nothing_to_split"]
    assert Decision.objects.filter(act=Act.DISSOCIATE).count() == 1


def test_a_split_sent_again_after_it_was_undone_is_no_split(
    signed_in: Client, by: Actor, pairs: Pairs
) -> None:
    pairs_services.confirm(by=by, pair=pairs["AB"])
    form = {"pair": [f"{pairs['AB'].public_id}:2"], "key": KEY}
    split = signed_in.post(address("A", "split/"), form)
    signed_in.post(address("A", "undo/"), form)

    again = signed_in.post(address("A", "split/"), form)

    assert hooks.values(again, "code") == ["overruled_meanwhile"]
    assert [bool(each.context["headline"]) for each in (split, again)] == [True, False]


def test_undoing_under_a_key_of_nobodys_says_that_there_is_nothing_to_undo(
    signed_in: Client, by: Actor, pairs: Pairs
) -> None:
    pairs_services.confirm(by=by, pair=pairs["AB"])
    form = {"pair": [f"{pairs['AB'].public_id}:2"], "key": KEY}

    assert hooks.told(signed_in.post(address("A", "undo/"), form, follow=True)) == [
        "nothing_to_undo"
    ]


def test_undoing_a_split_is_refused_when_later_decisions_contradict_it(
    signed_in: Client, by: Actor, pairs: Pairs
) -> None:
    pairs_services.confirm(by=by, pair=pairs["AB"])
    pairs_services.confirm(by=by, pair=pairs["BC"])
    bulk.split(by=by, seen=[SeenPair(pairs["BC"].public_id, 2)], key="a-split1")
    pairs_services.dissociate(by=by, pair=pairs["AC"])

    undo = {"pair": [f"{pairs['BC'].public_id}:3"], "key": "a-split1"}
    left = signed_in.post(address("A", "undo/"), undo).context["outcome"].left
    assert [each.error.code for each in left] == ["told_apart"]
    assert MatchCandidate.objects.get(pk=pairs["BC"].pk).state == State.DISSOCIATED


@pytest.mark.parametrize(
    "form",
    [
        {"act": "confirm", "key": KEY, "pair": ["x"]},
        {"act": "confirm", "pair": ["mat_x:1"]},
        {"key": KEY, "pair": []},
        {"act": "unsure", "key": KEY, "pair": []},
    ],
)
def test_what_is_no_decision_is_refused(
    signed_in: Client, pairs: Pairs, form: dict[str, Any]
) -> None:
    assert signed_in.post(address("A", "decide/"), form).status_code == 400


def test_deciding_nothing_says_so(signed_in: Client, pairs: Pairs) -> None:
    answer = signed_in.post(address("A", "decide/"), {"act": "confirm", "key": KEY}, follow=True)

    assert hooks.told(answer) == ["nothing_selected"]
