"""What a text list makes of a text, or of the text in a picture, that somebody tries it on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from accounts import at_work
from accounts.actors import Actor
from dashboard import uploads
from lists import model_pool
from moderation.text.document import document_of
from moderation.text.engine import judge
from moderation.types import EntryList, Hit, ListEntry, Options
from text_lists.texts import without_directions

if TYPE_CHECKING:
    from dashboard.uploads import Upload

# What the list is called while it is tried: it is judged by as if it were to find its texts.
_TRIED_ID = "tried:"


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A piece of the text, and the entry that it was found by, if by any."""

    text: str
    entry: ListEntry | None = None


@dataclass(frozen=True, slots=True)
class TriedHit:
    """What an entry found; of an allow list, what else would have been found inside of it."""

    match: str
    entry: ListEntry
    spared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """A text in pieces, and what was found in it. `is_ignored`: a part of it was not judged."""

    pieces: tuple[TextPiece, ...]
    hits: tuple[TriedHit, ...]
    is_ignored: bool


def of_text(text: str, *, language: str, entry_list: EntryList, is_read: bool = False) -> Trial:
    """Return what the list finds in a text of a language."""
    as_finding = replace(entry_list, id=f"{_TRIED_ID}{entry_list.id}", is_allow=False)
    options = Options(languages=(language,), lists=(as_finding,), is_read=is_read)
    judgement = judge(text, options)
    own = [hit for hit in judgement.hits if hit.list_id == as_finding.id]
    others = [hit for hit in judgement.hits if hit.list_id is None] if entry_list.is_allow else []
    entries = {entry.id: entry for entry in entry_list.entries}
    return Trial(
        pieces=tuple(_pieces(text, own, entries)),
        hits=tuple(_tried(hit, others, entries) for hit in own),
        is_ignored=bool(judgement.ignored),
    )


def of_picture(file: Upload, *, by: Actor, language: str, entry_list: EntryList) -> list[Trial]:
    """Return what the list finds in the text of a picture, of each frame that has another text.

    Raise ReaderNotInstalled, and what is raised for what is no picture.
    """
    raw = uploads.raw_of(file)
    with at_work.place(by.organisation_id):
        readings = model_pool.current().read_text(raw.data, (language,), owner=by.organisation_id)
    texts = dict.fromkeys(document_of(reading).text for reading in readings)
    return [
        of_text(text, language=language, entry_list=entry_list, is_read=True)
        for text in texts
        if text
    ]


def _tried(hit: Hit, others: Iterable[Hit], entries: dict[str, ListEntry]) -> TriedHit:
    inside = [each.match for each in others if hit.start <= each.start and each.end <= hit.end]
    spared = tuple(without_directions(match) for match in dict.fromkeys(inside))
    return TriedHit(without_directions(hit.match), entries[hit.entry or ""], spared)


def _pieces(text: str, hits: Iterable[Hit], entries: dict[str, ListEntry]) -> Iterator[TextPiece]:
    """Yield the text from its beginning to its end; of hits over each other the first."""
    end = 0
    for hit in sorted(hits, key=lambda each: (each.start, -each.end)):
        if hit.start < end:
            continue
        yield TextPiece(without_directions(text[end : hit.start]))
        yield TextPiece(without_directions(text[hit.start : hit.end]), entries[hit.entry or ""])
        end = hit.end
    yield TextPiece(without_directions(text[end:]))
