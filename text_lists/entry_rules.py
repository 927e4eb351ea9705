"""What an entry has to be before it is written, and how it is written into its row."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from accounts.actors import Actor
from common.errors import InvalidInput
from common.sentences import Sentence
from text_lists import texts
from text_lists.kinds import ENTRY_LANGUAGES, MatchKind
from text_lists.lengths import MAX_NAME_LENGTH
from text_lists.models import TextEntry
from text_lists.values import EntryChange, NewEntry


@dataclass(frozen=True, slots=True)
class CheckedEntry:
    """An entry that can be kept as it is."""

    text: str
    folded: str
    language: str
    match: str
    category: str
    note: str

    @property
    def key(self) -> tuple[str, str]:
        """Return what a list holds once."""
        return self.folded, self.language


def checked(entry: NewEntry) -> CheckedEntry:
    """Return the entry as it is kept; raise InvalidInput for the first field that cannot be."""
    text = texts.checked_text(entry.text)
    return CheckedEntry(
        text=text,
        folded=texts.folded(text),
        language=_one_of(entry.language, ENTRY_LANGUAGES, "language"),
        match=_one_of(entry.match, tuple(MatchKind.values), "match"),
        category=texts.checked_category(entry.category),
        note=texts.checked_note(entry.note),
    )


def checked_name(text: str) -> str:
    """Return the name of a list as it is kept; raise InvalidInput for one that cannot be."""
    name = texts.checked_line(text, "name", MAX_NAME_LENGTH)
    if not name:
        raise InvalidInput(
            Sentence("A name has 1 to %(most)s characters.", most=MAX_NAME_LENGTH), field="name"
        )
    return name


def changed(row: TextEntry, change: EntryChange) -> NewEntry:
    """Return what the entry is to be."""
    return NewEntry(
        text=row.text if change.text is None else change.text,
        language=row.language if change.language is None else change.language,
        match=row.match if change.match is None else change.match,
        category=row.category if change.category is None else change.category,
        note=row.note if change.note is None else change.note,
    )


def is_as(entry: CheckedEntry, row: TextEntry) -> bool:
    """Tell whether the row of the same key says what the entry says."""
    said = (entry.text, entry.match, entry.category, entry.note)
    return said == (row.text, row.match, row.category, row.note)


def write(entry: CheckedEntry, row: TextEntry, *, by: Actor, now: dt.datetime) -> None:
    """Write the entry into a row, which is not saved."""
    row.text, row.folded = entry.text, entry.folded
    row.language, row.match = entry.language, entry.match
    row.category, row.note = entry.category, entry.note
    row.user_id, row.credential_id, row.changed_at = by.user_id, by.credential_id, now


def _one_of(value: str, choices: tuple[str, ...], field: str) -> str:
    if value not in choices:
        raise InvalidInput(
            Sentence("%(field)s is one of %(choices)s.", field=field, choices=", ".join(choices)),
            field=field,
        )
    return value
