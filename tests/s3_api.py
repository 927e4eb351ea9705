"""An S3 API on loopback, and buckets in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3


@contextmanager
def served() -> Iterator[str]:
    """Run the API, and yield its address."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - slow to load

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def sign_in(address: str) -> dict[str, str]:
    """Return where the API is and who signs in, as the settings of a storage say it."""
    return {
        "endpoint_url": address,
        "region_name": "us-east-1",
        "access_key": "test",
        "secret_key": "test",
    }


def empty_bucket(address: str, name: str) -> Any:
    """Make a bucket, or empty it, and return a client of the API."""
    client = boto3.client(
        "s3",
        endpoint_url=address,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    client.create_bucket(Bucket=name)
    for kept in client.list_objects_v2(Bucket=name).get("Contents", ()):
        client.delete_object(Bucket=name, Key=kept["Key"])
    return client
