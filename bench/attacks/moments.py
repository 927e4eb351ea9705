"""Stops the whole server at random moments, and looks into what a kill -9 would have left.

    python -m bench.attacks.moments sqlite --times 50        # or postgresql

What a process has written survives its kill, so the files of stopped processes, copied, are what a
kill at that moment leaves. It costs no start of the server, so many moments can be tried; that the
server starts again is what `bench.attacks.kill` shows. The copy of the database recovers, is asked
for all that was acknowledged by then, and each row for its file.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg2

from bench.attacks import picture_server
from bench.attacks.installation import AttackedServer, PostgresCluster
from bench.attacks.kill import installed_to_import
from bench.attacks.promises import Acknowledged, Answers, WhatStands, broken
from bench.attacks.traffic import Traffic

_ITEMS = """
    SELECT item.public_id, item.custom_id, image.sha256
    FROM lists_item AS item JOIN lists_image AS image ON image.id = item.image_id
    WHERE item.removed_at IS NULL
"""
_STATES = "SELECT public_id, state FROM review_matchcandidate"
_ANSWERS = """
    SELECT batch.public_id, asked.answer
    FROM review_batchimage AS asked JOIN review_batch AS batch ON batch.id = asked.batch_id
    ORDER BY asked.position
"""
_FEW_FILES = "-c max_wal_size=64MB -c min_wal_size=32MB"
_Rows = Sequence[Sequence[Any]]
_Ask = Callable[[str], _Rows]


@contextmanager
def _stopped(installation: AttackedServer) -> Iterator[None]:
    """Let nothing of it run, nor of its database."""
    processes = installation.processes()
    if installation.cluster is not None:
        processes += installation.cluster.processes()
    _send(signal.SIGSTOP, processes)
    try:
        yield
    finally:
        _send(signal.SIGCONT, processes)


def _send(number: signal.Signals, processes: Sequence[int]) -> None:
    for pid in processes:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


@contextmanager
def _opened(copied: Path, *, is_postgres: bool) -> Iterator[_Ask]:
    """Yield how the copy of the database is asked; it recovers first."""
    if not is_postgres:
        with closing(sqlite3.connect(copied / "lookalike.sqlite3")) as database:
            yield lambda statement: database.execute(statement).fetchall()
        return
    for path in (copied, *copied.rglob("*")):
        shutil.chown(path, "postgres", "postgres")
    cluster = PostgresCluster(copied)
    cluster.forget_processes()
    cluster.start()
    try:
        with closing(psycopg2.connect(cluster.url())) as connection, connection.cursor() as cursor:

            def ask(statement: str) -> _Rows:
                cursor.execute(statement)
                return cursor.fetchall()

            yield ask
    finally:
        cluster.stop("immediate")


def _copied(installation: AttackedServer, into: Path) -> set[str]:
    """Copy the files of the database; return the names of the pictures that are there."""
    if installation.cluster is not None:
        shutil.copytree(installation.cluster.folder / "data", into / "data", symlinks=True)
    else:
        for file in installation.folder.glob("lookalike.sqlite3*"):
            shutil.copy(file, into)
        # Its processes are gone then, and what they shared.
        (into / "lookalike.sqlite3-shm").unlink(missing_ok=True)
    return {path.name for path in (installation.folder / "media").rglob("*") if path.is_file()}


def _stands(ask: _Ask, known: Acknowledged) -> WhatStands:
    answers: dict[str, list[Any]] = defaultdict(list)
    for batch, answer in ask(_ANSWERS):
        answers[batch].append(json.loads(answer) if isinstance(answer, str) else answer)
    imports: dict[str, Answers] = {each: answers[each] for each in known.imports}
    states: dict[str, str] = {row[0]: row[1] for row in ask(_STATES)}
    names = ("id", "custom_id", "sha256")
    return WhatStands(
        before=imports,
        items=[dict(zip(names, row, strict=True)) for row in ask(_ITEMS)],
        after=imports,
        states={each: states.get(each) for each in known.states},
    )


def looked(installation: AttackedServer, traffic: Traffic, rng: random.Random) -> list[str]:
    """Stop at a random moment, go on, and return what is lost or half there in the copy."""
    traffic.wait(answers=rng.randrange(1, 12), in_import=rng.random() < 0.5)
    time.sleep(rng.uniform(0, 0.3))
    with tempfile.TemporaryDirectory(prefix="lookalike-copy-") as folder:
        Path(folder).chmod(0o755)
        promised = traffic.now_known()
        with _stopped(installation):
            files = _copied(installation, Path(folder))
            now = traffic.now_known()
        with _opened(Path(folder), is_postgres=installation.cluster is not None) as ask:
            stands = _stands(ask, promised)
            if installation.cluster is None and ask("PRAGMA integrity_check") != [("ok",)]:
                return ["the file of the database is damaged"]
    wrong = list(
        broken(promised, stands, unsure=promised.open | now.open | now.gone - promised.gone)
    )
    return wrong + [
        f"item {row['id']} has no file" for row in stands.items if row["sha256"] not in files
    ]


def main(arguments: Sequence[str]) -> int:
    """Look into an installation of one kind."""
    parser = argparse.ArgumentParser(prog="python -m bench.attacks.moments")
    parser.add_argument("database", choices=["sqlite", "postgresql"])
    parser.add_argument("--times", type=int, default=50)
    options = parser.parse_args(arguments)
    rng, wrong = random.Random(), 0
    with (
        picture_server.serving() as pictures_url,
        installed_to_import(options.database, postgres_options=_FEW_FILES) as installation,
    ):
        installation.start()
        traffic = Traffic(installation.url, installation.token, pictures_url=pictures_url)
        traffic.start()
        try:
            for number in range(1, options.times + 1):
                found = looked(installation, traffic, rng)
                wrong += len(found)
                print(f"{number}: {traffic.now_known()}, {len(found)} lost or half there", *found,
                      sep="\n  ", flush=True)  # fmt: skip
        finally:
            traffic.stop()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
