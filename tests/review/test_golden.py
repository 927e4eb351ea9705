"""Golden pairs: what is asked of whom, and that an answer is never a decision."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts import selectors as accounts_selectors
from accounts.actors import Actor
from common.errors import Forbidden, InvalidInput
from insights import golden as insights_golden
from insights.estimates import Share
from insights.selectors import DayWindow
from lists.models import Item, List
from matching.evidence import Kind
from review.golden import selectors, services, serving
from review.life import services as life_services
from review.models import (
    Act,
    Decision,
    GoldenAnswer,
    GoldenPair,
    GoldenQuestion,
    MatchCandidate,
    State,
)
from review.pairs import services as pairs_services
from review.pairs.records import Details
from review.pairs.selectors import MatchNotFound
from review.queue.filters import Queue
from tests import given_golden

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(admin: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch) -> given_golden.Mixed:
    """A list with a golden pair, which every lot falls on."""
    given_golden.draw(monkeypatch)
    return given_golden.mixed(admin, image_list)


@pytest.fixture
def asha(admin: Actor) -> Actor:
    """An analyst."""
    return accounts_selectors.actor_for_user(given_golden.analyst(admin))


def handed_out(
    by: Actor, asked: given_golden.Mixed, queue: Queue | None = None, held: tuple[str, ...] = ()
) -> list[MatchCandidate]:
    waiting = [
        MatchCandidate.objects.select_related("image_list").get(pk=pair.pk)
        for pair in asked.waiting
    ]
    return serving.mixed(by=by, queue=queue or Queue(), pairs=waiting, behind=None, held=held)


def question(by: Actor, asked: given_golden.Mixed) -> MatchCandidate:
    return handed_out(by, asked)[0]


def answered(by: Actor, stand_in: MatchCandidate, act: Act = Act.CONFIRM, key: str = "") -> None:
    services.answer(by=by, stand_in=stand_in, act=act, details=Details(key=key))


def work(image_list: List, user_id: int | None = None) -> list[tuple[Share, int]]:
    window = DayWindow([image_list.pk], 7)
    found = insights_golden.golden_by_person(window, user_id=user_id)
    return [(each.right, each.unsure) for each in found]


def test_a_golden_pair_stands_before_the_one_it_was_drawn_with_and_looks_undecided(
    asked: given_golden.Mixed, asha: Actor
) -> None:
    first, *others = handed_out(asha, asked)

    assert [pair.pk for pair in others] == [pair.pk for pair in asked.waiting]
    assert first.is_stand_in
    assert first.image_low_id == asked.golden.pair.image_low_id
    assert (first.state, first.public_id[:4]) == (State.SUGGESTED, "mat_")
    assert first.public_id != asked.golden.pair.public_id
    # What was not answered is asked again, and not twice at once.
    assert question(asha, asked).public_id == first.public_id
    assert not any(pair.is_stand_in for pair in handed_out(asha, asked, held=(first.public_id,)))


@pytest.mark.parametrize(
    "queue",
    [
        Queue(only_unsure=True),
        Queue(only_blocked=True),
        Queue(text="flood"),
        Queue(since=timezone.now()),
        Queue(kind=Kind.PART),
        Queue(score_from=0.9),
    ],
)
def test_none_is_mixed_in_where_it_would_be_told_from_the_rest(
    asked: given_golden.Mixed, asha: Actor, queue: Queue
) -> None:
    assert not any(pair.is_stand_in for pair in handed_out(asha, asked, queue))


def test_nobody_is_asked_what_they_marked_and_nothing_where_it_is_off(
    asked: given_golden.Mixed, asha: Actor, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not any(pair.is_stand_in for pair in handed_out(admin, asked))
    given_golden.draw(monkeypatch, lot=0.5)
    assert not any(pair.is_stand_in for pair in handed_out(asha, asked))
    given_golden.draw(monkeypatch)
    List.objects.update(golden_one_in=0)
    assert not any(pair.is_stand_in for pair in handed_out(asha, asked))
    List.objects.update(golden_one_in=5)
    services.retire(by=admin, golden=asked.golden)
    assert not any(pair.is_stand_in for pair in handed_out(asha, asked))
    services.mark(by=admin, pair=asked.golden.pair, truth="confirm")
    assert question(asha, asked).is_stand_in
    # What waits again has no truth for now.
    pairs_services.undo(by=admin, pair=asked.golden.pair)
    assert not any(pair.is_stand_in for pair in handed_out(asha, asked))


def test_an_answer_is_no_decision_and_counts_once(
    asked: given_golden.Mixed, asha: Actor, image_list: List
) -> None:
    before = list(Decision.objects.values_list("pk", flat=True))
    version = MatchCandidate.objects.get(pk=asked.golden.pair_id).version
    stand_in = question(asha, asked)

    for _ in range(2):
        answered(asha, stand_in, Act.DISSOCIATE, key="a-key")

    pair = MatchCandidate.objects.get(pk=asked.golden.pair_id)
    assert (pair.state, pair.version) == (State.CONFIRMED, version)
    assert list(Decision.objects.values_list("pk", flat=True)) == before
    assert GoldenAnswer.objects.count() == 1
    assert work(image_list) == [(Share(0, 1), 0)]
    assert selectors.pair_or_question(asha, stand_in.public_id).state == State.DISSOCIATED
    # A truth that is put right puts right what was answered.
    GoldenPair.objects.update(truth=Act.DISSOCIATE)
    assert work(image_list) == [(Share(1, 1), 0)]


def test_what_is_said_after_the_truth_was_told_counts_nowhere(
    asked: given_golden.Mixed, asha: Actor, image_list: List
) -> None:
    stand_in = question(asha, asked)
    answered(asha, stand_in, Act.DISSOCIATE, key="first")

    again = services.undo_last(by=asha, key="undo", of_key="first")

    assert again is not None
    assert again.is_open
    assert services.undo_last(by=asha, key="undo", of_key="first") == again
    answered(asha, stand_in, Act.CONFIRM)
    assert GoldenAnswer.objects.get(undone_at=None).is_late
    assert work(image_list) == [(Share(0, 1), 0)]
    # It is not asked again either.
    assert not any(pair.is_stand_in for pair in handed_out(asha, asked))


def test_who_is_told_nothing_may_change_their_mind(
    asked: given_golden.Mixed, asha: Actor, image_list: List
) -> None:
    List.objects.update(golden_tells=False)
    stand_in = question(asha, asked)
    answered(asha, stand_in, Act.DISSOCIATE)
    assert services.undo_last(by=asha) is not None
    assert work(image_list) == []

    answered(asha, stand_in, Act.UNSURE)
    assert work(image_list) == [(Share(0, 0), 1)]
    answered(asha, stand_in, Act.CONFIRM)

    assert work(image_list) == [(Share(1, 1), 0)]
    # Nor do they learn it from their own statistics.
    assert work(image_list, user_id=asha.user_id) == []


def test_undo_takes_back_what_was_done_last(
    asked: given_golden.Mixed, asha: Actor, image_list: List
) -> None:
    stand_in = question(asha, asked)
    answered(asha, stand_in)
    pairs_services.decide(by=asha, pair=asked.waiting[0], act=Act.CONFIRM)

    assert services.undo_last(by=asha) is None
    pairs_services.undo_last(by=asha)
    assert services.undo_last(by=asha) == stand_in


def test_what_is_no_key_takes_nothing_back(asked: given_golden.Mixed, asha: Actor) -> None:
    stand_in = question(asha, asked)
    answered(asha, stand_in, Act.CONFIRM)

    for wrong in ("\x00", "x" * 65, "a key"):
        with pytest.raises(InvalidInput):
            services.undo_last(by=asha, key=wrong)
        with pytest.raises(InvalidInput):
            services.undo_last(by=asha, of_key=wrong)

    assert selectors.pair_or_question(asha, stand_in.public_id).state == State.CONFIRMED


def test_how_people_agree_about_golden_pairs_is_counted(
    asked: given_golden.Mixed, asha: Actor, admin: Actor, image_list: List
) -> None:
    people = [asha]
    people += [
        accounts_selectors.actor_for_user(given_golden.analyst(admin, name)) for name in ("b", "c")
    ]
    for by, act in zip(people, (Act.CONFIRM, Act.CONFIRM, Act.DISSOCIATE), strict=True):
        answered(by, question(by, asked), act)

    found = insights_golden.golden_by_person(DayWindow([image_list.pk], 7))

    shares = {each.user.email[0]: each.agreement.share for each in found if each.user}
    assert shares == {"a": Share(1, 2), "b": Share(1, 2), "c": Share(0, 2)}
    assert insights_golden.golden_by_person(DayWindow([], 7)) == []


def test_only_who_was_asked_reaches_a_question(
    asked: given_golden.Mixed, asha: Actor, admin: Actor
) -> None:
    stand_in = question(asha, asked)
    program = replace(asha, user_id=None)

    for other in (admin, program):
        with pytest.raises(MatchNotFound):
            selectors.pair_or_question(other, stand_in.public_id)
        with pytest.raises(MatchNotFound):
            answered(other, stand_in)
    with pytest.raises(Forbidden):
        services.mark(by=asha, pair=asked.golden.pair, truth="confirm")
    with pytest.raises(Forbidden):
        selectors.golden_page(asha, after=None, size=5)


def test_only_decided_pairs_are_golden_and_say_what_may_be_said(
    asked: given_golden.Mixed, admin: Actor
) -> None:
    with pytest.raises(services.NotDecided):
        services.mark(by=admin, pair=asked.waiting[0], truth="confirm")
    with pytest.raises(InvalidInput):
        services.mark(by=admin, pair=asked.golden.pair, truth="unsure")
    with pytest.raises(InvalidInput):
        services.mark(by=admin, pair=asked.golden.pair, truth="confirm", reason="x" * 141)


def test_the_database_keeps_one_answer_standing_and_one_question_each(
    asked: given_golden.Mixed, asha: Actor
) -> None:
    answered(asha, question(asha, asked), key="a-key")
    asking = GoldenQuestion.objects.get()

    for wrong in (
        GoldenAnswer(question=asking, act="confirm", is_told=False, is_late=False),
        GoldenAnswer(
            question=asking, act="explain", is_told=False, is_late=True, undone_at=timezone.now()
        ),
        GoldenAnswer(
            question=asking, act="unsure", is_told=True, is_late=False, undone_at=timezone.now()
        ),
        GoldenQuestion(golden=asked.golden, user_id=asha.user_id or 0),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        GoldenPair.objects.update(truth="unsure")


def test_golden_pairs_go_with_what_is_erased(
    asked: given_golden.Mixed, asha: Actor, admin: Actor, image_list: List
) -> None:
    stand_in = question(asha, asked)
    answered(asha, stand_in)
    golden = asked.golden.pair
    item = Item.objects.create(image_list=image_list, image=golden.image_low)
    Item.objects.create(image_list=image_list, image=golden.image_high)

    life_services.erase_item(by=admin, item=item, reason="Asked for.")

    for model in (GoldenPair, GoldenQuestion, GoldenAnswer):
        assert not model.objects.exists()
    with pytest.raises(MatchNotFound):
        answered(asha, stand_in)
    # What refers to nothing is seen at the end of a transaction.
    connection.check_constraints()
