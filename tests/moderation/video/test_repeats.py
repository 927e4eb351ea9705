"""Which frames show nothing new: never those in which a figure has changed."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from matching.types import Rgb
from moderation.video import container, repeats, sampling
from moderation.video.limits import VideoLimits
from tests import drawn_videos
from tests.conftest import photo_path
from tests.drawn_videos import video

LIMITS = VideoLimits()


def captioned(words: str, size_px: int) -> Rgb:
    ground = Image.open(photo_path("rocket.jpg")).convert("RGB").resize((640, 360))
    return drawn_videos.with_subtitle(ground, words, size_px)


def repeated(frames: list[Rgb], quality: str) -> list[bool]:
    """Return of each frame but the first, seconds apart, whether it repeats the one before."""
    shown = [frame for frame in frames for _ in range(10)]
    data = video(shown, codec="libx264", options={"crf": quality, "preset": "veryfast"})
    with container.opened(data, LIMITS) as opened:
        planes = [
            each.planes() for each in sampling.shown_frames(opened, LIMITS, interval_ms=1_000)
        ]
    return [repeats.shows_the_same(one, other) for one, other in pairwise(planes)]


@pytest.mark.parametrize("size_px", [14, 28])
def test_one_figure_for_another_is_seen(size_px: int) -> None:
    frames = [captioned(f"call 555 018{figure}", size_px) for figure in "388851QO"]

    assert repeated(frames, "23") == [False, True, True, False, False, False, False]
    # Strong compression makes frames differ that show the same, and hides nothing.
    assert not any(repeated(frames, "34")[number] for number in (0, 3, 4, 5, 6))


def test_letters_as_bright_as_their_ground_are_seen() -> None:
    grey = Image.new("RGB", (320, 180), (120, 120, 120))
    red = drawn_videos.with_subtitle(grey, "get lost", 28, colour=(200, 81, 108))

    assert repeated([np.asarray(grey), red, red], "23") == [False, True]


def test_frames_of_other_sizes_are_never_the_same() -> None:
    one = repeats.Planes(np.zeros((4, 4), np.uint8), np.zeros((2, 4), np.uint8))
    other = repeats.Planes(np.zeros((4, 6), np.uint8), np.zeros((2, 6), np.uint8))

    assert not repeats.shows_the_same(one, other)
