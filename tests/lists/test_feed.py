"""The change feed and the index that follows it: nothing missed, nothing stale, in any process."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable
from contextlib import suppress

import pytest
from django.db import connection, transaction

from accounts.actors import Actor
from lists import feed, frame_keys, image_pool, live_index
from lists import services as lists_services
from lists.models import Image, ImageFingerprint, Item, ItemChange, List
from matching.types import QueryFingerprints
from review.pairs import services as pairs_services
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests.conftest import encoded, raw_image
from tests.photos import animation, photo
from tests.threads import run_threads

WRITERS = 4
WRITES_PER_WRITER = 25


class Deliberate(Exception):
    """Rolls a transaction back on purpose."""


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


def write_changes(item: Item, seed: int) -> None:
    """Commit some changes, roll others back, in whole transactions and savepoints."""
    rng = random.Random(seed)
    for _ in range(WRITES_PER_WRITER):
        with suppress(Deliberate), transaction.atomic():
            ItemChange.objects.create(item=item)
            with suppress(Deliberate), transaction.atomic():
                ItemChange.objects.create(item=item)
                abort_sometimes(rng)
            abort_sometimes(rng)


def abort_sometimes(rng: random.Random) -> None:
    """Roll the innermost transaction back, three times in ten."""
    if rng.random() < 0.3:
        raise Deliberate


def add_and_abort(by: Actor, image_list: List, file: bytes) -> None:
    """Add a picture within a transaction that is rolled back."""
    with transaction.atomic():
        add(by, image_list, file)
        raise Deliberate


@pytest.mark.django_db(transaction=True)
def test_concurrent_writers_leave_no_gap(item: Item) -> None:
    """Each committed change is read exactly once while writers overlap, abort and nest."""
    source = feed.current_feed()
    cursor = source.start()
    seen = 0
    finished = threading.Event()

    def read() -> None:
        nonlocal cursor, seen
        while True:
            was_finished = finished.is_set()
            changes = source.read(cursor)
            cursor, seen = changes.cursor, seen + len(changes.item_ids)
            if was_finished:
                return

    def write_all() -> None:
        try:
            run_threads(*(lambda seed=seed: write_changes(item, seed) for seed in range(WRITERS)))
        finally:
            finished.set()

    run_threads(read, write_all)

    assert seen == ItemChange.objects.count() > WRITERS


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_a_change_that_commits_late_is_not_missed(item: Item) -> None:
    """The lower row number commits after the higher one was read."""
    source = feed.current_feed()
    cursor = source.start()
    is_written, may_commit = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with transaction.atomic():
            ItemChange.objects.create(item=item)
            is_written.set()
            assert may_commit.wait(10)

    def reader() -> None:
        nonlocal cursor
        assert is_written.wait(10)
        ItemChange.objects.create(item=item)
        first = source.read(cursor)
        assert len(first.item_ids) == 1
        cursor = first.cursor
        may_commit.set()

    run_threads(slow_writer, reader)

    assert len(source.read(cursor).item_ids) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_changes_of_the_cluster_that_a_dump_is_from_are_not_new(item: Item) -> None:
    """Their transaction ids lie in the future of a new cluster, at each look again."""
    source = feed.current_feed()
    cursor = source.start()
    ItemChange.objects.create(item=item)
    with connection.cursor() as database:
        database.execute(
            """
            INSERT INTO lists_itemchange (item_id, xid)
            SELECT item_id, (xid::text::int8 + 1000)::text::xid8 FROM lists_itemchange
            """
        )

    first = source.read(cursor)

    assert first.item_ids == [item.pk]
    assert source.read(first.cursor).item_ids == []


@pytest.mark.django_db(transaction=True)
def test_a_running_process_notices_that_the_database_is_another_one(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    """As after a restore beneath it: its cursor is of a database that is gone."""
    item = add(admin, image_list, coffee)
    index, query = live_index.LiveIndex(), look(coffee_copy)
    assert found(index, query, image_list) == [item.pk]
    elsewhere = "7301/16529 5:5:" if connection.vendor == "postgresql" else "1000000"

    index._cursor = elsewhere
    with pytest.raises(feed.ForeignCursor):
        feed.current_feed().read(elsewhere)
    pairs_services.remove_item(by=admin, item=item)

    assert found(index, query, image_list) == []
    pairs_services.restore_item(by=admin, item=item)
    assert found(index, query, image_list) == [item.pk]


@pytest.mark.django_db(transaction=True)
def test_another_process_finds_what_was_added_and_not_what_was_removed(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    """Two indexes, as in two processes: each sees the other's writes by its next search."""
    ours, theirs = live_index.LiveIndex(), live_index.LiveIndex()
    query = look(coffee_copy)
    assert not found(theirs, query, image_list)

    item = add(admin, image_list, coffee)
    assert found(ours, query, image_list) == found(theirs, query, image_list) == [item.pk]

    pairs_services.remove_item(by=admin, item=item)
    assert not found(ours, query, image_list)
    assert not found(theirs, query, image_list)

    pairs_services.restore_item(by=admin, item=item)
    assert found(theirs, query, image_list) == [item.pk]


@pytest.mark.django_db(transaction=True)
def test_another_process_finds_each_frame_of_an_animation_until_it_is_removed(
    admin: Actor, image_list: List
) -> None:
    ours, theirs = live_index.LiveIndex(), live_index.LiveIndex()
    scenes = [photo(name).resize((320, 240)) for name in ("coffee", "rocket", "astronaut")]
    queries = [look(encoded(scene, quality=60)) for scene in scenes]
    assert not found(theirs, queries[2], image_list)

    item = add(admin, image_list, animation(scenes, "GIF"))
    for index in (ours, theirs):
        assert [found(index, query, image_list) for query in queries] == [[item.pk]] * 3

    pairs_services.remove_item(by=admin, item=item)
    for index in (ours, theirs):
        assert [found(index, query, image_list) for query in queries] == [[]] * 3

    pairs_services.restore_item(by=admin, item=item)
    assert found(theirs, queries[2], image_list) == [item.pk]


@pytest.mark.django_db
def test_the_frames_of_one_item_do_not_crowd_others_out(image_list: List, coffee: bytes) -> None:
    query = look(coffee)
    near = [
        item_of_frames(image_list, query, name, frames)
        for name, frames in (("a", range(50)), ("b", range(50, 52)), ("c", [60]), ("d", [70]))
    ]
    index = live_index.LiveIndex()

    search = index.up_to_date().search([query], radius_bits=90, list_ids=[image_list.pk], limit=3)

    keys = [candidate.key for candidate in search.candidates[0]]
    assert [frame_keys.item_of(key) for key in keys] == near[:3]
    assert [frame_keys.frame_of(key) for key in keys] == [0, 50, 60]


@pytest.mark.django_db(transaction=True)
def test_an_add_that_is_rolled_back_is_not_found(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    with pytest.raises(Deliberate):
        add_and_abort(admin, image_list, coffee)

    live_index.reset()
    assert not found(live_index.current(), look(coffee_copy), image_list)


@pytest.mark.django_db(transaction=True)
def test_copies_added_at_the_same_time_still_become_a_pair(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    run_threads(
        lambda: _discard(add(admin, image_list, coffee)),
        lambda: _discard(add(admin, image_list, coffee_copy)),
    )

    assert image_list.candidates.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_picture_added_at_the_same_time_is_one_item(
    admin: Actor, image_list: List, coffee: bytes
) -> None:
    run_threads(*[lambda: _discard(add(admin, image_list, coffee))] * 4)

    assert (Image.objects.count(), Item.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_the_default_list_is_made_once_by_concurrent_requests(admin: Actor) -> None:
    run_threads(*[lambda: _discard(lists_services.default_list(by=admin))] * 4)

    assert List.objects.filter(is_default=True).count() == 1


def _discard(_: object) -> None:
    """Make an expression a statement."""


def add(by: Actor, image_list: List, file: bytes) -> Item:
    """Add a picture and return its item."""
    outcome = submissions_services.submit(
        by=by, submission=NewSubmission(raw=raw_image(file), add_to=image_list)
    )
    assert outcome.item is not None
    return outcome.item


def item_of_frames(
    image_list: List, query: QueryFingerprints, name: str, frames: Iterable[int]
) -> int:
    """Put an animation into a list whose frame n differs from the query by n bits."""
    image = Image.objects.create(
        organisation_id=image_list.organisation_id,
        sha256=name * 64,
        format="GIF",
        width=1,
        height=1,
        frames=100,
        byte_size=1,
    )
    pdq = query.upright.pdq
    ImageFingerprint.objects.bulk_create(
        ImageFingerprint(
            image=image,
            algorithm=pdq.algorithm,
            version=pdq.version,
            frame=frame,
            bits=(int.from_bytes(pdq.bits) ^ (1 << frame) - 1).to_bytes(32),
            quality=100,
        )
        for frame in frames
    )
    return Item.objects.create(image_list=image_list, image=image).pk


def look(file: bytes) -> QueryFingerprints:
    """Return a picture's fingerprints."""
    return image_pool.current().examine(file).sighting.query


def found(index: live_index.LiveIndex, query: QueryFingerprints, image_list: List) -> list[int]:
    """Return the row ids of the items that an index finds."""
    search = index.up_to_date().search([query], radius_bits=31, list_ids=[image_list.pk], limit=10)
    return [frame_keys.item_of(candidate.key) for candidate in search.candidates[0]]


@pytest.mark.django_db
@pytest.mark.postgres
def test_a_transaction_that_has_read_the_feed_finds_what_it_writes_later(item: Item) -> None:
    source = feed.current_feed()
    # A part that is rolled back ends a transaction id above the outer one.
    with suppress(Deliberate), transaction.atomic():
        ItemChange.objects.create(item=item)
        raise Deliberate
    cursor = source.start()
    ItemChange.objects.create(item=item)

    changes = source.read(cursor)
    ItemChange.objects.create(item=item)

    assert item.pk in changes.item_ids
    assert item.pk in source.read(changes.cursor).item_ids


@pytest.mark.django_db
def test_after_a_restore_numbers_that_went_on_deceive_nobody(item: Item) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("A restored table has another oid there, and so another epoch.")
    source = feed.current_feed()
    ItemChange.objects.create(item=item)
    cursor = source.start()

    source.begin_anew()
    ItemChange.objects.create(item=item)

    with pytest.raises(feed.ForeignCursor):
        source.read(cursor)
