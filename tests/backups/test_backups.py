"""Backup and restore: what comes back is what was there, and nothing half."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from accounts.actors import Actor
from dedup_project.backups import databases, manifest, media, restoring, taking
from dedup_project.backups.manifest import BackupFailed
from lists import feed
from lists.models import Item, ItemChange, List
from review.models import Act, MatchCandidate, State
from review.pairs import services as pairs_services
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests.conftest import raw_image

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def added(by: Actor, image_list: List, file: bytes) -> Item:
    """Add a picture and return its item."""
    submission = NewSubmission(raw=raw_image(file), add_to=image_list)
    item = submissions_services.submit(by=by, submission=submission).item
    assert item is not None
    return item


def matches(by: Actor, image_list: List, file: bytes) -> list[str]:
    """Return the items that a check finds."""
    checked = NewSubmission(raw=raw_image(file), check_lists=[image_list])
    outcome = submissions_services.submit(by=by, submission=checked)
    return [match.item.public_id for match in outcome.by_list[0].matches]


@pytest.fixture(autouse=True)
def own_data_dir(tmp_path: Path, settings: Settings) -> None:
    """Snapshots of the index that a restore may drop."""
    settings.DATA_DIR = tmp_path / "data"
    (settings.DATA_DIR / "index").mkdir(parents=True)


@pytest.fixture
def item(admin: Actor, image_list: List, coffee: bytes) -> Item:
    """A picture to come back."""
    return added(admin, image_list, coffee)


@pytest.fixture
def taken(tmp_path: Path, item: Item) -> Path:
    """A folder with a backup."""
    taking.take(tmp_path / "backup")
    return tmp_path / "backup"


@pytest.fixture
def nothing_replaced(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Notice when the database is touched at all."""
    touched: list[Path] = []
    monkeypatch.setattr(databases, "load", touched.append)
    yield
    assert touched == []


def test_a_restored_backup_answers_and_decides_as_before(
    admin: Actor, image_list: List, coffee_copy: bytes, astronaut: bytes, tmp_path: Path,
    settings: Settings, own_media: Path,
) -> None:  # fmt: skip
    item = added(admin, image_list, coffee_copy)
    pair_of = added(admin, image_list, astronaut)
    before = matches(admin, image_list, coffee_copy)
    Session.objects.create(session_key="k", session_data="", expire_date=timezone.now())
    call_command("backup", str(tmp_path / "backup"))
    cursor = feed.current_feed().start()
    pairs_services.remove_item(by=admin, item=item)
    for path in [path for path in own_media.rglob("*") if path.is_file()]:
        path.unlink()

    call_command("restore", str(tmp_path / "backup"), "--force", "--drop-sessions")

    call_command("verify")
    assert Item.objects.filter(removed_at=None).count() == 2
    assert (before, matches(admin, image_list, coffee_copy)) == ([item.public_id], before)
    with pytest.raises(feed.ForeignCursor):
        feed.current_feed().read(cursor)
    assert not (settings.DATA_DIR / "index").exists()
    assert not Session.objects.exists()
    pairs_services.remove_item(by=admin, item=pair_of)
    assert ItemChange.objects.get().item_id == pair_of.pk, (
        "Numbers go on, and changes of before went."
    )


def test_files_that_the_folder_holds_are_not_copied_again(
    taken: Path, admin: Actor, image_list: List, astronaut: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    added(admin, image_list, astronaut)
    copied = []
    write = media._written

    def noted(source: Any, name: str, copy: Path, drafts: Path) -> media.Entry:
        copied.append(name)
        return write(source, name, copy, drafts)

    monkeypatch.setattr(media, "_written", noted)

    assert taking.take(taken).files == 6
    assert len(copied) == 3


def test_an_interrupted_backup_leaves_the_one_before(
    taken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = manifest.read(taken)

    def gone(*_: object, **__: object) -> Iterator[media.Entry]:
        raise OSError("The storage is gone.")

    with monkeypatch.context() as broken:
        broken.setattr(media, "copy_out", gone)
        with pytest.raises(CommandError):
            call_command("backup", str(taken))

    assert manifest.read(taken) == before
    restoring.restore(taken, replaces=True)
    taking.take(taken)
    assert len(list(taken.glob("database-*"))) == 1, "What was left half is gone."


def test_copies_of_deleted_pictures_go_only_when_asked(taken: Path, own_media: Path) -> None:
    for path in [path for path in own_media.rglob("*") if path.is_file()]:
        path.unlink()

    def copies() -> int:
        return sum(path.is_file() for path in (taken / "media").rglob("*"))

    taking.take(taken)
    assert copies() == 3
    taking.take(taken, prunes=True)
    assert copies() == 0


def test_a_backup_without_a_manifest_is_none(taken: Path, nothing_replaced: None) -> None:
    (taken / "manifest.json").unlink()

    with pytest.raises(CommandError, match="no complete backup"):
        call_command("restore", str(taken), "--force")


def test_a_damaged_dump_is_refused(taken: Path, nothing_replaced: None) -> None:
    (dump,) = taken.glob("database-*")
    dump.write_bytes(dump.read_bytes()[:-1])

    with pytest.raises(BackupFailed):
        restoring.restore(taken, replaces=True)


def test_a_damaged_picture_is_noticed(taken: Path, item: Item, own_media: Path) -> None:
    (copy,) = (taken / "media" / "originals").rglob(item.image.sha256)
    copy.write_bytes(b"else")

    with pytest.raises(BackupFailed, match=item.image.sha256):
        restoring.restore(taken, replaces=True)


@pytest.mark.parametrize(
    "changes", [{"vendor": "oracle"}, {"migrations": ["lists.9999_later"]}], ids=["kind", "newer"]
)
def test_what_this_version_cannot_bring_up_is_refused(
    taken: Path, changes: dict[str, Any], nothing_replaced: None
) -> None:
    path = taken / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))

    with pytest.raises(BackupFailed):
        restoring.restore(taken, replaces=True)


def test_data_is_not_replaced_unasked(taken: Path, nothing_replaced: None) -> None:
    with pytest.raises(CommandError, match="--force"):
        call_command("restore", str(taken))


def test_one_backup_at_a_time_is_written_to_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    with manifest.only_user(folder), pytest.raises(CommandError, match="Another backup"):
        call_command("backup", str(folder))


@pytest.mark.postgres
@pytest.mark.parametrize("is_there", [True, False], ids=["older", "missing"])
def test_a_dump_needs_the_programs_of_the_server(
    is_there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "pg_dump"
    program.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin" if is_there else str(tmp_path / "none"))

    with pytest.raises(BackupFailed, match="pg_dump is"):
        databases.dump(tmp_path / "dump")


class TestVerify:
    """Each fault is found, and nothing where there is none."""

    @pytest.fixture
    def pair(
        self, admin: Actor, image_list: List, item: Item, coffee_copy: bytes
    ) -> MatchCandidate:
        """Two pictures and a decision about them."""
        added(admin, image_list, coffee_copy)
        pair = MatchCandidate.objects.get()
        pairs_services.decide(by=admin, pair=pair, act=Act.CONFIRM)
        return pair

    def test_nothing_is_wrong_with_what_was_added_and_decided(self, pair: MatchCandidate) -> None:
        call_command("verify")
        call_command("verify", "--quick")

    @pytest.mark.parametrize("is_quick", [True, False])
    def test_a_missing_file_is_found(self, item: Item, own_media: Path, is_quick: bool) -> None:
        next(own_media.rglob("*-256.webp")).unlink()

        with pytest.raises(CommandError, match="missing file"):
            call_command("verify", *(["--quick"] if is_quick else []))

    @pytest.mark.parametrize("pattern", ["originals/*/*/*", "thumbnails/*/*/*"])
    def test_other_bytes_are_found(self, item: Item, own_media: Path, pattern: str) -> None:
        path = next(own_media.glob(pattern))
        path.write_bytes(path.read_bytes()[:-1])

        call_command("verify", "--quick")
        with pytest.raises(CommandError, match="other bytes"):
            call_command("verify")

    def test_rows_at_odds_are_found(self, pair: MatchCandidate, item: Item) -> None:
        MatchCandidate.objects.update(state=State.DISSOCIATED)
        item.image.fingerprints.all().delete()

        with pytest.raises(CommandError, match=r"fingerprints.*decision"):
            call_command("verify", "--quick")

    def test_a_row_whose_other_row_is_gone_is_found(self, item: Item) -> None:
        if connection.vendor == "postgresql":
            pytest.skip("PostgreSQL keeps foreign keys whatever happens.")
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA foreign_keys = OFF")
            cursor.execute("DELETE FROM lists_list")
            cursor.execute("PRAGMA foreign_keys = ON")

        with pytest.raises(CommandError, match="other row is gone"):
            call_command("verify", "--quick")


def test_a_folder_with_other_files_is_left_as_it_is(tmp_path: Path, item: Item) -> None:
    others = [tmp_path / "mine" / name for name in ("media-plan.ods", "media/holiday.jpg")]
    for other in others:
        other.parent.mkdir(parents=True, exist_ok=True)
        other.write_text("mine")

    with pytest.raises(BackupFailed, match="other files"):
        taking.take(tmp_path / "mine", prunes=True)

    left = [path for path in (tmp_path / "mine").rglob("*") if path.is_file()]
    assert sorted(left) == sorted(others)


@pytest.mark.parametrize("folder", ["", "backup"])
def test_no_backup_lies_among_the_pictures_that_it_copies(
    own_media: Path, item: Item, folder: str
) -> None:
    with pytest.raises(BackupFailed):
        taking.take(own_media / folder)

    assert not (own_media / "backup").exists()


def test_the_volume_of_a_backup_may_be_new(tmp_path: Path, item: Item) -> None:
    (tmp_path / "volume" / "lost+found").mkdir(parents=True)

    assert taking.take(tmp_path / "volume").files
