"""Each service for many pairs at once, in no transaction but its own."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from accounts import selectors as accounts_selectors
from accounts.actors import Actor
from lists.models import List
from review import bulk
from review.bulk import SeenPair
from review.models import Act, MatchCandidate, State
from tests import bare_pairs

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "a-selection"


@pytest.fixture
def pairs(image_list: List) -> list[MatchCandidate]:
    """Three suggested pairs of three items."""
    return list(bare_pairs.among("ABC", image_list).values())


def seen(pairs: Sequence[MatchCandidate]) -> list[SeenPair]:
    versions = dict(MatchCandidate.objects.values_list("public_id", "version"))
    return [SeenPair(pair.public_id, versions[pair.public_id]) for pair in pairs]


def ids(pairs: Sequence[MatchCandidate]) -> list[str]:
    return [pair.public_id for pair in pairs]


def states() -> set[str]:
    return set(MatchCandidate.objects.values_list("state", flat=True))


def assignees() -> set[int | None]:
    return set(MatchCandidate.objects.values_list("assigned_to", flat=True))


def test_a_selection_is_decided_and_undone(admin: Actor, pairs: list[MatchCandidate]) -> None:
    bulk.decide(by=admin, seen=seen(pairs), act=Act.CONFIRM, key=KEY)
    assert states() == {State.CONFIRMED}
    bulk.undo(by=admin, match_ids=ids(pairs), key=KEY)
    assert states() == {State.SUGGESTED}


def test_a_cluster_is_split_and_put_together(admin: Actor, pairs: list[MatchCandidate]) -> None:
    bulk.decide(by=admin, seen=seen(pairs), act=Act.CONFIRM, key=KEY)

    bulk.split(by=admin, seen=seen(pairs), key="a-split")
    assert states() == {State.DISSOCIATED}
    bulk.undo(by=admin, match_ids=ids(pairs), key="a-split")
    assert states() == {State.CONFIRMED}


def test_pairs_are_assigned_and_given_back(admin: Actor, pairs: list[MatchCandidate]) -> None:
    own = accounts_selectors.colleagues_of(admin).get(user_id=admin.user_id or 0)

    bulk.assign(by=admin, match_ids=ids(pairs), to=own)
    assert assignees() == {admin.user_id}
    bulk.assign_back(by=admin, given_to=own.public_id, before=dict.fromkeys(ids(pairs)))
    assert assignees() == {None}
