"""JPEG and PNG that break off: what is there of them is read, and they say so."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bench.odd_files import chunk, interlaced
from matching import decode, pngs
from matching.errors import CorruptImage, TooCostly
from matching.types import DecodeLimits, Pixels
from tests.photos import encoded, photo

LIMITS = DecodeLimits()
SIZE = (240, 160)


def exif(orientation: int) -> Image.Exif:
    made = Image.Exif()
    made[0x0112] = orientation
    return made


@cache
def scene(mode: str = "RGB") -> Image.Image:
    return photo("coffee").resize(SIZE).convert(mode)


def deep() -> Image.Image:
    return Image.fromarray(np.asarray(scene("L")).astype(np.uint16) * 257)


WRITTEN: dict[str, Callable[[], bytes]] = {
    "JPEG": lambda: encoded(scene(), "JPEG", quality=90),
    "grey JPEG": lambda: encoded(scene("L"), "JPEG", quality=90),
    "CMYK JPEG": lambda: encoded(scene("CMYK"), "JPEG", quality=90),
    "JPEG with restarts": lambda: encoded(scene(), "JPEG", restart_marker_blocks=4),
    "turned JPEG": lambda: encoded(scene(), "JPEG", quality=90, exif=exif(3)),
    "PNG": lambda: encoded(scene(), "PNG"),
    "deep PNG": lambda: encoded(deep(), "PNG"),
    "palette PNG": lambda: encoded(scene().quantize(64), "PNG"),
    "PNG with alpha": lambda: encoded(scene("RGBA"), "PNG"),
    "turned PNG": lambda: encoded(scene(), "PNG", exif=exif(3)),
    "interlaced PNG": lambda: interlaced(np.asarray(scene())),
}


def cut(file: bytes, share: float) -> bytes:
    return file[: int(share * len(file))]


def read(file: bytes) -> Pixels:
    return decode.decode_rgb(file, LIMITS)


def whole_rows(name: str, pixels: Pixels) -> int:
    """Return how many rows from where the file begins show the picture."""
    apart = np.abs(pixels.rgb.astype(int) - read(WRITTEN[name]()).rgb).max(axis=(1, 2))
    in_order = apart[::-1] if name.startswith("turned") else apart
    (wrong,) = np.nonzero(in_order > 8)
    return int(wrong[0]) if wrong.size else len(apart)


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_there_is_read_and_the_rest_is_ground(name: str) -> None:
    pixels = read(cut(WRITTEN[name](), 0.8))

    rows = whole_rows(name, pixels)
    assert pixels.is_truncated
    assert (pixels.width, pixels.height) == SIZE
    assert SIZE[1] / 2 <= rows < SIZE[1]
    if name != "interlaced PNG":
        missing = pixels.rgb[: SIZE[1] - rows - 1] if "turned" in name else pixels.rgb[rows + 1 :]
        assert (missing == 255).all()


@pytest.mark.parametrize("name", WRITTEN)
def test_with_less_than_half_of_the_rows_a_picture_is_refused(name: str) -> None:
    for share in (0.02, 0.3):
        for decoder in (decode.decode_grey, decode.decode_rgb):
            with pytest.raises(CorruptImage, match="incomplete"):
                decoder(cut(WRITTEN[name](), share), LIMITS)


@pytest.mark.parametrize("name", WRITTEN)
def test_every_decode_says_the_same_of_a_cut(name: str) -> None:
    file = WRITTEN[name]()
    for length in range(len(file) // 3, len(file) + 1, len(file) // 9):
        said = []
        for decoder in (decode.decode_grey, decode.decode_rgb, reduced, framed):
            try:
                said.append(str(decoder(file[:length], LIMITS).is_truncated))
            except CorruptImage:
                said.append("broken")
        assert len(set(said)) == 1, (length, said)


def reduced(file: bytes, limits: DecodeLimits) -> Pixels:
    return decode.decode_rgb_reduced(file, limits, 60)


def framed(file: bytes, limits: DecodeLimits) -> Any:
    (frame,) = decode.decode_frames(file, limits)
    assert frame.grey.is_truncated == frame.pixels.is_truncated
    return frame.grey


def test_a_reduced_decode_shows_the_same_rows() -> None:
    large = encoded(photo("retina").resize((1200, 1024)), "JPEG", quality=90)
    file = cut(large, 0.8)

    grey, small, full = decode.decode_grey(file, LIMITS), reduced(file, LIMITS), read(file)

    first_white = int(np.nonzero((full.rgb == 255).all(axis=(1, 2)))[0][0])
    for pixels, scale in ((grey.pixels, grey.scale), (small.rgb, 8)):
        assert (pixels[-(-first_white // scale) :] == 255).all()
        assert not (pixels[first_white // scale - 1] == 255).all()


@pytest.mark.parametrize(
    "options", [{}, {"progressive": True}, {"subsampling": 0}, {"restart_marker_blocks": 3}]
)
def test_a_jpeg_that_lacks_its_end_mark_alone_is_whole(options: dict[str, Any]) -> None:
    file = encoded(scene(), "JPEG", **options)

    for ended_early in (file[:-2], file[:-1]):
        assert not read(ended_early).is_truncated
        assert np.array_equal(read(ended_early).rgb, read(file).rgb)


def test_a_jpeg_that_lacks_a_few_bytes_more_is_truncated() -> None:
    file = encoded(scene(), "JPEG", quality=90)

    assert all(read(file[:-lost]).is_truncated for lost in (8, 33))


def test_a_picture_that_is_grey_where_it_breaks_off_counts_its_rows_right() -> None:
    # libjpeg makes this very grey of what is missing.
    noise = np.random.default_rng(1).integers(0, 256, SIZE[::-1], np.uint8)
    noise[96:] = 128
    file = encoded(Image.fromarray(noise), "JPEG")

    assert not read(file[:-2]).is_truncated


def test_a_progressive_jpeg_shows_all_rows_once_its_first_scan_is_whole() -> None:
    file = encoded(scene(), "JPEG", progressive=True)
    second_scan = file.index(b"\xff\xda", file.index(b"\xff\xda") + 2)

    for length in (len(file) // 2, second_scan + 20, file.rindex(b"\xff\xda"), len(file) - 9):
        pixels = read(file[:length])
        assert pixels.is_truncated
        assert np.abs(pixels.rgb.astype(int) - np.asarray(scene())).mean() < 30
    with pytest.raises(CorruptImage):
        read(cut(file, 0.05))


def test_finding_where_a_jpeg_breaks_off_counts_as_decoding() -> None:
    file = encoded(scene(), "JPEG")
    limits = DecodeLimits(max_pixel_passes=3 * SIZE[0] * SIZE[1] - 1)

    decode.decode_rgb(file, limits)
    with pytest.raises(TooCostly):
        decode.decode_rgb(file[:-2], limits)


@pytest.mark.parametrize("lost", [1, 11, 12, 16])
def test_a_png_that_lacks_only_what_follows_its_pixels_is_whole(lost: int) -> None:
    file = encoded(scene(), "PNG")

    assert not read(file[:-lost]).is_truncated
    assert np.array_equal(read(file[:-lost]).rgb, np.asarray(scene()))


def test_damaged_pixels_are_broken_and_not_cut_off() -> None:
    raw = b"".join(b"\0" + row.tobytes() for row in np.asarray(scene()))
    packer = zlib.compressobj()
    first = packer.compress(raw[: len(raw) * 3 // 4]) + packer.flush(zlib.Z_FULL_FLUSH)
    header = encoded(scene(), "PNG")[:33]

    for follows, is_read in ((b"", True), (b"\xff" * 9, False)):
        file = header + chunk(b"IDAT", first + follows) + chunk(b"IEND", b"")
        if is_read:
            assert whole_rows("PNG", read(file)) == SIZE[1] * 3 // 4
        else:
            with pytest.raises(CorruptImage):
                read(file)


@pytest.mark.parametrize("name", ["PNG", "deep PNG", "palette PNG", "PNG with alpha"])
def test_pixels_that_end_properly_before_the_last_row_are_truncated_too(name: str) -> None:
    whole = WRITTEN[name]()
    at, end = whole.index(b"IDAT") - 4, whole.index(b"IEND") - 4
    with Image.open(io.BytesIO(whole)) as opened:
        raw = zlib.decompress(b"".join(bodies(whole[at:end])))
        row_bytes = len(raw) // opened.height

    for rows, is_read in ((SIZE[1] - 1, True), (100, True), (70, False)):
        pixels = zlib.compress(raw[: rows * row_bytes])
        file = whole[:at] + chunk(b"IDAT", pixels) + whole[end:]
        if is_read:
            assert read(file).is_truncated
            assert whole_rows(name, read(file)) == rows
        else:
            with pytest.raises(CorruptImage):
                read(file)


def bodies(chunks: bytes) -> Iterator[bytes]:
    while chunks:
        length = int.from_bytes(chunks[:4])
        yield chunks[8 : 8 + length]
        chunks = chunks[12 + length :]


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (3, 2), (2, 3), (13, 7), (8, 8)])
def test_rows_of_interlaced_pictures_are_counted_for_any_size(size: tuple[int, int]) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (*size[::-1], 3), np.uint8)

    assert pngs.rows_that_are_there(interlaced(pixels)) == pngs.Rows(size[1])
    with Image.open(io.BytesIO(interlaced(pixels))) as opened:
        assert np.array_equal(np.asarray(opened), pixels)
