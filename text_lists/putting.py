"""What becomes of several entries that come at once, beside those that their list has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from accounts.actors import Actor
from common.sentences import Sentence
from text_lists import entry_rules
from text_lists.entry_rules import CheckedEntry
from text_lists.errors import TextEntryExists, TextListFull
from text_lists.models import TextEntry, TextList
from text_lists.values import RefusedEntry

MAX_ENTRIES = 10_000


class Putting:
    """Rows to write, collected entry by entry; nothing is saved here.

    `overwrites` tells whether what the list has already becomes what comes.
    """

    def __init__(
        self,
        text_list: TextList,
        rows: Iterable[TextEntry],
        *,
        by: Actor,
        now: dt.datetime,
        overwrites: bool,
    ) -> None:
        """Begin with all live rows of the list."""
        self.added: list[TextEntry] = []
        self.changed: list[TextEntry] = []
        self.refused: list[RefusedEntry] = []
        self._text_list = text_list
        self._rows = {(row.folded, row.language): row for row in rows}
        self._by = by
        self._now = now
        self._overwrites = overwrites

    def put(self, place: int, entry: CheckedEntry) -> None:
        """Take an entry, leave it since it is there, or refuse it."""
        row = self._rows.get(entry.key)
        if row is None:
            self._add(place, entry)
        elif self._overwrites and not entry_rules.is_as(entry, row):
            self._change(place, entry, row)

    def _add(self, place: int, entry: CheckedEntry) -> None:
        if len(self._rows) >= MAX_ENTRIES:
            self.refused.append(RefusedEntry(place, entry.text, full()))
            return
        row = TextEntry(text_list=self._text_list, created_at=self._now)
        entry_rules.write(entry, row, by=self._by, now=self._now)
        self._rows[entry.key] = row
        self.added.append(row)

    def _change(self, place: int, entry: CheckedEntry, row: TextEntry) -> None:
        if row.changed_at == self._now:  # by another of these entries
            self.refused.append(RefusedEntry(place, entry.text, exists(entry.text)))
            return
        entry_rules.write(entry, row, by=self._by, now=self._now)
        self.changed.append(row)


def exists(text: str) -> TextEntryExists:
    """Return the error for a text that its list has."""
    return TextEntryExists(
        Sentence("“%(text)s” is in the list already, for the same language.", text=text),
        field="text",
    )


def full() -> TextListFull:
    """Return the error for an entry for which there is no place."""
    return TextListFull(
        Sentence(
            "A list has at most %(most)s entries. Remove some, or make another list.",
            most=f"{MAX_ENTRIES:,}",
        )
    )
