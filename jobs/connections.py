"""Database connections of threads that outlive many pieces of work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections


@contextmanager
def own_connections() -> Iterator[None]:
    """Close the thread's connections when the block ends."""
    try:
        yield
    finally:
        connections.close_all()


def drop_stale() -> None:
    """Close connections that are broken or too old, as Django does before each request.

    One in the middle of a transaction belongs to a caller who still needs it.
    """
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
