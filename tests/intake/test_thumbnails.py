"""Thumbnails: size, orientation and colours, from whichever decode they are made."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageColor

from intake import examine
from intake.examine import Want
from intake.limits import Limits
from intake.thumbnails import THUMBNAIL_SIDES_PX
from tests.conftest import encoded, opened
from tests.photos import STORED_AS, animation, photo

LIMITS = Limits()
# Halved it would have thumbnails of one row more.
LARGE = (1921, 709)
SIZES = {256: (256, 94), 960: (960, 354)}
TOP_LEFT, TOP_RIGHT, BOTTOM_LEFT, BOTTOM_RIGHT = (
    (200, 30, 30),
    (30, 160, 30),
    (40, 40, 200),
    3 * (230,),
)


def quarters(mode: str = "RGB") -> Image.Image:
    """Return a large picture of four colours."""
    small = Image.new("RGB", (2, 2))
    small.putdata([TOP_LEFT, TOP_RIGHT, BOTTOM_LEFT, BOTTOM_RIGHT])
    return small.resize(LARGE, Image.Resampling.NEAREST).convert(mode)


def stored_as(number: int) -> bytes:
    """Return the JPEG of the picture as a camera stores it that was held this way."""
    exif = Image.Exif()
    exif[0x0112] = number
    transpose = STORED_AS.get(number)
    stored = quarters() if transpose is None else quarters().transpose(transpose)
    return encoded(stored, exif=exif, quality=95)


def made(file: bytes, *, is_later: bool) -> dict[int, Image.Image]:
    """Return the thumbnails, made at once or after a first look."""
    sighting = examine.examine(file, LIMITS).sighting if is_later else None
    files = examine.examine(file, LIMITS, Want.FILES, sighting).thumbnails
    return {side_px: Image.open(io.BytesIO(content)) for side_px, content in files.items()}


def colours(thumbnail: Image.Image) -> list[list[int]]:
    """Return the colours in the middles of its quarters, row by row."""
    width, height = thumbnail.size
    pixels = np.asarray(thumbnail.convert("RGB")).astype(int)
    return [pixels[height * y // 4, width * x // 4].tolist() for y in (1, 3) for x in (1, 3)]


@pytest.mark.parametrize("is_later", [False, True])
@pytest.mark.parametrize("number", [1, *STORED_AS])
def test_every_thumbnail_of_a_photograph_is_upright_and_of_its_size(
    number: int, *, is_later: bool
) -> None:
    thumbnails = made(stored_as(number), is_later=is_later)

    assert {side_px: each.size for side_px, each in thumbnails.items()} == SIZES
    for each in thumbnails.values():
        expected = [TOP_LEFT, TOP_RIGHT, BOTTOM_LEFT, BOTTOM_RIGHT]
        assert np.abs(np.array(colours(each)) - np.array(expected)).max() < 12


STORED = {
    "CMYK": lambda: encoded(quarters("CMYK"), "JPEG", quality=95),
    "grey": lambda: encoded(quarters("L"), "JPEG", quality=95),
    "progressive": lambda: encoded(quarters(), "JPEG", quality=95, progressive=True),
    "alpha": lambda: encoded(quarters("RGBA"), "PNG"),
    "palette": lambda: encoded(quarters().quantize(4), "PNG"),
    "16 bit": lambda: encoded(
        Image.fromarray(np.asarray(quarters("L")).astype(np.uint16) * 257), "PNG"
    ),
    "animation": lambda: animation([quarters(), Image.new("RGB", LARGE)], "WEBP", lossless=True),
}


@pytest.mark.parametrize("is_later", [False, True])
@pytest.mark.parametrize("way", STORED)
def test_thumbnails_have_the_colours_of_the_picture_however_it_is_stored(
    way: str, *, is_later: bool
) -> None:
    expected = colours(quarters("L" if way in {"grey", "16 bit"} else "RGB"))

    thumbnails = made(STORED[way](), is_later=is_later)

    assert {side_px: each.size for side_px, each in thumbnails.items()} == SIZES
    for each in thumbnails.values():
        assert np.abs(np.array(colours(each)) - np.array(expected)).max() < 12


def test_what_is_half_clear_lies_over_white_in_thumbnails() -> None:
    picture = Image.new("RGBA", LARGE, (200, 0, 0, 128))

    for each in made(encoded(picture, "PNG"), is_later=True).values():
        assert np.abs(np.array(colours(each)) - (227, 127, 127)).max() < 12


@pytest.mark.parametrize(("mark", "ground"), [("white", "black"), ("black", "white")])
def test_a_mark_on_nothing_is_seen_in_thumbnails(mark: str, ground: str) -> None:
    picture = Image.new("RGBA", LARGE, (0, 0, 0, 0))
    picture.paste(mark, (0, 0, LARGE[0] // 2, LARGE[1]))

    for each in made(encoded(picture, "PNG"), is_later=False).values():
        expected = [ImageColor.getrgb(name) for name in (mark, ground)] * 2
        assert np.abs(np.array(colours(each)) - np.array(expected)).max() < 12


@pytest.mark.parametrize(("name", "longer_px"), [("coffee", 1920), ("motorcycle_left", 3000)])
def test_thumbnails_made_later_look_like_those_made_at_once(name: str, longer_px: int) -> None:
    shrink = longer_px / max(photo(name).size)
    size = round(photo(name).width * shrink), round(photo(name).height * shrink)
    file = encoded(photo(name).resize(size), quality=92)

    at_once = made(file, is_later=False)
    later = made(file, is_later=True)

    for side_px in THUMBNAIL_SIDES_PX:
        one, other = (np.asarray(each[side_px].convert("RGB")) for each in (at_once, later))
        assert one.shape == other.shape
        assert np.abs(one.astype(int) - other).mean() < 3


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((2000, 1000), {256: (256, 128), 960: (960, 480)}),
        ((100, 50), {256: (100, 50), 960: (100, 50)}),
        ((1, 3000), {256: (1, 256), 960: (1, 960)}),
    ],
)
@pytest.mark.parametrize("image_format", ["PNG", "JPEG"])
@pytest.mark.parametrize("is_later", [False, True])
def test_thumbnails_are_never_enlarged(
    image_format: str,
    size: tuple[int, int],
    expected: dict[int, tuple[int, int]],
    *,
    is_later: bool,
) -> None:
    picture = encoded(Image.new("RGB", size, "teal"), image_format)

    thumbnails = made(picture, is_later=is_later)

    assert {side_px: each.size for side_px, each in thumbnails.items()} == expected


def test_thumbnails_carry_no_metadata(coffee: bytes) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera"
    tagged = encoded(opened(coffee), exif=exif)

    for thumbnail in examine.examine(tagged, LIMITS, Want.FILES).thumbnails.values():
        assert b"Secret" not in thumbnail
        assert not Image.open(io.BytesIO(thumbnail)).getexif()
