"""The hashes of a request's records, a few at a time, within one deadline."""

from __future__ import annotations

import time
from collections.abc import Hashable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from api import errors
from api.ximilar import records
from api.ximilar.errors import TookTooLong
from api.ximilar.records import Record
from common.errors import LookalikeError
from intake.pool import ImagePool
from intake.visual_hashes import HashedImage
from lists import image_pool
from matching.visual_hashes import HashType

# Ximilar's own client waits for 90 seconds.
DEADLINE_S = 60.0
# Most of the time of a record is waiting, for its server and for a worker that decodes.
_RECORDS_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class HashedRecord:
    """A record with its picture's size and hashes."""

    record: Record
    image: HashedImage

    def hash(self, hash_type: HashType) -> str:
        """Return one hash."""
        return self.image.hashes[hash_type]


@dataclass(frozen=True, slots=True)
class FailedRecord:
    """A record without a picture that can be looked at."""

    record: Record
    error: LookalikeError


def hashed(
    asked: Sequence[Record], *, owner: Hashable, deadline_s: float = DEADLINE_S
) -> list[HashedRecord | FailedRecord]:
    """Return every record in its order, hashed or failed; none waits for another's deadline.

    The owner is whom the pool counts the pictures to.
    """
    ends_at_s = time.monotonic() + deadline_s
    # Asked for once: threads that make it at the same time would each start workers.
    pool = image_pool.current()
    executor = ThreadPoolExecutor(_RECORDS_AT_ONCE, thread_name_prefix="record")
    try:
        futures = [executor.submit(_hash, pool, owner, record, ends_at_s) for record in asked]
        return [_outcome(*pair, ends_at_s) for pair in zip(asked, futures, strict=True)]
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


def remaining_s(ends_at_s: float) -> float:
    """Return the seconds that are left; raise TookTooLong when there are none."""
    left_s = ends_at_s - time.monotonic()
    if left_s <= 0:
        raise _took_too_long()
    return left_s


def _hash(pool: ImagePool, owner: Hashable, record: Record, ends_at_s: float) -> HashedImage:
    timeout_s = remaining_s(ends_at_s)
    records.checked_id(record)
    content = records.load(record, timeout_s=timeout_s).data
    return pool.visual_hashes(content, owner=owner)


def _outcome(
    record: Record, future: Future[HashedImage], ends_at_s: float
) -> HashedRecord | FailedRecord:
    hashed_image = errors.attempted(partial(_result, future, ends_at_s))
    if isinstance(hashed_image, LookalikeError):
        return FailedRecord(record, hashed_image)
    return HashedRecord(record, hashed_image)


def _result(future: Future[HashedImage], ends_at_s: float) -> HashedImage:
    try:
        return future.result(max(0.0, ends_at_s - time.monotonic()))
    except TimeoutError:
        raise _took_too_long() from None


def _took_too_long() -> TookTooLong:
    return TookTooLong("The request took too long. Send fewer records at a time.")
