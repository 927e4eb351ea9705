"""From a frame's pixels to its text in reading order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from importlib import metadata

import numpy as np

from matching.types import Pixels
from moderation.reading import blocks, codes, installed, natural, passes
from moderation.reading.places import TextPlace, covered
from moderation.reading.read_places import ReadPlace
from moderation.types import Line, Quad, Reading, UnreadText

_DIGITS, _DEGREE_DIGITS = 4, 1
# The detector takes some of the ground around a code for a part of it.
_MOSTLY = 0.5


def read(
    pixels: Pixels,
    frame: int,
    languages: Sequence[str],
    ends_at_s: float,
    most_passes: int = passes.MAX_PASSES,
) -> Reading:
    """Read the text of a frame, see `passes.found_in`; raise ReaderNotInstalled."""
    found = _without_codes(passes.found_in(pixels.rgb, languages, ends_at_s, most_passes), pixels)
    read = [each for each in found if each.is_read]
    unread = [each for each in found if each.is_text and not each.is_read]
    return Reading(
        frame=frame,
        lines=_lines(read, pixels),
        unread=tuple(_unread(each, pixels) for each in unread),
        reader=_named({each.reader for each in found}),
    )


def reread(pixels: Pixels, quads: Sequence[Quad]) -> tuple[Line, ...]:
    """Read a frame at these places alone; what cannot be read there is left out."""
    size = np.array([pixels.width, pixels.height])
    few = [TextPlace((np.array(quad) * size).astype(np.float32), 1.0) for quad in quads]
    found = passes.at_places(pixels.rgb, few)
    return tuple(_line(each, pixels, number) for number, each in enumerate(found))


def not_looked_at(frame: int) -> Reading:
    """Return the reading of a frame for which no time was left: all of it may hold text."""
    whole = UnreadText(0.0, ((0, 0), (1, 0), (1, 1), (0, 1)), artificial=0.0)
    return Reading(frame=frame, lines=(), unread=(whole,), reader=_named())


def _without_codes(found: Sequence[ReadPlace], pixels: Pixels) -> Sequence[ReadPlace]:
    """Leave out QR codes, whose pattern looks like writing that nobody can read."""
    if all(each.is_read for each in found) or not installed.has_zxing():
        return found
    shown = codes.places(pixels)
    return [each for each in found if each.is_read or covered(each.place, shown) < _MOSTLY]


def _lines(read: Sequence[ReadPlace], pixels: Pixels) -> tuple[Line, ...]:
    in_blocks = blocks.blocks_of([each.place for each in read])
    return tuple(
        _line(read[each], pixels, number)
        for number, block in enumerate(in_blocks)
        for each in block
    )


def _line(read: ReadPlace, pixels: Pixels, block: int) -> Line:
    return Line(
        text=" ".join(read.text.split()),
        confidence=round(read.confidence, _DIGITS),
        quad=read.place.quad(pixels.width, pixels.height),
        artificial=_artificial(read, pixels),
        block=block,
        degrees=round(read.place.degrees, _DEGREE_DIGITS),
    )


def _unread(read: ReadPlace, pixels: Pixels) -> UnreadText:
    quad = read.place.quad(pixels.width, pixels.height)
    return UnreadText(round(read.place.confidence, _DIGITS), quad, _artificial(read, pixels))


def _artificial(read: ReadPlace, pixels: Pixels) -> float:
    return round(natural.artificial(pixels.rgb, read.place), _DIGITS)


def _named(used: Collection[str] = ()) -> str:
    name = f"{installed.RAPIDOCR} {metadata.version(installed.RAPIDOCR)}"
    if installed.TESSERACT in used:
        return f"{name}, {installed.TESSERACT} {installed.tesseract_version()}"
    return name
