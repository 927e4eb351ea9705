"""Django's migrate, by one process at a time: servers that start together all migrate first."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

# Any number that nobody else takes for a lock in this database.
LOCK = 7_019_345_512
_PAUSE_S = 0.5


class Command(migrate.Command):
    """`manage.py migrate`; on PostgreSQL it waits for another one that is under way."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, alone."""
        with alone(connections[options["database"]]):
            super().handle(*args, **options)


@contextmanager
def alone(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Hold a lock of the session; SQLite has one writer anyway."""
    if connection.vendor != "postgresql":
        yield
        return
    # Asked for again and again: a session that waits within a statement would itself be waited for
    # by an index that the other one builds concurrently.
    while not _took_lock(connection):
        time.sleep(_PAUSE_S)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _took_lock(connection: BaseDatabaseWrapper) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])
