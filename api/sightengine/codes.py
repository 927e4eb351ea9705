"""What the model `qr-content` answers of a picture, from the QR codes that were read in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from api.sightengine.texts import TextBox, box_around
from moderation.text.engine import MAX_CHARACTERS, judge
from moderation.types import CodeReading, Hit, Key, Options

KEYS = (Key.PERSONAL, Key.LINK, Key.SOCIAL, Key.SPAM, Key.PROFANITY, Key.BLACKLIST)


@dataclass(frozen=True, slots=True)
class AskedCodes:
    """What is asked about the QR codes of a picture."""

    includes: bool
    options: Options


@dataclass(frozen=True, slots=True)
class SeenCode:
    """A QR code that was read; `frame` is None in a still picture, here and below."""

    content: str
    box: TextBox
    frame: int | None


@dataclass(frozen=True, slots=True)
class FlaggedCode:
    """A hit in what a QR code says."""

    hit: Hit
    code: SeenCode


@dataclass(frozen=True, slots=True)
class SeenCodes:
    """What was found out about the QR codes of a picture, in all its frames together.

    `ignores` tells that there is something that was not read or not judged.
    """

    asked: AskedCodes
    frames: int
    codes: Sequence[SeenCode]
    flagged: Sequence[FlaggedCode]
    ignores: bool

    def flagged_under(self, key: Key) -> Sequence[FlaggedCode]:
        """Return what is answered under a key, code by code."""
        return [each for each in self.flagged if each.hit.key == key]


def seen_codes(readings: Sequence[CodeReading], asked: AskedCodes) -> SeenCodes:
    """Judge each QR code of the distinct frames once, up to MAX_CHARACTERS together."""
    found = list(_once(_codes(readings)))
    codes = list(_bounded(found))
    judged = [(code, judge(code.content, asked.options)) for code in codes]
    return SeenCodes(
        asked=asked,
        frames=len(readings),
        codes=codes,
        flagged=[FlaggedCode(hit, code) for code, judgement in judged for hit in judgement.hits],
        ignores=len(codes) < len(found)
        or not all(reading.is_whole for reading in readings)
        or any(judgement.ignored for _, judgement in judged),
    )


def _codes(readings: Sequence[CodeReading]) -> Iterator[SeenCode]:
    is_still = len(readings) == 1
    for reading in readings:
        frame = None if is_still else reading.frame
        for code in reading.codes:
            yield SeenCode(code.text, box_around(code.quad), frame)


def _once(codes: Iterable[SeenCode]) -> Iterator[SeenCode]:
    """Yield all codes, but those that say the same as one of a frame before."""
    first_frame: dict[str, int | None] = {}
    for each in codes:
        if first_frame.setdefault(each.content, each.frame) == each.frame:
            yield each


def _bounded(codes: Iterable[SeenCode]) -> Iterator[SeenCode]:
    characters_left = MAX_CHARACTERS
    for each in codes:
        characters_left -= len(each.content)
        if characters_left < 0:
            return
        yield each
