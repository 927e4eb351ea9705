"""Waits until the live server has answered: a request may outlive the page that sent it.

Such a request holds locks while the next test empties the tables: a deadlock on PostgreSQL.
"""

from __future__ import annotations

import time
from threading import Condition, Thread, current_thread, main_thread

from django.core.signals import request_finished, request_started

_PATIENCE_S = 30.0
_LOOK_S = 0.1


class RequestsAtWork:
    """Knows which of the server's threads have begun a request and not ended it."""

    def __init__(self) -> None:
        """Begin to listen."""
        self._changed = Condition()
        self._at_work: set[Thread] = set()
        request_started.connect(self._begin)
        request_finished.connect(self._end)

    def wait_until_none(self) -> None:
        """Return when every request has ended."""
        ends_at_s = time.monotonic() + _PATIENCE_S
        with self._changed:
            while self._busy():
                assert time.monotonic() < ends_at_s, "A request does not end."
                # The end of a thread is told to nobody.
                self._changed.wait(_LOOK_S)

    def _busy(self) -> bool:
        # One that comes when the test is over may not ask the database, and then its end is not
        # signalled: it ends with its thread.
        self._at_work = {thread for thread in self._at_work if thread.is_alive()}
        return bool(self._at_work)

    def _begin(self, **_signal: object) -> None:
        if current_thread() is main_thread():  # a client of the test, not the server
            return
        with self._changed:
            self._at_work.add(current_thread())

    def _end(self, **_signal: object) -> None:
        with self._changed:
            self._at_work.discard(current_thread())
            self._changed.notify_all()
