"""Videos drawn by the tests, and their bytes spoilt in the ways that strangers do it."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping, Sequence
from fractions import Fraction

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image, ImageDraw, ImageFont

from matching.types import Rgb

_NOTHING: Mapping[str, str] = {}
# What a pixel's column and row are multiplied by, for the screen: of MP4's track header.
TURNS = {
    "rotated_90": (0, 1, -1, 0),
    "rotated_180": (-1, 0, 0, -1),
    "rotated_270": (0, -1, 1, 0),
    "mirrored": (-1, 0, 0, 1),
    "flipped": (1, 0, 0, -1),
    "transposed": (0, 1, 1, 0),
    "transversed": (0, -1, -1, 0),
}


def plain(brightness: int, size: tuple[int, int] = (64, 48)) -> Rgb:
    """Return a frame of one grey, of a width and a height."""
    width, height = size
    return np.full((height, width, 3), brightness, np.uint8)


def greys(count: int, size: tuple[int, int] = (64, 48)) -> list[Rgb]:
    """Return frames that get brighter, each by the same."""
    return [plain(round(each * 220 / max(1, count - 1)) + 16, size) for each in range(count)]


def with_subtitle(
    ground: Image.Image, words: str, size_px: int, *, colour: tuple[int, int, int] | None = None
) -> Rgb:
    """Return a frame with words near its lower edge: white with a black rim, unless in a colour."""
    picture = ground.copy()
    at = (picture.width // 10, picture.height * 8 // 10)
    ImageDraw.Draw(picture).text(
        at,
        words,
        font=ImageFont.load_default(size_px),
        fill=colour or "white",
        stroke_width=0 if colour else 1,
        stroke_fill="black",
    )
    return np.asarray(picture)


def video(
    frames: Sequence[Rgb],
    *,
    fps: int = 10,
    codec: str = "mpeg4",
    container: str = "mp4",
    times_ms: Sequence[int] = (),
    options: Mapping[str, str] = _NOTHING,
    sound: bool = False,
) -> bytes:
    """Return a video with the frames, at `times_ms` if they are given."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as file:
        track = file.add_stream(codec, rate=fps, options=dict(options))
        assert isinstance(track, VideoStream)
        track.height, track.width = frames[0].shape[:2]
        track.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        if times_ms:
            track.time_base = track.codec_context.time_base = Fraction(1, 1000)
        if sound:
            _add_sound(file)
        for number, pixels in enumerate(frames):
            frame = VideoFrame.from_ndarray(pixels, format="rgb24")
            if times_ms:
                frame.pts, frame.time_base = times_ms[number], Fraction(1, 1000)
            file.mux(track.encode(frame))
        file.mux(track.encode(None))
    return buffer.getvalue()


def sound_alone() -> bytes:
    """Return an MP4 in which there is nothing to see."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as file:
        _add_sound(file)
    return buffer.getvalue()


def with_cover(mp4: bytes, jpeg: bytes) -> bytes:
    """Return the MP4 with a picture among its tags, as music has it."""
    content = struct.pack(">I4sII", 16 + len(jpeg), b"data", 13, 0) + jpeg
    cover = struct.pack(">I4s", 8 + len(content), b"covr") + content
    spoilt = bytearray(mp4)
    for box in (b"moov", b"udta", b"meta", b"ilst"):
        at = mp4.rindex(box) - 4
        [size] = struct.unpack(">I", mp4[at : at + 4])
        spoilt[at : at + 4] = struct.pack(">I", size + len(cover))
    end = mp4.rindex(b"ilst") + 4
    return bytes(spoilt[:end] + cover + spoilt[end:])


def turned(mp4: bytes, turn: str) -> bytes:
    """Return the MP4 with a header that turns it on the screen."""
    a, b, c, d = (each * 65_536 for each in TURNS[turn])
    matrix = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    start = mp4.index(b"tkhd") + 44
    return mp4[:start] + matrix + mp4[start + len(matrix) :]


def with_every_frame_a_key(mp4: bytes) -> bytes:
    """Return the MP4 without its table of key frames, which says that all are."""
    return mp4.replace(b"stss", b"free")


def at_one_time(mp4: bytes) -> bytes:
    """Return the MP4 with frames that last no time at all."""
    start = mp4.index(b"stts") + 8
    [entries] = struct.unpack(">I", mp4[start : start + 4])
    spoilt = bytearray(mp4)
    for entry in range(entries):
        at = start + 8 + 8 * entry
        spoilt[at : at + 4] = bytes(4)
    return bytes(spoilt)


def claiming_seconds(mp4: bytes, seconds: int) -> bytes:
    """Return the MP4 with headers that tell another length than its frames have."""
    spoilt = bytearray(mp4)
    for box, of_scale, of_length in ((b"mvhd", 16, 20), (b"mdhd", 16, 20)):
        at = mp4.index(box)
        [scale] = struct.unpack(">I", mp4[at + of_scale : at + of_scale + 4])
        spoilt[at + of_length : at + of_length + 4] = struct.pack(">I", scale * seconds)
    return bytes(spoilt)


def flipped_bits(data: bytes, seed: int, count: int = 8) -> bytes:
    """Return the bytes with a few bits changed."""
    random = np.random.default_rng(seed)
    spoilt = bytearray(data)
    for at in random.integers(0, len(data), count):
        spoilt[at] ^= 1 << int(random.integers(8))
    return bytes(spoilt)


def _add_sound(file: av.container.OutputContainer) -> None:
    track = file.add_stream("aac", rate=8000)
    samples = np.zeros((1, 8000), np.float32)
    frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
    frame.sample_rate = 8000
    file.mux(track.encode(frame))
    file.mux(track.encode(None))
