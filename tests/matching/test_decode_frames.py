"""Animations are read frame by frame; what is broken in a later frame is broken."""

from __future__ import annotations

import io
import struct
import tracemalloc
from functools import cache
from unittest.mock import Mock

import numpy as np
import pytest
from PIL import Image

from matching import containers, decode
from matching.errors import CorruptImage, TooCostly, TooManyFrames, TooManyPixels
from matching.hashers import registry
from matching.types import DecodedGrey, DecodeLimits
from tests.photos import animation, encoded, photo

LIMITS = DecodeLimits()
ANIMATED = [("GIF", {}), ("WEBP", {"quality": 80}), ("PNG", {})]
SCENES = ("coffee", "rocket", "astronaut", "chelsea")
SIZE = (320, 240)


def scenes(size: tuple[int, int] = SIZE) -> list[Image.Image]:
    return [photo(name).resize(size) for name in SCENES]


@cache
def animated(image_format: str, size: tuple[int, int] = SIZE, **options: int) -> bytes:
    """Return the animation of the scenes, which is encoded once."""
    pictures = scenes(size)
    if image_format == "GIF":
        pictures = [picture.quantize() for picture in pictures]  # to the nearest colours
    return animation(pictures, image_format, **options)


def distance_bits(grey: DecodedGrey, picture: Image.Image) -> int:
    still = decode.decode_grey(encoded(picture, "PNG"), LIMITS)
    return registry.PDQ.fingerprint(grey).distance_bits(registry.PDQ.fingerprint(still))


def described(grey: DecodedGrey) -> tuple[object, ...]:
    return (grey.width, grey.height, grey.scale, grey.image_format, grey.frames, grey.frame)


@pytest.mark.parametrize(("image_format", "options"), ANIMATED)
def test_every_frame_comes_in_its_turn(image_format: str, options: dict[str, int]) -> None:
    file = animated(image_format, **options)

    greys = list(decode.decode_grey_frames(file, LIMITS))

    assert [(grey.frame, grey.frames) for grey in greys] == [(0, 4), (1, 4), (2, 4), (3, 4)]
    assert all((grey.width, grey.height) == SIZE for grey in greys)
    assert max(map(distance_bits, greys, scenes())) <= 10


@pytest.mark.parametrize(("image_format", "options"), ANIMATED)
def test_luma_and_pixels_of_a_frame_come_from_one_decode(
    image_format: str, options: dict[str, int]
) -> None:
    file = animated(image_format, (700, 600), **options)

    frames = list(decode.decode_frames(file, LIMITS))

    for frame, grey in zip(frames, decode.decode_grey_frames(file, LIMITS), strict=True):
        assert described(frame.grey) == described(grey)
        assert np.array_equal(frame.grey.pixels, grey.pixels)
    for frame, picture in zip(frames, scenes((700, 600)), strict=True):
        assert (frame.pixels.frames, frame.grey.scale) == (4, 2)
        assert np.abs(frame.pixels.rgb.astype(int) - np.asarray(picture)).mean() < 15


@pytest.mark.parametrize("name", ["coffee", "rocket", "ihc", "coins", "motorcycle_left"])
def test_the_first_frame_is_what_a_still_picture_gives(name: str) -> None:
    scene = [photo(name).resize(SIZE), photo(name).resize(SIZE).rotate(180)]
    files = [animation(scene, each) for each in ("MPO", "PNG", "GIF", "WEBP", "TIFF")]
    files.append(encoded(scene[0], "JPEG"))

    for file in files:
        first, still = (
            next(decode.decode_grey_frames(file, LIMITS)),
            decode.decode_grey(file, LIMITS),
        )
        in_full, pixels = next(decode.decode_frames(file, LIMITS)), decode.decode_rgb(file, LIMITS)

        assert described(first) == described(still) == described(in_full.grey)
        assert np.array_equal(first.pixels, still.pixels)
        assert np.array_equal(in_full.grey.pixels, still.pixels)
        assert np.array_equal(in_full.pixels.rgb, pixels.rgb)


@pytest.mark.parametrize("image_format", ["MPO", "TIFF", "AVIF"])
def test_pages_previews_and_bursts_are_not_frames(image_format: str) -> None:
    file = animated(image_format)
    with Image.open(io.BytesIO(file)) as opened:
        assert getattr(opened, "n_frames", 1) == 4

    (only,) = decode.decode_grey_frames(file, LIMITS)

    assert (only.frame, only.frames) == (0, 1)
    assert distance_bits(only, scenes()[0]) <= 10


@pytest.mark.parametrize(("image_format", "options"), ANIMATED)
@pytest.mark.parametrize("share", [0.4, 0.6, 0.8, 0.97])
def test_an_animation_that_is_cut_off_is_refused(
    image_format: str, options: dict[str, int], share: float
) -> None:
    file = animated(image_format, **options)
    cut_off = file[: int(share * len(file))]

    with pytest.raises(CorruptImage, match="incomplete"):
        list(decode.decode_grey_frames(cut_off, LIMITS))
    with pytest.raises(CorruptImage, match="incomplete"):
        list(decode.decode_frames(cut_off, LIMITS))


def test_a_gif_is_refused_wherever_it_is_cut_off_but_between_two_frames() -> None:
    file = animated("GIF", (32, 24))
    first_begins = file.index(b",\0\0\0\0" + struct.pack("<HH", 32, 24))
    first_ends = file.index(b"\0!\xf9\x04", first_begins) + 1

    accepted = []
    for length in range(first_ends + 1, len(file)):
        try:
            list(decode.decode_grey_frames(file[:length], LIMITS))
        except CorruptImage:
            continue
        accepted.append(length)

    assert accepted == [
        each + 1
        for each in range(first_ends, len(file))
        if file[each : each + 4] in {b"\0!\xf9\x04", b"\0;"}
    ]


def test_an_animated_gif_that_lacks_its_last_byte_is_read() -> None:
    greys = list(decode.decode_grey_frames(animated("GIF")[:-1], LIMITS))

    assert len(greys) == 4
    assert not any(grey.is_truncated for grey in greys)


def test_a_still_gif_that_lacks_its_last_byte_is_read() -> None:
    file = encoded(photo("coffee"), "GIF")

    (only,) = decode.decode_grey_frames(file[:-1], LIMITS)

    assert distance_bits(only, photo("coffee")) <= 10


@pytest.mark.parametrize("control", [b"", b"!\xf9\x04\0\5\0\0\0"])
def test_what_the_first_frame_of_a_gif_leaves_of_the_screen_is_transparent(control: bytes) -> None:
    red = Image.new("P", (20, 10), 1)
    red.putpalette([0, 0, 0, 200, 0, 0])
    file = encoded(red, "GIF")
    at = file.index(b",\0\0\0\0")
    wider = file[:6] + struct.pack("<HH", 40, 10) + file[10:at] + control + file[at:]

    rgb = decode.decode_rgb(wider, LIMITS).rgb

    assert rgb[5, 5].tolist() == [200, 0, 0]
    assert rgb[5, 30].tolist() == [255, 255, 255]


def test_bytes_after_the_end_of_a_gif_do_no_harm() -> None:
    file = animated("GIF")

    assert len(list(decode.decode_grey_frames(file + b"!\xf9\x04, and more", LIMITS))) == 4


def test_filling_in_a_gif_is_passed_over_in_one_step(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = Mock(wraps=containers._after_block)
    monkeypatch.setattr(containers, "_after_block", steps)
    file = animated("GIF")

    assert len(list(decode.decode_grey_frames(file[:-1] + bytes(100_000), LIMITS))) == 4
    assert steps.call_count < 100


def test_a_frame_of_broken_pixels_is_refused_though_those_before_are_fine() -> None:
    file = bytearray(animated("PNG"))
    last_frame = file.rindex(b"fdAT")
    file[last_frame + 200 : last_frame + 220] = bytes(20)
    frames = decode.decode_grey_frames(bytes(file), LIMITS)

    assert next(frames).frame == 0
    with pytest.raises(CorruptImage, match="broken"):
        list(frames)


def test_a_later_frame_larger_than_the_header_says_is_judged_anew() -> None:
    file = bytearray(animated("GIF"))
    descriptor = file.rindex(b",\0\0\0\0" + struct.pack("<HH", *SIZE))
    file[descriptor + 5 : descriptor + 9] = struct.pack("<HH", 20_000, 3_000)
    small = DecodeLimits(max_pixels=320 * 240)

    with pytest.raises(TooManyPixels):
        list(decode.decode_grey_frames(bytes(file), LIMITS))
    with pytest.raises(TooManyPixels):
        list(decode.decode_grey_frames(bytes(file), small))


def test_frames_and_pixels_together_are_bounded() -> None:
    file = animated("GIF")
    passes = 320 * 240 * 4

    list(decode.decode_grey_frames(file, DecodeLimits(max_pixel_passes=passes)))
    with pytest.raises(TooCostly):
        list(decode.decode_grey_frames(file, DecodeLimits(max_pixel_passes=passes - 1)))


def test_a_thousand_frames_are_read_one_at_a_time_and_one_more_is_refused() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (1001, 64, 64), dtype=np.uint8)
    pictures = [Image.fromarray(each) for each in noise]
    file = animation(pictures[:1000], "GIF")
    tracemalloc.start()

    count = sum(1 for _ in decode.decode_grey_frames(file, LIMITS))
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 1000
    assert peak_bytes < len(file) + 20 * 64 * 64
    with pytest.raises(TooManyFrames):
        next(decode.decode_grey_frames(animation(pictures, "GIF"), LIMITS))
