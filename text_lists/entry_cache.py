"""The entries of text lists that this process keeps, each as one version of its list has them.

Who asks reads the version first, in each request; so what is kept here is used as long as it is the
newest, and no process tells another of a change.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from moderation.types import EntryList

# Of all lists together: some tens of megabytes.
MAX_ENTRIES = 200_000


@dataclass(frozen=True, slots=True)
class Version:
    """What a list was like at a time.

    The moment belongs to it: a version that a transaction took back, or a backup, comes again with
    other entries.
    """

    number: int
    changed_at: dt.datetime


class EntryCache:
    """Lists by public id, the one asked for longest ago the first to go; for several threads."""

    def __init__(self, max_entries: int = MAX_ENTRIES) -> None:
        self._max_entries = max_entries
        self._kept: OrderedDict[str, tuple[Version, EntryList]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, public_id: str, version: Version, load: Callable[[], EntryList]) -> EntryList:
        """Return the list as it is in that version; load it when it is not kept."""
        with self._lock:
            kept = self._kept.get(public_id)
            if kept is not None and kept[0] == version:
                self._kept.move_to_end(public_id)
                return kept[1]
        loaded = load()
        with self._lock:
            self._keep(public_id, version, loaded)
        return loaded

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()

    def _keep(self, public_id: str, version: Version, loaded: EntryList) -> None:
        self._kept[public_id] = (version, loaded)
        self._kept.move_to_end(public_id)
        count = sum(len(each.entries) for _, each in self._kept.values())
        while count > self._max_entries and len(self._kept) > 1:
            _, (_, dropped) = self._kept.popitem(last=False)
            count -= len(dropped.entries)


cache = EntryCache()
