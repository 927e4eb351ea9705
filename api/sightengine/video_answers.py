"""What is answered to a check of a video, with its description."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.shapes import INTEGER, TEXT, Shape
from api.sightengine.answers import FOUND, UNAVAILABLE, Answered
from api.sightengine.errors import REQUEST, Handled
from api.sightengine.videos import SeenFrame, SeenVideo


@dataclass(frozen=True, slots=True)
class VideoAnswer:
    """What is answered to a check of a video."""

    handled: Handled
    seen: SeenVideo
    unavailable: Sequence[str] | None


MEDIA = Shape[SeenVideo](
    "SightengineVideo",
    "The video that was sent.",
    id=TEXT.of(lambda video: video.id),
    uri=TEXT.of(lambda video: video.uri),
)
INFO = Shape[SeenFrame](
    "SightengineFrameInfo",
    "Which frame it is.",
    id=TEXT.of(lambda frame: frame.id, "That of the video, and a number from 1."),
    position=INTEGER.of(lambda frame: frame.position_ms, "Milliseconds from the first frame."),
)


def _answered(frame: SeenFrame) -> Answered:
    return frame


FRAME = Shape[SeenFrame](
    "SightengineVideoFrame",
    "What was found out about one frame: what was asked for.",
    info=INFO.of(lambda frame: frame),
    **FOUND.within(_answered),
)
DATA = Shape[SeenVideo](
    "SightengineVideoData",
    "What was found out about a video.",
    frames=FRAME.many.of(lambda video: video.frames, "In their order, one every interval."),
)
ANSWER = Shape[VideoAnswer](
    "SightengineVideoAnswer",
    "The answer about a video.",
    status=TEXT.of(lambda _: "success"),
    request=REQUEST.of(lambda answer: answer.handled),
    unavailable=UNAVAILABLE.within(lambda answer: answer),
    media=MEDIA.of(lambda answer: answer.seen),
    data=DATA.of(lambda answer: answer.seen),
)
