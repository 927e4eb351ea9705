"""Pictures in a bucket of an S3 API."""

from __future__ import annotations

from typing import Any

from botocore.config import Config
from storages.backends.s3 import S3Storage

# boto3 would wait for 60 s, and try five times.
_CONNECT_TIMEOUT_S = 3
_READ_TIMEOUT_S = 10
_ATTEMPTS = 2


class BucketStorage(S3Storage):  # type: ignore[misc]  # it carries no types
    """A bucket that is given up in seconds when it does not answer, and tried again once."""

    def get_default_settings(self) -> dict[str, Any]:
        """Return what is not set in OPTIONS."""
        config = Config(
            connect_timeout=_CONNECT_TIMEOUT_S,
            read_timeout=_READ_TIMEOUT_S,
            retries={"total_max_attempts": _ATTEMPTS, "mode": "standard"},
        )
        return {**super().get_default_settings(), "client_config": config}
