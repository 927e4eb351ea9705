"""The change feed: which items changed since a process last asked, exactly and without gaps.

Row numbers alone cannot tell: two transactions may commit in the other order than they drew their
numbers, and a reader that remembers the highest number then misses a row for ever.

PostgreSQL: each row carries the id of its writing transaction; the reader keeps the snapshot of its
last look and asks for rows that this snapshot could not see. SQLite has one writer at a time, so
there row numbers are in commit order.

A cursor means something in one database only. One that was restored from a dump, moved or
replicated counts transactions anew: its old rows have ids that lie in the future, and no reader
may take those for new, nor go on from a cursor of before.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Protocol

from django.db import connection

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

    def begin_anew(self) -> None:
        """Forget all changes, after a restore: the cursors of before are those of another one."""
        ...


class PostgresFeed:
    """Follows snapshots: rows whose transaction the remembered snapshot could not see are new.

    Its epoch is what a restored table has anew: the identifier of the cluster, and the table's oid.
    """

    def start(self) -> str:
        """Return the epoch and the present snapshot, such as `7301…/16529 795:801:797`."""
        ((epoch, snapshot, own, _),) = self._look(epoch="", seen="1:1:")
        return f"{epoch} {_without_own(snapshot, own)}"

    def read(self, cursor: str) -> Changes:
        """Return the new rows and the present snapshot; rows of an earlier epoch are never new."""
        epoch, _, seen = cursor.partition(" ")
        if not seen:  # of a version that kept no epoch
            raise ForeignCursor(cursor)
        rows = self._look(epoch=epoch, seen=seen)
        now, snapshot, own, _ = rows[0]
        if now != epoch:
            raise ForeignCursor(cursor)
        item_ids = [item_id for *_, item_id in rows if item_id is not None]
        return Changes(item_ids=item_ids, cursor=f"{epoch} {_without_own(snapshot, own)}")

    def begin_anew(self) -> None:
        """Empty the table; a restored one has another oid, and so another epoch."""
        with connection.cursor() as database:
            database.execute("TRUNCATE lists_itemchange")

    @staticmethod
    def _look(*, epoch: str, seen: str) -> list[tuple[str, str, str | None, int | None]]:
        """Return (epoch, snapshot, own transaction, row id of an item that is new in the epoch).

        One statement, so that they agree. What is visible and yet lies in the future was written
        in another cluster.
        """
        with connection.cursor() as database:
            database.execute(
                """
                SELECT looked.epoch, looked.snapshot::text, looked.own::text, change.item_id
                FROM (
                    SELECT pg_current_snapshot() AS snapshot,
                           pg_current_xact_id_if_assigned() AS own,
                           (SELECT system_identifier FROM pg_control_system())
                               || '/' || 'lists_itemchange'::regclass::oid AS epoch
                ) AS looked
                LEFT JOIN lists_itemchange AS change
                  ON looked.epoch = %(epoch)s
                 AND change.xid >= pg_snapshot_xmin(%(seen)s::pg_snapshot)
                 AND change.xid <= greatest(pg_snapshot_xmax(looked.snapshot), looked.own)
                 AND (change.xid < pg_snapshot_xmax(looked.snapshot) OR change.xid = looked.own)
                 AND NOT pg_visible_in_snapshot(change.xid, %(seen)s::pg_snapshot)
                """,
                {"epoch": epoch, "seen": seen},
            )
            rows: list[tuple[str, str, str | None, int | None]] = database.fetchall()
        return rows


class SqliteFeed:
    """Follows the row number, which a single writer hands out in commit order.

    Its epoch is a number in the file's header that a restore changes.
    """

    def start(self) -> str:
        """Return the epoch and the highest row number that is committed."""
        epoch, highest, _ = self._look(after=_NO_ROW)[0]
        return f"{epoch} {highest}"

    def read(self, cursor: str) -> Changes:
        """Return the rows above the remembered number."""
        epoch, _, seen = cursor.partition(" ")
        if not seen:  # of a version that kept no epoch
            raise ForeignCursor(cursor)
        rows = self._look(after=int(seen))
        now, highest, _ = rows[0]
        if str(now) != epoch or highest < int(seen):
            raise ForeignCursor(cursor)
        item_ids = [item_id for *_, item_id in rows if item_id is not None]
        return Changes(item_ids=item_ids, cursor=f"{epoch} {highest}")

    def begin_anew(self) -> None:
        """Empty the table and draw another epoch."""
        with connection.cursor() as database:
            database.execute("DELETE FROM lists_itemchange")
            database.execute(f"PRAGMA user_version = {secrets.randbelow(_EPOCHS)}")

    @staticmethod
    def _look(*, after: int) -> list[tuple[int, int, int | None]]:
        """Return (epoch, highest number, row id of an item that changed after that one)."""
        with connection.cursor() as database:
            database.execute(
                """
                SELECT looked.user_version, looked.highest, change.item_id
                FROM (
                    SELECT user_version,
                           (SELECT coalesce(max(id), 0) FROM lists_itemchange) AS highest
                    FROM pragma_user_version
                ) AS looked
                LEFT JOIN lists_itemchange AS change ON change.id > %s
                ORDER BY change.id
                """,
                [after],
            )
            rows: list[tuple[int, int, int | None]] = database.fetchall()
        return rows


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
