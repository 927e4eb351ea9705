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
from review.submissions.values import Submission
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
            by=admin, submission=Submission(raw=raw_image(coffee), add_to=image_list)
        )
    checked = submissions_services.submit(
        by=admin, submission=Submission(raw=raw_image(coffee), check_lists=[image_list])
    )

    assert checked.item is None
    assert not Image.objects.exists()
