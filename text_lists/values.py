"""What services of text lists take and return."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from common.errors import LookalikeError
from text_lists.kinds import ALL_LANGUAGES, MatchKind
from text_lists.models import TextEntry


@dataclass(frozen=True, slots=True)
class TextListSettings:
    """What can be set of a text list; None leaves a value as it is."""

    name: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry as somebody writes it; nothing of it is checked yet."""

    text: str
    language: str = ALL_LANGUAGES
    match: str = MatchKind.STANDARD.value
    category: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class EntryChange:
    """What can be changed of an entry; None leaves a value as it is."""

    text: str | None = None
    language: str | None = None
    match: str | None = None
    category: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class RefusedEntry:
    """One of several entries that was not taken: its place among them, from 0, and why."""

    place: int
    text: str
    error: LookalikeError


@dataclass(frozen=True, slots=True)
class PutEntries:
    """What became of several entries; `unchanged` were in the list before as they came."""

    added: tuple[TextEntry, ...]
    changed: tuple[TextEntry, ...]
    unchanged: int
    refused: tuple[RefusedEntry, ...]


@dataclass(frozen=True, slots=True)
class Removal:
    """How many entries were removed at once, and when: by that they are taken back together."""

    count: int
    removed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Restored:
    """How many entries are back, and how many are not since their texts were added anew."""

    count: int
    left_out: int
