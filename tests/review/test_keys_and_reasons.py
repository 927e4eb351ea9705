"""A decision sent twice counts once; why it was taken can be said afterwards."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from accounts.actors import Actor
from accounts.permissions import Role
from common.errors import Forbidden, InvalidInput
from lists.models import List
from review.models import Act, Decision, DecisionReason, MatchCandidate, State
from review.pages.pair_forms import REASONS
from review.pairs import services as pairs_services
from review.pairs.records import Details
from review.pairs.transitions import KeyReused, NothingToExplain
from tests import bare_pairs

CONFIRMED_ONCE = Details(key="key-1", expected_version=1)


@pytest.fixture
def pairs(image_list: List) -> list[MatchCandidate]:
    """Two suggested pairs."""
    return bare_pairs.make(2, image_list)


def state_of(pair: MatchCandidate) -> str:
    """Return the state that the database holds."""
    return MatchCandidate.objects.get(pk=pair.pk).state


def test_a_decision_sent_again_under_its_key_counts_once(
    admin: Actor, pairs: list[MatchCandidate]
) -> None:
    pair, _ = pairs
    for _ in range(2):
        pairs_services.decide(by=admin, pair=pair, act=Act.CONFIRM, details=CONFIRMED_ONCE)
    pairs_services.undo(by=admin, pair=pair)
    pairs_services.decide(by=admin, pair=pair, act=Act.CONFIRM, details=CONFIRMED_ONCE)

    assert state_of(pair) == State.SUGGESTED
    assert Decision.objects.count() == 2


def test_a_key_is_its_senders_own(
    admin: Actor, make_actor: Callable[..., Actor], pairs: list[MatchCandidate]
) -> None:
    for by, pair in zip((admin, make_actor(Role.ANALYST)), pairs, strict=True):
        pairs_services.decide(by=by, pair=pair, act=Act.CONFIRM, details=CONFIRMED_ONCE)

    assert [state_of(pair) for pair in pairs] == [State.CONFIRMED] * 2


def test_a_key_names_one_decision_about_one_pair(admin: Actor, pairs: list[MatchCandidate]) -> None:
    first, second = pairs
    pairs_services.decide(by=admin, pair=first, act=Act.CONFIRM, details=CONFIRMED_ONCE)

    for pair, act in ((first, Act.DISSOCIATE), (second, Act.CONFIRM)):
        with pytest.raises(KeyReused):
            pairs_services.decide(by=admin, pair=pair, act=act, details=CONFIRMED_ONCE)
    assert Decision.objects.count() == 1


def test_the_database_refuses_a_key_twice(admin: Actor, pairs: list[MatchCandidate]) -> None:
    pairs_services.decide(by=admin, pair=pairs[0], act=Act.CONFIRM, details=CONFIRMED_ONCE)
    twin = Decision.objects.get()
    twin.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


@pytest.mark.parametrize("key", ["x" * 65, "with space", "nul\x00", "ключ"])
def test_a_key_is_short_and_plain(admin: Actor, pairs: list[MatchCandidate], key: str) -> None:
    with pytest.raises(InvalidInput):
        pairs_services.decide(by=admin, pair=pairs[0], act=Act.CONFIRM, details=Details(key=key))


def test_an_undo_sent_again_takes_back_no_second_decision(
    admin: Actor, pairs: list[MatchCandidate]
) -> None:
    for pair in pairs:
        pairs_services.confirm(by=admin, pair=pair)

    undone = [pairs_services.undo_last(by=admin, key="undo-1").pk for _ in range(2)]

    assert undone == [pairs[1].pk] * 2
    assert [state_of(pair) for pair in pairs] == [State.CONFIRMED, State.SUGGESTED]


def test_why_is_said_after_the_decision_and_changes_nothing_else(
    admin: Actor, pairs: list[MatchCandidate]
) -> None:
    pair, _ = pairs
    pairs_services.decide(by=admin, pair=pair, act=Act.CONFIRM, details=CONFIRMED_ONCE)
    before = MatchCandidate.objects.values().get(pk=pair.pk)
    cropped = Details(reason=DecisionReason.CROP, note="left third", key="why-1")

    said, again = (
        pairs_services.explain(by=admin, pair=pair, details=cropped, of_key="key-1")
        for _ in range(2)
    )

    assert again == said
    assert MatchCandidate.objects.values().get(pk=pair.pk) == before
    assert said.explains == Decision.objects.get(key="key-1")
    assert (said.act, said.reason, said.note) == (Act.EXPLAIN, DecisionReason.CROP, "left third")
    assert Decision.objects.count() == 2


def test_why_may_be_said_again_and_the_first_words_stay(
    admin: Actor, pairs: list[MatchCandidate]
) -> None:
    pair, _ = pairs
    pairs_services.confirm(by=admin, pair=pair)
    for reason in (DecisionReason.CROP, DecisionReason.TEMPLATE):
        pairs_services.explain(by=admin, pair=pair, details=Details(reason=reason))

    confirmation = Decision.objects.get(act=Act.CONFIRM)
    said = confirmation.explanations.order_by("pk").values_list("reason", flat=True)
    assert list(said) == [DecisionReason.CROP, DecisionReason.TEMPLATE]


def test_only_ones_own_decision_in_force_is_explained(
    admin: Actor, make_actor: Callable[..., Actor], pairs: list[MatchCandidate]
) -> None:
    pair, _ = pairs
    crop = Details(reason=DecisionReason.CROP)
    with pytest.raises(NothingToExplain):
        pairs_services.explain(by=admin, pair=pair, details=crop)
    pairs_services.confirm(by=admin, pair=pair)
    with pytest.raises(NothingToExplain):
        pairs_services.explain(by=make_actor(Role.ANALYST), pair=pair, details=crop)
    pairs_services.undo(by=admin, pair=pair)
    with pytest.raises(NothingToExplain):
        pairs_services.explain(by=admin, pair=pair, details=crop)


def test_an_explanation_is_not_undone_before_its_decision(
    admin: Actor, pairs: list[MatchCandidate]
) -> None:
    pairs_services.confirm(by=admin, pair=pairs[0])
    pairs_services.explain(by=admin, pair=pairs[0], details=Details(note="same cup"))

    pairs_services.undo_last(by=admin)

    assert state_of(pairs[0]) == State.SUGGESTED


@pytest.mark.parametrize(
    "details", [Details(), Details(reason="because"), Details(note="x" * 1001)]
)
def test_what_explains_nothing_is_refused(
    admin: Actor, pairs: list[MatchCandidate], details: Details
) -> None:
    pairs_services.confirm(by=admin, pair=pairs[0])
    with pytest.raises(InvalidInput):
        pairs_services.explain(by=admin, pair=pairs[0], details=details)


def test_viewers_explain_nothing(
    make_actor: Callable[..., Actor], pairs: list[MatchCandidate]
) -> None:
    with pytest.raises(Forbidden):
        pairs_services.explain(
            by=make_actor(Role.VIEWER), pair=pairs[0], details=Details(note="hm")
        )


def test_each_decision_has_reasons_of_its_own_and_those_of_before_keep_their_names() -> None:
    offered = [code for reasons in REASONS.values() for code, name in reasons]
    assert len(offered) == len(set(offered))
    before = {DecisionReason.RECOLOUR, DecisionReason.OTHER}
    assert set(DecisionReason.values) - set(offered) == before
    assert all(str(reason.label) != reason.value for reason in before)
