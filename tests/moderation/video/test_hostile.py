"""Files that are no videos, or try to be more: refused in a sentence, and nothing else opened."""

from __future__ import annotations

import builtins
import io
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

from moderation.video import container, sampling
from moderation.video.errors import CorruptVideo, UnsupportedVideo, UnusableVideo, VideoTooLarge
from moderation.video.limits import VideoLimits
from tests import drawn_videos
from tests.conftest import encoded
from tests.drawn_videos import greys, plain, video
from tests.photos import animation

LIMITS = VideoLimits()


def watched(data: bytes, limits: VideoLimits = LIMITS) -> int:
    """Return in how many moments there was something to see."""
    with container.opened(data, limits) as opened:
        seen = sampling.shown_frames(opened, limits, interval_ms=1_000)
        return sum(each.pixels().rgb.size > 0 for each in seen)


def still(kind: str) -> bytes:
    return encoded(Image.new("RGB", (64, 48), "green"), kind)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 10_000,
        b"not a video " * 500,
        still("PNG"),
        still("JPEG"),
        still("AVIF"),
        animation([Image.new("RGB", (64, 48), each) for each in ("red", "blue")], "GIF"),
        drawn_videos.sound_alone(),
        drawn_videos.with_cover(drawn_videos.sound_alone(), still("JPEG")),
        video(greys(2), codec="ffv1", container="matroska"),
    ],
    ids=["empty", "zeros", "words", "png", "jpeg", "avif", "gif", "sound", "cover", "codec"],
)
def test_what_is_no_video_of_a_format_that_is_read(data: bytes) -> None:
    with pytest.raises(UnsupportedVideo):
        watched(data)


def playlists(target: str) -> list[bytes]:
    """Return files that name another one, as strangers write them."""
    return [
        f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{target}\n#EXT-X-ENDLIST\n".encode(),
        f"ffconcat version 1.0\nfile '{target}'\n".encode(),
        f'<?xml version="1.0"?><MPD><Period><AdaptationSet><Representation><BaseURL>{target}'
        "</BaseURL></Representation></AdaptationSet></Period></MPD>".encode(),
        f"v=0\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\na=control:{target}\n".encode(),
        f"[playlist]\nFile1={target}\n".encode(),
        f"1\n00:00:00,000 --> 00:00:09,000\n{target}\n".encode(),
    ]


def test_nothing_that_a_file_names_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = tmp_path / "canary.mp4"
    canary.write_bytes(video(greys(10)))

    def never(*_: object, **__: object) -> None:
        raise AssertionError("something else was opened")

    targets = [str(canary), f"file:{canary}", f"concat:{canary}", "http://127.0.0.1:9/x.mp4"]
    files = [
        each for target in [*targets, "data:video/mp4;base64,AAAA"] for each in playlists(target)
    ]
    accessed_ns = canary.stat().st_atime_ns
    with monkeypatch.context() as guarded:
        guarded.setattr(socket, "socket", never)
        guarded.setattr(builtins, "open", never)
        guarded.setattr(io, "open", never)
        for each in files:
            with pytest.raises(UnsupportedVideo):
                watched(each)

    assert canary.stat().st_atime_ns == accessed_ns


def test_a_file_of_its_own_asks_for_another_in_vain() -> None:
    """What FFmpeg would open besides the bytes is refused, whichever demuxer asks for it."""
    with pytest.raises(PermissionError):
        container._refuse("file:/etc/hostname", 1, {})


def test_a_name_decides_nothing() -> None:
    """A playlist is taken for one by its name, so FFmpeg is told none."""
    assert not hasattr(container._Nameless(b""), "name")


def test_more_tracks_than_the_limit_are_refused() -> None:
    with pytest.raises(VideoTooLarge):
        watched(video(greys(3), sound=True), VideoLimits(max_tracks=1))


def test_frames_beyond_4k_are_refused() -> None:
    with pytest.raises(VideoTooLarge):
        watched(video([plain(90, (4_112, 2_448))]))


def test_an_encrypted_track_is_told_as_broken_or_not_read() -> None:
    data = video(greys(10), codec="libx264").replace(b"avc1\0", b"encv\0")

    with pytest.raises(UnusableVideo):
        watched(data)


def test_frames_that_last_no_time_come_to_an_end() -> None:
    assert 1 <= watched(drawn_videos.at_one_time(video(greys(10)))) <= 10


def _cut(data: bytes, part: int) -> bytes:
    return data[: len(data) * part // 8]


@pytest.mark.parametrize("spoil", [_cut, drawn_videos.flipped_bits])
@pytest.mark.parametrize(("codec", "kind"), [("libx264", "mp4"), ("libvpx-vp9", "webm")])
def test_spoilt_files_are_watched_or_refused(
    spoil: Callable[[bytes, int], bytes], codec: str, kind: str
) -> None:
    whole = video(greys(30), codec=codec, container=kind)

    for number in range(8):
        with suppress(UnusableVideo):
            watched(spoil(whole, number))


def test_a_film_that_breaks_off_is_watched_up_to_there() -> None:
    whole = video(greys(100), container="matroska", options={"g": "5"})

    assert 3 <= watched(whole[: len(whole) * 6 // 10]) < 10


def test_a_broken_film_is_no_film_of_less() -> None:
    data = bytearray(video(greys(100), codec="libx264", options={"g": "5"}))
    start, end = data.index(b"mdat") + 2_000, data.index(b"moov") - 100
    data[start:end] = bytes(end - start)

    with pytest.raises(CorruptVideo):
        watched(bytes(data))
