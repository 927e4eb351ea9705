"""Who else is connected to the test database, which goes only when nobody is.

A thread that ends without closing its connection leaves that to the garbage collector, and a
process that was killed leaves its server's half working for a moment.
"""

from __future__ import annotations

import gc
import os
import time
from dataclasses import dataclass

from django.db import connection

_PATIENCE_S = 30.0
_END_MS = 10_000
_NAME_BYTES = 63  # PostgreSQL cuts longer names
_OTHERS = """
FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend'
    AND pid <> pg_backend_pid()
"""


class LeftOpen(Exception):
    """Somebody stayed connected to the test database, and was ended."""


@dataclass(frozen=True, slots=True)
class OpenConnection:
    """A connection of somebody else: which test opened it, and its last statement."""

    pid: int
    opened_in: str
    state: str
    query: str

    def __str__(self) -> str:
        """Return a line that says where to look."""
        return f"{self.pid}, opened in {self.opened_in!r}, is {self.state} after: {self.query}"


def name_after(test_id: str) -> None:
    """Let PostgreSQL know the connections opened from now on, here and in children, by the test."""
    # What libpq reads whenever it connects.
    os.environ["PGAPPNAME"] = test_id.encode("ascii", "replace").decode()[-_NAME_BYTES:]


def close_all(patience_s: float = _PATIENCE_S) -> None:
    """Wait until nobody else is connected; end those who stay, and raise LeftOpen.

    PostgreSQL tells nobody when a connection ends, so this asks again and again.
    """
    if connection.vendor != "postgresql":
        return
    ends_at_s = time.monotonic() + patience_s
    while others := _others():
        if time.monotonic() >= ends_at_s:
            _end_others()
            lines = "\n".join(f"  {each}" for each in others)
            raise LeftOpen(f"Connections to the test database stayed open:\n{lines}")
        # Again and again too: the end of an executor ends its threads, which leave theirs behind.
        gc.collect()
        time.sleep(0.05)


def _others() -> list[OpenConnection]:
    asked = f"SELECT pid, application_name, coalesce(state, ''), query {_OTHERS}"
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [OpenConnection(*row) for row in cursor.fetchall()]


def _end_others() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_terminate_backend(pid, %s) {_OTHERS}", [_END_MS])
