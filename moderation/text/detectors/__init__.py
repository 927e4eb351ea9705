"""Finds contact data and other things that have a form instead of a spelling.

Order matters: what one detector takes, those after it do not see, so that 52.222.158.75 is an
address and not the telephone number that it would make too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from moderation.text.detectors import (
    accounts,
    addresses,
    emails,
    grawlix,
    links,
    networks,
    phones,
    social_security,
)
from moderation.text.detectors.finds import Find, without
from moderation.text.detectors.plain import Plain
from moderation.types import Hit, Intensity, Key, Options

_DETECTORS: tuple[Callable[[str, Options], Iterable[Find]], ...] = (
    addresses.found,
    links.with_scheme,
    emails.found,
    links.bare,
    links.spelled,
    phones.found,
    social_security.found,
    accounts.found,
    networks.found,
    grawlix.found,
)


@dataclass(frozen=True, slots=True)
class Detected:
    """The hits, in the order of the text, and the spans in which not all was searched for."""

    hits: tuple[Hit, ...]
    unsearched: tuple[tuple[int, int], ...]


def found(text: str, options: Options) -> Detected:
    """Return what was found; hits do not overlap.

    Only `countries`, `languages` and `is_read` of the options count. Linear in the length of the
    text.
    """
    plain = Plain.of(text)
    finds = list(_finds(plain.text, options))
    hits = [_hit(text, plain, find) for find in finds if not find.is_unsearched]
    return Detected(
        hits=tuple(sorted(hits, key=lambda hit: hit.start)),
        unsearched=tuple(plain.span(find.start, find.end) for find in finds if find.is_unsearched),
    )


def _finds(free: str, options: Options) -> Iterator[Find]:
    for detect in _DETECTORS:
        finds = list(detect(free, options))
        taken = [find for find in finds if not find.is_unsearched]
        free = without(free, taken) if taken else free
        yield from (find for find in finds if find.kind or find.is_unsearched)


def _hit(text: str, plain: Plain, find: Find) -> Hit:
    start, end = plain.span(find.start, find.end)
    intensity = Intensity.LOW if find.key is Key.PROFANITY else None
    return Hit(find.key, find.kind, start, end, text[start:end], intensity)
