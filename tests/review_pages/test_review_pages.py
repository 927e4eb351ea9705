"""The pages of review beyond what the browser tests see: filters, pages, fragments, queries."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.actors import Actor
from accounts.models import User
from accounts.permissions import Role
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import List
from review.models import Act, MatchCandidate, State
from review.pairs import services as pairs_services
from review.pairs import wording
from tests import bare_pairs, hooks

FRAGMENT = {"X-Fragment": "1"}


@pytest.fixture
def make_pairs(image_list: List) -> Callable[..., list[MatchCandidate]]:
    """Make rows of pairs, the best first, without files."""

    def make(count: int, into: List = image_list) -> list[MatchCandidate]:
        return bare_pairs.make(count, into)

    return make


def test_the_queue_goes_on_where_its_page_ended(
    signed_in: Client, make_pairs: Callable[..., list[MatchCandidate]]
) -> None:
    pairs = make_pairs(50)

    first = signed_in.get("/review/")
    last_id = first.context["shown_pairs"][-1].pair.public_id
    second = signed_in.get("/review/", {"after": last_id})

    shown = [*first.context["shown_pairs"], *second.context["shown_pairs"]]
    assert [each.pair.pk for each in shown] == [pair.pk for pair in pairs]
    assert (first.context["goes_on"], second.context["goes_on"]) == (last_id, "")


def test_the_queue_is_filtered_by_list_and_state(
    signed_in: Client, admin: Actor, make_pairs: Callable[..., list[MatchCandidate]]
) -> None:
    other = lists_services.create_list(by=admin, settings=ListSettings(name="Other"))
    (ours,), (theirs,) = make_pairs(1), make_pairs(1, into=other)
    pairs_services.confirm(by=admin, pair=ours)

    def shown(**chosen: str) -> list[int]:
        return [each.pair.pk for each in signed_in.get("/review/", chosen).context["shown_pairs"]]

    assert shown() == [theirs.pk]
    assert shown(state="confirmed") == [ours.pk]
    assert shown(list=other.public_id, state="confirmed") == []
    assert shown(list="ili_unknown", state="nonsense") == [theirs.pk]


def test_deciding_within_a_list_stays_in_the_list(
    signed_in: Client, admin: Actor, make_pairs: Callable[..., list[MatchCandidate]]
) -> None:
    other = lists_services.create_list(by=admin, settings=ListSettings(name="Other"))
    make_pairs(3)
    first, second = make_pairs(2, into=other)

    answer = signed_in.post(
        f"/review/pair/{first.public_id}/decide/", {"act": "confirm", "list": other.public_id}
    )

    wanted = f"/review/pair/{second.public_id}/?list={other.public_id}"
    assert answer["Location"] == wanted


def test_an_old_page_decides_nothing(
    signed_in: Client, admin: Actor, make_pairs: Callable[..., list[MatchCandidate]]
) -> None:
    (pair,) = make_pairs(1)
    pairs_services.dissociate(by=admin, pair=pair)
    address = f"/review/pair/{pair.public_id}/decide/"
    form = {"act": "confirm", "version": "1"}

    script = signed_in.post(address, form, headers=FRAGMENT)
    person = signed_in.post(address, form, follow=True)

    assert script.status_code == 409
    assert hooks.values(script, "refusal") == [pair.public_id]
    assert hooks.told(person) == ["decided_meanwhile"]
    pair.refresh_from_db()
    assert pair.state == State.DISSOCIATED


def test_the_same_decision_sent_twice_counts_once(
    signed_in: Client, make_pairs: Callable[..., list[MatchCandidate]]
) -> None:
    (pair,) = make_pairs(1)
    form = {"act": "confirm", "version": "1"}

    for _ in range(2):
        answer = signed_in.post(f"/review/pair/{pair.public_id}/decide/", form, headers=FRAGMENT)
        assert answer.json() == {
            "match": pair.public_id,
            "act": "confirm",
            "follows": 0,
            "message": "",
            "is_own": True,
        }
        assert answer["X-To-Review"] == "0"

    assert pair.decisions.count() == 1


@pytest.mark.parametrize("form", [{}, {"act": "supersede"}, {"act": "confirm", "version": "x"}])
def test_what_is_no_decision_is_refused(
    signed_in: Client, make_pairs: Callable[..., list[MatchCandidate]], form: dict[str, str]
) -> None:
    (pair,) = make_pairs(1)

    answer = signed_in.post(f"/review/pair/{pair.public_id}/decide/", form)

    assert answer.status_code == 400
    pair.refresh_from_db()
    assert pair.state == State.SUGGESTED


def test_the_history_names_who_did_what(
    signed_in: Client, admin: Actor, make_pairs: Callable[..., list[MatchCandidate]]
) -> None:
    (pair,) = make_pairs(1)
    pairs_services.confirm(by=admin, pair=pair)
    pairs_services.undo(by=admin, pair=pair)

    page = signed_in.get(f"/review/pair/{pair.public_id}/").content.decode()

    assert page.index('data-decision="undo"') < page.index('data-decision="confirm"')
    person = User.objects.get(membership__role=Role.ADMIN)
    assert page.count(person.email) == 3  # the account menu too


@pytest.mark.parametrize(
    ("address", "queries"),
    [("/review/", 13), ("/review/pair/{}/", 12), ("/review/pair/{}/next/", 18)],
    ids=["queue", "pair", "next pair"],
)
def test_pages_ask_as_much_for_many_pairs_as_for_few(
    signed_in: Client,
    make_pairs: Callable[..., list[MatchCandidate]],
    django_assert_num_queries: DjangoAssertNumQueries,
    address: str,
    queries: int,
) -> None:
    for count in (2, 30):
        pair = make_pairs(count)[0]
        with django_assert_num_queries(queries):
            signed_in.get(address.format(pair.public_id), headers=FRAGMENT)


def test_every_reason_of_the_engine_has_words() -> None:
    reasons = [
        ("identical_file", {}),
        ("identical_pixels", {}),
        ("same_structure", {"distance_bits": 3, "of_bits": 256}),
        ("other_structure", {"distance_bits": 80, "of_bits": 256}),
        ("second_hash_agrees", {"distance_bits": 2, "of_bits": 64}),
        ("second_hash_differs", {"distance_bits": 20, "of_bits": 64}),
        ("too_little_detail", {}),
        ("mirrored", {}),
        ("rotated", {"degrees": 90}),
        ("frame", {"query_frame": 1, "query_frames": 2, "item_frame": 3, "item_frames": 4}),
        ("resized", {"from_width": 4, "from_height": 3, "to_width": 2, "to_height": 1}),
    ]
    evidence = {"reasons": [{"code": code, "params": params} for code, params in reasons]}

    sentences = wording.reasons_of(evidence)

    assert len(sentences) == len(reasons)
    assert sentences[-1] == "Resized from 4 × 3 to 2 × 1."


@pytest.mark.parametrize(
    ("query_frames", "item_frames", "sentence"),
    [
        (12, 30, "Frame 3 of 12 of A matches frame 7 of 30 of B."),
        (12, 1, "Frame 3 of 12 of A matches."),
        (1, 30, "Frame 7 of 30 of B matches."),
    ],
)
def test_only_animations_have_frames_in_words(
    query_frames: int, item_frames: int, sentence: str
) -> None:
    params = {
        "query_frame": 3,
        "query_frames": query_frames,
        "item_frame": 7,
        "item_frames": item_frames,
    }

    assert wording.reasons_of({"reasons": [{"code": "frame", "params": params}]}) == [sentence]


def test_reasons_of_other_versions_of_the_engine_are_left_out() -> None:
    evidence = {
        "reasons": [
            {"code": "learned_later", "params": {}},
            {"code": "same_structure", "params": {"bits": 3}},
            {"code": "mirrored", "params": {}},
        ]
    }

    assert wording.reasons_of(evidence) == ["One is the mirror image of the other."]


def test_the_queue_shows_doubts_and_filters_by_them(
    signed_in: Client, admin: Actor, make_pairs: Callable[..., list[MatchCandidate]]
) -> None:
    doubted, _ = make_pairs(2)
    pairs_services.decide(by=admin, pair=doubted, act=Act.UNSURE)

    everything = signed_in.get("/review/")
    second_looks = signed_in.get("/review/", {"unsure": "1"})

    assert len(everything.context["shown_pairs"]) == 2
    assert everything.content.decode().count(">Second look</span>") == 1
    assert [each.pair.pk for each in second_looks.context["shown_pairs"]] == [doubted.pk]
    assert "/review/pictures/?unsure=1" in second_looks.content.decode()
    begun = signed_in.get("/review/start/?unsure=1")
    assert begun["Location"] == f"/review/pair/{doubted.public_id}/?unsure=1"
    pair = signed_in.get(begun["Location"])
    assert pair.context["to_review"] == 1
    assert '<input type="hidden" name="unsure" value="1">' in pair.content.decode()


@pytest.mark.parametrize(
    ("act", "offered"),
    [
        (None, ["confirm", "confirm_image", "dissociate", "unsure"]),
        (Act.CONFIRM, ["confirm_image", "dissociate", "unsure"]),
        (Act.CONFIRM_IMAGE, ["confirm", "dissociate", "unsure"]),
        (Act.DISSOCIATE, ["confirm", "confirm_image", "unsure"]),
        (Act.UNSURE, ["confirm", "confirm_image", "dissociate"]),
    ],
)
def test_only_what_would_change_something_is_offered(
    signed_in: Client,
    admin: Actor,
    make_pairs: Callable[..., list[MatchCandidate]],
    act: Act | None,
    offered: list[str],
) -> None:
    (pair,) = make_pairs(1)
    if act is not None:
        pairs_services.decide(by=admin, pair=pair, act=act)

    page = signed_in.get(f"/review/pair/{pair.public_id}/").content.decode()

    assert re.findall(r'name="act"\s+value="(\w+)"', page) == offered


def test_a_pair_with_other_claims_says_so_everywhere(
    signed_in: Client, make_pairs: Callable[..., list[MatchCandidate]]
) -> None:
    (pair,) = make_pairs(1)
    address = f"/review/pair/{pair.public_id}/"
    signed_in.post(f"{address}decide/", {"act": "confirm_image", "version": "1"})

    page = signed_in.get(address)
    queue = signed_in.get("/review/?state=confirmed")

    assert hooks.elements(page, "scope") == [{"state": "confirmed", "scope": "image_only"}]
    assert hooks.values(page, "decision") == ["confirm_image"]
    assert hooks.values(queue, "scope") == ["image_only"]


def test_a_script_is_handed_several_pairs_at_once_and_none_that_it_has(
    signed_in: Client, make_pairs: Callable[..., list[MatchCandidate]]
) -> None:
    pairs = make_pairs(6)
    asked = {"count": "3", "held_ids": f"{pairs[0].public_id},{pairs[1].public_id}"}

    answer = signed_in.get(f"/review/pair/{pairs[1].public_id}/next/", asked, headers=FRAGMENT)

    found = re.findall(r'data-pair="(mat_\w+)"', answer.content.decode())
    assert found == [pair.public_id for pair in pairs[2:5]]


def test_what_a_colleague_looks_at_is_named_and_not_handed_out(
    signed_in: Client,
    make_user: Callable[..., User],
    make_pairs: Callable[..., list[MatchCandidate]],
) -> None:
    theirs, ahead, free = make_pairs(3)
    colleague = Client()
    colleague.force_login(make_user(Role.ANALYST))
    both = [theirs.public_id, ahead.public_id]
    held = {"held_ids": ",".join(both), "shown_id": theirs.public_id}

    renewed = colleague.post("/review/claims/renew/", held).json()
    assert sorted(renewed["held"]) == sorted(both)
    assert signed_in.post("/review/claims/renew/", held).json() == {"held": []}

    def lookers(client: Client, page: str) -> list[str]:
        return hooks.values(client.get(f"/review/{page}"), "looker")

    assert lookers(signed_in, "") == ["analyst"]
    assert lookers(colleague, "") == []
    assert lookers(signed_in, f"pair/{theirs.public_id}/") == ["analyst"]
    assert lookers(signed_in, f"pair/{ahead.public_id}/") == []
    assert free.public_id in signed_in.get("/review/start/")["Location"]
    assert colleague.post("/review/claims/release/", held).status_code == 204
    assert theirs.public_id in signed_in.get("/review/start/")["Location"]


def test_without_a_script_the_pair_handed_out_is_on_the_screen_and_given_up_when_skipped(
    signed_in: Client, make_pairs: Callable[..., list[MatchCandidate]]
) -> None:
    first, second = make_pairs(2)

    signed_in.get("/review/start/")
    assert MatchCandidate.objects.get(is_on_screen=True) == first
    signed_in.get(f"/review/pair/{first.public_id}/next/")

    assert MatchCandidate.objects.get(is_on_screen=True) == second
    assert MatchCandidate.objects.exclude(claimed_by=None).get() == second


def test_undo_is_offered_in_the_queue_as_long_as_there_is_something_to_undo(
    signed_in: Client, make_pairs: Callable[..., list[MatchCandidate]]
) -> None:
    (pair,) = make_pairs(1)
    disabled = re.compile(r"<button[^>]*data-undo-last[^>]*\bdisabled\b")

    assert disabled.search(signed_in.get("/review/").content.decode())
    signed_in.post(f"/review/pair/{pair.public_id}/decide/", {"act": "confirm"})
    assert not disabled.search(signed_in.get("/review/").content.decode())
    signed_in.post("/review/undo/")
    assert disabled.search(signed_in.get("/review/").content.decode())


def test_a_conflict_shows_the_other_decision_and_offers_ones_own(
    signed_in: Client,
    make_actor: Callable[..., Actor],
    make_pairs: Callable[..., list[MatchCandidate]],
) -> None:
    (pair,) = make_pairs(1)
    pairs_services.dissociate(by=make_actor(Role.ANALYST), pair=pair)
    form = {"act": "confirm", "version": "1", "key": "key-1"}

    answer = signed_in.post(f"/review/pair/{pair.public_id}/decide/", form, headers=FRAGMENT)

    assert (answer.status_code, answer["X-To-Review"]) == (409, "0")
    # Told beside the pair that is on the screen by now, not in its place.
    assert hooks.values(answer, "pair") == []
    (refusal,) = hooks.elements(answer, "refusal")
    # What later pages say of it.
    assert refusal.pop("said")
    assert [refusal] == [
        {
            "refusal": pair.public_id,
            "code": "decided_meanwhile",
            "act": "dissociate",
            "decider": "analyst",
        }
    ]
    assert len(hooks.values(answer, "leave")) == 1
    assert hooks.values(answer, "again") == ["confirm"]


def test_a_decision_under_a_key_is_answered_the_same_twice(
    signed_in: Client, make_pairs: Callable[..., list[MatchCandidate]]
) -> None:
    (pair,) = make_pairs(1)
    form = {"act": "confirm", "version": "1", "key": "key-1"}
    address = f"/review/pair/{pair.public_id}/decide/"

    answers = [signed_in.post(address, form, headers=FRAGMENT) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert pair.decisions.count() == 1


def test_a_decision_sent_again_after_it_was_undone_stays_undone(
    signed_in: Client, make_pairs: Callable[..., list[MatchCandidate]]
) -> None:
    (pair,) = make_pairs(1)
    address = f"/review/pair/{pair.public_id}/decide/"
    form = {"act": "confirm", "version": "1", "key": "key-1"}
    signed_in.post(address, form, headers=FRAGMENT)
    signed_in.post("/review/undo/", {"key": "key-2"}, headers=FRAGMENT)

    late = signed_in.post(address, form, headers=FRAGMENT)

    pair.refresh_from_db()
    assert (late.status_code, pair.state) == (200, State.SUGGESTED)


@pytest.mark.parametrize("match", ["a/b", "\x00", "é", "mat_1\n"])
def test_with_nothing_to_undo_no_pair_that_cannot_be_is_gone_back_to(
    signed_in: Client, match: str
) -> None:
    answer = signed_in.post("/review/undo/", {"match": match})

    assert (answer.status_code, answer["Location"]) == (302, "/review/")


def test_an_undo_sent_twice_takes_back_one_decision(
    signed_in: Client, make_pairs: Callable[..., list[MatchCandidate]]
) -> None:
    for pair in make_pairs(2):
        address = f"/review/pair/{pair.public_id}/decide/"
        signed_in.post(address, {"act": "confirm"}, headers=FRAGMENT)

    for _ in range(2):
        signed_in.post("/review/undo/", {"key": "key-1"}, headers=FRAGMENT)

    assert MatchCandidate.objects.filter(state=State.CONFIRMED).count() == 1


def test_why_is_said_from_the_history(
    signed_in: Client, make_pairs: Callable[..., list[MatchCandidate]]
) -> None:
    (pair,) = make_pairs(1)
    address = f"/review/pair/{pair.public_id}/"
    refused = signed_in.post(f"{address}explain/", {"reason": "crop"})
    signed_in.post(f"{address}decide/", {"act": "confirm"})

    answer = signed_in.post(f"{address}explain/", {"reason": "crop", "note": "left third"})

    assert refused.status_code == 409
    assert answer["Location"] == address
    page = signed_in.get(address).content.decode()
    assert re.search(r"Crop\b.*“<bdi>left third</bdi>”", page, re.DOTALL)
    assert signed_in.post(f"{address}explain/", {"reason": "because"}).status_code == 400
