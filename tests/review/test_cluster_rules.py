"""Dissociated pictures are never in one cluster, whatever is decided and in whatever order."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import combinations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actors import Actor
from accounts.permissions import Role
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import List
from review import bulk
from review.bulk import SeenPair
from review.models import Act, Decision, MatchCandidate, State
from review.pairs import connected, invariants
from review.pairs import services as pairs_services
from review.pairs.invariants import ClusterFull, StillTogether, ToldApart
from review.pairs.transitions import (
    DecidedMeanwhile,
    FollowsFromAnother,
    KeyReused,
    NothingToUndo,
    auto_confirm,
)
from review.scopes import Scope
from tests import bare_pairs

pytestmark = pytest.mark.django_db

Pairs = dict[str, MatchCandidate]


@pytest.fixture
def pairs(image_list: List) -> Pairs:
    """Every pair of four pictures, by their letters."""
    return bare_pairs.among("ABCD", image_list)


@pytest.fixture
def decide(admin: Actor, pairs: Pairs) -> Callable[..., MatchCandidate]:
    """Decide the pair of those letters."""

    def now(letters: str, act: Act = Act.CONFIRM) -> MatchCandidate:
        return pairs_services.decide(by=admin, pair=pairs[letters], act=act)

    return now


def members(pair: MatchCandidate) -> int:
    return len(connected.component(pair.image_low_id))


def test_confirmed_pairs_make_a_cluster_and_others_do_not(
    decide: Callable[..., MatchCandidate], pairs: Pairs
) -> None:
    decide("AB")
    decide("BC", Act.CONFIRM_IMAGE)
    decide("CD", Act.UNSURE)

    assert [members(pairs[each]) for each in ("AB", "CD")] == [2, 1]


def test_a_pair_that_would_join_dissociated_pictures_is_refused(
    decide: Callable[..., MatchCandidate], pairs: Pairs, admin: Actor
) -> None:
    decide("AB")
    decide("AC", Act.DISSOCIATE)

    with pytest.raises(ToldApart) as refused:
        decide("BC")

    assert refused.value.pair == pairs["AC"]
    assert pairs["AC"].public_id in refused.value.message
    pairs_services.undo(by=admin, pair=pairs["AC"])
    decide("BC")
    assert members(pairs["AB"]) == 3


def test_a_pair_far_away_in_the_cluster_counts_too(
    decide: Callable[..., MatchCandidate], pairs: Pairs
) -> None:
    decide("AB")
    decide("CD")
    decide("AD", Act.DISSOCIATE)

    with pytest.raises(ToldApart):
        decide("BC")

    pairs["BC"].refresh_from_db()
    assert (pairs["BC"].state, pairs["BC"].decisions.count()) == (State.SUGGESTED, 0)


def test_pictures_that_other_pairs_connect_cannot_be_dissociated(
    decide: Callable[..., MatchCandidate], pairs: Pairs, admin: Actor
) -> None:
    for each in ("AB", "BC", "AC"):
        decide(each)

    with pytest.raises(StillTogether):
        decide("AC", Act.DISSOCIATE)
    with pytest.raises(StillTogether):
        bulk.split(by=admin, seen=seen(pairs, "AC"), key="a-split")

    bulk.split(by=admin, seen=seen(pairs, "AC", "BC"), key="a-split")
    assert [members(pairs[each]) for each in ("AB", "CD")] == [2, 1]


def test_a_split_that_comes_second_decides_nothing(
    decide: Callable[..., MatchCandidate], pairs: Pairs, admin: Actor
) -> None:
    for each in ("AB", "BC", "AC"):
        decide(each)
    parting = seen(pairs, "AC", "BC")
    decide("BC", Act.CONFIRM_IMAGE)

    with pytest.raises(DecidedMeanwhile):
        bulk.split(by=admin, seen=parting, key="a-split")

    pairs["AC"].refresh_from_db()
    assert pairs["AC"].state == State.CONFIRMED


def test_an_undo_is_held_to_the_same_rule(
    decide: Callable[..., MatchCandidate], pairs: Pairs, admin: Actor
) -> None:
    decide("AB")
    decide("AB", Act.DISSOCIATE)
    decide("BC")
    decide("AC", Act.CONFIRM_IMAGE)
    decide("AC", Act.DISSOCIATE)

    with pytest.raises(ToldApart):
        pairs_services.undo(by=admin, pair=pairs["AB"])


def test_what_one_list_tells_apart_no_other_list_brings_together(
    decide: Callable[..., MatchCandidate], pairs: Pairs, admin: Actor
) -> None:
    other = lists_services.create_list(by=admin, settings=ListSettings(name="Other"))
    (twin,) = bare_pairs.again([pairs["AB"]], other)
    decide("AB", Act.DISSOCIATE)

    with pytest.raises(ToldApart, match="Known fakes"):
        pairs_services.confirm(by=admin, pair=twin)

    lists_services.remove_list(by=admin, image_list=pairs["AB"].image_list)
    pairs_services.confirm(by=admin, pair=twin)
    assert members(twin) == 2


def test_a_list_s_policy_is_held_to_it_too(
    decide: Callable[..., MatchCandidate], pairs: Pairs
) -> None:
    decide("AB")
    decide("AC", Act.DISSOCIATE)

    with transaction.atomic():
        auto_confirm(pairs["BC"])

    pairs["BC"].refresh_from_db()
    assert pairs["BC"].state == State.SUGGESTED


def test_a_cluster_has_a_largest_size(
    decide: Callable[..., MatchCandidate], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connected, "MAX_MEMBERS", 3)
    decide("AB")
    decide("BC")

    with pytest.raises(ClusterFull):
        decide("CD")

    decide("AC")


def test_a_doubt_and_a_narrower_confirmation_contradict_nothing(
    decide: Callable[..., MatchCandidate], pairs: Pairs
) -> None:
    decide("AB")
    decide("AC", Act.DISSOCIATE)

    decide("BC", Act.UNSURE)
    decide("BC", Act.CONFIRM_IMAGE)

    assert members(pairs["AB"]) == 2


def test_undoing_many_takes_back_ones_own_decisions_only(
    admin: Actor, make_actor: Callable[..., Actor], pairs: Pairs
) -> None:
    analyst = make_actor(Role.ANALYST)
    ids = [pairs[each].public_id for each in ("AB", "BC", "CD")]
    pairs_services.confirm(by=analyst, pair=pairs["AB"])

    bulk.decide(by=admin, seen=seen(pairs, "AB", "BC", "CD"), act="confirm", key="many")
    pairs_services.dissociate(by=analyst, pair=pairs["CD"])
    undone = bulk.undo(by=admin, match_ids=ids, key="many")

    assert [(each.match_id, each.error and each.error.code) for each in undone.pairs] == [
        (ids[1], None),
        (ids[2], "overruled_meanwhile"),
    ]
    states = {pair.public_id: pair.state for pair in MatchCandidate.objects.all()}
    assert [states[each] for each in ids] == ["confirmed", "suggested", "dissociated"]


def test_a_split_counts_once_and_is_undone_as_a_whole(
    decide: Callable[..., MatchCandidate], pairs: Pairs, admin: Actor
) -> None:
    for each in ("AB", "BC", "AC"):
        decide(each)
    parting = seen(pairs, "AC", "BC")
    ids = [each.match_id for each in parting]

    split = [bulk.split(by=admin, seen=parting, key="a-split") for _ in range(2)]
    undone = [bulk.undo(by=admin, match_ids=ids, key="a-split") for _ in range(2)]

    assert [len(each.done) for each in (*split, *undone)] == [2, 2, 2, 2]
    assert members(pairs["AB"]) == 3
    own = Decision.objects.filter(user=admin.user_id, act__in=[Act.DISSOCIATE, Act.UNDO])
    assert own.count() == 4


def test_a_split_of_many_is_undone_by_looking_at_the_cluster_as_often_as_one_of_few(
    decide: Callable[..., MatchCandidate], pairs: Pairs, admin: Actor
) -> None:
    for each in ("AB", "AC", "AD", "BC"):
        decide(each)

    def walks(*names: str) -> int:
        parting = seen(pairs, *names)
        bulk.split(by=admin, seen=parting, key="".join(names))
        with CaptureQueriesContext(connection) as queries:
            bulk.undo(by=admin, match_ids=[e.match_id for e in parting], key="".join(names))
        return sum("RECURSIVE" in each["sql"] for each in queries)

    assert walks("AD") == walks("AB", "AC", "AD") > 0


def test_a_split_undone_in_part_only_is_left_as_it_is(
    decide: Callable[..., MatchCandidate], pairs: Pairs, admin: Actor
) -> None:
    for each in ("AB", "BC", "AC"):
        decide(each)
    parting = seen(pairs, "AC", "BC")
    bulk.split(by=admin, seen=parting, key="a-split")
    decide("AC", Act.UNSURE)

    undone = bulk.undo(by=admin, match_ids=[each.match_id for each in parting], key="a-split")

    assert undone.done == []
    assert members(pairs["AB"]) == 2


def test_what_was_undone_is_not_decided_again_under_its_old_key(pairs: Pairs, admin: Actor) -> None:
    parting = seen(pairs, "AB", "CD")
    bulk.decide(by=admin, seen=parting, act="confirm", key="a-sheet")
    bulk.undo(by=admin, match_ids=[each.match_id for each in parting], key="a-sheet")

    again = bulk.decide(by=admin, seen=parting, act="confirm", key="a-sheet")

    assert [each.error and each.error.code for each in again.pairs] == ["overruled_meanwhile"] * 2
    assert members(pairs["AB"]) == 1


def test_deciding_many_overwrites_nothing(
    admin: Actor, make_actor: Callable[..., Actor], pairs: Pairs
) -> None:
    old = seen(pairs, "AB", "CD")
    pairs_services.dissociate(by=make_actor(Role.ANALYST), pair=pairs["AB"])

    outcome = bulk.decide(by=admin, seen=old, act="confirm")

    first, second = outcome.pairs
    assert isinstance(first.error, DecidedMeanwhile)
    assert second.is_done
    pairs["AB"].refresh_from_db()
    assert pairs["AB"].state == State.DISSOCIATED


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a plan in SQLite's own words")
def test_the_walk_looks_pairs_up_by_either_picture(pairs: Pairs) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {connected._sql('')}", [1, 10])
        plan = " ".join(str(row[3]) for row in cursor.fetchall())

    for side in ("image_low_id", "image_high_id"):
        assert re.search(rf"SEARCH pair USING INDEX \w+ \({side}=\?", plan), plan


LETTERS = "ABCD"
PLACES = ["".join(pair) for pair in combinations(LETTERS, 2)]
ACTS = ["confirm", "confirm", "dissociate", "confirm_image", "undo", "split", "undo_split"]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(ACTS), st.sampled_from(PLACES), st.sampled_from(PLACES), st.booleans()
    ),
    min_size=8,
    max_size=25,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_no_sequence_of_decisions_leaves_a_dissociated_pair_inside_one_cluster(
    admin: Actor, image_list: List, steps: list[tuple[str, str, str, bool]]
) -> None:
    with transaction.atomic():
        here = bare_pairs.among(LETTERS, image_list)
        other = lists_services.create_list(by=admin, settings=ListSettings(name="Other"))
        twins = dict(zip(here, bare_pairs.again(list(here.values()), other), strict=True))
        for number, (act, place, second, is_here) in enumerate(steps):
            each = here if is_here else twins
            # Two splits share a key, so that what one did the next may undo.
            run(admin, act, [each[place], each[second]], f"key-{number // 2}")
            check_rule()
        transaction.set_rollback(True)


def run(by: Actor, act: str, pairs: list[MatchCandidate], key: str) -> None:
    for pair in pairs:
        pair.refresh_from_db()
    try:
        with transaction.atomic():
            if act == "split":
                bulk.split(by=by, seen=[as_seen(each) for each in pairs], key=key)
            elif act == "undo_split":
                bulk.undo(by=by, match_ids=[each.public_id for each in pairs], key=key)
            elif act == "undo":
                pairs_services.undo(by=by, pair=pairs[0])
            else:
                pairs_services.decide(by=by, pair=pairs[0], act=Act(act))
    except (
        # A picture of these is in no list: a pair that follows no more has nothing to wait for.
        DecidedMeanwhile,
        FollowsFromAnother,
        KeyReused,
        NothingToUndo,
        invariants.ClusterConflict,
    ):
        pass


def as_seen(pair: MatchCandidate) -> SeenPair:
    return SeenPair(pair.public_id, pair.version)


def seen(pairs: Pairs, *names: str) -> list[SeenPair]:
    """Return the pairs as they are now."""
    for each in names:
        pairs[each].refresh_from_db()
    return [as_seen(pairs[each]) for each in names]


def check_rule() -> None:
    """Compare the walk in the database with one in Python, and look for what must not be."""
    rows = list(MatchCandidate.objects.all())
    joined = joined_by(rows)
    for image_id, expected in joined.items():
        assert connected.component(image_id) == expected
    for pair in rows:
        if pair.state == State.DISSOCIATED:
            assert pair.image_high_id not in joined[pair.image_low_id]


def joined_by(rows: list[MatchCandidate]) -> dict[int, set[int]]:
    joined = {
        image_id: {image_id}
        for pair in rows
        for image_id in (pair.image_low_id, pair.image_high_id)
    }
    for pair in rows:
        if pair.confirmed_scope == Scope.WHOLE:
            both = joined[pair.image_low_id] | joined[pair.image_high_id]
            joined |= dict.fromkeys(both, both)
    return joined
