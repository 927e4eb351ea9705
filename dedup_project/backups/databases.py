"""The database in a backup: a copy of SQLite's file, or what pg_dump writes."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from psycopg2.extensions import make_dsn

from dedup_project.backups.manifest import BackupFailed

SUFFIXES = {"sqlite": ".sqlite3", "postgresql": ".dump"}


def dump(path: Path) -> None:
    """Write the database as it is at one moment; others go on reading and writing."""
    if connection.vendor == "postgresql":
        _require_version("pg_dump")
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={path}")
        return
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as copy:
        connection.connection.backup(copy)
        # One file, without a log beside it.
        copy.execute("PRAGMA journal_mode=DELETE")


def load(path: Path) -> None:
    """Replace the database by what `dump` wrote; SQLite's readers see all of it or nothing."""
    if connection.vendor == "postgresql":
        _require_version("pg_restore")
        _drop_tables()
        _run("pg_restore", "--no-owner", "--no-privileges", "--single-transaction", str(path))
        with connection.cursor() as cursor:
            # A dump carries no statistics, and the first searches would be planned without any.
            cursor.execute("ANALYZE")
        return
    connection.ensure_connection()
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as copy:
        copy.backup(connection.connection)
    connection.close()


def migrations() -> list[str]:
    """Return the migrations that the tables have seen, as `app.name`."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


def _drop_tables() -> None:
    """Drop the product's tables and what their triggers call."""
    present = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = [*present, MigrationRecorder.Migration._meta.db_table]  # noqa: SLF001 - its name
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT tgfoid::regprocedure::text FROM pg_trigger
            WHERE NOT tgisinternal AND tgrelid IN (SELECT to_regclass(quote_ident(name))
                                                   FROM unnest(%s::text[]) AS name)
            """,
            [tables],
        )
        functions = [name for (name,) in cursor.fetchall()]
        quoted = ", ".join(map(connection.ops.quote_name, tables))
        cursor.execute(f"DROP TABLE IF EXISTS {quoted} CASCADE")
        for name in functions:
            cursor.execute(f"DROP FUNCTION {name}")


def _require_version(program: str) -> None:
    """Refuse a program that is missing or older than the server: it would fail half way."""
    wanted = connection.get_database_version()[0]
    said = _called([_found(program), "--version"], {}).stdout
    version = re.search(r"\d+", said)
    if version is None or int(version.group()) < wanted:
        raise BackupFailed(
            f"{program} is older than the server ({said.strip()}; the server is {wanted}). "
            f"Install the client programs of PostgreSQL {wanted}."
        )


def _run(program: str, *arguments: str) -> None:
    parameters = _parameters()
    password = parameters.pop("password", "")
    # Another user of the machine sees arguments, and no environment.
    environ = {"PGPASSWORD": password} if password else {}
    command = [_found(program), f"--dbname={make_dsn(**parameters)}", "--no-password", *arguments]
    done = _called(command, environ)
    if done.returncode:
        raise BackupFailed(f"{program} failed: {done.stderr.strip()}")


def _called(command: list[str], environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - no shell, and what the operator has configured
        command, env={**os.environ, **environ}, capture_output=True, text=True, check=False
    )


def _found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise BackupFailed(
            f"{program} is not installed. It comes with the client programs of PostgreSQL."
        )
    return path


def _parameters() -> dict[str, Any]:
    """Return how the product connects, without what only its own sessions want."""
    parameters = dict(connection.get_connection_params())
    for name in ("options", "client_encoding", "cursor_factory"):
        parameters.pop(name, None)
    return parameters
