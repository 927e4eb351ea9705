"""The change feed is pruned, and nobody takes what is left for all there was."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from lists import feed, feed_pruning
from lists.models import FeedMark, Image, Item, ItemChange, List
from tests.threads import wait_for_older_transactions

pytestmark = pytest.mark.django_db(transaction=True)

NOW = dt.datetime(2026, 11, 29, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def item(image_list: List) -> Item:
    """An item for changes to be about."""
    image = Image.objects.create(
        organisation_id=image_list.organisation_id,
        sha256="0" * 64,
        format="PNG",
        width=1,
        height=1,
        byte_size=1,
    )
    return Item.objects.create(image_list=image_list, image=image)


def changed(item: Item, times: int = 1) -> None:
    """Note changes, each in a transaction, and let no older one be under way."""
    for _ in range(times):
        ItemChange.objects.create(item=item)
    wait_for_older_transactions()


def test_rows_go_a_day_later_and_readers_that_have_read_them_go_on(item: Item) -> None:
    source = feed.current_feed()
    asleep = source.start()
    changed(item, 3)
    follower = source.start()

    assert feed_pruning.prune_feed(now=NOW) == 0, "Nobody knows their age yet."
    changed(item)
    assert feed_pruning.prune_feed(now=NOW + DAY / 2) == 0
    assert feed_pruning.prune_feed(now=NOW + DAY) >= 2

    assert 1 <= ItemChange.objects.count() <= 2
    assert source.read(follower).item_ids == [item.pk]
    with pytest.raises(feed.ForeignCursor):
        source.read(asleep)
    assert feed_pruning.prune_feed(now=NOW + 3 * DAY) >= 1
    assert FeedMark.objects.count() == 2, "Marks do not pile up either."


def test_a_feed_that_was_emptied_tells_what_comes_next(item: Item) -> None:
    source = feed.current_feed()
    changed(item, 3)
    for days in range(3):
        feed_pruning.prune_feed(now=NOW + days * DAY)
    cursor = source.start()

    assert source.read(cursor).item_ids == []
    changed(item)
    assert source.read(cursor).item_ids == [item.pk]


def test_a_mark_of_before_a_restore_says_nothing(item: Item) -> None:
    source = feed.current_feed()
    changed(item, 3)
    for days in range(2):
        feed_pruning.prune_feed(now=NOW + days * DAY)
    before = connection.vendor == "postgresql" and "7301/1 900000:900000:"
    FeedMark.objects.update(cursor=before or "7 900000")

    cursor = source.start()
    changed(item)

    assert source.read(cursor).item_ids == [item.pk]
    assert feed_pruning.prune_feed(now=NOW + 5 * DAY) == 0


@pytest.mark.postgres
def test_rows_of_another_cluster_go(item: Item) -> None:
    changed(item)
    with connection.cursor() as database:
        database.execute("UPDATE lists_itemchange SET xid = (xid::text::int8 + 100000)::text::xid8")

    feed_pruning.prune_feed(now=NOW)
    feed_pruning.prune_feed(now=NOW + DAY)

    assert not ItemChange.objects.exists()


def test_the_daily_timer_prunes(item: Item) -> None:
    changed(item, 3)
    feed_pruning.prune_feed(now=timezone.now() - 2 * DAY)

    call_command("purge_pictures")

    assert ItemChange.objects.count() <= 1
