"""Watching a video in steps: what is looked at, what is copied, and when it ends."""

from __future__ import annotations

import dataclasses
from itertools import count

import pytest

from intake import watching
from intake.analysis import ToRead
from intake.errors import DecoderCrashed, DecodeTimedOut, TooManyBytes
from intake.limits import Limits
from intake.pool import ModelPool
from intake.watching import FrameWatched, ToWatch, Watched
from matching.networks import runtime
from moderation.video.errors import (
    CorruptVideo,
    UnusableVideo,
    VideoNotInstalled,
    VideoTimedOut,
)
from moderation.video.limits import VideoLimits
from moderation.vision.errors import ModelNotInstalled
from tests.drawn_videos import greys, plain, video
from tests.in_process import InProcessModelPool
from tests.intake import misbehaving
from tests.moderation_parts import lack_video

VIDEO = VideoLimits()
NUDITY = ToWatch(ToRead(models=("nudity",)))
MEASURES = ToWatch(ToRead(), measures=True)


def test_a_frame_that_repeats_the_one_before_copies_its_result() -> None:
    still, other = plain(60), plain(180)
    data = video([still, still, other, other, still], fps=1, codec="libx264")

    frames = watching.watch(data, Limits(), wanted=NUDITY, video=VIDEO).frames

    assert [each.is_copy for each in frames] == [False, True, False, True, False]
    assert frames[1].read == frames[0].read
    assert frames[2].read.seen != frames[0].read.seen
    assert [each.number for each in frames] == [1, 2, 3, 4, 5]
    assert [each.position_ms for each in frames] == [0, 1_000, 2_000, 3_000, 4_000]


def test_slow_changes_add_up() -> None:
    """Each is too small to be seen beside the frame before it."""
    data = video([plain(60 + 4 * each) for each in range(10)], fps=1, codec="libx264")

    frames = watching.watch(data, Limits(), wanted=MEASURES, video=VIDEO).frames

    assert 2 <= sum(not each.is_copy for each in frames) <= 5


def test_steps_together_find_what_one_does() -> None:
    data = video(greys(40), codec="libx264", options={"g": "7"})
    at_once = watching.watch(data, Limits(), wanted=NUDITY, video=VIDEO)
    hurried = dataclasses.replace(Limits(), timeout_s=0.001)
    steps = []

    def step(since_ms: int, reads_text: bool) -> Watched:
        taken = watching.watch(
            data, hurried, wanted=NUDITY, video=VIDEO, since_ms=since_ms, reads_text=reads_text
        )
        steps.append(taken)
        return taken

    frames = watching.whole(step, VIDEO)

    assert at_once.next_ms is None
    assert [len(each.frames) for each in steps if each.frames] == [1] * len(at_once.frames)
    assert frames == at_once.frames


def test_text_for_which_no_time_is_left_is_told_as_unread() -> None:
    wanted = ToWatch(ToRead(("en",)))

    watched = watching.watch(
        video(greys(2)), Limits(), wanted=wanted, video=VIDEO, reads_text=False
    )

    [frame] = watched.frames
    assert frame.read.text is not None
    assert len(frame.read.text.unread) == 1


def test_time_runs_out_for_text_first_and_then_for_the_video(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seconds = count(step=30)
    monkeypatch.setattr("intake.watching.time.monotonic", lambda: float(next(seconds)))
    asked = []

    def step(since_ms: int, reads_text: bool) -> Watched:
        asked.append((since_ms, reads_text))
        return Watched((), since_ms + 1_000)

    with pytest.raises(VideoTimedOut):
        watching.whole(step, VideoLimits(timeout_s=120))

    # After 30, 60, 90 and 120 seconds.
    assert asked == [(0, True), (1_000, True), (2_000, False), (3_000, False)]


def test_what_is_missing_is_told_before_a_worker_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = ModelPool(Limits(), workers=0)
    monkeypatch.setattr(runtime, "is_installed", lambda: False)
    with pytest.raises(ModelNotInstalled):
        pool.watch(video(greys(1)), NUDITY, VIDEO)
    lack_video(monkeypatch)
    with pytest.raises(VideoNotInstalled, match=r"requirements-video\.txt"):
        pool.watch(video(greys(1)), MEASURES, VIDEO)


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (DecodeTimedOut("slow"), VideoTimedOut),
        (DecoderCrashed("lost"), CorruptVideo),
    ],
)
def test_what_happens_to_a_worker_is_told_of_the_video(
    monkeypatch: pytest.MonkeyPatch, raised: Exception, told: type[UnusableVideo]
) -> None:
    def fail(*_: object, **__: object) -> Watched:
        raise raised

    pool = InProcessModelPool(Limits(), workers=1)
    monkeypatch.setattr(pool, "_measured", fail)

    with pytest.raises(told):
        pool.watch_whole(video(greys(1)), MEASURES, VIDEO)


def test_more_bytes_than_the_limit_never_reach_a_worker() -> None:
    with pytest.raises(TooManyBytes):
        ModelPool(Limits(), workers=0).watch(b"12345", MEASURES, VideoLimits(max_bytes=4))


@pytest.mark.slow
def test_a_worker_watches_and_lives_on_after_broken_files() -> None:
    pool = ModelPool(Limits(), workers=1)
    data = video(greys(20), codec="libx264")
    try:
        frames: tuple[FrameWatched, ...] = pool.watch_whole(data, MEASURES, VIDEO)
        process = pool._run(misbehaving.worker_pid, b"x")
        for broken in (b"", b"no video", data[:500], data[: len(data) // 2]):
            with pytest.raises(UnusableVideo):
                pool.watch_whole(broken, MEASURES, VIDEO)
        seen = pool._run(misbehaving.look_around, b"x")

        assert [each.position_ms for each in frames] == [0, 1_000]
        assert pool._run(misbehaving.worker_pid, b"x") == process
        assert "av" in seen.modules
        assert "django" not in seen.modules
    finally:
        pool.close()
