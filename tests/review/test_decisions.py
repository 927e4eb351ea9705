"""Decisions: they last, can be undone, and are never rewritten."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.actors import Actor, Surface
from accounts.permissions import Role
from common.errors import Forbidden, InvalidInput
from lists.models import List
from review.models import Act, Decision, MatchCandidate, State
from review.pairs import selectors as pairs_selectors
from review.pairs import services as pairs_services
from review.pairs.selectors import MatchNotFound
from review.pairs.transitions import DecidedMeanwhile, NothingToUndo
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests.conftest import raw_image


@pytest.fixture
def pair(admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes) -> MatchCandidate:
    """A suggested pair."""
    for photo in (coffee, coffee_copy):
        submissions_services.submit(
            by=admin, submission=NewSubmission(raw=raw_image(photo), add_to=image_list)
        )
    return MatchCandidate.objects.get()


def state_of(pair: MatchCandidate) -> str:
    """Return the state that the database holds."""
    return MatchCandidate.objects.get(pk=pair.pk).state


def test_a_decision_says_who_when_and_from_where(admin: Actor, pair: MatchCandidate) -> None:
    pairs_services.confirm(by=admin, pair=pair, note="same cup")

    decision = Decision.objects.get()
    assert (decision.act, decision.from_state, decision.to_state) == (
        Act.CONFIRM,
        State.SUGGESTED,
        State.CONFIRMED,
    )
    assert (decision.user_id, decision.surface, decision.note) == (
        admin.user_id,
        Surface.BROWSER,
        "same cup",
    )


def test_deciding_the_same_again_changes_nothing(admin: Actor, pair: MatchCandidate) -> None:
    pairs_services.confirm(by=admin, pair=pair)
    pairs_services.confirm(by=admin, pair=pair, expected_version=pair.version)

    assert Decision.objects.count() == 1


def test_undo_steps_back_through_every_decision(admin: Actor, pair: MatchCandidate) -> None:
    pairs_services.confirm(by=admin, pair=pair)
    pairs_services.dissociate(by=admin, pair=pair)

    pairs_services.undo(by=admin, pair=pair)
    assert state_of(pair) == State.CONFIRMED
    pairs_services.undo(by=admin, pair=pair)
    assert state_of(pair) == State.SUGGESTED
    with pytest.raises(NothingToUndo):
        pairs_services.undo(by=admin, pair=pair)
    assert Decision.objects.count() == 4


def test_undo_last_takes_back_ones_own_decision_only(
    admin: Actor, make_actor: Callable[..., Actor], pair: MatchCandidate
) -> None:
    analyst = make_actor(Role.ANALYST)
    pairs_services.confirm(by=analyst, pair=pair)

    with pytest.raises(NothingToUndo):
        pairs_services.undo_last(by=admin)
    assert pairs_services.undo_last(by=analyst).state == State.SUGGESTED


def test_undo_last_does_not_take_back_what_somebody_else_decided_since(
    admin: Actor, make_actor: Callable[..., Actor], pair: MatchCandidate
) -> None:
    analyst = make_actor(Role.ANALYST)
    pairs_services.confirm(by=analyst, pair=pair)
    pairs_services.dissociate(by=admin, pair=pair)

    with pytest.raises(NothingToUndo):
        pairs_services.undo_last(by=analyst)
    assert state_of(pair) == State.DISSOCIATED

    pairs_services.undo_last(by=admin)
    assert pairs_services.undo_last(by=analyst).state == State.SUGGESTED


def test_a_decision_on_an_old_page_is_refused_with_the_present_state(
    admin: Actor, pair: MatchCandidate
) -> None:
    pairs_services.dissociate(by=admin, pair=pair)

    with pytest.raises(DecidedMeanwhile) as refusal:
        pairs_services.confirm(by=admin, pair=pair, expected_version=pair.version)

    assert refusal.value.context["state"] == State.DISSOCIATED
    assert state_of(pair) == State.DISSOCIATED


def test_the_database_refuses_to_rewrite_a_decision(admin: Actor, pair: MatchCandidate) -> None:
    pairs_services.confirm(by=admin, pair=pair)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Decision.objects.update(note="rewritten")


def test_the_database_refuses_a_pair_twice_or_out_of_order(pair: MatchCandidate) -> None:
    twin = MatchCandidate.objects.get(pk=pair.pk)
    twin.pk, twin.public_id = None, "mat_twin"
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)

    swapped = MatchCandidate.objects.filter(pk=pair.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        swapped.update(image_low=pair.image_high, image_high=pair.image_low)


def test_viewers_do_not_decide(make_actor: Callable[..., Actor], pair: MatchCandidate) -> None:
    viewer = make_actor(Role.VIEWER)

    for act in (pairs_services.confirm, pairs_services.dissociate, pairs_services.undo):
        with pytest.raises(Forbidden):
            act(by=viewer, pair=pair)


def test_a_foreign_pair_answers_as_one_that_never_existed(
    stranger: Actor, pair: MatchCandidate
) -> None:
    with pytest.raises(MatchNotFound) as foreign:
        pairs_selectors.pair_for(stranger, pair.public_id)
    with pytest.raises(MatchNotFound) as unknown:
        pairs_selectors.pair_for(stranger, "mat_neverexisted")

    assert foreign.value.message == unknown.value.message


def test_a_note_is_bounded(admin: Actor, pair: MatchCandidate) -> None:
    with pytest.raises(InvalidInput):
        pairs_services.confirm(by=admin, pair=pair, note="x" * 1001)

    assert state_of(pair) == State.SUGGESTED


def test_a_pair_whose_image_left_the_list_cannot_be_decided(
    admin: Actor, image_list: List, pair: MatchCandidate
) -> None:
    item = image_list.items.get(image_id=pair.item_image_id)
    pairs_services.remove_item(by=admin, item=item)

    with pytest.raises(DecidedMeanwhile):
        pairs_services.confirm(by=admin, pair=pair)
