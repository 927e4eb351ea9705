"""Pictures in a bucket: the same promises over an S3 API as over local files."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from django.core.files.storage import default_storage
from moto.server import ThreadedMotoServer
from pytest_django import Settings

from accounts.actors import Actor
from lists import services as lists_services
from lists import storage
from lists.models import List
from review.pairs import services as pairs_services
from review.submissions import services as submissions_services
from review.submissions.values import Submission
from tests.conftest import raw_image

BUCKET = "lookalike"


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    """An S3 API on loopback."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(autouse=True)
def bucket(s3_address: str, settings: Settings) -> None:
    """An empty bucket that the product stores into."""
    client = boto3.client(
        "s3",
        endpoint_url=s3_address,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    client.create_bucket(Bucket=BUCKET)
    options = {
        "bucket_name": BUCKET,
        "endpoint_url": s3_address,
        "region_name": "us-east-1",
        "access_key": "test",
        "secret_key": "test",
        "default_acl": "private",
        "file_overwrite": True,
    }
    in_bucket = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": in_bucket}


def test_original_and_thumbnails_come_back_from_the_bucket(
    admin: Actor, image_list: List, coffee: bytes
) -> None:
    outcome = submissions_services.submit(
        by=admin, submission=Submission(raw=raw_image(coffee), add_to=image_list)
    )

    assert outcome.item is not None
    image = outcome.item.image
    with storage.read_original(image) as original:
        assert original.read() == coffee
    with storage.read_thumbnail(image, 256) as thumbnail:
        assert thumbnail.read()[8:12] == b"WEBP"


def test_a_purge_empties_the_bucket(admin: Actor, image_list: List, coffee: bytes) -> None:
    outcome = submissions_services.submit(
        by=admin, submission=Submission(raw=raw_image(coffee), add_to=image_list)
    )
    assert outcome.item is not None
    image = outcome.item.image
    pairs_services.remove_item(by=admin, item=outcome.item)
    image.refresh_from_db()
    assert image.kept_until is not None

    lists_services.purge_expired_files(now=image.kept_until.replace(year=9999))

    name = storage.original_name(image.organisation_id, image.sha256)
    assert not default_storage.exists(name)
