"""Judges a text by the word lists of its languages, by patterns, and by custom lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from moderation.text import detectors
from moderation.text.automaton import compiled
from moderation.text.contempt import is_contemptuous
from moderation.text.intensity import addressed
from moderation.text.lines import lines_of
from moderation.text.normalise import Mapped, composed
from moderation.text.resolve import resolved
from moderation.text.search import FoundEntry, search
from moderation.text.wordlists import ALL
from moderation.types import Hit, Judgement, Key, Options

MAX_CHARACTERS = 10_000
_SURROGATES = re.compile("[\ud800-\udfff]")


def judge(text: str, options: Options) -> Judgement:
    """Return what the rules find in a text; `match` of each hit is the text as it was given.

    What lies wholly inside of a text that a custom list allows is left out, but for the hits of
    custom lists. Beyond MAX_CHARACTERS nothing is judged.
    """
    body = _SURROGATES.sub("\ufffd", text[:MAX_CHARACTERS])
    lines = lines_of(body, options.languages)
    found = list(_found(body, options))
    kept = [
        each
        for each in found
        if lines.judges(each.start, each.entry.language) and _is_meant(each, body)
    ]
    hits = [_hit(each, text) for each in kept if not each.entry.is_allow]
    detected = detectors.found(body, options)
    hits += detected.hits
    allowed = [(each.start, each.end) for each in kept if each.entry.is_allow]
    judged = (addressed(hit, body) for hit in dict.fromkeys(_not_allowed(hits, allowed)))
    return Judgement(
        hits=resolved(judged, tuple(sorted(options.languages))),
        ignored=(*lines.ignored, *detected.unsearched, *_beyond(text)),
    )


def _found(body: str, options: Options) -> Iterator[FoundEntry]:
    """Yield what the lists find, at offsets of the text as it was given."""
    mapped = composed(body)
    lists = compiled(options.languages, options.lists)
    for each in search(mapped.text if mapped else body, lists, is_read=options.is_read):
        yield _moved(each, mapped) if mapped else each


def _moved(found: FoundEntry, mapped: Mapped) -> FoundEntry:
    return FoundEntry(found.entry, *mapped.span(found.start, found.end), found.way)


def _is_meant(found: FoundEntry, body: str) -> bool:
    entry = found.entry
    return not entry.needs_contempt or is_contemptuous(body, found.start, found.end, entry.language)


def _hit(found: FoundEntry, text: str) -> Hit:
    entry = found.entry
    return Hit(
        key=entry.key,
        kind=entry.kind,
        start=found.start,
        end=found.end,
        match=text[found.start : found.end],
        intensity=entry.intensity,
        language=None if entry.language == ALL else entry.language,
        list_id=entry.list_id,
        entry=entry.entry_id,
    )


def _not_allowed(hits: Iterable[Hit], allowed: list[tuple[int, int]]) -> Iterator[Hit]:
    for hit in hits:
        if hit.key == Key.BLACKLIST or not any(
            start <= hit.start and hit.end <= end for start, end in allowed
        ):
            yield hit


def _beyond(text: str) -> list[tuple[int, int]]:
    return [(MAX_CHARACTERS, len(text))] if len(text) > MAX_CHARACTERS else []
