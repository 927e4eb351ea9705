"""The queue page: filters are an address, mistakes are told, selections are previewed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import selectors as accounts_selectors
from accounts import services as accounts_services
from accounts.actors import Actor
from accounts.models import Membership, User
from accounts.permissions import Role
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import Item, List
from matching.evidence import Kind
from review import bulk
from review.models import Act, MatchCandidate, PairText, QueueView, State
from review.pages.queue_forms import QueueFilter
from review.pairs import services as pairs_services
from review.scopes import Scope
from tests import bare_pairs, hooks, team

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "review-queue.md"


@pytest.fixture
def analyst(make_user: Callable[..., User]) -> Client:
    client = Client()
    client.force_login(make_user(Role.ANALYST))
    return client


@pytest.fixture
def pairs(image_list: List) -> list[MatchCandidate]:
    """Four pairs, in the order of the queue."""
    return bare_pairs.make(4, image_list)


def shown(client: Client, **asked: str) -> list[str]:
    """Return the ids of the pairs on a page of the queue."""
    page = client.get("/review/", asked)
    return [each.pair.public_id for each in page.context["shown_pairs"]]


def ids(pairs: list[MatchCandidate]) -> list[str]:
    return [pair.public_id for pair in pairs]


def values(pairs: list[MatchCandidate]) -> list[str]:
    return [f"{pair.public_id}:{pair.version}" for pair in pairs]


def undo_form(done: Any) -> dict[str, Any]:
    """Return what the undo form on a page of what was done sends."""
    form = re.search(r"<form[^>]*data-undo.*?</form>", done.content.decode(), re.DOTALL)
    assert form
    sent: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form[0]):
        sent.setdefault(name, []).append(value)
    return sent


def test_pairs_are_filtered_by_what_they_are(
    signed_in: Client, admin: Actor, pairs: list[MatchCandidate]
) -> None:
    first, second, third, fourth = pairs
    MatchCandidate.objects.filter(pk=second.pk).update(score=0.95, kind="edited")
    old = timezone.now() - timedelta(days=9)
    MatchCandidate.objects.filter(pk=third.pk).update(created_at=old)
    pairs_services.confirm(by=admin, pair=fourth, scope=Scope.IMAGE_ONLY)

    assert shown(signed_in, score_from="0.9") == [second.public_id]
    assert shown(signed_in, score_from="0.95", score_to="0.95") == [second.public_id]
    assert shown(signed_in, score_to="0.6") == ids([first, third])
    assert shown(signed_in, kind="edited") == [second.public_id]
    assert shown(signed_in, age="older") == [third.public_id]
    assert shown(signed_in, age="week") == ids([first, second])
    assert shown(signed_in, until=f"{old:%Y-%m-%d}") == [third.public_id]
    assert shown(signed_in, since=f"{timezone.now():%Y-%m-%d}") == ids([first, second])
    assert shown(signed_in, state="other_claim") == [fourth.public_id]
    assert shown(signed_in, order="score") == ids([second, third, first])
    assert shown(signed_in, order="newest") == ids([third, second, first])


def test_pairs_are_found_by_ids_and_names_of_their_pictures(
    signed_in: Client, stranger: Actor, image_list: List, pairs: list[MatchCandidate]
) -> None:
    item = Item.objects.create(
        image_list=image_list, image=pairs[2].query_image, custom_id="Tweet-77", name="flood.jpg"
    )

    for text in (item.public_id, "tweet-7", "FLOOD", pairs[2].public_id, " flood "):
        assert shown(signed_in, q=text) == [pairs[2].public_id], text
    assert shown(signed_in, q="nothing%") == []
    foreign = lists_services.create_list(by=stranger, settings=ListSettings(name="Theirs"))
    Item.objects.create(image_list=foreign, image=pairs[1].query_image, name="secret")
    assert shown(signed_in, q="secret") == []


def test_pairs_are_filtered_by_who_is_to_decide_them(
    signed_in: Client, make_actor: Callable[..., Actor], pairs: list[MatchCandidate]
) -> None:
    asha = make_actor(Role.ANALYST)
    hers = accounts_selectors.colleagues_of(asha).get(user_id=asha.user_id or 0)
    bulk.assign(by=asha, match_ids=[pairs[0].public_id], to=hers)

    assert shown(signed_in, assignee=hers.public_id) == [pairs[0].public_id]
    assert shown(signed_in, assignee="nobody") == ids(pairs[1:])
    assert shown(signed_in, assignee="me") == []
    assert hooks.values(signed_in.get("/review/"), "assignee") == ["analyst"]
    begun = signed_in.get(f"/review/start/?assignee={hers.public_id}")
    assert begun["Location"].startswith(f"/review/pair/{pairs[0].public_id}/?assignee=mem_")
    assert pairs[1].public_id in signed_in.get("/review/start/")["Location"]


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"score_from": "2"}, ("score_from", "max_value")),
        ({"score_to": "much"}, ("score_to", "invalid")),
        ({"score_from": "0.5", "score_to": "0.1"}, ("score_to", "below_start")),
        ({"since": "yesterday"}, ("since", "invalid")),
        ({"until": "9999-12-31"}, ("until", "max_value")),
        ({"kind": "odd"}, ("kind", "invalid_choice")),
        ({"list": "ili_of_others"}, ("list", "invalid_choice")),
        ({"assignee": "mem_of_others"}, ("assignee", "invalid_choice")),
        ({"q": "a\x00"}, ("q", "null_characters_not_allowed")),
    ],
)
def test_a_filter_that_makes_no_sense_is_told_and_the_others_stay(
    signed_in: Client, pairs: list[MatchCandidate], asked: dict[str, str], problem: tuple[str, str]
) -> None:
    page = signed_in.get("/review/", {**asked, "order": "newest"})

    assert page.status_code == 200
    [(field, code)] = [(each["field"], each["problem"]) for each in hooks.elements(page, "field")]
    assert (field, code) == problem
    assert page.context["shown_pairs"][0].pair.pk == pairs[-1].pk
    assert hooks.values(page, "start") == []
    assert hooks.values(signed_in.get("/review/"), "start") == [""]
    (name, value), *_ = asked.items()
    if name.startswith("score"):
        assert f'value="{value}"' in page.content.decode()
    started = signed_in.get("/review/start/", asked)
    assert started.status_code in {400, 404}


def test_the_way_through_a_view_stays_in_it(signed_in: Client, pairs: list[MatchCandidate]) -> None:
    begun = signed_in.get("/review/start/?order=newest&score_from=0.51005")
    assert begun["Location"] == (
        f"/review/pair/{pairs[3].public_id}/?order=newest&score_from=0.51005"
    )
    pair = signed_in.get(begun["Location"])
    assert pair.context["to_review"] == 3

    decided = signed_in.post(
        f"/review/pair/{pairs[3].public_id}/decide/",
        {"act": "confirm", "order": "newest", "score_from": "0.51005"},
    )

    assert decided["Location"].startswith(f"/review/pair/{pairs[2].public_id}/?order=newest")


def test_each_filter_in_use_is_a_chip_that_leaves_it_out(
    signed_in: Client, pairs: list[MatchCandidate]
) -> None:
    page = signed_in.get("/review/?kind=near&unsure=1&score_to=0&order=newest")

    assert hooks.values(page, "chip") == ["kind", "unsure", "score_to"]
    ways = {chip["field"]: chip["query"] for chip in page.context["chips"]}
    assert ways["kind"] == "?order=newest&unsure=1&score_to=0"
    # The name of a view says it.
    assert hooks.values(signed_in.get("/review/?unsure=1&order=newest"), "chip") == []
    assert hooks.values(signed_in.get("/review/?kind=odd"), "chip") == []


def test_a_row_counts_what_else_waits_of_its_incoming_picture(
    signed_in: Client, admin: Actor, image_list: List
) -> None:
    pairs = bare_pairs.among("ABCD", image_list)
    query = pairs["AD"].query_image_id
    of_query = [each for each in pairs.values() if each.query_image_id == query]
    assert len(of_query) == 3
    MatchCandidate.objects.update(score=0.9)
    MatchCandidate.objects.filter(pk=of_query[1].pk).update(score=0.2)

    def others() -> dict[str, tuple[str, str]]:
        page = signed_in.get("/review/?order=newest")
        rows = hooks.values(page, "queued")
        return dict(
            zip(
                rows,
                [(each["others"], each["above"]) for each in hooks.elements(page, "others")],
                strict=True,
            )
        )

    assert others()[of_query[0].public_id] == ("2", "1")
    assert others()[of_query[1].public_id] == ("2", "2")
    pairs_services.dissociate(by=admin, pair=of_query[2])
    assert others()[of_query[0].public_id] == ("1", "0")
    # A pair that is decided is none of those that wait.
    decided = signed_in.get("/review/?state=dissociated")
    assert hooks.values(decided, "others") == ["2"]


def test_the_built_in_views_are_links_with_counts(
    signed_in: Client, admin: Actor, pairs: list[MatchCandidate]
) -> None:
    pairs_services.decide(by=admin, pair=pairs[0], act=Act.UNSURE)
    pairs_services.confirm(by=admin, pair=pairs[1], scope=Scope.IMAGE_ONLY)
    MatchCandidate.objects.filter(pk=pairs[2].pk).update(score=0.9)

    page = signed_in.get("/review/")

    counts = {view["query"]: view["count"] for view in page.context["built_in_views"]}
    assert counts == {
        "": 3,
        "?assignee=me": 0,
        "?order=score&score_from=0.8": 1,
        "?unsure=1": 1,
        "?state=other_claim": 1,
    }
    for view in page.context["built_in_views"]:
        followed = signed_in.get(f"/review/{view['query']}")
        assert len(followed.context["shown_pairs"]) == view["count"], view["name"]
        shown_views = [each for each in followed.context["built_in_views"] if each["is_shown"]]
        assert [each["query"] for each in shown_views] == [view["query"]]


def test_live_counts_take_one_query_beyond_who_asks(
    signed_in: Client,
    admin: Actor,
    pairs: list[MatchCandidate],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    pairs_services.confirm(by=admin, pair=pairs[0])

    with django_assert_num_queries(4):  # session, person, membership
        counts = signed_in.get("/review/counts/").json()

    assert counts == {"to_review": 3, "mine": 0, "today": 1}


def test_a_view_is_saved_shown_to_the_team_and_removed(
    signed_in: Client, analyst: Client, pairs: list[MatchCandidate]
) -> None:
    saved = signed_in.post(
        "/review/views/",
        {"name": "Doubts <b>", "shared": "on", "unsure": "1", "order": "newest"},
        follow=True,
    )

    assert hooks.told(saved) == ["view_kept"]
    assert "Doubts &lt;b&gt;" in saved.content.decode()
    view = QueueView.objects.get()
    assert (view.query, view.is_shared) == ("order=newest&unsure=1", True)
    assert "?order=newest&amp;unsure=1" in analyst.get("/review/").content.decode()
    assert analyst.post(f"/review/views/{view.public_id}/remove/").status_code == 403
    assert signed_in.post(f"/review/views/{view.public_id}/remove/").status_code == 302
    assert not QueueView.objects.exists()
    assert signed_in.post("/review/views/", {"name": " "}).status_code == 400


def test_a_selection_is_previewed_applied_and_undone_without_scripts(
    signed_in: Client, pairs: list[MatchCandidate]
) -> None:
    asked = {"pair": values(pairs[:3]), "act": "confirm", "order": "newest"}
    sheet = signed_in.post("/review/selection/", asked)
    assert MatchCandidate.objects.filter(state=State.SUGGESTED).count() == 4
    assert sheet.context["sheet"].chosen_count == 3
    key = sheet.context["key"]
    chosen = {"act": "confirm", "key": key, "pair": values(pairs[:2]), "order": "newest"}

    done = [signed_in.post("/review/selection/apply/", chosen) for _ in range(2)]

    assert [hooks.values(each, "done") for each in done] == [["2"], ["2"]]
    assert MatchCandidate.objects.filter(state=State.CONFIRMED).count() == 2
    undone = signed_in.post(
        "/review/selection/undo/",
        {"act": "confirm", "key": key, "pair": done[0].context["undo"].values, "order": "newest"},
    )
    assert undone["Location"] == "/review/?order=newest"
    assert MatchCandidate.objects.filter(state=State.SUGGESTED).count() == 4


def test_undoing_under_a_key_of_nobodys_or_of_somebody_elses_says_that_there_is_nothing_to_undo(
    signed_in: Client, analyst: Client, pairs: list[MatchCandidate]
) -> None:
    form = {"act": "confirm", "key": "some-key", "pair": values(pairs)}
    signed_in.post("/review/selection/apply/", form)

    answers = [
        analyst.post("/review/selection/undo/", form, follow=True),
        signed_in.post("/review/selection/undo/", form | {"key": "other-key"}, follow=True),
        signed_in.post("/review/selection/undo/", form | {"pair": []}, follow=True),
    ]

    assert [hooks.told(each) for each in answers] == [["nothing_to_undo"]] * 3
    assert MatchCandidate.objects.filter(state=State.CONFIRMED).count() == 4


def test_what_failed_is_listed_with_who_decided_it(
    signed_in: Client, make_actor: Callable[..., Actor], pairs: list[MatchCandidate]
) -> None:
    chosen = {"act": "dissociate", "key": "some-key", "pair": [*values(pairs), "mat_gone:1"]}
    pairs_services.confirm(by=make_actor(Role.ANALYST), pair=pairs[0])

    done = signed_in.post("/review/selection/apply/", chosen)

    assert hooks.elements(done, "left") == [
        {"left": pairs[0].public_id, "code": "decided_meanwhile", "decider": "analyst"},
        {"left": "mat_gone", "code": "match_not_found"},
    ]
    pairs[0].refresh_from_db()
    assert pairs[0].state == State.CONFIRMED


def test_the_preview_leaves_out_what_is_decided_and_says_what_is_gone(
    signed_in: Client, admin: Actor, pairs: list[MatchCandidate]
) -> None:
    confirmed = pairs_services.confirm(by=admin, pair=pairs[0])
    asked = {"act": "dissociate", "pair": [*values(pairs), "mat_gone:1"]}

    sheet = signed_in.post("/review/selection/", asked)

    states = {each["pair"]: each["state"] for each in hooks.elements(sheet, "pair")}
    assert states == {pair.public_id: pair.state for pair in (*pairs[1:], confirmed)}
    (warning,) = sheet.context["sheet"].warnings
    assert re.findall(r"\d+", warning) == ["1"]
    chosen = [each.shown.pair for each in sheet.context["sheet"].pairs if each.is_chosen]
    assert chosen == pairs[1:]


def test_everything_that_matches_is_selected_across_pages(
    signed_in: Client, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = bare_pairs.make(45, image_list)
    (offered,) = hooks.elements(signed_in.get("/review/?score_to=0.9"), "select-all")
    assert offered == {"select-all": "45"}

    sheet = signed_in.post("/review/selection/", {"act": "unsure", "all": "1", "score_to": "0.9"})

    assert [each.shown.pair for each in sheet.context["sheet"].pairs] == made
    monkeypatch.setattr(bulk, "MAX_AT_ONCE", 41)
    (offered,) = hooks.elements(signed_in.get("/review/"), "select-all")
    assert offered == {"select-all": "41", "limited": ""}
    wrong = {"act": "unsure", "all": "1", "score_to": "9"}
    assert signed_in.post("/review/selection/", wrong).status_code == 400


def test_pairs_are_assigned_and_given_back(
    signed_in: Client,
    analyst: Client,
    make_actor: Callable[..., Actor],
    pairs: list[MatchCandidate],
) -> None:
    asha = make_actor(Role.ANALYST)
    hers = accounts_selectors.colleagues_of(asha).get(user_id=asha.user_id or 0)
    to = hers.public_id
    chosen = {"act": "assign", "to": to, "key": "some-key", "pair": values(pairs[:2])}
    sheet = signed_in.post("/review/selection/", chosen).context["sheet"]
    assert sheet.to == to
    assert "analyst" in sheet.remarks[0]

    done = signed_in.post("/review/selection/apply/", chosen)

    assert hooks.values(done, "done") == ["2"]
    assert len(shown(analyst, assignee="me")) == 2
    signed_in.post("/review/selection/undo/", undo_form(done))
    assert shown(analyst, assignee="me") == []


@pytest.mark.parametrize("to", ["me", "nobody"])
def test_what_a_colleague_assigned_since_is_left_by_an_undo_and_reported(
    signed_in: Client,
    admin: Actor,
    make_actor: Callable[..., Actor],
    pairs: list[MatchCandidate],
    to: str,
) -> None:
    asha = make_actor(Role.ANALYST)
    hers = accounts_selectors.colleagues_of(asha).get(user_id=asha.user_id or 0)
    third = make_actor(Role.MANAGER)
    theirs = accounts_selectors.colleagues_of(third).get(user_id=third.user_id or 0)
    bulk.assign(by=admin, match_ids=ids(pairs[:2]), to=theirs)
    chosen = {"act": "assign", "to": to, "key": "some-key", "pair": values(pairs[:2])}
    done = signed_in.post("/review/selection/apply/", chosen)
    bulk.assign(by=admin, match_ids=ids(pairs[:1]), to=hers)

    undone = signed_in.post("/review/selection/undo/", undo_form(done))

    assert hooks.values(undone, "done") == ["1"]
    assert hooks.elements(undone, "left") == [
        {"left": pairs[0].public_id, "code": "assigned_meanwhile"}
    ]
    owners = MatchCandidate.objects.filter(pk__in=[pairs[0].pk, pairs[1].pk]).order_by("pk")
    assert [each.assigned_to_id for each in owners] == [asha.user_id, third.user_id]


def test_an_assignment_is_undone_also_when_a_former_assignee_was_removed(
    signed_in: Client, admin: Actor, pairs: list[MatchCandidate]
) -> None:
    leaver = team.add_member(by=admin, email="gone@example.org", role=Role.ANALYST).membership
    bulk.assign(by=admin, match_ids=ids(pairs[:1]), to=leaver)
    chosen = {"act": "assign", "to": "me", "key": "some-key", "pair": values(pairs[:2])}
    done = signed_in.post("/review/selection/apply/", chosen)
    accounts_services.remove_member(by=admin, membership=leaver)

    undone = signed_in.post("/review/selection/undo/", undo_form(done), follow=True)

    assert hooks.told(undone) == ["undone"]
    assert not MatchCandidate.objects.exclude(assigned_to=None).exists()


def test_only_managers_are_offered_colleagues_to_assign_to(
    signed_in: Client, analyst: Client, pairs: list[MatchCandidate]
) -> None:
    def receivers(client: Client) -> list[str]:
        page = client.get("/review/").content.decode()
        offered = re.search(r'<select id="assign-to".*?</select>', page, re.DOTALL)
        assert offered
        return re.findall(r'<option value="(\w+)"', offered[0])

    hers = Membership.objects.get(role=Role.ANALYST).public_id
    assert receivers(analyst) == ["me", "nobody"]
    assert receivers(signed_in) == ["me", "nobody", hers]


@pytest.mark.parametrize(
    ("address", "form", "status"),
    [
        ("selection/", {"act": "supersede"}, 400),
        ("selection/", {"act": "confirm"}, 302),
        ("selection/", {"act": "assign", "to": "mem_nobody", "pair": "mat_x:1", "all": "1"}, 404),
        ("selection/apply/", {"act": "confirm", "key": "some-key"}, 400),
        ("selection/apply/", {"act": "confirm", "key": "some-key", "pair": "mat_x"}, 400),
        ("selection/apply/", {"act": "confirm", "key": "no key!", "pair": "mat_x:1"}, 400),
        ("selection/apply/", {"act": "confirm", "pair": "mat_x:1"}, 400),
        ("selection/apply/", {"act": "assign", "key": "some-key", "pair": "mat_x:1"}, 404),
        ("selection/undo/", {"act": "assign", "pair": "mat_x:mem_x"}, 400),
        ("selection/undo/", {"act": "assign", "pair": "mat_x", "to": "nobody"}, 400),
        ("selection/undo/", {"act": "assign", "pair": "mat_\x00:nobody", "to": "nobody"}, 400),
        ("selection/undo/", {"act": "assign", "pair": "mat_x:mem_\x00", "to": "nobody"}, 400),
        ("selection/undo/", {"act": "assign", "pair": "nobody", "to": "nobody"}, 400),
        *(
            (f"selection/{address}/", {"act": act, "key": key, "pair": "mat_x:1"}, 400)
            for address in ("apply", "undo")
            for act in ("confirm", "assign")
            for key in ("ключ-ключ", "some-key\n", "some\x00key", "short", "x" * 33)
        ),
    ],
)
def test_what_is_no_selection_is_refused(
    signed_in: Client,
    pairs: list[MatchCandidate],
    address: str,
    form: dict[str, str],
    status: int,
) -> None:
    assert signed_in.post(f"/review/{address}", form).status_code == status


def test_every_filter_and_its_values_are_on_the_reference_page() -> None:
    page = REFERENCE.read_text()
    values = [*QueueFilter.base_fields, *Kind, *PairText.values]

    assert [each for each in values if f"`{each}`" not in page] == []
