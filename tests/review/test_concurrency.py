"""Several requests at once: each pair goes to one person, each decision counts once."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import transaction

from accounts import selectors as accounts_selectors
from accounts import services as accounts_services
from accounts.actors import Actor
from accounts.models import Organisation
from accounts.permissions import Role
from lists.models import List
from matching import score
from review import bulk
from review.models import Act, Decision, MatchCandidate, State
from review.pairs import rescoring
from review.pairs import services as pairs_services
from review.pairs.records import Details
from review.queue import claims, pictures
from review.queue.filters import Queue
from tests import bare_pairs
from tests.conftest import PASSWORD
from tests.threads import PATIENCE_S, run_threads, wait_until_a_lock_is_awaited

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 6


@pytest.fixture
def analysts(organisation: Organisation) -> list[Actor]:
    """As many people as ask at once."""
    return [
        accounts_selectors.actor_for_user(
            accounts_services.ensure_member(
                organisation=organisation,
                email=f"analyst-{number}@example.org",
                password=PASSWORD,
                role=Role.ANALYST,
            )
        )
        for number in range(PEOPLE)
    ]


def test_each_pair_is_handed_to_one_person(analysts: list[Actor], image_list: List) -> None:
    bare_pairs.make(2 * PEOPLE, image_list)
    begin = threading.Barrier(PEOPLE)
    handed_out: list[int] = []

    def ask(by: Actor) -> None:
        begin.wait()
        for _ in range(2):
            taken = claims.take_next(by=by, queue=Queue(), held=_ids_of(by))
            handed_out.extend(pair.pk for pair in taken)

    run_threads(*[lambda by=by: ask(by) for by in analysts])

    assert len(handed_out) == len(set(handed_out)) == 2 * PEOPLE


def test_pictures_that_people_ask_for_at_once_share_no_pair(
    analysts: list[Actor], image_list: List
) -> None:
    for group in range(PEOPLE):
        bare_pairs.among("".join(f"{chr(65 + 3 * group + each)}" for each in range(3)), image_list)
    begin = threading.Barrier(PEOPLE)
    handed_out: list[tuple[int | None, int]] = []

    def ask(by: Actor) -> None:
        begin.wait()
        taken = pictures.take_next(by=by, queue=Queue(), count=1)
        handed_out.extend((by.user_id, pair.pk) for pair in taken)

    run_threads(*[lambda by=by: ask(by) for by in analysts])

    claimed = {pair.pk: pair for pair in MatchCandidate.objects.exclude(claimed_by=None)}
    assert handed_out
    assert len({pk for _, pk in handed_out}) == len(handed_out)
    for user_id, pk in handed_out:
        newest = claimed[pk].query_image_id
        of_picture = [p for p in claimed.values() if newest in {p.image_low_id, p.image_high_id}]
        assert len(of_picture) == 2
        assert {pair.claimed_by_id for pair in of_picture} == {user_id}


def test_one_decision_sent_many_times_at_once_is_one_row(admin: Actor, image_list: List) -> None:
    (pair,) = bare_pairs.make(1, image_list)
    begin = threading.Barrier(PEOPLE)

    def send() -> None:
        begin.wait()
        details = Details(key="one-key", expected_version=1)
        pairs_services.decide(by=admin, pair=pair, act=Act.CONFIRM_IMAGE, details=details)

    run_threads(*[send] * PEOPLE)

    assert Decision.objects.get().key == "one-key"
    assert MatchCandidate.objects.get().version == 2


def test_one_undo_sent_many_times_at_once_takes_back_one_decision(
    admin: Actor, image_list: List
) -> None:
    for pair in bare_pairs.make(PEOPLE, image_list):
        pairs_services.confirm(by=admin, pair=pair)
    begin = threading.Barrier(PEOPLE)

    def send() -> None:
        begin.wait()
        pairs_services.undo_last(by=admin, key="one-undo")

    run_threads(*[send] * PEOPLE)

    assert MatchCandidate.objects.filter(state=State.CONFIRMED).count() == PEOPLE - 1


@pytest.mark.postgres
@pytest.mark.parametrize("writes", ["release", "rescore", "assign"])
def test_many_pairs_are_locked_in_the_order_of_their_rows(
    admin: Actor, image_list: List, writes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [pair.public_id for pair in bare_pairs.make(PEOPLE, image_list)]
    claims.take_next(by=admin, queue=Queue(), count=PEOPLE)
    in_order = MatchCandidate.objects.order_by("pk")
    in_order.update(evidence={"signals": {"blocks": 1}})
    # What was written last is found last, unless somebody asks for another order.
    in_order.filter(pk=in_order[0].pk).update(score=0.1)
    monkeypatch.setattr(score, "score", lambda _signals: 0.9)
    write: Callable[[], object] = {
        "release": lambda: claims.release(by=admin, match_ids=[], is_leaving=True),
        "rescore": rescoring.rescore_suggested,
        "assign": lambda: bulk.assign(by=admin, match_ids=ids, to=None),
    }[writes]

    def hold_the_first_and_ask_for_the_rest() -> None:
        with transaction.atomic():
            first = in_order.select_for_update()[0]
            first_is_held.set()
            wait_until_a_lock_is_awaited()
            rest = in_order.filter(pk__gt=first.pk).select_for_update(nowait=True)
            assert len(rest) == PEOPLE - 1

    def write_all() -> None:
        first_is_held.wait(PATIENCE_S)
        write()

    first_is_held = threading.Event()
    run_threads(hold_the_first_and_ask_for_the_rest, write_all)


def _ids_of(by: Actor) -> list[str]:
    own = MatchCandidate.objects.filter(claimed_by=by.user_id)
    return list(own.values_list("public_id", flat=True))


@pytest.mark.postgres
def test_what_ones_own_request_has_locked_is_not_lost(
    analysts: list[Actor], image_list: List
) -> None:
    by, colleague = analysts[:2]
    pairs = bare_pairs.make(3, image_list)
    ids = [pair.public_id for pair in pairs]
    assert sorted(claims.renew(by=by, match_ids=ids[:2])) == sorted(ids[:2])
    held: list[list[str]] = []

    with transaction.atomic():
        list(MatchCandidate.objects.filter(public_id__in=ids).select_for_update())
        run_threads(
            lambda: held.append(claims.renew(by=by, match_ids=ids)),
            lambda: held.append(claims.renew(by=colleague, match_ids=ids)),
        )

    assert sorted(map(sorted, held)) == sorted([[], sorted(ids[:2])])
