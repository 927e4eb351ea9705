"""Pictures in a bucket: the same promises over an S3 API as over local files."""

from __future__ import annotations

import datetime as dt
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.storage import default_storage, storages
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from accounts.actors import Actor
from dedup_project.backups import media
from lists import buckets, storage
from lists.models import Image, Installation, List
from lists.storage import StorageUnavailable
from review.life import retention
from review.pairs import services as pairs_services
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests.conftest import raw_image
from tests.s3_api import empty_bucket, sign_in
from tests.threads import PATIENCE_S

BUCKET = "lookalike"
FAILED = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.fixture(autouse=True)
def bucket(s3_address: str, settings: Settings) -> None:
    """An empty bucket that the product stores into."""
    empty_bucket(s3_address, BUCKET)
    options = {
        "bucket_name": BUCKET,
        **sign_in(s3_address),
        "default_acl": "private",
        "file_overwrite": True,
    }
    in_bucket = {"BACKEND": "lists.buckets.BucketStorage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": in_bucket}


def test_original_and_thumbnails_come_back_from_the_bucket(
    admin: Actor, image_list: List, coffee: bytes
) -> None:
    outcome = submissions_services.submit(
        by=admin, submission=NewSubmission(raw=raw_image(coffee), add_to=image_list)
    )

    assert outcome.item is not None
    image = outcome.item.image
    with storage.read_original(image) as original:
        assert original.read() == coffee
    with storage.read_thumbnail(image, 256) as thumbnail:
        assert thumbnail.read()[8:12] == b"WEBP"


def test_a_purge_empties_the_bucket(admin: Actor, image_list: List, coffee: bytes) -> None:
    outcome = submissions_services.submit(
        by=admin, submission=NewSubmission(raw=raw_image(coffee), add_to=image_list)
    )
    assert outcome.item is not None
    image = outcome.item.image
    pairs_services.remove_item(by=admin, item=outcome.item)
    image.refresh_from_db()
    assert image.kept_until is not None

    retention.purge(now=image.kept_until.replace(year=9999), adopts=True)

    name = storage.original_name(image.organisation_id, image.sha256)
    assert not default_storage.exists(name)


@pytest.fixture(params=[b"", FAILED], ids=["hangs", "fails"])
def broken(
    request: pytest.FixtureRequest, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A bucket whose server takes connections, and answers nothing or that it has failed."""
    monkeypatch.setattr(buckets, "_READ_TIMEOUT_S", 0.2)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.settimeout(PATIENCE_S)
            # Without an answer the client hangs up.
            while self.request.recv(65536):
                if request.param:
                    self.request.sendall(request.param)
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        options = settings.STORAGES["default"]["OPTIONS"]
        address = f"http://127.0.0.1:{server.server_address[1]}"
        elsewhere = {
            **settings.STORAGES["default"],
            "OPTIONS": {**options, "endpoint_url": address},
        }
        settings.STORAGES = {**settings.STORAGES, "default": elsewhere}
        yield
        server.shutdown()


def test_a_bucket_that_does_not_answer_is_given_up_and_nothing_is_stored(
    broken: None, admin: Actor, image_list: List, coffee: bytes
) -> None:
    with pytest.raises(StorageUnavailable):
        submissions_services.submit(
            by=admin, submission=NewSubmission(raw=raw_image(coffee), add_to=image_list)
        )
    with pytest.raises(StorageUnavailable):
        storage.require_writable()

    assert not Image.objects.exists()


def test_a_bucket_is_waited_for_for_seconds() -> None:
    assert isinstance(storages["default"], buckets.BucketStorage)
    config = storages["default"].connection.meta.client.meta.config

    assert (config.connect_timeout, config.read_timeout) == (3, 10)
    assert config.retries["total_max_attempts"] == 2


def test_a_backup_of_a_bucket_fills_an_empty_one(
    admin: Actor, image_list: List, coffee: bytes, tmp_path: Path
) -> None:
    submission = NewSubmission(raw=raw_image(coffee), add_to=image_list)
    submissions_services.submit(by=admin, submission=submission)
    entries = list(media.copy_out(tmp_path, known=[]))
    for entry in entries:
        default_storage.delete(entry.name)
    with pytest.raises(CommandError):
        call_command("verify", "--quick")

    media.copy_in(tmp_path, entries)

    call_command("verify")
    assert len(entries) == 3


def test_what_nothing_owns_is_set_aside_in_the_bucket(db: None) -> None:
    storage.write_files(organisation_id=7, sha256="ab" * 32, original=b"x", thumbnails={256: b"y"})
    now = timezone.now() + dt.timedelta(days=1)

    assert retention.purge(now=now, adopts=True, is_certain=True).orphans == 1
    assert not default_storage.exists(storage.original_name(7, "ab" * 32))
    place = f"orphans/{now.date()}/"
    assert default_storage.exists(f"{place}{storage.original_name(7, 'ab' * 32)}")
    retention.purge(now=now + dt.timedelta(days=40))
    assert default_storage.listdir("orphans") == ([], [])
    assert storage.read_mark() == Installation.objects.get().public_id
