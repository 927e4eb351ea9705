"""Same image with a different claim, and pairs in doubt."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from accounts.actors import Actor
from lists.models import List
from review.models import Act, Decision, MatchCandidate, State
from review.pairs import services as pairs_services
from review.pairs.transitions import DecidedMeanwhile, NothingToUndo
from review.queue import counting, ordering
from review.queue.filters import Queue
from review.scopes import Scope
from tests import bare_pairs


@pytest.fixture
def pair(image_list: List) -> MatchCandidate:
    """A suggested pair."""
    return bare_pairs.make(1, image_list)[0]


def standing(pair: MatchCandidate) -> tuple[str, str, bool]:
    """Return state, scope and doubt as the database holds them."""
    stored = MatchCandidate.objects.get(pk=pair.pk)
    return stored.state, stored.scope, stored.is_unsure


SUGGESTED = (State.SUGGESTED, Scope.WHOLE, False)
CONFIRMED = (State.CONFIRMED, Scope.WHOLE, False)
IMAGE_ONLY = (State.CONFIRMED, Scope.IMAGE_ONLY, False)


def test_the_pictures_alone_can_be_confirmed(admin: Actor, pair: MatchCandidate) -> None:
    pairs_services.confirm(by=admin, pair=pair, scope=Scope.IMAGE_ONLY)

    assert standing(pair) == IMAGE_ONLY
    decision = Decision.objects.get()
    assert (decision.act, decision.from_scope, decision.to_scope) == (
        Act.CONFIRM_IMAGE,
        Scope.WHOLE,
        Scope.IMAGE_ONLY,
    )


def test_a_change_of_scope_is_a_decision_and_undo_steps_back_through_it(
    admin: Actor, pair: MatchCandidate
) -> None:
    pairs_services.confirm(by=admin, pair=pair, scope=Scope.IMAGE_ONLY)
    pairs_services.confirm(by=admin, pair=pair)
    pairs_services.dissociate(by=admin, pair=pair)

    steps = []
    for _ in range(3):
        pairs_services.undo(by=admin, pair=pair)
        steps.append(standing(pair))

    assert steps == [CONFIRMED, IMAGE_ONLY, SUGGESTED]
    assert MatchCandidate.objects.get(pk=pair.pk).version == 7


def test_a_decision_made_before_the_scope_changed_is_refused(
    admin: Actor, pair: MatchCandidate
) -> None:
    pairs_services.confirm(by=admin, pair=pair, scope=Scope.IMAGE_ONLY)

    with pytest.raises(DecidedMeanwhile):
        pairs_services.confirm(by=admin, pair=pair, expected_version=1)
    assert standing(pair) == IMAGE_ONLY


def test_the_database_refuses_a_scope_of_what_is_not_confirmed(pair: MatchCandidate) -> None:
    for scope in (Scope.IMAGE_ONLY, "elsewhere"):
        with pytest.raises(IntegrityError), transaction.atomic():
            MatchCandidate.objects.update(scope=scope)


def test_the_database_refuses_a_decision_that_changes_nothing(
    admin: Actor, pair: MatchCandidate
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(
            candidate=pair,
            act=Act.CONFIRM,
            from_state=State.SUGGESTED,
            to_state=State.SUGGESTED,
            surface=admin.surface,
        )


def test_a_doubt_asks_for_a_second_look_and_changes_nothing_else(
    admin: Actor, image_list: List, pair: MatchCandidate
) -> None:
    sure = bare_pairs.make(1, image_list)[0]
    for _ in range(2):
        pairs_services.decide(by=admin, pair=pair, act=Act.UNSURE)

    assert standing(pair) == (State.SUGGESTED, Scope.WHOLE, True)
    assert Decision.objects.count() == 1
    in_doubt = ordering.first_after([image_list], Queue(only_unsure=True), after=None, size=3)
    assert in_doubt == [pair]
    assert counting.count_in(admin, Queue()) == 2
    # A person who loaded the pair before the doubt may decide: it contradicts nobody.
    pairs_services.confirm(by=admin, pair=pair, expected_version=1)
    assert standing(pair) == CONFIRMED
    assert standing(sure) == SUGGESTED


@pytest.mark.parametrize("act", [Act.CONFIRM, Act.CONFIRM_IMAGE, Act.DISSOCIATE])
def test_every_decision_takes_the_doubt_away_and_its_undo_brings_it_back(
    admin: Actor, pair: MatchCandidate, act: Act
) -> None:
    pairs_services.decide(by=admin, pair=pair, act=Act.UNSURE)
    pairs_services.decide(by=admin, pair=pair, act=act)
    assert not standing(pair)[2]

    pairs_services.undo(by=admin, pair=pair)
    assert standing(pair) == (State.SUGGESTED, Scope.WHOLE, True)
    pairs_services.undo(by=admin, pair=pair)
    assert standing(pair) == SUGGESTED
    with pytest.raises(NothingToUndo):
        pairs_services.undo(by=admin, pair=pair)


def test_a_decided_pair_in_doubt_is_confirmed_again_by_a_decision(
    admin: Actor, pair: MatchCandidate
) -> None:
    pairs_services.confirm(by=admin, pair=pair)
    pairs_services.decide(by=admin, pair=pair, act=Act.UNSURE)
    assert standing(pair) == (State.CONFIRMED, Scope.WHOLE, True)

    pairs_services.confirm(by=admin, pair=pair)

    assert standing(pair) == CONFIRMED
    assert Decision.objects.count() == 3


def test_undoing_a_doubt_leaves_a_pair_whose_image_is_gone_where_it_is(
    admin: Actor, pair: MatchCandidate
) -> None:
    pairs_services.decide(by=admin, pair=pair, act=Act.UNSURE)
    MatchCandidate.objects.update(state=State.SUPERSEDED)

    pairs_services.undo_last(by=admin)

    assert standing(pair) == (State.SUPERSEDED, Scope.WHOLE, False)


def test_a_pair_whose_image_is_gone_is_neither_decided_nor_doubted(
    admin: Actor, pair: MatchCandidate
) -> None:
    MatchCandidate.objects.update(state=State.SUPERSEDED)
    for act in (Act.CONFIRM, Act.CONFIRM_IMAGE, Act.DISSOCIATE, Act.UNSURE):
        with pytest.raises(DecidedMeanwhile):
            pairs_services.decide(by=admin, pair=pair, act=act)
