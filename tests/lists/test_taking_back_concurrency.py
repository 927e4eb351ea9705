"""Removals that are taken back in the very moment in which they are purged: one of the two wins."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest
from django.utils import timezone

from accounts.actors import Actor
from common.errors import Conflict
from jobs import runner
from lists import selectors, services
from lists.models import Image, Item, List
from review.life import retention
from review.pairs import services as pairs_services
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests.conftest import raw_image
from tests.threads import run_threads

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ROUNDS = 4
# The clock of the purge is ahead by less than a second: both may be right.
AT_THE_END = selectors.REMOVAL_UNDO_PERIOD - dt.timedelta(seconds=0.5)


@pytest.fixture
def item(admin: Actor, image_list: List, coffee: bytes) -> Item:
    submission = NewSubmission(raw=raw_image(coffee), add_to=image_list, custom_id="cup")
    found = submissions_services.submit(by=admin, submission=submission).item
    assert found is not None
    return found


def unless_refused(act: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        with suppress(Conflict, selectors.ListNotFound):
            act()

    return run


def _at_the_end() -> dt.datetime:
    return timezone.now() + dt.timedelta(seconds=1)


def test_an_item_is_whole_or_gone(admin: Actor, image_list: List, coffee: bytes) -> None:
    for number in range(ROUNDS):
        submission = NewSubmission(raw=raw_image(coffee), add_to=image_list, custom_id=f"{number}")
        item = submissions_services.submit(by=admin, submission=submission).item
        assert item is not None
        pairs_services.remove_item(by=admin, item=item)
        removed = timezone.now() - AT_THE_END
        Item.objects.filter(pk=item.pk).update(removed_at=removed)
        Image.objects.update(kept_until=removed + selectors.REMOVAL_UNDO_PERIOD)
        run_threads(
            unless_refused(partial(pairs_services.restore_item, by=admin, item=item)),
            unless_refused(partial(retention.purge, now=_at_the_end())),
        )
        _assert_whole_or_gone(Item.objects.get(pk=item.pk))
        Item.objects.filter(removed_at=None).update(removed_at=removed, purged_at=removed)


def test_a_list_is_whole_or_gone(admin: Actor, image_list: List, item: Item) -> None:
    services.remove_list(by=admin, image_list=image_list)
    List.objects.update(removed_at=timezone.now() - AT_THE_END)
    image_list.refresh_from_db()
    run_threads(
        unless_refused(partial(pairs_services.restore_list, by=admin, image_list=image_list)),
        unless_refused(partial(retention.purge, now=_at_the_end())),
        unless_refused(partial(runner.drain, kinds=[services.TELL_LIST])),
    )

    image_list.refresh_from_db()
    assert (image_list.removed_at is None) == (image_list.purged_at is None)
    assert (image_list.name == "") == (image_list.purged_at is not None)
    _assert_whole_or_gone(Item.objects.get())


def _assert_whole_or_gone(item: Item) -> None:
    is_live = item.removed_at is None
    assert is_live == (item.purged_at is None)
    assert is_live == (item.custom_id != "")
    assert is_live == item.image.is_stored
    assert is_live == item.image.fingerprints.exists()
