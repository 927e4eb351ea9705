"""What is on the screen at each moment, whatever the container, the codec or the time stamps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from av.video.frame import VideoFrame

from matching.orient import oriented
from matching.types import Orientation, Rgb
from moderation.video import container, sampling
from moderation.video.errors import VideoTooLarge, VideoTooLong
from moderation.video.limits import VideoLimits
from moderation.video.sampling import ShownFrame
from tests import drawn_videos
from tests.drawn_videos import greys, plain, video

LIMITS = VideoLimits()
# What lossy compression may change a grey by.
NEAR = 6


def shown(
    data: bytes, interval_ms: int = 1_000, *, since_ms: int = 0, limits: VideoLimits = LIMITS
) -> list[ShownFrame]:
    with container.opened(data, limits) as opened:
        return list(
            sampling.shown_frames(opened, limits, interval_ms=interval_ms, since_ms=since_ms)
        )


def brightnesses(data: bytes, interval_ms: int = 1_000, since_ms: int = 0) -> list[int]:
    seen = shown(data, interval_ms, since_ms=since_ms)
    return [round(float(each.pixels().rgb.mean())) for each in seen]


def assert_near(found: Sequence[int], frames: Sequence[Rgb]) -> None:
    assert len(found) == len(frames)
    for one, frame in zip(found, frames, strict=True):
        assert abs(one - int(frame[0, 0, 0])) <= NEAR


@pytest.mark.parametrize(
    ("codec", "kind"),
    [
        ("libx264", "mp4"),
        ("libx264", "mov"),
        ("libx264", "avi"),
        ("libx264", "mpegts"),
        ("libx264", "flv"),
        ("mpeg4", "mp4"),
        ("mpeg4", "avi"),
        ("mpeg4", "matroska"),
        ("libvpx", "webm"),
        ("libvpx-vp9", "webm"),
        ("libsvtav1", "mp4"),
        ("flv", "flv"),
        ("mpeg1video", "mpeg"),
        ("mpeg2video", "mpegts"),
        ("mjpeg", "avi"),
    ],
)
def test_every_second_the_frame_that_is_on_the_screen(codec: str, kind: str) -> None:
    frames = greys(75)

    # AVI does not tell when frames come that are stored in another order.
    options = {"bf": "0"} if kind == "avi" else {}
    data = video(frames, fps=25, codec=codec, container=kind, options=options)

    assert_near(brightnesses(data), [frames[0], frames[25], frames[50]])


def test_positions_and_numbers_count_from_the_first_frame_by_the_interval() -> None:
    seen = shown(video(greys(25)), 500)

    assert [each.number for each in seen] == [1, 2, 3, 4, 5]
    assert [each.position_ms for each in seen] == [0, 500, 1_000, 1_500, 2_000]


def test_time_stamps_tell_what_is_shown_when_and_not_the_number_of_frames() -> None:
    frames = [plain(each) for each in (20, 60, 100, 140, 180)]
    # A burst, a frame that stands for three seconds, and one that ends the video.
    data = video(frames, times_ms=[0, 40, 80, 900, 3_950], container="matroska")

    seen = shown(data)

    assert_near(brightnesses(data), [frames[0], *[frames[3]] * 3, frames[4]])
    assert [each.is_same_frame for each in seen] == [False, False, True, True, False]


def test_frames_without_time_stamps_follow_each_other_at_the_rate_of_their_track() -> None:
    frames = greys(30)

    with container.opened(video(frames), LIMITS) as opened:
        for packet in opened.packets:
            packet.pts = packet.dts = None
        seen = list(sampling.shown_frames(opened, LIMITS, interval_ms=1_000))

    found = [round(float(each.pixels().rgb.mean())) for each in seen]
    assert_near(found, [frames[0], frames[10], frames[20]])


def test_a_video_of_one_frame_has_one_moment() -> None:
    assert len(shown(video(greys(1)))) == 1


@pytest.mark.parametrize("turn", drawn_videos.TURNS)
def test_a_turned_video_comes_upright(turn: str) -> None:
    stored = plain(20)
    stored[:16, :16] = 220
    stored[:16, 48:] = 120

    [frame] = shown(drawn_videos.turned(video([stored], codec="libx264"), turn))

    expected = oriented(stored, Orientation(turn))
    upright = frame.pixels().rgb
    assert upright.shape == expected.shape
    assert np.abs(upright.astype(int) - expected).mean() < NEAR


def test_a_step_begins_where_it_is_told_and_decodes_no_more_than_needed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frames = greys(60)
    data = video(frames, codec="libx264", options={"g": "10"})
    decoded = []
    take = sampling._Screen._take

    def counted(screen: sampling._Screen, frame: VideoFrame) -> None:
        decoded.append(frame)
        take(screen, frame)

    monkeypatch.setattr(sampling._Screen, "_take", counted)

    assert_near(brightnesses(data, since_ms=4_000), [frames[40], frames[50]])
    assert len(decoded) <= 25


def test_key_frames_are_no_word_to_be_trusted() -> None:
    """A frame that only claims to be one would show what was before it, or nothing."""
    ground = np.random.default_rng(1).integers(0, 200, (48, 64, 3), np.uint8)
    frames = [np.roll(ground, each, axis=1) for each in range(60)]
    honest = video(frames, options={"g": "60", "sc_threshold": "1000000000"})

    lying = drawn_videos.with_every_frame_a_key(honest)

    assert honest != lying
    expected = [each.pixels().rgb for each in shown(honest, 2_000)]
    found = [each.pixels().rgb for each in shown(lying, 2_000)]
    [later] = shown(lying, 2_000, since_ms=4_000)
    assert [each.tobytes() for each in found] == [each.tobytes() for each in expected]
    assert later.pixels().rgb.tobytes() == expected[2].tobytes()


def test_sound_is_left_alone() -> None:
    frames = greys(20)

    data = video(frames, sound=True)

    assert_near(brightnesses(data), [frames[0], frames[10]])


def test_odd_sizes_are_looked_at_too() -> None:
    [frame] = shown(video([plain(90, (63, 47))], codec="libvpx-vp9", container="webm"))

    assert frame.pixels().rgb.shape == (47, 63, 3)
    assert frame.planes().luma.shape == (46, 62)


def test_what_a_header_claims_of_the_length_counts_for_nothing() -> None:
    claims_hours = drawn_videos.claiming_seconds(video(greys(20)), 36_000)

    assert len(shown(claims_hours)) == 2


@pytest.mark.parametrize("kind", ["mp4", "avi"])
def test_a_video_longer_than_the_limit_is_refused(kind: str) -> None:
    frames = [plain(50), plain(60)] * 31

    assert len(shown(video(frames[:61], fps=1, container=kind))) == 61
    with pytest.raises(VideoTooLong):
        shown(video(frames, fps=1, container=kind))


def test_frames_larger_than_the_limit_are_refused_before_they_are_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(sampling._Screen, "_decode_next", never)
    with pytest.raises(VideoTooLarge):
        shown(video([plain(90)]), limits=VideoLimits(max_pixels=64 * 48 - 1))


def test_more_frames_than_the_limit_are_refused() -> None:
    with pytest.raises(VideoTooLarge):
        shown(video(greys(5)), limits=VideoLimits(max_frames=4))
