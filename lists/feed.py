"""The change feed: which items changed since a process last asked, exactly and without gaps.

Row numbers alone cannot tell: two transactions may commit in the other order than they drew their
numbers, and a reader that remembers the highest number then misses a row for ever.

PostgreSQL: each row carries the id of its writing transaction; the reader keeps the snapshot of its
last look and asks for rows that this snapshot could not see. SQLite has one writer at a time, so
there row numbers are in commit order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from django.db import connection


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
        """Return what was committed since the cursor; items may repeat across reads."""
        ...


class PostgresFeed:
    """Follows snapshots: rows whose transaction the remembered snapshot could not see are new."""

    def start(self) -> str:
        """Return the present snapshot as text, such as `795:801:797`."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_current_snapshot()::text, pg_current_xact_id_if_assigned()::text"
            )
            return _without_own(*cursor.fetchone())

    def read(self, cursor: str) -> Changes:
        """Return the new rows and the present snapshot, by one statement so that they agree."""
        with connection.cursor() as database:
            database.execute(
                """
                SELECT looked.snapshot::text, looked.own::text, change.item_id
                FROM (
                    SELECT pg_current_snapshot() AS snapshot,
                           pg_current_xact_id_if_assigned() AS own
                ) AS looked
                LEFT JOIN lists_itemchange AS change
                  ON change.xid >= pg_snapshot_xmin(%(seen)s::pg_snapshot)
                 AND NOT pg_visible_in_snapshot(change.xid, %(seen)s::pg_snapshot)
                """,
                {"seen": cursor},
            )
            rows = database.fetchall()
        snapshot, own, _ = rows[0]
        item_ids = [item_id for _, _, item_id in rows if item_id is not None]
        return Changes(item_ids=item_ids, cursor=_without_own(snapshot, own))


class SqliteFeed:
    """Follows the row number, which a single writer hands out in commit order."""

    def start(self) -> str:
        """Return the highest row number that is committed."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(max(id), 0) FROM lists_itemchange")
            return str(cursor.fetchone()[0])

    def read(self, cursor: str) -> Changes:
        """Return the rows above the remembered number."""
        with connection.cursor() as database:
            database.execute(
                "SELECT id, item_id FROM lists_itemchange WHERE id > %s ORDER BY id", [int(cursor)]
            )
            rows = database.fetchall()
        return Changes(
            item_ids=[row[1] for row in rows], cursor=str(rows[-1][0]) if rows else cursor
        )


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
