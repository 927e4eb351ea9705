"""What a worker does with a video that models are asked about; only small values come back.

A video is watched in steps: each takes a share of what a worker may take for one picture, so that
pictures wait for a step and never for a whole video. A step begins where the one before has ended.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from common.sentences import Sentence
from intake import analysis
from intake.analysis import FrameRead, ToRead
from intake.limits import Limits
from matching import properties
from matching.networks.manifest import BroughtModels
from matching.properties import Properties
from moderation.video import container, installed, repeats, sampling
from moderation.video.errors import CorruptVideo, VideoTimedOut
from moderation.video.limits import VideoLimits
from moderation.video.repeats import Planes
from moderation.video.sampling import ShownFrame

# Of what a worker may take: after that no further frame is begun, and a frame is read no longer.
_STEP_SHARE = 0.2
_READING_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class ToWatch:
    """What is to be found out about the frames of a video, one every `interval_ms`."""

    read: ToRead
    measures: bool = False
    interval_ms: int = 1_000

    def require(self, brought: BroughtModels) -> None:
        """Raise VideoNotInstalled, or as `ToRead.require` does."""
        installed.require()
        self.read.require(brought)


@dataclass(frozen=True, slots=True)
class FrameWatched:
    """What was found out about the frame at `position_ms`; `number` is from 1.

    `is_copy` tells that it shows what the one before shows, and says what was found there.
    """

    number: int
    position_ms: int
    is_copy: bool
    read: FrameRead
    properties: Properties | None


@dataclass(frozen=True, slots=True)
class Watched:
    """The frames of a step; the next one begins at `next_ms`, which is None at the end."""

    frames: tuple[FrameWatched, ...]
    next_ms: int | None


def watch(
    data: bytes,
    limits: Limits,
    *,
    wanted: ToWatch,
    video: VideoLimits,
    since_ms: int = 0,
    reads_text: bool = True,
) -> Watched:
    """Watch a video from a position on for the time of a step, at least one frame.

    Text is told as wholly unread where `reads_text` is false. Raise the errors of
    `moderation.video.errors`, and as `analysis.read` does.
    """
    began_s = time.monotonic()
    wanted.require(limits.brought)
    eyes = _Eyes(limits, wanted, began_s + _READING_SHARE * limits.timeout_s, reads_text=reads_text)
    frames: list[FrameWatched] = []
    with container.opened(data, video) as opened:
        for shown in sampling.shown_frames(
            opened, video, interval_ms=wanted.interval_ms, since_ms=since_ms
        ):
            frames.append(eyes.at(shown))
            if time.monotonic() - began_s > _STEP_SHARE * limits.timeout_s:
                return Watched(tuple(frames), shown.position_ms + wanted.interval_ms)
    return Watched(tuple(frames), None)


def whole(step: Callable[[int, bool], Watched], video: VideoLimits) -> tuple[FrameWatched, ...]:
    """Return all frames, step by step, each told where it begins and whether text is read.

    Text is read for a share of `video.timeout_s`, models of what frames show are always asked.
    Raise VideoTimedOut where that takes longer, or what a step raises.
    """
    began_s = time.monotonic()
    frames: list[FrameWatched] = []
    next_ms: int | None = 0
    while next_ms is not None:
        took_s = time.monotonic() - began_s
        if took_s > video.timeout_s:
            raise timed_out(video)
        watched = step(next_ms, took_s < _READING_SHARE * video.timeout_s)
        frames.extend(watched.frames)
        next_ms = watched.next_ms
    return tuple(frames)


def timed_out(video: VideoLimits) -> VideoTimedOut:
    """Return the error that says what would take less."""
    return VideoTimedOut(
        Sentence(
            "The video took longer than %(timeout_s)g seconds. "
            "Ask for fewer models or a longer interval, or send a shorter or smaller video.",
            timeout_s=video.timeout_s,
        )
    )


def crashed() -> CorruptVideo:
    """Return the error for a video that ends its worker."""
    return CorruptVideo(
        Sentence(
            "The video cannot be read safely: it breaks the decoder or needs too much memory. "
            "Save it anew with a video editor, or send a smaller version."
        )
    )


class _Eyes:
    """Looks at frames, and at none that shows what the one before shows."""

    def __init__(
        self, limits: Limits, wanted: ToWatch, reads_until_s: float, *, reads_text: bool
    ) -> None:
        self._limits, self._wanted = limits, wanted
        self._reads_until_s = reads_until_s
        self._reads_text = reads_text
        self._before: FrameWatched | None = None
        self._planes: Planes | None = None

    def at(self, shown: ShownFrame) -> FrameWatched:
        """Return what was found out about a frame, now or of the one before."""
        planes = shown.planes()
        before = self._before
        if before is not None and self._repeats(shown, planes):
            number, position_ms = shown.number, shown.position_ms
            watched = replace(before, number=number, position_ms=position_ms, is_copy=True)
        else:
            watched = self._looked_at(shown)
            # Compared with what was looked at, so that slow changes add up.
            self._planes = planes
        self._before = watched
        return watched

    def _repeats(self, shown: ShownFrame, planes: Planes) -> bool:
        if shown.is_same_frame:
            return True
        return self._planes is not None and repeats.shows_the_same(self._planes, planes)

    def _looked_at(self, shown: ShownFrame) -> FrameWatched:
        wanted, limits, pixels = self._wanted, self._limits, shown.pixels()
        ends_at_s = self._reads_until_s if self._reads_text else None
        return FrameWatched(
            number=shown.number,
            position_ms=shown.position_ms,
            is_copy=False,
            read=analysis.look(pixels, shown.number, limits, wanted.read, ends_at_s),
            properties=properties.measured(pixels) if wanted.measures else None,
        )
