"""What a worker does with a picture that models are asked about; only small values come back."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from intake.limits import Limits
from matching import decode, frames
from matching.types import DecodedFrame, DecodedGrey, Pixels
from moderation.reading import codes, installed, rapid, reader
from moderation.types import CodeReading, Line, Quad, Reading

# Of a picture's time; the rest is for decoding, and for what was begun when this was over.
_TIME_SHARE = 0.6


def read(data: bytes, limits: Limits, languages: tuple[str, ...] = ("en",)) -> tuple[Reading, ...]:
    """Read the text in a picture, of an animation in each of its distinct frames.

    `languages` are of `moderation.types.LANGUAGES`. Frames for which no time is left are wholly
    unread. Raise ReaderNotInstalled where one of the languages cannot be read here, and the errors
    of `matching.errors`.
    """
    ends_at_s = time.monotonic() + _TIME_SHARE * limits.timeout_s
    installed.require(languages)
    return tuple(
        reader.read(pixels, frame, languages, ends_at_s, limits.reading_passes)
        if frame == 0 or time.monotonic() < ends_at_s
        else reader.not_looked_at(frame)
        for frame, pixels in _distinct_frames(data, limits)
    )


def reread(data: bytes, limits: Limits, frame: int, quads: Sequence[Quad]) -> tuple[Line, ...]:
    """Read a frame that `read` has told of again, at these places alone; raise as it does."""
    installed.require(())
    for number, pixels in _distinct_frames(data, limits):
        if number == frame:
            return reader.reread(pixels, quads)
    return ()


def read_codes(data: bytes, limits: Limits) -> tuple[CodeReading, ...]:
    """Read the QR codes of a picture, of an animation in each of its distinct frames.

    Frames for which no time is left are not looked at. Raise ReaderNotInstalled, and the errors of
    `matching.errors`.
    """
    ends_at_s = time.monotonic() + _TIME_SHARE * limits.timeout_s
    installed.require_codes()
    return tuple(
        codes.read(pixels, frame)
        if frame == 0 or time.monotonic() < ends_at_s
        else codes.not_looked_at(frame)
        for frame, pixels in _distinct_frames(data, limits)
    )


def _distinct_frames(data: bytes, limits: Limits) -> Iterator[tuple[int, Pixels]]:
    latest: list[Pixels] = []

    def greys(decoded: Iterator[DecodedFrame]) -> Iterator[DecodedGrey]:
        for each in decoded:
            latest[:] = [each.pixels]
            yield each.grey

    for grey in frames.distinct(
        greys(decode.decode_frames(data, limits)), limits.max_distinct_frames
    ):
        yield grey.frame, latest[0]


def warm_up() -> None:
    """Load the models, if they are installed."""
    if installed.has_rapidocr():
        rapid.warm_up()
    if installed.has_zxing():
        codes.warm_up()
