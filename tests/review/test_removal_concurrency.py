"""Items removed and restored beside other work: no pair waits whose item is gone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest
from django.db import transaction

from accounts.actors import Actor
from accounts.models import Membership
from intake.sources import RawImage
from lists import search, selectors
from lists import services as lists_services
from lists.models import Image, Item, List
from review import bulk
from review.models import MatchCandidate, State
from review.pairs import services as pairs_services
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests import bare_pairs
from tests.conftest import raw_image
from tests.threads import own_connection, run_threads, wait_until_a_lock_is_awaited

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 6
LETTERS = "ABCDEFGHIJ"


def submit(by: Actor, image_list: List, raw: RawImage, *, is_added: bool = False) -> None:
    add_to = image_list if is_added else None
    submission = NewSubmission(raw=raw, check_lists=[image_list], add_to=add_to)
    submissions_services.submit(by=by, submission=submission)


def stale() -> int:
    """Return how many pairs wait in the queue whose item is gone."""
    waiting = MatchCandidate.objects.filter(state=State.SUGGESTED)
    live = set(Item.objects.filter(removed_at=None).values_list("image_list_id", "image_id"))
    return sum((pair.image_list_id, pair.item_image_id) not in live for pair in waiting)


def items(letters: str) -> list[Item]:
    return [Item.objects.get(custom_id=letter, removed_at=None) for letter in letters]


def tried(act: Callable[[], object]) -> Callable[[], None]:
    """Let an act be refused because another was first, and by nothing else."""

    def run() -> None:
        with suppress(selectors.ItemNotFound):
            act()

    return run


def test_an_item_that_is_removed_after_the_search_makes_no_pair(
    admin: Actor,
    image_list: List,
    coffee: bytes,
    coffee_copy: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    submit(admin, image_list, raw_image(coffee), is_added=True)
    find = search.find_matches

    def find_and_remove(*args: object, **kwargs: object) -> object:
        found = find(*args, **kwargs)  # type: ignore[arg-type]
        pairs_services.remove_items(by=admin, items=list(Item.objects.filter(removed_at=None)))
        return found

    monkeypatch.setattr(search, "find_matches", find_and_remove)
    submit(admin, image_list, raw_image(coffee_copy))

    assert not MatchCandidate.objects.exists()


@pytest.mark.postgres
def test_a_removal_waits_for_a_check_that_is_writing_its_pair(
    admin: Actor, image_list: List
) -> None:
    pairs = bare_pairs.among("AB", image_list)
    pair, (item,) = pairs["AB"], items("B")
    place = (image_list.pk, item.image_id)
    MatchCandidate.objects.all().delete()

    with transaction.atomic():
        assert lists_services.hold_live(places={place}) == {place}
        removal = threading.Thread(target=partial(_remove, admin, item))
        removal.start()
        wait_until_a_lock_is_awaited()
        pair.pk = None
        pair.query_image_id = pair.image_low_id
        pair.save(force_insert=True)
    removal.join()

    assert MatchCandidate.objects.get().state == State.SUPERSEDED


def _remove(by: Actor, item: Item) -> None:
    with own_connection():
        pairs_services.remove_item(by=by, item=item)


def test_removals_of_the_same_items_in_opposite_orders_both_end(
    admin: Actor, image_list: List
) -> None:
    for _ in range(ROUNDS):
        bare_pairs.among(LETTERS, image_list)
        forth = items(LETTERS)

        run_threads(
            tried(partial(pairs_services.remove_items, by=admin, items=forth)),
            tried(partial(pairs_services.remove_items, by=admin, items=forth[::-1])),
        )

        assert stale() == 0
        assert not Item.objects.filter(removed_at=None).exists()


def test_items_are_removed_and_their_pairs_assigned_at_once(admin: Actor, image_list: List) -> None:
    for _ in range(ROUNDS):
        pairs = bare_pairs.among(LETTERS, image_list)
        ids = [pair.public_id for pair in reversed(pairs.values())]
        membership = Membership.objects.get(user=admin.user_id)

        run_threads(
            partial(pairs_services.remove_items, by=admin, items=items(LETTERS[::-1])),
            tried(partial(bulk.assign, by=admin, match_ids=ids, to=membership)),
        )

        assert stale() == 0


def test_one_half_is_restored_while_the_other_is_removed(admin: Actor, image_list: List) -> None:
    for _ in range(ROUNDS):
        bare_pairs.among(LETTERS, image_list)
        Image.objects.update(is_stored=True)
        gone, going = items(LETTERS[::2]), items(LETTERS[1::2])
        pairs_services.remove_items(by=admin, items=gone)

        def restore(gone: list[Item] = gone) -> None:
            for item in gone:
                pairs_services.restore_item(by=admin, item=item)

        run_threads(restore, partial(pairs_services.remove_items, by=admin, items=going))

        assert stale() == 0
        pairs_services.remove_items(by=admin, items=gone)
