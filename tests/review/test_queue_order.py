"""The order of the queue: every pair once, whatever the order, the filters and the thresholds."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actors import Actor
from accounts.permissions import Role
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import Image, List
from review.models import Act, MatchCandidate, State
from review.pairs import services as pairs_services
from review.queue import counting, ordering
from review.queue import selectors as queue_selectors
from review.queue.counting import MOST_COUNTED
from review.queue.filters import Order, Queue
from tests import bare_pairs

# Scores and thresholds whose distances are equal, nearly equal, or rounded.
SCORES = st.sampled_from([0.0, 0.1, 0.3, 0.4, 0.5, 0.5 + 2**-52, 0.6, 0.7, 0.9, 1 - 2**-53, 1.0])
THRESHOLDS = st.sampled_from([0.3, 0.4, 0.5, 0.6, 0.7])


@pytest.fixture
def lists(admin: Actor) -> list[List]:
    """Three lists of the organisation."""
    return [
        lists_services.create_list(by=admin, settings=ListSettings(name=f"List {number}"))
        for number in range(3)
    ]


def made(lists: list[List], places: list[tuple[int, float]]) -> list[MatchCandidate]:
    """Make pairs anew, each in a list and with a score."""
    MatchCandidate.objects.all().delete()
    Image.objects.all().delete()
    pairs = [bare_pairs.make(1, lists[number])[0] for number, _ in places]
    for pair, (_, score) in zip(pairs, places, strict=True):
        pair.score = score
        pair.save(update_fields=["score"])
    return pairs


def walked(lists: list[List], queue: Queue, size: int) -> list[MatchCandidate]:
    """Return the pairs of all pages, one after the other."""
    found: list[MatchCandidate] = []
    while page := ordering.first_after(lists, queue, after=found[-1] if found else None, size=size):
        found += page
        assert len(found) < 100, "The pages go round in circles."
    return found


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    places=st.lists(st.tuples(st.integers(0, 2), SCORES), max_size=12),
    thresholds=st.tuples(THRESHOLDS, THRESHOLDS, THRESHOLDS),
    size=st.integers(1, 5),
)
def test_pages_show_every_pair_once_and_in_order(
    lists: list[List],
    places: list[tuple[int, float]],
    thresholds: tuple[float, float, float],
    size: int,
) -> None:
    for image_list, threshold in zip(lists, thresholds, strict=True):
        image_list.duplicate_threshold, image_list.suggestion_threshold = threshold, 0.1
        image_list.save()
    pairs = made(lists, places)
    for order in Order:
        shown = walked(lists, Queue(order=order), size)
        reloaded = MatchCandidate.objects.select_related("image_list")
        wanted = sorted(reloaded, key=lambda pair: ordering.place_of(pair, order))

        assert [pair.pk for pair in shown] == [pair.pk for pair in wanted], order
        assert len(shown) == len(pairs)


def test_the_closest_to_its_lists_threshold_comes_first_then_the_oldest(
    lists: list[List],
) -> None:
    lists[1].duplicate_threshold = 0.8
    lists[1].save()
    far, above, below, same_as_above, of_other_list = made(
        lists, [(0, 0.9), (0, 0.5625), (0, 0.375), (0, 0.5625), (1, 0.79)]
    )

    shown = walked(lists, Queue(), 2)

    assert [pair.pk for pair in shown] == [
        each.pk for each in (of_other_list, above, same_as_above, below, far)
    ]


def test_a_page_goes_on_after_a_pair_that_was_decided_meanwhile(
    admin: Actor, image_list: List
) -> None:
    pairs = bare_pairs.make(4, image_list)
    pairs_services.confirm(by=admin, pair=pairs[1])

    after = ordering.first_after([image_list], Queue(), after=pairs[1], size=9)

    assert [pair.pk for pair in after] == [pairs[2].pk, pairs[3].pk]


def test_more_lists_than_one_query_takes_are_one_queue(
    admin: Actor, monkeypatch: pytest.MonkeyPatch, lists: list[List]
) -> None:
    monkeypatch.setattr(ordering, "_LISTS_AT_ONCE", 1)
    pairs = made(lists, [(0, 0.9), (1, 0.6), (2, 0.7), (0, 0.55)])

    shown = walked(lists, Queue(), 3)

    assert [pairs.index(pair) for pair in shown] == [3, 1, 2, 0]


@pytest.mark.parametrize("order", Order)
def test_the_next_pair_follows_the_order_and_the_filter(
    make_actor: Callable[..., Actor], lists: list[List], order: Order
) -> None:
    made(lists, [(0, 0.9), (1, 0.6), (2, 0.7), (0, 0.55), (1, 0.2)])
    viewer = make_actor(Role.VIEWER)
    queue = Queue(order=order, score_from=0.5)
    wanted = walked(lists, queue, 10)

    shown: list[MatchCandidate] = []
    for _ in wanted:
        behind = shown[-1] if shown else None
        following = queue_selectors.next_suggested(viewer, queue=queue, behind=behind)
        assert following is not None
        shown.append(following)

    assert [pair.pk for pair in shown] == [pair.pk for pair in wanted]
    assert len(shown) == 4


def test_nothing_is_counted_beyond_what_is_shown(
    admin: Actor, image_list: List, stranger: Actor
) -> None:
    bare_pairs.make(MOST_COUNTED + 5, image_list)

    assert counting.count_in(admin, Queue()) == MOST_COUNTED
    assert queue_selectors.suggested_counts(admin) == {image_list.pk: MOST_COUNTED}
    assert counting.count_in(stranger, Queue()) == 0


def test_what_was_taken_back_does_not_count_as_decided_today(
    admin: Actor, image_list: List
) -> None:
    first, second, third = bare_pairs.make(3, image_list)
    for pair in (first, second):
        pairs_services.confirm(by=admin, pair=pair)
    pairs_services.undo(by=admin, pair=second)
    pairs_services.decide(by=admin, pair=third, act=Act.UNSURE)

    counts = counting.live_counts(admin)

    assert (counts.to_review, counts.mine, counts.today) == (2, 0, 2)
    assert MatchCandidate.objects.filter(state=State.SUGGESTED).count() == 2
