"""Each service for golden pairs, in no transaction but its own."""

from __future__ import annotations

import pytest

from accounts import selectors as accounts_selectors
from accounts.actors import Actor
from lists.models import List
from review.golden import services, serving
from review.models import Act, GoldenAnswer, GoldenPair, GoldenQuestion, MatchCandidate
from review.pairs.records import Details
from review.queue.filters import Queue
from tests import given_golden

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_golden_pair_is_asked_answered_explained_undone_and_retired(
    admin: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_golden.draw(monkeypatch)
    asked = given_golden.mixed(admin, image_list)
    asha = accounts_selectors.actor_for_user(given_golden.analyst(admin))
    pairs = list(MatchCandidate.objects.select_related("image_list").filter(state="suggested"))

    stand_in = serving.mixed(by=asha, queue=Queue(), pairs=pairs, behind=None)[0]
    assert GoldenQuestion.objects.get().public_id == stand_in.public_id
    services.answer(by=asha, stand_in=stand_in, act=Act.CONFIRM, details=Details(key="a-key"))
    services.explain(by=asha, stand_in=stand_in, details=Details(note="The same flood."))
    assert services.undo_last(by=asha, of_key="a-key") == stand_in
    assert GoldenAnswer.objects.get().note == "The same flood."
    services.mark(by=admin, pair=asked.golden.pair, truth="dissociate")
    assert GoldenPair.objects.get().truth == Act.DISSOCIATE
    services.retire(by=admin, golden=asked.golden)

    assert GoldenPair.objects.get().retired_at
