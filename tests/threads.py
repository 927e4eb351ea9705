"""Threads in tests, each with its own database connection; and waiting for what others do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import close_old_connections, connection

_PATIENCE_S = 60.0


def eventually(condition: Callable[[], object]) -> None:
    """Wait for a condition that another thread or process fulfils and that sends no event."""
    ends_at_s = time.monotonic() + _PATIENCE_S
    while not condition():
        assert time.monotonic() < ends_at_s, "This never happened."
        time.sleep(0.02)


def is_lock_awaited() -> bool:
    """Tell whether a connection waits for a lock that another one holds; PostgreSQL only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


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
