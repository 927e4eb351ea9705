"""Purging: files go when nothing needs them; rows and what was decided about them stay."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from accounts.actors import Actor
from common.errors import Conflict
from jobs import runner
from lists import image_pool, orphans, selectors, storage
from lists import services as lists_services
from lists.index_snapshots import Snapshots
from lists.list_settings import ListSettings
from lists.live_index import LiveIndex
from lists.models import Image, Installation, Item, List
from lists.originals import original_of
from review.life import retention
from review.models import MatchCandidate, State
from review.pairs import selectors as pairs_selectors
from review.pairs import services as pairs_services
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests.conftest import raw_image

LONG_AFTER = dt.timedelta(days=400)


@pytest.fixture
def item(admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes) -> Item:
    """An item, and a pair with the snapshot of a check."""
    added = submissions_services.submit(
        by=admin, submission=NewSubmission(raw=raw_image(coffee), add_to=image_list)
    )
    submissions_services.submit(
        by=admin, submission=NewSubmission(raw=raw_image(coffee_copy), check_lists=[image_list])
    )
    assert added.item is not None
    return added.item


def files(folder: Path) -> int:
    """Return how many files there are."""
    return sum(path.is_file() for path in folder.rglob("*"))


def test_a_snapshot_goes_after_its_retention_and_its_pair_stays(
    admin: Actor, item: Item, own_media: Path
) -> None:
    assert files(own_media) == 6
    purged = lists_services.purge_expired_files(now=timezone.now() + LONG_AFTER)

    snapshot = MatchCandidate.objects.get().query_image
    assert purged == 1
    assert files(own_media) == 3
    assert not snapshot.is_stored
    assert not snapshot.fingerprints.exists()
    with pytest.raises(pairs_selectors.ImageNotFound):
        pairs_selectors.image_for(admin, snapshot.sha256)


def test_a_snapshot_is_kept_while_its_pair_waits_for_review(admin: Actor, item: Item) -> None:
    pair = MatchCandidate.objects.get()
    assert retention.purge(now=timezone.now() + LONG_AFTER).pictures == 0
    pairs_services.dissociate(by=admin, pair=pair)

    assert retention.purge(now=timezone.now() + LONG_AFTER).pictures == 1
    assert not MatchCandidate.objects.get().query_image.is_stored


def test_nothing_goes_before_its_time(item: Item) -> None:
    assert lists_services.purge_expired_files(now=timezone.now()) == 0


def test_the_picture_of_an_item_stays_for_ever(item: Item) -> None:
    lists_services.purge_expired_files(now=timezone.now() + LONG_AFTER)

    assert Image.objects.get(pk=item.image_id).is_stored


def test_the_pictures_of_a_removed_list_go_when_nobody_can_want_it_back(
    admin: Actor, image_list: List, item: Item, own_media: Path
) -> None:
    lists_services.remove_list(by=admin, image_list=image_list)

    assert retention.purge(now=timezone.now() + dt.timedelta(days=29)).pictures == 0
    assert retention.purge(now=timezone.now() + LONG_AFTER).pictures == 2
    assert files(own_media) == 1  # the mark of the installation


def test_the_picture_of_a_removed_list_stays_while_another_list_has_it(
    admin: Actor, image_list: List, item: Item, coffee: bytes
) -> None:
    other = lists_services.create_list(by=admin, settings=ListSettings(name="Other"))
    submissions_services.submit(
        by=admin, submission=NewSubmission(raw=raw_image(coffee), add_to=other)
    )
    lists_services.remove_list(by=admin, image_list=image_list)

    retention.purge(now=timezone.now() + LONG_AFTER)

    assert Image.objects.get(pk=item.image_id).is_stored


def test_a_removed_list_leaves_every_index(
    admin: Actor, image_list: List, item: Item, coffee: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists_services, "_TOLD_AT_ONCE", 1)
    query = image_pool.current().examine(coffee).sighting.query
    running = LiveIndex()
    running.catch_up()

    lists_services.remove_list(by=admin, image_list=image_list)
    runner.drain(kinds=[lists_services.TELL_LIST])

    for index in (running, LiveIndex()):
        search = index.up_to_date().search(
            [query], radius_bits=31, list_ids=[image_list.pk], limit=9
        )
        assert search.candidates == [[]]


def test_the_picture_of_an_item_that_was_put_back_stays_for_ever(admin: Actor, item: Item) -> None:
    pairs_services.remove_item(by=admin, item=item)
    pairs_services.restore_item(by=admin, item=item)

    lists_services.purge_expired_files(now=timezone.now() + LONG_AFTER)

    assert Image.objects.get(pk=item.image_id).is_stored


def test_a_removed_item_can_be_restored_until_its_picture_is_purged(
    admin: Actor, item: Item
) -> None:
    pairs_services.remove_item(by=admin, item=item)
    retention.purge(now=timezone.now() + LONG_AFTER)

    with pytest.raises(Conflict):
        pairs_services.restore_item(by=admin, item=item)


def test_nothing_of_a_removed_item_is_left_when_its_time_is_over(
    admin: Actor, image_list: List, astronaut: bytes, own_media: Path
) -> None:
    submission = NewSubmission(
        raw=raw_image(astronaut, "portrait.jpg"),
        add_to=image_list,
        custom_id="eileen",
        context={"place": "orbit"},
    )
    item = submissions_services.submit(by=admin, submission=submission).item
    assert item is not None
    pairs_services.remove_item(by=admin, item=item)
    purged = retention.purge(now=timezone.now() + LONG_AFTER)

    item.refresh_from_db()
    image = Image.objects.get()
    assert (purged.items, purged.pictures, files(own_media)) == (1, 1, 1)
    assert (item.custom_id, item.name, item.context) == ("", "", {})
    assert (image.fingerprints.count(), image.features.count()) == (0, 0)
    assert (image.feature_version, image.pixel_sha256) == (None, "")


def test_a_list_removes_what_it_has_kept_long_enough(
    admin: Actor, image_list: List, item: Item, astronaut: bytes
) -> None:
    other = lists_services.create_list(by=admin, settings=ListSettings(name="Other"))
    for each in (image_list, other):
        submissions_services.submit(
            by=admin, submission=NewSubmission(raw=raw_image(astronaut), add_to=each)
        )
    days_40_ago = timezone.now() - dt.timedelta(days=40)
    Item.objects.filter(pk=item.pk).update(created_at=days_40_ago)
    Item.objects.filter(image_list=other).update(created_at=days_40_ago)
    lists_services.change_list(
        by=admin, image_list=image_list, settings=ListSettings(item_retention_days=30)
    )

    assert retention.purge(now=timezone.now()).removed == 1
    item.refresh_from_db()
    assert item.removed_at is not None
    assert MatchCandidate.objects.get().state == State.SUPERSEDED
    assert selectors.deeds_of(item)[0].surface == "system"
    assert Item.objects.filter(removed_at=None).count() == 2
    pairs_services.restore_item(by=admin, item=item)
    assert retention.purge(now=timezone.now()).removed == 0
    assert retention.purge(now=timezone.now() + dt.timedelta(days=31)).removed == 2


def test_a_list_is_blank_when_its_time_is_over(admin: Actor, image_list: List, item: Item) -> None:
    submissions_services.submit(
        by=admin,
        submission=NewSubmission(raw=original_of(item.image), add_to=image_list, custom_id="again"),
    )
    lists_services.remove_list(by=admin, image_list=image_list)
    retention.purge(now=timezone.now() + LONG_AFTER)

    image_list.refresh_from_db()
    assert (image_list.name, Item.objects.filter(purged_at=None).count()) == ("", 0)
    with pytest.raises(Conflict):
        pairs_services.restore_list(by=admin, image_list=image_list)


def test_a_purge_takes_the_snapshot_of_the_index_along(
    admin: Actor, item: Item, tmp_path: Path, settings: Settings
) -> None:
    settings.DATA_DIR = tmp_path
    snapshots = Snapshots(tmp_path / "index", rows_until_snapshot=1)
    LiveIndex(snapshots).catch_up()
    snapshots.wait()
    assert snapshots.load() is not None

    retention.purge(now=timezone.now())
    assert snapshots.load() is not None
    pairs_services.remove_item(by=admin, item=item)
    retention.purge(now=timezone.now() + LONG_AFTER)
    assert files(tmp_path / "index") == 1  # the lock
    assert snapshots.load() is None


def test_a_purged_picture_that_is_added_again_gets_its_files_back(
    admin: Actor, image_list: List, item: Item, coffee_copy: bytes, own_media: Path
) -> None:
    lists_services.purge_expired_files(now=timezone.now() + LONG_AFTER)

    submissions_services.submit(
        by=admin, submission=NewSubmission(raw=raw_image(coffee_copy), add_to=image_list)
    )

    image = MatchCandidate.objects.get().query_image
    assert (image.is_stored, image.fingerprints.count(), image.features.count()) == (True, 2, 1)
    assert files(own_media) == 6


def test_the_command_says_how_many(item: Item, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("purge_pictures")

    assert "0 pictures deleted, 0 without a row" in capsys.readouterr().out


@pytest.fixture
def orphan(item: Item) -> tuple[int, str]:
    """A picture that was written, and whose row never came."""
    picture = (item.image_list.organisation_id, "ab" * 32)
    storage.write_files(
        organisation_id=picture[0], sha256=picture[1], original=b"x", thumbnails={256: b"y"}
    )
    return picture


def test_a_database_that_knows_none_of_the_pictures_deletes_none(
    orphan: tuple[int, str], own_media: Path
) -> None:
    """As with the wrong DATABASE_URL in a timer's environment."""
    Image.objects.update(is_stored=False)
    before = files(own_media)
    later = timezone.now() + LONG_AFTER

    with pytest.raises(orphans.TooManyOrphans):
        orphans.set_aside_orphans(now=later)
    assert files(own_media) == before
    assert orphans.set_aside_orphans(now=later, is_certain=True) == 3
    assert files(own_media / "originals") == 0
    assert files(own_media / "orphans") == before


def test_more_than_a_few_pictures_without_a_row_are_left_unless_somebody_is_certain(
    orphan: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orphans, "_MOST", 0)
    later = timezone.now() + LONG_AFTER

    with pytest.raises(orphans.TooManyOrphans):
        orphans.set_aside_orphans(now=later)
    assert orphans.find_orphans(now=later).orphans == [orphan]


def test_the_command_counts_before_it_deletes(
    orphan: tuple[int, str],
    own_media: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(orphans, "MIN_AGE", dt.timedelta(0))
    monkeypatch.setattr(orphans, "_MOST", 0)
    before = files(own_media)

    call_command("purge_pictures", "--dry-run")
    assert "0 pictures deleted, 1 without a row" in capsys.readouterr().out
    assert files(own_media) == before
    with pytest.raises(CommandError):
        call_command("purge_pictures")
    assert files(own_media) == before + 1  # the mark of the installation

    call_command("purge_pictures", "--force")
    assert "0 pictures deleted, 1 without a row" in capsys.readouterr().out
    assert files(own_media / "orphans") == 2


def test_a_purge_touches_nothing_of_another_installation(
    orphan: tuple[int, str], own_media: Path
) -> None:
    """As with the wrong DATABASE_URL, or when two installations share a bucket without a prefix."""
    call_command("purge_pictures")
    assert storage.read_mark() == Installation.objects.get().public_id
    Installation.objects.all().delete()
    before = sorted(path for path in own_media.rglob("*"))

    for options in ([], ["--force"], ["--dry-run"]):
        with pytest.raises(CommandError):
            call_command("purge_pictures", *options)
    assert sorted(path for path in own_media.rglob("*")) == before
    call_command("purge_pictures", "--adopt")
    call_command("purge_pictures")


def test_what_nothing_owned_is_deleted_after_thirty_days(
    orphan: tuple[int, str], own_media: Path
) -> None:
    now = timezone.now() + dt.timedelta(days=1)
    assert retention.purge(now=now).orphans == 1
    for days, left in ((30, 2), (31, 0)):
        retention.purge(now=now + dt.timedelta(days=days))
        assert files(own_media / "orphans") == left


def test_no_picture_is_asked_for_its_age_unless_nothing_owns_it(
    orphan: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a bucket each costs a request."""
    asked: list[str] = []
    monkeypatch.setattr(storage, "is_older_than", lambda _moment, _of, name: asked.append(name))

    orphans.find_orphans(now=timezone.now())
    assert asked == [orphan[1]]


def test_files_that_a_killed_process_left_are_swept_out(item: Item, own_media: Path) -> None:
    storage.write_files(
        organisation_id=7, sha256="ab" * 32, original=b"x", thumbnails={256: b"y", 960: b"z"}
    )
    before = files(own_media)
    half_written = own_media / "drafts" / "half"
    half_written.write_bytes(b"x")

    assert orphans.set_aside_orphans(now=timezone.now()) == 0
    assert half_written.exists()
    assert orphans.set_aside_orphans(now=timezone.now() + dt.timedelta(hours=2)) == 1
    assert files(own_media / "orphans") == 3
    assert files(own_media) == before
    assert not half_written.exists()


def test_a_sweep_leaves_what_an_image_owns(item: Item, own_media: Path) -> None:
    before = files(own_media)

    assert orphans.set_aside_orphans(now=timezone.now() + LONG_AFTER) == 0
    assert files(own_media) == before


def test_an_add_that_meets_an_orphan_keeps_it(
    admin: Actor, image_list: List, astronaut: bytes
) -> None:
    raw = raw_image(astronaut)
    storage.write_files(
        organisation_id=admin.organisation_id,
        sha256=raw.sha256,
        original=astronaut,
        thumbnails={},
    )
    submissions_services.submit(by=admin, submission=NewSubmission(raw=raw, add_to=image_list))

    assert orphans.set_aside_orphans(now=timezone.now() + LONG_AFTER) == 0
