"""Snapshots of the index of local features, so that a process need not read them all at its start.

A snapshot only saves time: it carries the feed's cursor, and the index follows the feed from there.
The first process that has enough new rows writes it, in a separate thread.
"""

from __future__ import annotations

import fcntl
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from matching.index import snapshot
from matching.index.inverted import InvertedIndex, LoadedIndex
from matching.index.snapshot import UnusableSnapshot

# Reading so many rows from the database takes a second or two.
ROWS_UNTIL_SNAPSHOT = 5_000
# One that is older is written anew once anything has changed.
MAX_AGE_S = 24 * 3600.0

_logger = logging.getLogger(__name__)


class Snapshots:
    """The snapshot in a folder that the processes of this machine share."""

    def __init__(self, folder: Path, rows_until_snapshot: int = ROWS_UNTIL_SNAPSHOT) -> None:
        """Write one whenever so many rows have changed."""
        self._folder = folder
        self._rows_until_snapshot = rows_until_snapshot
        self._unsaved = 0
        self._thread: threading.Thread | None = None

    def load(self) -> LoadedIndex | None:
        """Return what the snapshot holds; None when there is none that can be used."""
        if not self._folder.exists():
            return None
        try:
            return InvertedIndex.load(self._folder)
        except UnusableSnapshot as error:
            _logger.info("The index is built from the database: %s", error)
            return None

    def note(self, changed: int, index: InvertedIndex, cursor: str) -> None:
        """Count changed rows; when there are enough, tidy the index up and save it meanwhile.

        The index must have reached `cursor`. Called by one thread at a time.
        """
        self._unsaved += changed
        is_busy = self._thread is not None and self._thread.is_alive()
        is_due = self._unsaved >= self._rows_until_snapshot or (
            # What was purged or erased must not stay in it.
            self._unsaved > 0 and snapshot.age_s(self._folder) > MAX_AGE_S
        )
        if not is_due or is_busy:
            return
        self._unsaved = 0
        self._thread = threading.Thread(
            target=self._save, args=(index, cursor), name="index-snapshot", daemon=True
        )
        self._thread.start()

    def wait(self) -> None:
        """Wait until the snapshot that is being written is there."""
        if self._thread is not None:
            self._thread.join()

    def _save(self, index: InvertedIndex, cursor: str) -> None:
        while index.merge():
            pass
        try:
            with _only_writer(self._folder) as is_free:
                if is_free:
                    index.save(self._folder, cursor=cursor)
        except OSError:
            # The next one may succeed, and until then processes start more slowly.
            _logger.exception("The snapshot of the index could not be written.")


def forget(folder: Path) -> None:
    """Delete the snapshot in a folder; the next process that starts reads the database instead."""
    if not folder.exists():
        return
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        snapshot.delete(folder)


@contextmanager
def _only_writer(folder: Path) -> Iterator[bool]:
    """Tell whether no other process writes there now, and keep others from it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
