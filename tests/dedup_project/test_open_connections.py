"""A test database goes when nobody is connected to it, and whoever stays is named."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from tests import open_connections
from tests.open_connections import LeftOpen
from tests.threads import own_connection

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def others() -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {open_connections._OTHERS}")
        return int(cursor.fetchone()[0])


@contextmanager
def connected(may_close: threading.Event) -> Iterator[None]:
    """Another thread has asked something, and closes its connection when it may."""
    has_asked = threading.Event()

    def ask() -> None:
        with own_connection():
            connection.cursor().execute("SELECT 'what was asked last'")
            has_asked.set()
            may_close.wait(20)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        assert has_asked.wait(20)
        yield
    finally:
        may_close.set()
        thread.join()


def test_who_stays_is_named_by_its_test_and_its_last_statement_and_is_ended() -> None:
    with connected(threading.Event()):
        with pytest.raises(LeftOpen) as raised:
            open_connections.close_all(patience_s=0)

        assert others() == 0
    assert os.environ["PGAPPNAME"] in str(raised.value)
    assert "what was asked last" in str(raised.value)


def test_who_closes_within_a_moment_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    may_close, asked = threading.Event(), open_connections._others

    def told() -> list[open_connections.OpenConnection]:
        found = asked()
        may_close.set()
        return found

    monkeypatch.setattr(open_connections, "_others", told)

    with connected(may_close):
        assert others() == 1
        open_connections.close_all()

        assert others() == 0


def test_a_thread_that_ended_without_closing_its_connection_is_no_fault() -> None:
    def ask() -> None:
        connection.ensure_connection()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()

    open_connections.close_all()

    assert others() == 0
