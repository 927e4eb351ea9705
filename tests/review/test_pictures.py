"""Review by picture: which picture is next, with which candidates, and to whom it is handed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from accounts.permissions import Role
from lists.models import Image, List
from review.models import MatchCandidate
from review.pairs import services as pairs_services
from review.queue import claims, pictures
from review.queue.filters import Order, Queue
from tests import bare_pairs

pytestmark = pytest.mark.django_db

EVERYTHING = Queue()


@pytest.fixture
def people(admin: Actor, make_actor: Callable[..., Actor]) -> tuple[Actor, Actor]:
    """Two colleagues."""
    return admin, make_actor(Role.ANALYST)


def named(pairs: dict[str, MatchCandidate], of: MatchCandidate) -> str:
    return next(name for name, pair in pairs.items() if pair.pk == of.pk)


def taken(by: Actor, pairs: dict[str, MatchCandidate], **asked: object) -> list[str]:
    """Return the names of the pairs that name the pictures handed out."""
    found = pictures.take_next(by=by, queue=EVERYTHING, **asked)  # type: ignore[arg-type]
    return [named(pairs, each) for each in found]


def test_a_picture_has_the_pairs_on_either_side_by_score(admin: Actor, image_list: List) -> None:
    pairs = bare_pairs.among("ABCD", image_list)

    incoming = pictures.incoming_of(admin, pairs["AC"], EVERYTHING)

    assert [named(pairs, each) for each in incoming.pairs] == ["AC", "BC", "CD"]
    assert incoming.image == pairs["AC"].query_image


def test_what_is_decided_or_blocked_stays_beside_what_waits(admin: Actor, image_list: List) -> None:
    pairs = bare_pairs.among("ABC", image_list)
    pairs_services.confirm(by=admin, pair=pairs["AB"])
    pairs_services.dissociate(by=admin, pair=pairs["AC"])

    incoming = pictures.incoming_of(
        admin, MatchCandidate.objects.get(pk=pairs["BC"].pk), EVERYTHING
    )

    assert [named(pairs, each) for each in incoming.pairs] == ["AC", "BC"]
    assert incoming.waiting == []


def test_of_more_pairs_than_a_screen_holds_those_that_wait_come_first(
    admin: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = bare_pairs.among("ABCD", image_list)
    pairs_services.dissociate(by=admin, pair=pairs["AD"])
    monkeypatch.setattr(pictures, "MOST_CANDIDATES", 2)

    incoming = pictures.incoming_of(admin, pairs["BD"], EVERYTHING)

    assert [named(pairs, each) for each in incoming.pairs] == ["BD", "CD"]


def test_pictures_come_in_the_order_of_their_best_pair(admin: Actor, image_list: List) -> None:
    pairs = bare_pairs.among("ABCD", image_list)

    # The closest to the threshold of 0.5 are the pairs with the lowest scores.
    assert taken(admin, pairs, count=5) == ["CD", "BC", "AB"]


@pytest.mark.parametrize(
    ("order", "wanted"), [(Order.SCORE, ["AB", "AC", "AD"]), (Order.NEWEST, ["CD", "BC", "AB"])]
)
def test_pictures_come_in_the_order_that_is_asked_for(
    admin: Actor, image_list: List, order: Order, wanted: list[str]
) -> None:
    pairs = bare_pairs.among("ABCD", image_list)

    found = pictures.take_next(by=admin, queue=Queue(order=order), count=5)

    assert [named(pairs, each) for each in found] == wanted


def test_a_picture_that_was_passed_comes_again_only_around_the_end(
    admin: Actor, image_list: List
) -> None:
    pairs = bare_pairs.among("ABCD", image_list)
    order = taken(admin, pairs, count=3)

    assert taken(admin, pairs, behind=pairs[order[0]], count=5) == order[1:]
    assert taken(admin, pairs, behind=pairs[order[1]], count=5) == [order[2], order[0]]
    held = [pairs[order[2]].public_id]
    assert taken(admin, pairs, behind=pairs[order[1]], held=held, count=5) == [order[0]]


def test_a_picture_goes_to_one_person_with_all_its_pairs(
    image_list: List, people: tuple[Actor, Actor]
) -> None:
    pairs = bare_pairs.among("ABCD", image_list)
    ann, ben = people

    assert taken(ann, pairs) == ["CD"]
    of_ann = list(MatchCandidate.objects.filter(claimed_by=ann.user_id))
    assert {named(pairs, each) for each in of_ann} == {"AD", "BD", "CD"}
    # B and C have a pair with D each.
    assert taken(ben, pairs, count=5) == []
    claims.release(by=ann, match_ids=[pair.public_id for pair in of_ann])
    assert taken(ben, pairs) == ["CD"]


def test_a_pair_that_a_colleague_looks_at_keeps_its_pictures_back(
    image_list: List, people: tuple[Actor, Actor]
) -> None:
    pairs = bare_pairs.among("ABCD", image_list)
    ann, ben = people
    claims.renew(by=ann, match_ids=[pairs["AD"].public_id])

    assert taken(ben, pairs, count=5) == ["BC", "AB"]


def test_what_is_blocked_makes_no_picture(admin: Actor, image_list: List) -> None:
    pairs = bare_pairs.among("ABC", image_list)
    pairs_services.confirm(by=admin, pair=pairs["AB"])
    pairs_services.dissociate(by=admin, pair=pairs["AC"])

    assert taken(admin, pairs, count=5) == []


def test_what_is_assigned_to_a_colleague_is_no_candidate(
    image_list: List, people: tuple[Actor, Actor]
) -> None:
    pairs = bare_pairs.among("ABC", image_list)
    ann, ben = people
    MatchCandidate.objects.filter(pk=pairs["AC"].pk).update(assigned_to=ann.user_id)

    assert taken(ben, pairs) == ["BC"]
    shown = pictures.incoming_of(ben, pairs["BC"], EVERYTHING).pairs
    assert [named(pairs, each) for each in shown] == ["BC"]
    of_ann = Queue(assigned_to=ann.user_id)
    asked = pictures.incoming_of(ben, pairs["AC"], of_ann).pairs
    assert [named(pairs, each) for each in asked] == ["AC"]


def test_the_candidates_are_those_of_the_queue(admin: Actor, image_list: List) -> None:
    pairs = bare_pairs.among("ABC", image_list)
    MatchCandidate.objects.filter(pk=pairs["AC"].pk).update(kind="related")

    found = pictures.take_next(by=admin, queue=Queue(kind="near"), count=5)  # type: ignore[arg-type]

    assert [named(pairs, each) for each in found] == ["BC", "AB"]


def test_pictures_that_wait_are_counted(admin: Actor, image_list: List) -> None:
    pairs = bare_pairs.among("ABCD", image_list)

    assert pictures.count_in(admin, EVERYTHING, pairs=len(pairs)) == 3
    assert pictures.count_in(admin, EVERYTHING, pairs=1000) is None


def test_what_names_a_picture_is_leased_however_many_pairs_score_higher(
    admin: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MOST_CANDIDATES", 2)
    pairs = bare_pairs.among("ABCD", image_list)

    assert taken(admin, pairs, is_on_screen=True) == ["CD"]

    on_screen = MatchCandidate.objects.get(is_on_screen=True)
    assert (named(pairs, on_screen), on_screen.claimed_by_id) == ("CD", admin.user_id)
    assert MatchCandidate.objects.filter(claimed_by=admin.user_id).count() == 3


def test_many_pairs_of_one_picture_are_passed_at_once(
    admin: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "_LOOKED_AT_ONCE", 2)
    crowd, other = bare_pairs.make(12, image_list), bare_pairs.make(1, image_list)
    MatchCandidate.objects.filter(pk__in=[each.pk for each in crowd]).update(
        query_image=crowd[0].image_low
    )
    MatchCandidate.objects.filter(pk=other[0].pk).update(score=0.9)

    with CaptureQueriesContext(connection) as queries:
        found = pictures.take_next(by=admin, queue=EVERYTHING, count=5)

    assert [each.pk for each in found] == [crowd[0].pk, other[0].pk]
    assert len(queries) <= 14, [each["sql"][:80] for each in queries]


@pytest.mark.parametrize("letters", ["ABCD", "ABCDEFGHIJKL"])
def test_a_picture_costs_the_same_however_many_candidates_it_has(
    admin: Actor, image_list: List, letters: str
) -> None:
    bare_pairs.among(letters, image_list)

    with CaptureQueriesContext(connection) as queries:
        (first,) = pictures.take_next(by=admin, queue=EVERYTHING)
        pictures.incoming_of(admin, first, EVERYTHING)

    assert len(queries) <= 9, [each["sql"][:80] for each in queries]
    assert Image.objects.count() == len(letters)
