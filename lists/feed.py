"""The change feed: which items changed since a process last asked, exactly and without gaps.

Row numbers alone cannot tell: two transactions may commit in the other order than they drew their
numbers, and a reader that remembers the highest number then misses a row for ever.

PostgreSQL: each row carries the id of its writing transaction; the reader keeps the snapshot of its
last look and asks for rows that this snapshot could not see. SQLite has one writer at a time, so
there row numbers are in commit order.

Rows are pruned up to a mark (`lists.feed_pruning`). A reader that was last here before the mark may
have missed some, and is told so.

A cursor means something in one database only. One that was restored from a dump, moved or
replicated counts transactions anew: its old rows have ids that lie in the future, and no reader
may take those for new, nor go on from a cursor of before.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from django.db import connection

# On PostgreSQL.
_EPOCH = """
    (SELECT system_identifier FROM pg_control_system())
    || '/' || 'lists_itemchange'::regclass::oid
"""
# Above every row number.
_NO_ROW = 2**63 - 1
# What a file's header has room for.
_EPOCHS = 2**31 - 1


class ForeignCursor(Exception):
    """The cursor is of another database, or of a later state of this one; what was read is void."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The items changed since a cursor, and the cursor to ask with next time."""

    item_ids: list[int]
    cursor: str


class Feed(Protocol):
    """One database's way of telling what is new."""

    def start(self) -> str:
        """Return a cursor for now; everything committed later is new to it."""
        ...

    def read(self, cursor: str) -> Changes:
        """Return what was committed since the cursor; items may repeat across reads.

        Raise ForeignCursor when nobody can tell.
        """
        ...

    def prune(self, cursor: str, limit: int) -> int:
        """Delete at most so many rows that every cursor from this one on has seen.

        Return how many they were.
        """
        ...

    def begin_anew(self) -> None:
        """Forget all changes, after a restore: the cursors of before are those of another one."""

    def count(self, cursor: str, limit: int) -> int:
        """Return how many rows were committed since the cursor, `limit` at most."""
        ...


class PostgresFeed:
    """Follows snapshots: rows whose transaction the remembered snapshot could not see are new.

    Its epoch is what a restored table has anew: the identifier of the cluster, and the table's oid.
    """

    def start(self) -> str:
        """Return the epoch and the present snapshot, such as `7301…/16529 795:801:797`."""
        epoch, snapshot, own, *_ = self._look(epoch="", seen="1:1:")[0]
        return f"{epoch} {_without_own(snapshot, own)}"

    def read(self, cursor: str) -> Changes:
        """Return the new rows and the present snapshot; rows of an earlier epoch are never new."""
        epoch, _, seen = cursor.partition(" ")
        if not seen:  # of a version that kept no epoch
            raise ForeignCursor(cursor)
        rows = self._look(epoch=epoch, seen=seen)
        now, snapshot, own, has_missed, _ = rows[0]
        if now != epoch or has_missed:
            raise ForeignCursor(cursor)
        item_ids = [item_id for *_, item_id in rows if item_id is not None]
        return Changes(item_ids=item_ids, cursor=f"{epoch} {_without_own(snapshot, own)}")

    def prune(self, cursor: str, limit: int) -> int:
        """Delete rows of transactions that had ended by then, and rows of another cluster."""
        epoch, _, seen = cursor.partition(" ")
        with connection.cursor() as database:
            database.execute(
                f"""
                DELETE FROM lists_itemchange WHERE id IN (
                    SELECT id FROM lists_itemchange
                    WHERE {_EPOCH} = %s
                      AND (xid < pg_snapshot_xmin(%s::pg_snapshot)
                           OR xid > greatest(pg_snapshot_xmax(pg_current_snapshot()),
                                             pg_current_xact_id_if_assigned()))
                    LIMIT %s
                )
                """,  # noqa: S608 - a constant of ours
                [epoch, seen, limit],
            )
            return int(database.rowcount)

    def begin_anew(self) -> None:
        """Empty the table; a restored one has another oid, and so another epoch."""
        with connection.cursor() as database:
            database.execute("TRUNCATE lists_itemchange")

    def count(self, cursor: str, limit: int) -> int:
        """Count the rows that the remembered snapshot could not see."""
        seen = cursor.partition(" ")[2]
        return _counted(
            """
            SELECT 1 FROM lists_itemchange
            WHERE xid >= pg_snapshot_xmin(%(seen)s::pg_snapshot)
              AND xid < pg_snapshot_xmax(pg_current_snapshot())
              AND NOT pg_visible_in_snapshot(xid, %(seen)s::pg_snapshot)
            LIMIT %(limit)s
            """,
            {"seen": seen or "1:1:", "limit": limit},
        )

    @staticmethod
    def _look(*, epoch: str, seen: str) -> list[tuple[str, str, str | None, bool, int | None]]:
        """Return (epoch, snapshot, own transaction, whether pruned rows are missed, new item's id).

        One statement, so that they agree. What is visible and yet lies in the future was written
        in another cluster.
        """
        with connection.cursor() as database:
            database.execute(
                f"""
                SELECT looked.epoch, looked.snapshot::text, looked.own::text,
                       EXISTS (
                           SELECT FROM lists_feedmark AS mark
                           WHERE pruned AND split_part(mark.cursor, ' ', 1) = looked.epoch
                             AND pg_snapshot_xmin(split_part(mark.cursor, ' ', 2)::pg_snapshot)
                               > pg_snapshot_xmin(%(seen)s::pg_snapshot)
                       ),
                       change.item_id
                FROM (
                    SELECT pg_current_snapshot() AS snapshot,
                           pg_current_xact_id_if_assigned() AS own,
                           {_EPOCH} AS epoch
                ) AS looked
                LEFT JOIN lists_itemchange AS change
                  ON looked.epoch = %(epoch)s
                 AND change.xid >= pg_snapshot_xmin(%(seen)s::pg_snapshot)
                 AND change.xid <= greatest(pg_snapshot_xmax(looked.snapshot), looked.own)
                 AND (change.xid < pg_snapshot_xmax(looked.snapshot) OR change.xid = looked.own)
                 AND NOT pg_visible_in_snapshot(change.xid, %(seen)s::pg_snapshot)
                """,  # noqa: S608 - a constant of ours
                {"epoch": epoch, "seen": seen},
            )
            rows: list[tuple[str, str, str | None, bool, int | None]] = database.fetchall()
        return rows


class SqliteFeed:
    """Follows the row number, which a single writer hands out in commit order.

    Its epoch is a number in the file's header that a restore changes.
    """

    def start(self) -> str:
        """Return the epoch and the highest row number that is committed."""
        epoch, highest, *_ = self._look(after=_NO_ROW)[0]
        return f"{epoch} {highest}"

    def read(self, cursor: str) -> Changes:
        """Return the rows above the remembered number."""
        epoch, _, seen = cursor.partition(" ")
        if not seen:  # of a version that kept no epoch
            raise ForeignCursor(cursor)
        rows = self._look(after=int(seen))
        now, highest, has_missed, _ = rows[0]
        if str(now) != epoch or highest < int(seen) or has_missed:
            raise ForeignCursor(cursor)
        item_ids = [item_id for *_, item_id in rows if item_id is not None]
        return Changes(item_ids=item_ids, cursor=f"{epoch} {highest}")

    def prune(self, cursor: str, limit: int) -> int:
        """Delete rows below the number, but not its own: the next one has to be higher."""
        epoch, _, seen = cursor.partition(" ")
        with connection.cursor() as database:
            database.execute(
                """
                DELETE FROM lists_itemchange WHERE id IN (
                    SELECT change.id FROM lists_itemchange AS change, pragma_user_version
                    WHERE user_version = %s AND change.id < %s
                    LIMIT %s
                )
                """,
                [int(epoch), int(seen), limit],
            )
            return int(database.rowcount)

    def begin_anew(self) -> None:
        """Empty the table and draw another epoch."""
        with connection.cursor() as database:
            database.execute("DELETE FROM lists_itemchange")
            database.execute(f"PRAGMA user_version = {secrets.randbelow(_EPOCHS)}")

    @staticmethod
    def _look(*, after: int) -> list[tuple[int, int, bool, int | None]]:
        """Return (epoch, highest number, whether pruned rows are missed, item changed after it)."""
        with connection.cursor() as database:
            database.execute(
                """
                SELECT looked.user_version, looked.highest,
                       EXISTS (
                           SELECT 1 FROM lists_feedmark
                           WHERE pruned AND cursor LIKE looked.user_version || ' %%'
                             AND CAST(substr(cursor, instr(cursor, ' ')) AS INTEGER) > %s
                       ),
                       change.item_id
                FROM (
                    SELECT user_version,
                           (SELECT coalesce(max(id), 0) FROM lists_itemchange) AS highest
                    FROM pragma_user_version
                ) AS looked
                LEFT JOIN lists_itemchange AS change ON change.id > %s
                ORDER BY change.id
                """,
                [after, after],
            )
            rows: list[tuple[int, int, bool, int | None]] = database.fetchall()
        return rows

    def count(self, cursor: str, limit: int) -> int:
        """Count the rows above the remembered number."""
        return _counted(
            "SELECT 1 FROM lists_itemchange WHERE id > %(seen)s LIMIT %(limit)s",
            {"seen": int(cursor.partition(" ")[2]), "limit": limit},
        )


def _counted(rows: str, parameters: Mapping[str, str | int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({rows}) AS change", parameters)  # noqa: S608 - ours
        return int(cursor.fetchone()[0])


def _without_own(snapshot: str, own_xid: str | None) -> str:
    """Return the snapshot cut off before the reader's own transaction, if that has an id already.

    A snapshot never lists its own transaction as running, so what that writes later would count as
    seen. Cut off, it and all later ones are read again.
    """
    xmin, xmax, running = snapshot.split(":")
    if own_xid is None or int(own_xid) >= int(xmax):
        return snapshot
    earlier = [xid for xid in running.split(",") if xid and int(xid) < int(own_xid)]
    return f"{xmin}:{own_xid}:{','.join(earlier)}"


def current_feed() -> Feed:
    """Return the feed of the database in use."""
    return PostgresFeed() if connection.vendor == "postgresql" else SqliteFeed()
