"""The restore drill: dump, wipe, restore, and ask again.

    python -m bench.restore_drill sqlite|postgresql|s3 [--pictures 100] [--changes 1000000]

Adds pictures, asks 300 checks of copies, backs up, deletes database and files, restores into an
empty installation (PostgreSQL: into a new cluster), and asks the same checks again. With
`--changes` the change feed has so many rows, and the dump is loaded by pg_restore alone too, as an
operator may who does not know of the command. Prints seconds, what answered otherwise, and how long
/healthz takes before and after.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import boto3
import requests

from bench.attacks.database_faults import in_bucket
from bench.attacks.installation import AttackedServer, installed
from bench.freshness import jpeg, picture

_CHECKS = 300


def filled(installation: AttackedServer, pictures: int) -> str:
    """Add pictures to a new list, and return its id."""
    headers = {"Authorization": f"Bearer {installation.token}"}
    url = f"{installation.url}/v1/lists/"
    made = requests.post(url, json={"name": "Drill", "depth": "fast"}, headers=headers, timeout=60)
    list_id = str(made.json()["id"])
    for seed in range(pictures):
        files = {"image": ("a.jpg", jpeg(picture(seed), 90))}
        added = requests.post(f"{url}{list_id}/items/", files=files, headers=headers, timeout=60)
        assert added.ok, added.text
    return list_id


def answers(installation: AttackedServer, list_id: str, pictures: int) -> list[str]:
    """Return what 300 checks answer, without the server's address."""
    headers = {"Authorization": f"Bearer {installation.token}"}
    url = f"{installation.url}/v1/lists/{list_id}/check/"
    found = []
    for number in range(_CHECKS):
        copy = jpeg(picture(number % (pictures + 10)), 50 + number // (pictures + 10))
        answer = requests.post(url, files={"image": ("b.jpg", copy)}, headers=headers, timeout=60)
        found.append(
            str([(each["item"]["id"], each["score"]) for each in answer.json()["matches"]])
        )
    return found


def healthz_ms(installation: AttackedServer) -> float:
    """Return the median of a few looks."""
    took = []
    for _ in range(10):
        begun_s = time.monotonic()
        assert requests.get(f"{installation.url}/healthz", timeout=60).ok
        took.append(time.monotonic() - begun_s)
    return 1000 * statistics.median(took)


def changed(installation: AttackedServer, rows: int) -> None:
    """Write so many further rows into the change feed."""
    assert installation.cluster is not None
    item = installation.cluster.sql("SELECT min(id) FROM lists_item")
    installation.cluster.sql(
        f"INSERT INTO lists_itemchange (item_id) SELECT {item} FROM generate_series(1, {rows})"  # noqa: S608
    )


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long the block took."""
    begun_s = time.monotonic()
    yield
    print(f"{what}\t{time.monotonic() - begun_s:.1f} s")


def drill(old: AttackedServer, new: AttackedServer, pictures: int, changes: int) -> bool:
    """Fill the old one, move it into the new one, and tell whether the answers are the same."""
    old.start()
    list_id = filled(old, pictures)
    before = answers(old, list_id, pictures)
    if changes:
        changed(old, changes)
    quick_ms = healthz_ms(old)
    with tempfile.TemporaryDirectory(prefix="lookalike-backup-") as folder:
        for what in ("backup", "backup again"):
            with timed(what):
                print(old.manage("backup", folder), end="")
        old.kill()
        wipe(old)
        with timed("restore"):
            print(new.manage("restore", folder), end="")
        with timed("verify"):
            print(new.manage("verify"), end="")
        new.token = old.token
        print(f"start\t{new.start():.1f} s")
        after = answers(new, list_id, pictures)
        different = sum(one != other for one, other in zip(before, after, strict=True))
        print(f"{len(after)} checks, {different} answered otherwise")
        print(f"/healthz\t{quick_ms:.0f} ms before, {healthz_ms(new):.0f} ms after")
        if changes:
            by_pg_restore_alone(new, Path(folder))
    return not different


def wipe(installation: AttackedServer) -> None:
    """Leave nothing of an installation but its folder and its bucket."""
    if "STORAGE_BUCKET" in installation.variables:
        s3 = boto3.resource(
            "s3",
            endpoint_url=installation.variables["STORAGE_ENDPOINT_URL"],
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        s3.Bucket(installation.variables["STORAGE_BUCKET"]).objects.all().delete()
    shutil.rmtree(installation.folder)
    installation.folder.mkdir()


def by_pg_restore_alone(installation: AttackedServer, folder: Path) -> None:
    """Restore the dump without our command, and look how long /healthz takes."""
    cluster = installation.cluster
    assert cluster is not None
    installation.kill()
    cluster.sql("CREATE DATABASE plain", name="postgres")
    (dump,) = folder.glob("database-*")
    readable = cluster.folder / "dump"
    shutil.copy(dump, readable)
    readable.chmod(0o644)
    cluster.restore(readable, "plain")
    installation.variables = {**installation.variables, "DATABASE_URL": cluster.url("plain")}
    print(f"pg_restore alone: start\t{installation.start():.1f} s")
    rows = cluster.sql("SELECT count(*) FROM lists_itemchange", name="plain")
    print(f"pg_restore alone: /healthz\t{healthz_ms(installation):.0f} ms with {rows} rows")


def main(arguments: Sequence[str]) -> int:
    """Drill on one kind of installation."""
    parser = argparse.ArgumentParser(prog="python -m bench.restore_drill")
    parser.add_argument("kind", choices=["sqlite", "postgresql", "s3"])
    parser.add_argument("--pictures", type=int, default=100)
    parser.add_argument("--changes", type=int, default=0)
    options = parser.parse_args(arguments)
    if options.kind == "s3":
        with in_bucket() as (old, _), in_bucket() as (new, _):
            wipe(new)
            return 0 if drill(old, new, options.pictures, 0) else 1
    with installed(options.kind) as old, installed(options.kind) as new:
        wipe(new)
        if new.cluster is not None:
            new.cluster.sql("DROP DATABASE lookalike", name="postgres")
            new.cluster.sql("CREATE DATABASE lookalike", name="postgres")
        return 0 if drill(old, new, options.pictures, options.changes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
