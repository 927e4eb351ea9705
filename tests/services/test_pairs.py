"""Each service of pairs and clusters once, in no transaction but its own."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.actors import Actor
from lists.models import Image, Item, List
from matching import score
from review.clusters import linking
from review.clusters import services as clusters_services
from review.life import retention
from review.models import Act, Decision, MatchCandidate, ReferenceChoice, State
from review.pairs import rescoring, services
from review.pairs.records import Details
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests import bare_pairs
from tests.conftest import raw_image

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pairs(image_list: List) -> list[MatchCandidate]:
    """Two suggested pairs of items."""
    among = bare_pairs.among("ABC", image_list)
    return [among["AB"], among["BC"]]


def state_of(pair: MatchCandidate) -> str:
    return MatchCandidate.objects.get(pk=pair.pk).state


@pytest.mark.parametrize(
    ("act", "state"), [(Act.CONFIRM, State.CONFIRMED), (Act.DISSOCIATE, State.DISSOCIATED)]
)
def test_a_pair_is_decided_and_undone(
    admin: Actor, pairs: list[MatchCandidate], act: Act, state: State
) -> None:
    services.decide(by=admin, pair=pairs[0], act=act)
    assert state_of(pairs[0]) == state
    services.undo(by=admin, pair=pairs[0])
    assert state_of(pairs[0]) == State.SUGGESTED


def test_pairs_are_confirmed_and_dissociated(admin: Actor, pairs: list[MatchCandidate]) -> None:
    services.confirm(by=admin, pair=pairs[0])
    services.dissociate(by=admin, pair=pairs[1])

    assert [state_of(pair) for pair in pairs] == [State.CONFIRMED, State.DISSOCIATED]


def test_a_decision_is_explained(admin: Actor, pairs: list[MatchCandidate]) -> None:
    services.confirm(by=admin, pair=pairs[0])
    services.explain(by=admin, pair=pairs[0], details=Details(note="The same flood."))

    assert Decision.objects.get(act=Act.EXPLAIN).note == "The same flood."


def test_the_last_decision_is_undone(admin: Actor, pairs: list[MatchCandidate]) -> None:
    services.confirm(by=admin, pair=pairs[0])
    services.undo_last(by=admin)

    assert state_of(pairs[0]) == State.SUGGESTED


def test_an_item_leaves_its_pairs_and_comes_back(admin: Actor, pairs: list[MatchCandidate]) -> None:
    Image.objects.update(is_stored=True)
    item = Item.objects.get(custom_id="A")

    services.remove_item(by=admin, item=item)
    assert state_of(pairs[0]) == State.SUPERSEDED
    services.restore_item(by=admin, item=item)
    assert state_of(pairs[0]) == State.SUGGESTED


def test_a_list_is_restored_with_its_pairs(
    admin: Actor, image_list: List, pairs: list[MatchCandidate]
) -> None:
    services.remove_list(by=admin, image_list=image_list)
    image_list.refresh_from_db()
    services.restore_list(by=admin, image_list=image_list)

    assert List.objects.get().removed_at is None
    assert {state_of(pair) for pair in pairs} == {State.SUGGESTED}


def test_what_waits_since_before_anything_followed_is_derived(
    admin: Actor, image_list: List
) -> None:
    triple = bare_pairs.among("XYZ", image_list)
    services.confirm(by=admin, pair=triple["XY"])
    services.confirm(by=admin, pair=triple["YZ"])
    MatchCandidate.objects.filter(pk=triple["XZ"].pk).update(state="suggested", follows_from=None)
    Decision.objects.filter(candidate=triple["XZ"]).delete()

    assert services.derive_next(organisation_id=admin.organisation_id, after=0) is None
    assert state_of(triple["XZ"]) == State.CONFIRMED


def test_items_that_were_kept_long_enough_are_removed(
    image_list: List, pairs: list[MatchCandidate]
) -> None:
    List.objects.update(item_retention_days=1)
    later = timezone.now() + dt.timedelta(days=2)

    assert retention.preview(now=later).removed == 3
    assert retention.remove_outlived(now=later) == 3
    assert {state_of(pair) for pair in pairs} == {State.SUPERSEDED}
    assert retention.purge(now=later).removed == 0


def test_items_are_removed_together(admin: Actor, pairs: list[MatchCandidate]) -> None:
    services.remove_items(by=admin, items=list(Item.objects.all()))

    assert {state_of(pair) for pair in pairs} == {State.SUPERSEDED}


def test_suggested_pairs_are_scored_anew(pairs: list[MatchCandidate]) -> None:
    signals = {
        "pdq_distance_bits": 40,
        "phash_distance_bits": 4,
        "query_quality": 100,
        "item_quality": 100,
    }
    MatchCandidate.objects.update(evidence={"reasons": [], "signals": signals})

    assert rescoring.rescore_suggested() == 3
    assert {pair.score for pair in MatchCandidate.objects.all()} == {score.score(signals)}


def test_a_picture_becomes_the_reference(admin: Actor, pairs: list[MatchCandidate]) -> None:
    clusters_services.choose_reference(by=admin, image=pairs[0].image_low)

    assert ReferenceChoice.objects.get().image == pairs[0].image_low


def test_two_items_are_linked(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    submissions = [
        NewSubmission(raw=raw_image(photo), add_to=image_list) for photo in (coffee, coffee_copy)
    ]
    submissions_services.submit_many(by=admin, submissions=submissions)
    MatchCandidate.objects.all().delete()
    first, second = Item.objects.order_by("pk")

    link = linking.link(by=admin, query_item=second, item=first)

    assert (link.is_new, MatchCandidate.objects.get()) == (True, link.pair)
