"""The page of a picture beyond what the browser tests see: forms, fragments, queries."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from accounts.models import User
from accounts.permissions import Role
from lists.models import Item, List
from matching.evidence import Kind
from review.models import Decision, MatchCandidate, State
from review.pairs import services as pairs_services
from tests import bare_pairs, hooks

FRAGMENT = {"X-Fragment": "1"}


@pytest.fixture
def pairs(image_list: List) -> dict[str, MatchCandidate]:
    """Every pair of four pictures."""
    return bare_pairs.among("ABCD", image_list)


def address_of(pair: MatchCandidate) -> str:
    return f"/review/picture/{pair.public_id}/"


def post_mark(client: Client, picture: MatchCandidate, pair: MatchCandidate, act: str) -> str:
    """Press the button of a mark on the page of a picture; return where that leads."""
    value = f"{pair.public_id} {pair.version} {act}"
    return client.post(f"{address_of(picture)}mark/", {"mark": value})["Location"]


def test_the_queue_starts_by_picture_and_pairs_keep_their_addresses(
    signed_in: Client, pairs: dict[str, MatchCandidate]
) -> None:
    queue = signed_in.get("/review/").content.decode()

    assert 'href="/review/pictures/"' in queue
    assert signed_in.get("/review/pictures/")["Location"] == address_of(pairs["CD"])
    assert signed_in.get("/review/start/")["Location"].startswith("/review/pair/")


def test_marks_are_made_by_forms_until_the_picture_is_settled(
    signed_in: Client, pairs: dict[str, MatchCandidate]
) -> None:
    picture = pairs["CD"]

    assert post_mark(signed_in, picture, pairs["CD"], "confirm") == address_of(picture)
    assert post_mark(signed_in, picture, pairs["BD"], "dissociate") == address_of(picture)
    # B is told apart from both now. Behind this picture comes the next.
    assert post_mark(signed_in, picture, pairs["AD"], "confirm_image") == address_of(pairs["AC"])

    assert hooks.values(signed_in.get(address_of(picture)), "state") == [
        "confirm_image",
        "dissociate",
        "confirm",
    ]


@pytest.mark.parametrize(("names", "last", "has_few"), [("ABC", "BC", True), ("ABCD", "CD", False)])
def test_one_or_two_candidates_are_as_large_as_the_picture(
    signed_in: Client, image_list: List, names: str, last: str, has_few: bool
) -> None:
    pair = bare_pairs.among(names, image_list)[last]

    assert signed_in.get(address_of(pair)).context["picture"].has_few is has_few


def test_doubts_are_asked_last_and_alone_where_they_are_asked_for(
    signed_in: Client, pairs: dict[str, MatchCandidate]
) -> None:
    picture = pairs["CD"]
    for name in ("AD", "BD"):
        assert post_mark(signed_in, picture, pairs[name], "unsure") == address_of(picture)
    focus = signed_in.get(address_of(picture)).context["picture"].focus

    doubts = f"{address_of(picture)}mark/?unsure=1"
    value = f"{pairs['AD'].public_id} 1 dissociate"
    goes_on = signed_in.post(doubts, {"mark": value})["Location"]

    assert focus.pair.pk == picture.pk
    assert goes_on == f"{address_of(picture)}?unsure=1"
    assert post_mark(signed_in, picture, picture, "dissociate") != address_of(picture)


def test_what_follows_and_what_is_blocked_says_so(
    signed_in: Client, admin: Actor, pairs: dict[str, MatchCandidate]
) -> None:
    pairs_services.confirm(by=admin, pair=pairs["AB"])
    pairs_services.confirm(by=admin, pair=pairs["AD"])
    pairs_services.dissociate(by=admin, pair=pairs["AC"])

    page = signed_in.get(address_of(pairs["CD"]))

    assert hooks.values(page, "state") == ["confirm", "follows", "blocked"]
    assert hooks.values(page, "cause-number") == ["1"]
    assert hooks.values(page, "blocked-by") == [pairs["AC"].public_id]


@pytest.mark.parametrize(("way", "greyed"), [("picture", 2), ("pair", 1)])
def test_what_other_matches_keep_together_cannot_be_told_apart_and_says_so(
    signed_in: Client, admin: Actor, pairs: dict[str, MatchCandidate], way: str, greyed: int
) -> None:
    picture = pairs["AC"]
    MatchCandidate.objects.filter(pk=picture.pk).update(kind=Kind.OTHER_TEXT)
    MatchCandidate.objects.filter(pk=pairs["BC"].pk).delete()

    def of_page() -> tuple[int, bool]:
        page = signed_in.get(f"/review/{way}/{picture.public_id}/")
        text = page.content.decode()
        return text.count('aria-disabled="true"'), "/clusters/" in text

    assert of_page()[0] == 0
    pairs_services.confirm(by=admin, pair=pairs["AD"])
    pairs_services.confirm(by=admin, pair=pairs["CD"])

    assert of_page() == (greyed, True)
    # Of a match that others bear out only the page of the pair says it.
    picture.refresh_from_db()
    pairs_services.confirm(by=admin, pair=picture)
    assert of_page()[0] == greyed - (way == "picture") * greyed


def test_an_old_page_decides_nothing(
    signed_in: Client, admin: Actor, pairs: dict[str, MatchCandidate]
) -> None:
    pairs_services.dissociate(by=admin, pair=pairs["CD"])

    value = f"{pairs['CD'].public_id} 1 confirm"
    page = signed_in.post(f"{address_of(pairs['CD'])}mark/", {"mark": value}, follow=True)

    assert hooks.told(page) == ["decided_meanwhile"]
    assert MatchCandidate.objects.get(pk=pairs["CD"].pk).state == State.DISSOCIATED


@pytest.mark.parametrize("value", ["", "mat_x", "{id} x confirm", "{id} 1 supersede", "{id} 1"])
def test_what_is_no_mark_is_refused(
    signed_in: Client, pairs: dict[str, MatchCandidate], value: str
) -> None:
    mark = value.format(id=pairs["CD"].public_id)

    answer = signed_in.post(f"{address_of(pairs['CD'])}mark/", {"mark": mark})

    assert answer.status_code in {400, 404}
    assert not Decision.objects.exists()


def test_undo_without_a_script_brings_back_the_picture(
    signed_in: Client, pairs: dict[str, MatchCandidate]
) -> None:
    post_mark(signed_in, pairs["CD"], pairs["CD"], "confirm")
    post_mark(signed_in, pairs["CD"], pairs["BD"], "dissociate")

    answer = signed_in.post("/review/pictures/undo/", {"picture": pairs["CD"].public_id})

    assert answer["Location"] == address_of(pairs["CD"])
    assert hooks.values(signed_in.get(answer["Location"]), "state") == ["open", "open", "confirm"]


def test_undo_shows_the_picture_of_a_pair_that_is_not_of_the_one_asked_for(
    signed_in: Client, pairs: dict[str, MatchCandidate]
) -> None:
    post_mark(signed_in, pairs["AB"], pairs["AB"], "confirm")

    page = signed_in.post(
        "/review/pictures/undo/", {"picture": pairs["CD"].public_id}, headers=FRAGMENT
    )

    assert hooks.values(page, "pair") == [pairs["AB"].public_id]
    again = signed_in.post("/review/pictures/undo/", headers=FRAGMENT)
    assert again.status_code == 409


def test_a_script_is_handed_pictures_that_it_does_not_hold(
    signed_in: Client, pairs: dict[str, MatchCandidate]
) -> None:
    held = {"count": "3", "held_ids": pairs["CD"].public_id}

    first = signed_in.get("/review/pictures/", held, headers=FRAGMENT)
    behind = signed_in.get(f"{address_of(pairs['BC'])}next/", held, headers=FRAGMENT)

    assert hooks.values(first, "pair") == [pairs["BC"].public_id, pairs["AB"].public_id]
    assert hooks.values(behind, "pair") == [pairs["AB"].public_id]


def test_who_may_only_look_marks_nothing(
    make_user: Callable[..., User], pairs: dict[str, MatchCandidate]
) -> None:
    client = Client()
    client.force_login(make_user(Role.VIEWER))

    begun = client.get("/review/pictures/")
    page = client.get(begun["Location"])

    assert hooks.values(page, "act") == []
    assert hooks.values(page, "mark-act") == []
    mark = {"mark": f"{pairs['CD'].public_id} 1 confirm"}
    assert client.post(f"{address_of(pairs['CD'])}mark/", mark).status_code == 403
    following = client.get(f"{address_of(pairs['CD'])}next/")
    assert following["Location"] == address_of(pairs["BC"])


@pytest.mark.parametrize(
    ("kind", "on_a", "on_b"),
    [(Kind.PART, "Contains A", "Crop of A"), (Kind.CONTAINS, "Crop of A", "Contains A")],
)
def test_a_candidate_is_named_for_what_it_is_to_the_picture(
    signed_in: Client, pairs: dict[str, MatchCandidate], kind: Kind, on_a: str, on_b: str
) -> None:
    MatchCandidate.objects.filter(pk=pairs["BC"].pk).update(kind=kind)

    def named(picture: MatchCandidate) -> list[str]:
        shown = signed_in.get(address_of(picture)).context["picture"]
        return [each.kind for each in shown.candidates if each.pair.pk == pairs["BC"].pk]

    assert (named(pairs["AC"]), named(pairs["AB"])) == ([on_a], [on_b])


def test_claims_of_both_stand_beside_each_other_with_what_differs(
    signed_in: Client, pairs: dict[str, MatchCandidate]
) -> None:
    Item.objects.filter(custom_id="D").update(context={"claim": "Launched over Pune"})
    Item.objects.filter(custom_id="C").update(context={"claim": "Launched over Karachi"})

    shown = signed_in.get(address_of(pairs["CD"])).context["picture"]

    of_c = next(each for each in shown.candidates if each.pair.pk == pairs["CD"].pk)
    differing = [[p.text for p in claim.shown if p.differs] for claim in of_c.claims if claim]
    assert differing == [["Pune"], ["Karachi"]]


def test_no_letter_is_the_key_of_two_buttons(
    signed_in: Client, pairs: dict[str, MatchCandidate]
) -> None:
    for address in (address_of(pairs["CD"]), f"/review/pair/{pairs['CD'].public_id}/"):
        letters = [key.letter for key in signed_in.get(address).context["all_keys"]]
        assert len(letters) == len(set(letters)), letters


@pytest.mark.parametrize("picture", ["CD", "AB"])
def test_compare_has_the_incoming_picture_as_a(
    signed_in: Client, pairs: dict[str, MatchCandidate], picture: str
) -> None:
    Item.objects.filter(custom_id="B").update(context={"claim": "Seen in Pune"})
    Item.objects.filter(custom_id="D").update(context={"claim": "Seen in Karachi"})
    address = f"/review/pair/{pairs['BD'].public_id}/"

    page = signed_in.get(address, {"picture": pairs[picture].public_id})

    incoming, claim = {"CD": ("D", "Seen in Karachi"), "AB": ("B", "Seen in Pune")}[picture]
    shown, claims = page.context["shown"], page.context["claims"]
    assert shown.query.item.custom_id == incoming
    assert claims[0].text == claim


def test_compare_leads_back_to_the_candidate(
    signed_in: Client, pairs: dict[str, MatchCandidate]
) -> None:
    pair, picture = pairs["BD"], pairs["CD"]
    address = f"/review/pair/{pair.public_id}/?picture={picture.public_id}"

    page = signed_in.get(address)
    form = {"act": "confirm", "version": "1", "picture": picture.public_id}
    decided = signed_in.post(f"/review/pair/{pair.public_id}/decide/", form)

    back = f"{address_of(picture)}#{pair.public_id}"
    assert hooks.values(page, "back") == [back]
    assert decided["Location"] == back


@pytest.mark.parametrize("letters", ["ABC", "ABCDEFGHIJKL"])
def test_the_page_asks_the_database_a_few_times_however_many_candidates(
    signed_in: Client, image_list: List, letters: str
) -> None:
    pairs = bare_pairs.among(letters, image_list)
    newest = pairs[letters[-2:]]
    signed_in.get(address_of(newest))

    with CaptureQueriesContext(connection) as page:
        shown = signed_in.get(address_of(newest))
    with CaptureQueriesContext(connection) as ahead:
        signed_in.get(f"{address_of(newest)}next/", {"count": "1"}, headers=FRAGMENT)

    assert len(shown.context["picture"].candidates) == len(letters) - 1
    assert len(page) <= 18, [each["sql"][:90] for each in page]
    assert len(ahead) <= 26, [each["sql"][:90] for each in ahead]


@pytest.mark.parametrize(
    ("of", "status"), [("nobody-sent-this", 409), ("\0", 400), ("k" * 5000, 400)]
)
def test_an_undo_of_what_is_not_there_undoes_nothing(
    signed_in: Client, pairs: dict[str, MatchCandidate], of: str, status: int
) -> None:
    post_mark(signed_in, pairs["CD"], pairs["CD"], "confirm")

    answer = signed_in.post("/review/pictures/undo/", {"of": of}, headers=FRAGMENT)

    assert answer.status_code == status
    assert MatchCandidate.objects.get(pk=pairs["CD"].pk).state == State.CONFIRMED


def test_an_undo_takes_back_the_decision_that_it_names(
    signed_in: Client, pairs: dict[str, MatchCandidate]
) -> None:
    for name in ("CD", "AB"):
        sent = {"act": "confirm_image", "version": 1, "key": name}
        signed_in.post(f"/review/pair/{pairs[name].public_id}/decide/", sent, headers=FRAGMENT)

    signed_in.post("/review/pictures/undo/", {"of": "CD"}, headers=FRAGMENT)

    states = [MatchCandidate.objects.get(pk=pairs[name].pk).state for name in ("CD", "AB")]
    assert states == [State.SUGGESTED, State.CONFIRMED]
