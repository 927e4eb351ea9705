"""Long work: requests that fetch or look at pictures hold a thread of the server for seconds.

Each organisation has some of the threads for that, and one is always left to short work.
Threads are a process's own, so this is counted in its memory: each web process has these bounds.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from common.errors import QuotaExceeded, Unavailable
from common.sentences import Sentence

# Most pictures take a second or less; an address may take ten.
_RETRY_AFTER_S = 2

_lock = threading.Lock()
_at_work: Counter[int] = Counter()  # by the row id of an organisation


class TooManyAtWork(QuotaExceeded):
    """The organisation has as many requests at work as it may have at once."""

    code = "too_many_at_work"


class ServerBusy(Unavailable):
    """All threads but those for short work are taken."""

    code = "server_busy"
    retry_after_s = _RETRY_AFTER_S


@contextmanager
def place(organisation_id: int) -> Iterator[None]:
    """Do long work inside; raise TooManyAtWork or ServerBusy at once where there is no place."""
    _take(organisation_id)
    try:
        yield
    finally:
        with _lock:
            _at_work[organisation_id] -= 1
            if not _at_work[organisation_id]:
                del _at_work[organisation_id]


def _take(organisation_id: int) -> None:
    # A server of one thread works too.
    most = max(1, settings.THREADS - 1)
    own = max(1, min(most, settings.LONG_REQUESTS_PER_ORGANISATION))
    with _lock:
        if _at_work[organisation_id] >= own:
            raise TooManyAtWork(
                Sentence(
                    "Your organisation has %(count)s requests at work, as many as it may have at "
                    "once. Try again in a moment.",
                    count=own,
                ),
                retry_after_s=_RETRY_AFTER_S,
            )
        if _at_work.total() >= most:
            raise ServerBusy(Sentence("The server is busy. Try again in a moment."))
        _at_work[organisation_id] += 1
