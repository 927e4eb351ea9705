"""What a video shows every so often: the frame that is on the screen at that moment.

Moments are told by the time stamps of frames, never by counting them, so that it does not matter
how evenly frames follow each other. Only what is needed is decoded: from the last key frame before
a moment to the frame itself.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import count, islice
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from common.sentences import Sentence
from matching.orient import oriented
from matching.types import Orientation, Pixels
from moderation.video import container
from moderation.video.container import OpenedVideo
from moderation.video.errors import VideoTooLong
from moderation.video.limits import VideoLimits
from moderation.video.repeats import Planes

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

# Containers round time stamps, most of them to a millisecond.
_ROUNDING_MS = 0.5
# Of a track that tells neither when its frames come nor how often.
_FRAMES_PER_S = 25.0
# Of its packets, how many may be broken for the rest to count as the video.
_MAX_BROKEN = 0.05
# Where the first column and row of the stored picture point to on the screen: right is 1, 0 and
# down is 0, 1.
_ORIENTATIONS = {
    (1, 0, 0, 1): Orientation.IDENTITY,
    (0, 1, -1, 0): Orientation.ROTATED_90,
    (-1, 0, 0, -1): Orientation.ROTATED_180,
    (0, -1, 1, 0): Orientation.ROTATED_270,
    (-1, 0, 0, 1): Orientation.MIRRORED,
    (1, 0, 0, -1): Orientation.FLIPPED,
    (0, 1, 1, 0): Orientation.TRANSPOSED,
    (0, -1, -1, 0): Orientation.TRANSVERSED,
}
_Packets: TypeAlias = "Sequence[Packet[VideoStream]]"
# Of the key frames before a frame, how many are looked at for one that is shown before it.
_MAX_KEYS_BACK = 16


@dataclass(frozen=True, slots=True)
class ShownFrame:
    """What is on the screen at `position_ms` from the first frame; `number` is from 1.

    `is_same_frame` tells that it is the very frame of the one before.
    """

    number: int
    position_ms: int
    is_same_frame: bool
    _frame: VideoFrame = field(repr=False)

    def pixels(self) -> Pixels:
        """Return the frame upright, in full size, as sRGB."""
        rgb = self._frame.to_ndarray(format="rgb24")
        upright = oriented(np.asarray(rgb, np.uint8), _orientation(self._frame))
        return Pixels(np.ascontiguousarray(upright), image_format="VIDEO", frames=1)

    def planes(self) -> Planes:
        """Return luma and chroma as they are stored: not upright, and quicker to have."""
        # Chroma has half the size, so there is none of an odd row.
        width, height = (max(2, side & ~1) for side in (self._frame.width, self._frame.height))
        stored = self._frame.to_ndarray(format="yuv420p", width=width, height=height)
        luma, chroma = np.split(np.asarray(stored, np.uint8), [height])
        return Planes(luma, chroma)


def shown_frames(
    video: OpenedVideo, limits: VideoLimits, *, interval_ms: int, since_ms: int = 0
) -> Iterator[ShownFrame]:
    """Yield what is shown every `interval_ms`, the first of a whole video at 0 ms.

    `since_ms` is a multiple of the interval: what comes before is decoded as far as needed only.
    Raise VideoTooLong, VideoTooLarge or CorruptVideo.
    """
    screen = _Screen(video, limits)
    before: VideoFrame | None = None
    for position_ms in count(since_ms, interval_ms):
        frame = screen.at(position_ms)
        if frame is None:
            return
        yield ShownFrame(position_ms // interval_ms + 1, position_ms, frame is before, frame)
        before = frame


class _Untrusted(Exception):
    """Decoding cannot begin where the file says that it can."""


class _Screen:
    """The frame that is on the screen, as time goes by."""

    def __init__(self, video: OpenedVideo, limits: VideoLimits) -> None:
        self._packets, self._limits = video.packets, limits
        self._codec: VideoCodecContext = video.track.codec_context
        self._ms_per_tick = float((video.track.time_base or Fraction(1, 1000)) * 1000)
        frames_per_s = float(video.track.average_rate or 0) or _FRAMES_PER_S
        self._ticks_per_frame = max(1, round(1000 / frames_per_s / self._ms_per_tick))
        self._next_tick = 0
        self._plan = _plan(video.packets)
        self._origin = self._plan.times[0] if self._plan else None
        self._next = 0
        self._broken = 0
        self._is_over = False
        self._coming: deque[VideoFrame] = deque()
        self._shown: VideoFrame | None = None
        self._expected: int | None = None
        if self._plan:
            self._require_short(self._ms(self._plan.times[-1]))

    def at(self, position_ms: int) -> VideoFrame | None:
        """Return what is on the screen, None when the video is over; later than asked before."""
        try:
            self._leap(position_ms)
            self._run_until(position_ms)
        except _Untrusted:
            # As a player does it: from the beginning, whatever the file says.
            self._begin_at(0)
            self._plan = self._expected = None
            self._run_until(position_ms)
        if self._shown is None:
            raise container.broken("no frame")
        return None if self._has_left(position_ms) else self._shown

    def _leap(self, position_ms: int) -> None:
        """Leave out what is not needed for the frame at a position."""
        if self._plan is None or self._origin is None:
            return
        tick = self._origin + (position_ms + _ROUNDING_MS) / self._ms_per_tick
        start = self._plan.start_for(tick)
        if start > self._next:
            self._begin_at(start)
            self._expected = self._packets[start].pts

    def _begin_at(self, start: int) -> None:
        if self._next or self._is_over:
            self._codec.flush_buffers()
        self._coming.clear()
        self._next, self._is_over = start, False

    def _run_until(self, position_ms: int) -> None:
        """Decode until a frame comes that is later."""
        while True:
            while self._coming and self._time_ms(self._coming[0]) <= position_ms + _ROUNDING_MS:
                self._shown = self._coming.popleft()
            if self._coming or self._is_over:
                return
            self._decode_next()

    def _decode_next(self) -> None:
        self._is_over = self._next >= len(self._packets)
        packet = None if self._is_over else self._packets[self._next]
        self._next += 1
        try:
            frames = self._codec.decode(packet)
        except container.ffmpeg_error() as error:
            self._broken += 1
            if self._broken > max(1, _MAX_BROKEN * len(self._packets)):
                raise container.broken("too many packets") from error
            return
        for frame in frames:
            self._take(frame)

    def _take(self, frame: VideoFrame) -> None:
        if self._expected is not None:
            if frame.pts != self._expected or not frame.key_frame or frame.is_corrupt:
                raise _Untrusted
            self._expected = None
        if frame.width * frame.height > self._limits.max_pixels:
            raise container.too_large(self._limits)
        if frame.pts is None:
            # It follows the one before as frames of its track do.
            frame.pts = self._next_tick
        self._next_tick = frame.pts + self._ticks_per_frame
        if self._origin is None:
            self._origin = frame.pts
        self._require_short(self._time_ms(frame))
        self._coming.append(frame)

    def _time_ms(self, frame: VideoFrame) -> float:
        return self._ms(frame.pts or 0)

    def _ms(self, tick: int) -> float:
        return (tick - (self._origin or 0)) * self._ms_per_tick

    def _has_left(self, position_ms: int) -> bool:
        """Tell whether the last frame has left the screen, as far as it is told how long it lasts.

        However short that is, each frame is there when it begins.
        """
        last = self._shown
        if self._coming or last is None:
            return False
        begins_ms = self._time_ms(last)
        ends_ms = begins_ms + (last.duration or 0) * self._ms_per_tick
        ends_ms = min(ends_ms, self._limits.max_seconds * 1000)
        return position_ms > begins_ms + _ROUNDING_MS and position_ms + _ROUNDING_MS >= ends_ms

    def _require_short(self, time_ms: float) -> None:
        if time_ms > self._limits.max_seconds * 1000:
            raise VideoTooLong(
                Sentence(
                    "The video is longer than %(max_seconds)g seconds. Send a part of it.",
                    max_seconds=self._limits.max_seconds,
                )
            )


@dataclass(frozen=True, slots=True)
class _DecodingPlan:
    """When each frame comes, in order, and the packet from which it can be decoded."""

    times: Sequence[int]
    starts: Sequence[int]

    def start_for(self, tick: float) -> int:
        """Return the packet to begin with for what is on the screen at a time."""
        return self.starts[max(0, bisect_right(self.times, tick) - 1)]


def _plan(packets: _Packets) -> _DecodingPlan | None:
    """Return when frames come, None where the packets do not tell it."""
    starts: dict[int, int] = {}
    keys: list[int] = []
    for number, packet in enumerate(packets):
        if packet.pts is None or packet.pts in starts:
            return None
        if packet.is_keyframe:
            keys.append(number)
        # Frames that follow a key frame in the file may come before it.
        latest = islice(reversed(keys), _MAX_KEYS_BACK)
        before = next((key for key in latest if _pts(packets[key]) <= packet.pts), 0)
        if not packet.is_discard:
            starts[packet.pts] = before
    if not starts:
        return None
    times = sorted(starts)
    return _DecodingPlan(times, [starts[each] for each in times])


def _pts(packet: Packet[VideoStream]) -> int:
    return packet.pts or 0


def _orientation(frame: VideoFrame) -> Orientation:
    """Return what makes a frame upright, by the matrix that its file gives for the screen."""
    matrix: Any = frame.side_data.get("DISPLAYMATRIX")
    if matrix is None:
        return Orientation.IDENTITY
    a, b, _, c, d = (int(each) for each in np.frombuffer(matrix, np.dtype("<i4"))[:5])
    largest = max(map(abs, (a, b, c, d))) or 1
    signs = (round(a / largest), round(b / largest), round(c / largest), round(d / largest))
    return _ORIENTATIONS.get(signs, Orientation.IDENTITY)
