"""Erases 20 pictures on a small installation, then looks for what is left of them in all its files.

    python -m bench.attacks.erasure                # SQLite
    python -m bench.attacks.erasure --postgresql   # with its own server, and rewrite_tables

Each picture has a name, an own id, a context, a text that was read in it, a checked copy, a decided
pair with a note, features in a snapshot of the index, and a job that speaks of it. Prints how many
of the traces of each kind are in files of the database, the media, the index and the program's log,
before and after, and ends with 1 if any is left but the SHA-256, which stands in the receipts.
PostgreSQL's write-ahead log keeps what was written until it is overwritten, and is counted by
itself.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg2

from scripts import postgres


def main() -> int:
    """Set the installation up, and attack it by a process with a log."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--postgresql", action="store_true", help="instead of SQLite")
    asked = parser.parse_args()
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        environment = {**os.environ, "DATA_DIR": str(data)}
        environment.pop("DATABASE_URL", None)
        if asked.postgresql:
            url = stack.enter_context(postgres.running())
            environment["DATABASE_URL"] = url
            _create_database(url)
        inside = [sys.executable, "-m", "bench.attacks.erasure_inside", str(data)]
        with (data / "program.log").open("wb") as log:
            subprocess.run(
                [sys.executable, "manage.py", "migrate", "-v0"], env=environment, check=True
            )
            return subprocess.run(inside, env=environment, stderr=log, check=False).returncode


def _create_database(url: str) -> None:
    server, _, name = url.rpartition("/")
    connection = psycopg2.connect(f"{server}/postgres")
    connection.autocommit = True
    with closing(connection), connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")


if __name__ == "__main__":
    sys.exit(main())
