"""Each service of the queue once, in no transaction but its own."""

from __future__ import annotations

import pytest

from accounts.actors import Actor
from lists.models import List
from review.models import MatchCandidate, QueueView
from review.queue import claims, kept_views, pictures
from review.queue.filters import Queue
from tests import bare_pairs

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pair(image_list: List) -> MatchCandidate:
    """A suggested pair."""
    return bare_pairs.make(1, image_list)[0]


def test_a_pair_is_handed_out(admin: Actor, pair: MatchCandidate) -> None:
    claims.take_next(by=admin, queue=Queue(), is_on_screen=True)

    pair.refresh_from_db()
    assert (pair.claimed_by_id, pair.is_on_screen) == (admin.user_id, True)


def test_a_picture_is_handed_out_with_all_its_pairs(admin: Actor, image_list: List) -> None:
    pairs = bare_pairs.among("ABC", image_list)

    (named_by,) = pictures.take_next(by=admin, queue=Queue(), is_on_screen=True)

    claimed = MatchCandidate.objects.filter(claimed_by=admin.user_id)
    assert set(claimed) == {pairs["AC"], pairs["BC"]}
    assert claimed.get(is_on_screen=True) == named_by


def test_a_pair_is_claimed_and_put_on_the_screen(admin: Actor, pair: MatchCandidate) -> None:
    claims.claim(pairs=[pair], by=admin)
    claims.put_on_screen(pair=pair, by=admin)

    pair.refresh_from_db()
    assert (pair.claimed_by_id, pair.is_on_screen) == (admin.user_id, True)


def test_a_claim_is_renewed_and_released(admin: Actor, pair: MatchCandidate) -> None:
    claims.renew(by=admin, match_ids=[pair.public_id], shown_id=pair.public_id)
    pair.refresh_from_db()
    assert (pair.claimed_by_id, pair.is_on_screen) == (admin.user_id, True)

    claims.release(by=admin, match_ids=[pair.public_id])
    pair.refresh_from_db()
    assert pair.claimed_by_id is None


def test_a_view_is_kept_and_removed(admin: Actor) -> None:
    view = kept_views.keep(by=admin, name="Floods", query="q=flood", is_shared=True)

    assert QueueView.objects.get().query == "q=flood"
    kept_views.remove(by=admin, public_id=view.public_id)
    assert not QueueView.objects.exists()
