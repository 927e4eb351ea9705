"""Several people at one cluster at once: nobody waits for ever, and the rule holds for the last."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest

from accounts.actors import Actor
from common.errors import Conflict
from lists.models import List
from review import bulk
from review.bulk import SeenPair
from review.models import Act, MatchCandidate, State
from review.pairs import connected
from review.pairs import services as pairs_services
from tests import bare_pairs
from tests.threads import run_threads

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 8
Pairs = dict[str, MatchCandidate]


def at_once(*acts: Callable[[], object]) -> list[type[Exception] | None]:
    """Do all at once; return what refused each of them, None where nothing did."""
    begin = threading.Barrier(len(acts))
    refused: list[type[Exception] | None] = [None] * len(acts)

    def do(place: int, act: Callable[[], object]) -> None:
        begin.wait()
        try:
            act()
        except Conflict as error:
            refused[place] = type(error)

    run_threads(*[lambda place=place, act=act: do(place, act) for place, act in enumerate(acts)])
    return refused


def state_of(pair: MatchCandidate) -> str:
    return MatchCandidate.objects.get(pk=pair.pk).state


def test_of_two_confirmations_that_contradict_a_third_pair_one_is_refused(
    admin: Actor, image_list: List
) -> None:
    for _ in range(ROUNDS):
        pairs = bare_pairs.among("ABC", image_list)
        pairs_services.dissociate(by=admin, pair=pairs["AC"])

        refused = at_once(
            partial(pairs_services.confirm, by=admin, pair=pairs["AB"]),
            partial(pairs_services.confirm, by=admin, pair=pairs["BC"]),
        )

        assert sum(each is not None for each in refused) == 1
        assert sorted(state_of(pairs[each]) for each in ("AB", "BC")) == ["confirmed", "suggested"]


def test_merging_and_splitting_at_once_ends_with_a_sound_cluster(
    admin: Actor, image_list: List
) -> None:
    for _ in range(ROUNDS):
        pairs = bare_pairs.among("ABCD", image_list)
        for each in ("AB", "BC", "AC"):
            pairs_services.confirm(by=admin, pair=pairs[each])
        # The same rows, named in opposite orders.
        forth = [SeenPair(pairs[each].public_id, 2) for each in ("AC", "BC")]
        back = [SeenPair(pairs[each].public_id, 2) for each in ("BC", "AB")]

        at_once(
            partial(bulk.split, by=admin, seen=forth, key="forth"),
            partial(bulk.split, by=admin, seen=back, key="back"),
            partial(pairs_services.confirm, by=admin, pair=pairs["CD"]),
            partial(pairs_services.dissociate, by=admin, pair=pairs["BD"]),
        )

        check(pairs)


def test_many_decided_in_opposite_orders_do_not_wait_for_each_other(
    admin: Actor, image_list: List
) -> None:
    pairs = bare_pairs.among("ABCDEF", image_list)
    ids = [pair.public_id for pair in pairs.values()]
    begin = threading.Barrier(2)

    def send(match_ids: list[str], act: str) -> None:
        begin.wait()
        bulk.decide(by=admin, seen=[SeenPair(each) for each in match_ids], act=act)

    run_threads(
        lambda: send(ids, Act.CONFIRM),
        lambda: send(ids[::-1], Act.DISSOCIATE),
    )

    check(pairs)


def check(pairs: Pairs) -> None:
    for pair in MatchCandidate.objects.filter(pk__in=[each.pk for each in pairs.values()]):
        together = pair.image_high_id in connected.component(pair.image_low_id)
        assert not (together and pair.state == State.DISSOCIATED)
