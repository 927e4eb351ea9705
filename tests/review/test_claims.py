"""Leases: two people are never handed the same pair."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actors import Actor
from accounts.permissions import Role
from common.errors import Forbidden
from lists.models import List
from review.models import Act, MatchCandidate
from review.pairs import services as pairs_services
from review.queue import claims
from review.queue.filters import Queue
from tests import bare_pairs

EVERYTHING = Queue()


@pytest.fixture
def pairs(image_list: List) -> list[MatchCandidate]:
    """Four suggested pairs, best first."""
    return bare_pairs.make(4, image_list)


@pytest.fixture
def asha(make_actor: Callable[..., Actor]) -> Actor:
    """An analyst."""
    return make_actor(Role.ANALYST)


def places(taken: list[MatchCandidate], pairs: list[MatchCandidate]) -> list[int]:
    """Return which of the pairs these are."""
    return [pairs.index(pair) for pair in taken]


def let_leases_end() -> None:
    """Let the time of all leases pass."""
    MatchCandidate.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))


def test_what_one_was_handed_the_other_is_not(
    admin: Actor,
    asha: Actor,
    make_actor: Callable[..., Actor],
    pairs: list[MatchCandidate],
) -> None:
    mine = claims.take_next(by=admin, queue=EVERYTHING, count=2)
    hers = claims.take_next(by=asha, queue=EVERYTHING, count=2)
    none = claims.take_next(by=make_actor(Role.MANAGER), queue=EVERYTHING)

    assert (places(mine, pairs), places(hers, pairs), none) == ([0, 1], [2, 3], [])


def test_a_person_is_handed_their_own_pairs_again_but_not_those_on_the_screen(
    admin: Actor, pairs: list[MatchCandidate]
) -> None:
    claims.take_next(by=admin, queue=EVERYTHING, count=4)
    held = [pairs[0].public_id, pairs[1].public_id]

    taken = claims.take_next(by=admin, queue=EVERYTHING, behind=pairs[1], held=held, count=4)

    assert places(taken, pairs) == [2, 3]


def test_after_the_last_pair_the_queue_begins_again(
    admin: Actor, pairs: list[MatchCandidate]
) -> None:
    taken = claims.take_next(by=admin, queue=EVERYTHING, behind=pairs[2], count=3)

    assert places(taken, pairs) == [3, 0, 1]


def test_a_lease_that_has_ended_is_claimable(
    admin: Actor, asha: Actor, pairs: list[MatchCandidate]
) -> None:
    claims.take_next(by=admin, queue=EVERYTHING, count=4)
    let_leases_end()

    assert places(claims.take_next(by=asha, queue=EVERYTHING), pairs) == [0]
    ids = [pair.public_id for pair in pairs]
    assert sorted(claims.renew(by=admin, match_ids=ids)) == sorted(ids[1:])


def test_what_is_released_or_decided_is_nobodys(
    admin: Actor, asha: Actor, pairs: list[MatchCandidate]
) -> None:
    claims.take_next(by=admin, queue=EVERYTHING, count=4)
    claims.release(by=asha, match_ids=[pairs[3].public_id])
    assert MatchCandidate.objects.filter(claimed_by=admin.user_id).count() == 4

    claims.release(by=admin, match_ids=[pairs[3].public_id])
    pairs_services.decide(by=admin, pair=pairs[2], act=Act.UNSURE)

    assert places(claims.take_next(by=asha, queue=EVERYTHING, count=4), pairs) == [2, 3]


def on_screen() -> list[str]:
    """Return the ids of the pairs that somebody has on the screen."""
    return list(
        MatchCandidate.objects.filter(is_on_screen=True).values_list("public_id", flat=True)
    )


def test_of_all_that_a_person_holds_the_pair_shown_is_on_the_screen(
    admin: Actor, pairs: list[MatchCandidate]
) -> None:
    ids = [pair.public_id for pair in pairs]
    claims.take_next(by=admin, queue=EVERYTHING, is_on_screen=True)
    assert on_screen() == ids[:1]
    claims.take_next(by=admin, queue=EVERYTHING, held=ids[:1], count=3)
    assert on_screen() == ids[:1]

    claims.renew(by=admin, match_ids=ids, shown_id=ids[1])
    assert on_screen() == ids[1:2]

    claims.renew(by=admin, match_ids=ids[2:], shown_id=ids[2])
    assert on_screen() == ids[2:3]

    claims.renew(by=admin, match_ids=ids, shown_id="mat_nobodys")
    assert on_screen() == []


def test_who_leaves_gives_up_the_pair_shown_and_all_that_is_ahead(
    admin: Actor, asha: Actor, pairs: list[MatchCandidate]
) -> None:
    hers = claims.take_next(by=asha, queue=EVERYTHING)
    claims.take_next(by=admin, queue=EVERYTHING, count=3)
    shown = pairs[1].public_id
    claims.renew(by=admin, match_ids=[shown], shown_id=shown)

    claims.release(by=admin, match_ids=[shown], is_leaving=True)

    assert list(MatchCandidate.objects.exclude(claimed_by=None)) == hers
    assert on_screen() == []


def test_a_decision_takes_the_pair_off_the_screen(
    admin: Actor, pairs: list[MatchCandidate]
) -> None:
    claims.take_next(by=admin, queue=EVERYTHING, is_on_screen=True)

    pairs_services.confirm(by=admin, pair=pairs[0])

    assert on_screen() == []


def test_a_lease_forbids_no_decision(
    admin: Actor, asha: Actor, pairs: list[MatchCandidate]
) -> None:
    claims.take_next(by=admin, queue=EVERYTHING)
    pairs_services.confirm(by=asha, pair=pairs[0])

    assert MatchCandidate.objects.get(pk=pairs[0].pk).claimed_by is None


def test_foreign_pairs_are_neither_claimed_nor_released(
    admin: Actor, stranger: Actor, pairs: list[MatchCandidate]
) -> None:
    ids = [pair.public_id for pair in pairs]
    assert claims.renew(by=stranger, match_ids=ids) == []
    claims.renew(by=admin, match_ids=ids)

    claims.release(by=stranger, match_ids=ids)
    assert MatchCandidate.objects.filter(claimed_by=admin.user_id).count() == 4


def test_viewers_claim_nothing(make_actor: Callable[..., Actor]) -> None:
    with pytest.raises(Forbidden):
        claims.take_next(by=make_actor(Role.VIEWER), queue=EVERYTHING)


def test_the_database_refuses_a_claim_without_end(
    admin: Actor, pairs: list[MatchCandidate]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        MatchCandidate.objects.filter(pk=pairs[0].pk).update(claimed_by=admin.user_id)


def test_the_database_refuses_a_screen_without_a_claim(pairs: list[MatchCandidate]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        MatchCandidate.objects.filter(pk=pairs[0].pk).update(is_on_screen=True)
