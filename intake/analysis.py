"""What a worker does with a picture that models are asked about; only small values come back."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intake.limits import Limits
from matching import decode, frames
from matching.networks.manifest import BroughtModels
from matching.types import DecodedFrame, DecodedGrey, Pixels
from moderation.reading import codes, installed, rapid, reader
from moderation.reading.changes import LookedAt
from moderation.types import CodeReading, Line, Quad, Reading
from moderation.video import container
from moderation.video import installed as video_installed
from moderation.vision import faces, looking, nudity
from moderation.vision import installed as vision_installed
from moderation.vision.seen import FrameSeen

# Of a picture's time; the rest is for decoding, and for what was begun when this was over.
_TIME_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class ToRead:
    """What is to be read: text in some of `moderation.types.LANGUAGES`, and QR codes.

    `models` are those of `moderation.vision.offers.NAMES` that are asked what the picture shows.
    """

    languages: tuple[str, ...] = ()
    codes: bool = False
    models: tuple[str, ...] = ()

    def require(self, brought: BroughtModels) -> None:
        """Raise ReaderNotInstalled or ModelNotInstalled where some of it cannot be told here."""
        if self.languages:
            installed.require(self.languages)
        if self.codes:
            installed.require_codes()
        vision_installed.require(self.models, brought)


@dataclass(frozen=True, slots=True)
class FrameRead:
    """What was read and seen in one frame, from 0; None is what was not wanted."""

    frame: int
    text: Reading | None
    codes: CodeReading | None
    seen: FrameSeen | None = None


def read(data: bytes, limits: Limits, wanted: ToRead) -> tuple[FrameRead, ...]:
    """Read what is wanted of a picture, of an animation in each frame that shows something new.

    Scenes come first, then frames in which less than a scene has changed. Where time or
    `max_distinct_frames` leaves frames out, the first of them is told as wholly unread. Models of
    what pictures show are asked about every scene all the same: time is never the reason that one
    is not judged. Raise ReaderNotInstalled, ModelNotInstalled, ModelFailed, and the errors of
    `matching.errors`.
    """
    ends_at_s = time.monotonic() + _TIME_SHARE * limits.timeout_s
    wanted.require(limits.brought)
    looks = _Looks(limits, wanted, ends_at_s)
    further = _look_at_scenes(data, limits, looks)
    if further and looks.is_whole:
        _look_further(data, limits, looks, further)
    return tuple(sorted(looks.read, key=lambda read: read.frame))


def read_text(
    data: bytes, limits: Limits, languages: tuple[str, ...] = ("en",)
) -> tuple[Reading, ...]:
    """Read the text alone; raise as `read` does."""
    looks = read(data, limits, ToRead(languages))
    return tuple(each.text for each in looks if each.text is not None)


def reread(data: bytes, limits: Limits, frame: int, quads: Sequence[Quad]) -> tuple[Line, ...]:
    """Read a frame that `read` has told of again, at these places alone; raise as it does."""
    installed.require(())
    for each in decode.decode_frames(data, limits):
        if each.grey.frame == frame:
            return reader.reread(each.pixels, quads)
    return ()


def look(
    pixels: Pixels, frame: int, limits: Limits, wanted: ToRead, ends_at_s: float | None
) -> FrameRead:
    """Read and see what is wanted of a frame; begin no further look for text after `ends_at_s`.

    With None no text is looked for: it is told as wholly unread. Raise as `read` does.
    """
    text: Reading | None = None
    if wanted.languages:
        text = (
            reader.not_looked_at(frame)
            if ends_at_s is None
            else reader.read(pixels, frame, wanted.languages, ends_at_s, limits.reading_passes)
        )
    of_codes = codes.read(pixels, frame) if wanted.codes else None
    return FrameRead(frame, text, of_codes, _seen(pixels, frame, limits, wanted))


def _seen(pixels: Pixels, frame: int, limits: Limits, wanted: ToRead) -> FrameSeen | None:
    if not wanted.models:
        return None
    return looking.seen(pixels.rgb, frame, wanted.models, limits.brought)


class _Looks:
    """What was read in the frames that were looked at, as long as there was time."""

    def __init__(self, limits: Limits, wanted: ToRead, ends_at_s: float) -> None:
        self._limits = limits
        self._wanted = wanted
        self._ends_at_s = ends_at_s
        self._looked_at = LookedAt()
        self.read: list[FrameRead] = []
        self.is_whole = True

    def have_shown(self, grey: DecodedGrey) -> bool:
        """Tell whether there is nothing in a frame that is not in one of those."""
        return self._looked_at.shows(grey)

    def at(self, frame: DecodedFrame) -> None:
        """Look at a frame; when it is too late for it, note that once for all that follow."""
        has_room = len(self._looked_at) < self._limits.max_distinct_frames
        if not self.read or (has_room and self.is_whole and time.monotonic() < self._ends_at_s):
            self._looked_at.add(frame.grey)
            self.read.append(self._look(frame))
            return
        seen = self._seen(frame) if has_room else None
        if seen is not None:
            self._looked_at.add(frame.grey)
        if self.is_whole or seen is not None:
            self.read.append(self._not_read(frame.grey.frame, seen))
        self.is_whole = False

    def _look(self, frame: DecodedFrame) -> FrameRead:
        number, wanted = frame.grey.frame, self._wanted
        return look(frame.pixels, number, self._limits, wanted, self._ends_at_s)

    def _seen(self, frame: DecodedFrame) -> FrameSeen | None:
        return _seen(frame.pixels, frame.grey.frame, self._limits, self._wanted)

    def _not_read(self, number: int, seen: FrameSeen | None) -> FrameRead:
        is_first = self.is_whole
        return FrameRead(
            number,
            reader.not_looked_at(number) if is_first and self._wanted.languages else None,
            codes.not_looked_at(number) if is_first and self._wanted.codes else None,
            seen,
        )


def _look_at_scenes(data: bytes, limits: Limits, looks: _Looks) -> set[int]:
    """Look at each scene; return the frames that show something else, a few more than fit."""
    latest: list[DecodedFrame] = []
    further: set[int] = set()

    def greys() -> Iterator[DecodedGrey]:
        for each in decode.decode_frames(data, limits):
            latest[:] = [each]
            yield each.grey
            # If it is a scene, it was looked at by now.
            if len(further) <= limits.max_distinct_frames and not looks.have_shown(each.grey):
                further.add(each.grey.frame)

    for _ in frames.distinct(greys(), limits.max_distinct_frames):
        looks.at(latest[0])
    return further


def _look_further(data: bytes, limits: Limits, looks: _Looks, numbers: set[int]) -> None:
    """Look at those of the frames that show something new."""
    for each in decode.decode_frames(data, limits):
        if each.grey.frame in numbers and not looks.have_shown(each.grey):
            looks.at(each)
        if not looks.is_whole:
            return


def warm_up() -> None:
    """Load the models, if they are installed."""
    if installed.has_rapidocr():
        rapid.warm_up()
    if installed.has_zxing():
        codes.warm_up()
    if vision_installed.has_faces():
        faces.warm_up()
    if vision_installed.has_nudity():
        nudity.warm_up()
    if video_installed.version() is not None:
        container.warm_up()
