"""Waits until the live server has answered: a request may outlive the page that sent it.

Such a request holds locks while the next test empties the tables: a deadlock on PostgreSQL.
"""

from __future__ import annotations

from threading import Condition, current_thread, main_thread

from django.core.signals import request_finished, request_started

_PATIENCE_S = 30.0


class RequestsAtWork:
    """Counts the requests that the server's threads have begun and not ended."""

    def __init__(self) -> None:
        """Begin to count."""
        self._changed = Condition()
        self._count = 0
        request_started.connect(self._begin)
        request_finished.connect(self._end)

    def wait_until_none(self) -> None:
        """Return when every request has ended."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._count == 0, _PATIENCE_S)

    def _begin(self, **_signal: object) -> None:
        self._add(1)

    def _end(self, **_signal: object) -> None:
        self._add(-1)

    def _add(self, number: int) -> None:
        if current_thread() is main_thread():  # a client of the test, not the server
            return
        with self._changed:
            self._count += number
            self._changed.notify_all()
