"""What a picture is said to show, as clients keep it with an item, made ready for a card.

An item's context is a client's own JSON object. Names in common use are given their place (the
claim, its source, date, language and verdict); whatever else there is stays a fact under its own
name. All of it is the words of strangers: pages escape it and keep its direction to itself,
characters that turn the direction of others are left out, and only http(s) becomes a link.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from rapidfuzz.distance import Indel

from lists import texts as lists_texts
from lists.models import Image, Item
from moderation.text.folding import fold
from review.pages.pair_words import LinePart
from review.pairs.selectors import Side
from text_lists.texts import without_directions

# Of a longer claim the rest is shown when asked for; so are longer and further facts and links.
SHOWN_CHARACTERS = 160
SHOWN_FACTS = 3
_SHORT_FACT_CHARACTERS = 40
_SHORT_LINK_CHARACTERS = 120
_MOST_LINES = 40
_LONGEST_LANGUAGE = 35

# Names in contexts, the ones that count first; upper case, lower case and _ make no difference.
# ClaimReview has camel case; `alegre_url` is where Alegre's dialect fetched a picture from.
_NAMES = {
    "text": ("claim", "claim text", "claim reviewed", "text", "title", "caption", "description"),
    "link": ("url", "link", "source", "source url", "alegre url"),
    "date": ("date", "published", "published at", "date published", "claim date"),
    "language": ("language", "lang", "in language"),
    "verdict": ("verdict", "rating"),
}
_WORD = re.compile(r"\S+")

Lines = tuple[tuple[LinePart, ...], ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something else that a context says, under its own name."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class ShownClaim:
    """What a picture is said to show; what is not known is empty.

    `shown` and `rest` are the text's two parts, the second only of a long one; `text` is all of it.
    `link` is an http(s) address. `facts` are few and short, `more_facts` all others.
    """

    text: str
    shown: tuple[LinePart, ...]
    rest: tuple[LinePart, ...]
    link: str
    date: str
    language: str
    verdict: str
    facts: tuple[Fact, ...]
    more_facts: tuple[Fact, ...]

    @property
    def has_short_link(self) -> bool:
        """Tell whether the link has room beside the facts."""
        return 0 < len(self.link) <= _SHORT_LINK_CHARACTERS

    @property
    def has_more(self) -> bool:
        """Tell whether there is more than what is shown at first."""
        return bool(self.rest or self.more_facts or (self.link and not self.has_short_link))


def claim_of(item: Item | None) -> ShownClaim | None:
    """Return what is known of an item's claim; None where its context says nothing."""
    if item is None or not item.context:
        return None
    return _claim(item.context)


def beside(query: Item | None, item: Item | None) -> tuple[ShownClaim | None, ShownClaim | None]:
    """Return the claims of a pair's two pictures, with the words marked that the other has not.

    Claims that have no word in common are not marked: all of it differs.
    """
    ours, theirs = claim_of(query), claim_of(item)
    if ours is None or theirs is None:
        return ours, theirs
    spans = _differing(ours.text, theirs.text)
    return _marked(ours, spans[0]), _marked(theirs, spans[1])


def line_of(side: Side) -> str:
    """Return the claim of one picture of a pair in one line, empty without any."""
    claim = claim_of(side.item)
    return claim.text if claim else ""


def lines_read(images: Collection[Image]) -> dict[int, Lines]:
    """Return what was read in the first frames of pictures, by row id; by one query."""
    texts = lists_texts.texts_of({image.pk for image in images})
    read = {
        row_id: lists_texts.reading_of(text, 0).lines[:_MOST_LINES]
        for row_id, text in texts.items()
    }
    return {
        row_id: tuple((LinePart(without_directions(line.text), differs=False),) for line in lines)
        for row_id, lines in read.items()
        if lines
    }


def _claim(context: Mapping[str, Any]) -> ShownClaim | None:
    left = dict(context)
    taken = {part: _take(left, part) for part in _NAMES}
    facts = [Fact(_plain(name), _value(value)) for name, value in left.items()]
    short = [fact for fact in facts if _is_short(fact)][:SHOWN_FACTS]
    shown, rest = _cut([LinePart(taken["text"], differs=False)])
    return ShownClaim(
        **taken,
        shown=shown,
        rest=rest,
        facts=tuple(short),
        more_facts=tuple(fact for fact in facts if fact not in short),
    )


def _take(left: dict[str, Any], part: str) -> str:
    """Take what can be read as that part of a claim out of what is left; "" for nothing."""
    names = {_spelt(name): name for name in reversed(list(left))}
    for known in _NAMES[part]:
        name = names.get(known)
        read = "" if name is None else _READERS[part](left[name])
        if read and name is not None:
            del left[name]
            return read
    return ""


def _spelt(name: str) -> str:
    """Return a name as the table spells it: words in lower case."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[_-]", " ", name).lower()


def _text(value: object) -> str:
    return _plain(value) if isinstance(value, str) else ""


def _link(value: object) -> str:
    """Return an http(s) address as it is; "" for what leads elsewhere or reads otherwise."""
    if not isinstance(value, str) or not value.isprintable() or _WORD.fullmatch(value) is None:
        return ""
    try:
        parts = urlsplit(value)
        is_safe = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return ""
    return value if is_safe and without_directions(value) == value else ""


def _date(value: object) -> str:
    """Return a day written as ISO 8601, with or without a time, as people write it here."""
    if not isinstance(value, str):
        return ""
    try:
        day = parse_date(value.partition("T")[0].partition(" ")[0])
    except ValueError:
        return ""
    return str(date_format(day, "DATE_FORMAT")) if day else ""


def _language(value: object) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_LANGUAGE:
        return ""
    try:
        return str(get_language_info(value.replace("_", "-").lower())["name_translated"])
    except KeyError:
        return _plain(value)


_READERS: dict[str, Callable[[object], str]] = {
    "text": _text,
    "link": _link,
    "date": _date,
    "language": _language,
    "verdict": _text,
}


def _plain(text: str) -> str:
    """Return a text on one line, without what turns the direction of others."""
    return " ".join(without_directions(text).split())


def _value(value: object) -> str:
    if isinstance(value, str):
        return _plain(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "—" if value is None else _plain(json.dumps(value, ensure_ascii=False))


def _is_short(fact: Fact) -> bool:
    """Tell whether a fact is a word or a number that can stand beside others."""
    is_nested = fact.value.startswith(("{", "["))
    return not is_nested and 0 < len(fact.name) + len(fact.value) <= _SHORT_FACT_CHARACTERS


def _differing(query: str, item: str) -> tuple[list[range], list[range]]:
    """Return where each text has words that the other has not, in its order."""
    words = [[found for found in _WORD.finditer(text) if fold(found[0])] for text in (query, item)]
    spelt = [[fold(found[0]) for found in side] for side in words]
    edits = [each for each in Indel.opcodes(*spelt) if each.tag != "equal"]
    ours = [at for each in edits for at in range(each.src_start, each.src_end)]
    theirs = [at for each in edits for at in range(each.dest_start, each.dest_end)]
    if len(ours) == len(spelt[0]):
        return [], []
    return (
        [range(*words[0][at].span()) for at in ours],
        [range(*words[1][at].span()) for at in theirs],
    )


def _marked(claim: ShownClaim, spans: Sequence[range]) -> ShownClaim:
    shown, rest = _cut(list(_parts(claim.text, spans)))
    return replace(claim, shown=shown, rest=rest)


def _parts(text: str, spans: Sequence[range]) -> Iterator[LinePart]:
    done = 0
    for span in spans:
        yield LinePart(text[done : span.start], differs=False)
        yield LinePart(text[span.start : span.stop], differs=True)
        done = span.stop
    yield LinePart(text[done:], differs=False)


def _cut(parts: Sequence[LinePart]) -> tuple[tuple[LinePart, ...], tuple[LinePart, ...]]:
    """Return what is shown at once and the rest, cut between two words where there are any."""
    text = "".join(part.text for part in parts)
    if len(text) <= SHOWN_CHARACTERS:
        return tuple(part for part in parts if part.text), ()
    space = text.rfind(" ", SHOWN_CHARACTERS // 2, SHOWN_CHARACTERS)
    at = space if space >= 0 else SHOWN_CHARACTERS
    return tuple(_between(parts, 0, at)), tuple(_between(parts, at, len(text)))


def _between(parts: Sequence[LinePart], start: int, end: int) -> Iterator[LinePart]:
    done = 0
    for part in parts:
        inside = part.text[max(0, start - done) : max(0, end - done)]
        done += len(part.text)
        if inside:
            yield LinePart(inside, part.differs)
