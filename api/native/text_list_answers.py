"""What our own API answers about text lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.native.errors import PROBLEM
from api.native.paging import page_of
from api.shapes import INTEGER, MOMENT, TEXT, TEXT_OR_EMPTY, Shape, one_of
from text_lists.kinds import ENTRY_LANGUAGES, ListKind, MatchKind
from text_lists.values import PutEntries, RefusedEntry

if TYPE_CHECKING:
    from text_lists.models import TextEntry, TextList


def _written_by(entry: TextEntry) -> str | None:
    if entry.user is not None:
        return entry.user.email
    return entry.credential.name if entry.credential is not None else None


TEXT_LIST: Shape[TextList] = Shape(
    "TextList",
    "A list of texts to find, or to leave alone.",
    id=TEXT.of(lambda row: row.public_id),
    name=TEXT.of(lambda row: row.name),
    kind=one_of(ListKind.values).of(lambda row: row.kind),
    version=INTEGER.of(lambda row: row.version, "Rises with every change."),
    created_at=MOMENT.of(lambda row: row.created_at),
    changed_at=MOMENT.of(lambda row: row.changed_at),
)
COUNTED_TEXT_LIST: Shape[TextList] = Shape(
    "CountedTextList",
    "A text list with its number of entries.",
    **TEXT_LIST.fields,
    entry_count=INTEGER.of(lambda row: row.entry_count),  # type: ignore[attr-defined]
)
TEXT_LISTS = page_of(COUNTED_TEXT_LIST)
TEXT_ENTRY: Shape[TextEntry] = Shape(
    "TextEntry",
    "A text in a list.",
    id=TEXT.of(lambda row: row.public_id),
    text=TEXT.of(lambda row: row.text),
    language=one_of(ENTRY_LANGUAGES).of(lambda row: row.language),
    match=one_of(MatchKind.values).of(lambda row: row.match),
    category=TEXT.of(lambda row: row.category),
    note=TEXT_OR_EMPTY.of(lambda row: row.note),
    by=TEXT_OR_EMPTY.or_null.of(
        _written_by, "Who added or changed it last: an address, or the name of a credential."
    ),
    created_at=MOMENT.of(lambda row: row.created_at),
    changed_at=MOMENT.of(lambda row: row.changed_at),
)
TEXT_ENTRIES = page_of(TEXT_ENTRY)
REFUSED_TEXT = Shape[RefusedEntry](
    "RefusedText",
    "One of several texts that was not taken, and why.",
    index=INTEGER.of(lambda refused: refused.place, "Its place in `texts`, from 0."),
    error=PROBLEM.of(lambda refused: refused.error),
)
PUT_TEXTS = Shape[PutEntries](
    "PutTexts",
    "What became of several texts; one that is refused stops no other.",
    added=INTEGER.of(lambda put: len(put.added)),
    unchanged=INTEGER.of(lambda put: put.unchanged, "How many were in the list already."),
    refused=REFUSED_TEXT.many.of(lambda put: put.refused),
)
