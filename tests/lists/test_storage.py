"""Local files when the disk is full: nothing is half there, and all else goes on."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pytest_django import Settings

from accounts.actors import Actor
from lists import storage
from lists.models import Image, List
from lists.storage import StorageFull, StorageUnavailable
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests.conftest import raw_image

MORE_THAN_ANY_DISK = 10**18


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (errno.ENOSPC, StorageFull),
        (errno.EDQUOT, StorageFull),
        (errno.EIO, StorageUnavailable),
    ],
)
def test_a_file_that_cannot_be_written_leaves_nothing_behind(
    own_media: Path, monkeypatch: pytest.MonkeyPatch, number: int, error: type[Exception]
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)

    with pytest.raises(error):
        storage.write_files(
            organisation_id=1, sha256="0" * 64, original=b"bytes", thumbnails={256: b"small"}
        )

    assert files(own_media) == []


def test_the_last_of_the_disk_is_left_to_others(own_media: Path, settings: Settings) -> None:
    settings.STORAGE_RESERVE_BYTES = MORE_THAN_ANY_DISK

    with pytest.raises(StorageFull):
        default_storage.save("one", ContentFile(b"bytes"))
    with pytest.raises(StorageFull):
        storage.require_writable()

    assert files(own_media) == []


def test_a_full_disk_refuses_what_is_added_and_checks_go_on(
    admin: Actor, image_list: List, coffee: bytes, settings: Settings
) -> None:
    settings.STORAGE_RESERVE_BYTES = MORE_THAN_ANY_DISK

    with pytest.raises(StorageFull):
        submissions_services.submit(
            by=admin, submission=NewSubmission(raw=raw_image(coffee), add_to=image_list)
        )
    checked = submissions_services.submit(
        by=admin, submission=NewSubmission(raw=raw_image(coffee), check_lists=[image_list])
    )

    assert checked.item is None
    assert not Image.objects.exists()


def test_only_we_may_read_pictures(own_media: Path) -> None:
    storage.write_files(
        organisation_id=1, sha256="0" * 64, original=b"bytes", thumbnails={256: b"small"}
    )
    found = [own_media, *own_media.rglob("*")]

    assert {path.stat().st_mode & 0o777 for path in found if path.is_dir()} == {0o700}
    assert {path.stat().st_mode & 0o777 for path in found if path.is_file()} == {0o600}


def test_names_outlast_a_power_cut(own_media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every folder that gets a name is synced after it, and the file before it has its name."""
    synced: list[str] = []
    sync = os.fsync

    def watched(descriptor: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    name = default_storage.save("a/b/one", ContentFile(b"bytes"))

    folder = (own_media / name).parent
    assert synced[-1] == str(folder)
    assert {str(own_media), str(own_media / "a")} <= set(synced)
    assert any("/drafts/" in path for path in synced)
