"""Going to older tables and on from there, for the tests of migrations that carry rows over.

They have a database of their own, which begins empty: the way back from the newest tables would be
by far the longest, and lead through all migrations again when the test is over.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import StateApps


def migrated(target: list[tuple[str, str]]) -> StateApps:
    """Migrate and return the models as they are then."""
    MigrationExecutor(connection).migrate(target)
    return MigrationExecutor(connection).loader.project_state(target).apps


@contextmanager
def empty_database() -> Iterator[None]:
    """Let the connection lead to a database without tables, which ends with the block."""
    usual = connection.settings_dict["NAME"]
    name = f"{usual}_migrating"
    _make(name)
    _connect_to(name)
    try:
        yield
    finally:
        _connect_to(usual)
        _remove(name)


def _connect_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def _make(name: str) -> None:
    if connection.vendor == "postgresql":  # SQLite makes a file when it is connected to
        _execute(f"CREATE DATABASE {connection.ops.quote_name(name)}")


def _remove(name: str) -> None:
    if connection.vendor == "postgresql":
        _execute(f"DROP DATABASE {connection.ops.quote_name(name)}")
    else:
        for path in Path(name).parent.glob(f"{Path(name).name}*"):
            path.unlink()


def _execute(statement: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)
