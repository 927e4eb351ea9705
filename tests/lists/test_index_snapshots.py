"""Snapshots of the index: they save reading, and never change an answer."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from accounts.actors import Actor
from intake.examine import Want
from lists import image_pool, live_index
from lists.index_snapshots import MAX_AGE_S, Snapshots
from lists.live_index import LiveIndex
from lists.models import Item, ItemChange, List
from matching.features import QueryFeatures
from review.pairs import services as pairs_services
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests.conftest import encoded, opened, raw_image


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where snapshots lie."""
    return tmp_path / "index"


@pytest.fixture
def asked(coffee: bytes) -> list[QueryFeatures]:
    """What to search with: a part of the photograph."""
    part = encoded(opened(coffee).crop((150, 80, 450, 320)))
    return [frame.asked for frame in image_pool.current().examine(part, Want.FEATURES).features]


def added(by: Actor, image_list: List, photo: bytes) -> Item:
    """Add a picture and return its item."""
    outcome = submissions_services.submit(
        by=by, submission=NewSubmission(raw=raw_image(photo), add_to=image_list)
    )
    assert outcome.item is not None
    return outcome.item


def saved(folder: Path) -> None:
    """Write a snapshot as a process does that has seen enough."""
    snapshots = Snapshots(folder, rows_until_snapshot=1)
    LiveIndex(snapshots).catch_up()
    snapshots.wait()


def found(index: LiveIndex, image_list: List, asked: list[QueryFeatures]) -> int:
    """Return how many items the index finds."""
    search = index.up_to_date().search_features(asked, list_ids=[image_list.pk], limit=9)
    return len(search.candidates[0])


def loading_forbidden(*_: object) -> None:
    raise AssertionError("the rows were read from the database")


# Within one open transaction the feed reports the transaction's changes again and again.
@pytest.mark.django_db(transaction=True)
def test_a_process_starts_from_a_snapshot_without_reading_the_rows(
    admin: Actor,
    image_list: List,
    coffee: bytes,
    asked: list[QueryFeatures],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    added(admin, image_list, coffee)
    saved(folder)
    monkeypatch.setattr(live_index, "_posting_rows", loading_forbidden)

    assert found(LiveIndex(Snapshots(folder)), image_list, asked) == 1


def test_what_came_after_the_snapshot_is_found_and_what_went_is_not(
    admin: Actor,
    image_list: List,
    coffee: bytes,
    astronaut: bytes,
    asked: list[QueryFeatures],
    folder: Path,
) -> None:
    first = added(admin, image_list, astronaut)
    saved(folder)
    second = added(admin, image_list, coffee)
    pairs_services.remove_item(by=admin, item=first)

    index = LiveIndex(Snapshots(folder))

    assert found(index, image_list, asked) == 1
    pairs_services.remove_item(by=admin, item=second)
    assert found(index, image_list, asked) == 0


def test_a_snapshot_that_does_not_fit_the_database_is_not_used(
    admin: Actor, image_list: List, coffee: bytes, asked: list[QueryFeatures], folder: Path
) -> None:
    item = added(admin, image_list, coffee)
    saved(folder)
    # As after a backup was restored: the row is gone, and no change tells of it.
    ItemChange.objects.all().delete()
    item.delete()

    assert found(LiveIndex(Snapshots(folder)), image_list, asked) == 0


def test_a_damaged_snapshot_is_passed_over(
    admin: Actor, image_list: List, coffee: bytes, asked: list[QueryFeatures], folder: Path
) -> None:
    added(admin, image_list, coffee)
    saved(folder)
    (folder / "manifest.json").write_text("{")

    assert found(LiveIndex(Snapshots(folder)), image_list, asked) == 1


def test_no_snapshot_is_written_for_a_few_changes(
    admin: Actor, image_list: List, coffee: bytes, folder: Path
) -> None:
    added(admin, image_list, coffee)

    snapshots = Snapshots(folder)
    LiveIndex(snapshots).catch_up()
    snapshots.wait()

    assert not folder.exists()


def test_what_was_removed_leaves_a_snapshot_within_a_day(
    admin: Actor, image_list: List, coffee: bytes, astronaut: bytes, folder: Path
) -> None:
    added(admin, image_list, astronaut)
    item = added(admin, image_list, coffee)
    saved(folder)
    snapshots = Snapshots(folder)
    index = LiveIndex(snapshots)
    pairs_services.remove_item(by=admin, item=item)

    index.catch_up()
    snapshots.wait()
    assert rows(folder) == 2
    manifest = folder / "manifest.json"
    os.utime(manifest, (0, manifest.stat().st_mtime - MAX_AGE_S - 1))
    index.catch_up()
    snapshots.wait()
    assert rows(folder) == 1


def rows(folder: Path) -> int:
    """Return how many pictures a snapshot holds."""
    loaded = Snapshots(folder).load()
    assert loaded is not None
    return len(loaded.index)
