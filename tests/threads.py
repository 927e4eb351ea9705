"""Threads in tests, each with its own database connection; and waiting for what they do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue

import pytest
from django.db import close_old_connections, connection

PATIENCE_S = 60.0  # after which a test fails that waits for an event
# What waits for a row is a transaction, which belongs to no database: the connection does.
_IS_LOCK_AWAITED = """
SELECT EXISTS (
    SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE NOT granted AND datname = current_database()
)
"""


def ended_calls(monkeypatch: pytest.MonkeyPatch, place: object, name: str) -> Callable[[], object]:
    """Watch a function of a module; return what waits until its next call has ended.

    That returns the result of the call; calls that raise are not counted.
    """
    function, results = getattr(place, name), SimpleQueue[object]()

    def watched(*args: object, **kwargs: object) -> object:
        result = function(*args, **kwargs)
        results.put(result)
        return result

    monkeypatch.setattr(place, name, watched)
    return lambda: results.get(timeout=PATIENCE_S)


def wait_until_a_lock_is_awaited() -> None:
    """Wait until a connection to this database waits for a lock; PostgreSQL only.

    Other tests run at the same time, in databases of their own on the same server. It tells nobody
    when a connection begins to wait: neither by NOTIFY nor by a statement that blocks until then.
    So this asks again and again, for a bounded time.
    """
    ends_at_s = time.monotonic() + PATIENCE_S
    with connection.cursor() as cursor:
        while time.monotonic() < ends_at_s:
            cursor.execute(_IS_LOCK_AWAITED)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    raise TimeoutError("No connection waits for a lock.")


@contextmanager
def own_connection() -> Iterator[None]:
    """Give a thread a database connection that ends with it."""
    close_old_connections()
    try:
        yield
    finally:
        connection.close()


def run_threads(*targets: Callable[[], None]) -> None:
    """Run all at once; raise what one of them raised."""
    failures: list[BaseException] = []

    def guarded(target: Callable[[], None]) -> None:
        try:
            with own_connection():
                target()
        except BaseException as error:  # noqa: BLE001 - handed to the main thread
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(target,)) for target in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def wait_for_older_transactions() -> None:
    """Wait until every transaction that is under way now has ended, in whatever database.

    PostgreSQL numbers the transactions of a whole server, where other tests run beside this one,
    and tells nobody when the oldest ends. So this asks again and again, for a bounded time.
    """
    if connection.vendor != "postgresql":
        return
    ends_at_s = time.monotonic() + PATIENCE_S
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
        (newest,) = cursor.fetchone()
        while time.monotonic() < ends_at_s:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot()) >= %s::xid8", [newest])
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    raise TimeoutError("An older transaction does not end.")
