"""Several requests at once: each pair goes to one person, each decision counts once."""

from __future__ import annotations

import threading

import pytest

from accounts import selectors as accounts_selectors
from accounts import services as accounts_services
from accounts.actors import Actor
from accounts.models import Organisation
from accounts.permissions import Role
from lists.models import List
from review.models import Act, Decision, MatchCandidate, State
from review.pairs import services as pairs_services
from review.pairs.transitions import Details
from review.queue import claims
from review.queue.filters import Queue
from tests import bare_pairs
from tests.conftest import PASSWORD
from tests.threads import run_threads

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


def _ids_of(by: Actor) -> list[str]:
    own = MatchCandidate.objects.filter(claimed_by=by.user_id)
    return list(own.values_list("public_id", flat=True))
