"""Transparent parts: what they lie on is chosen alike for every copy, and what is hidden is not."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from matching import decode
from matching.hashers import registry
from matching.types import DecodeLimits
from tests.photos import animation, encoded, photo

LIMITS = DecodeLimits()
WHITE, BLACK = [255, 255, 255], [0, 0, 0]
Colour = tuple[int, int, int]
# Far from luma 182, from which a flat colour lies on black.
COLOURS = st.tuples(*[st.integers(0, 255)] * 3).filter(lambda rgb: abs(luma(rgb) - 182) > 6)


def luma(rgb: Colour) -> float:
    return 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]


def logo(colour: Colour, hidden: Colour = (0, 0, 0)) -> Image.Image:
    """Draw a ring and a bar of one colour with smooth edges, transparent around them."""
    shape = Image.new("L", (480, 320))
    ImageDraw.Draw(shape).ellipse((40, 40, 280, 280), outline=255, width=48)
    ImageDraw.Draw(shape).rectangle((300, 130, 440, 190), fill=255)
    alpha = shape.resize((240, 160))
    picture = Image.composite(
        Image.new("RGB", alpha.size, colour),
        Image.new("RGB", alpha.size, hidden),
        alpha.point(lambda value: 255 * (value > 0)),
    )
    picture.putalpha(alpha)
    return picture


def ground(file: bytes) -> list[int]:
    """Return the colour of the first corner, where nothing shows."""
    corner: list[int] = decode.decode_rgb(file, LIMITS).rgb[0, 0].tolist()
    return corner


@pytest.mark.parametrize(
    ("colour", "expected"),
    [
        ((255, 255, 255), BLACK),
        ((255, 255, 0), BLACK),
        ((0, 0, 0), WHITE),
        ((200, 30, 30), WHITE),
        ((128, 128, 128), WHITE),
    ],
)
def test_a_logo_lies_on_white_unless_it_would_vanish_there(
    colour: Colour, expected: list[int]
) -> None:
    assert ground(encoded(logo(colour), "PNG")) == expected


def test_white_letters_within_a_dark_sign_do_not_turn_the_ground() -> None:
    sign = Image.new("RGBA", (300, 200), (0, 0, 0, 0))
    ImageDraw.Draw(sign).rectangle((20, 20, 280, 180), fill=(20, 20, 90))
    ImageDraw.Draw(sign).rectangle((60, 80, 240, 120), fill="white")

    assert ground(encoded(sign, "PNG")) == WHITE


def test_a_light_photograph_with_cut_corners_lies_on_white() -> None:
    light = photo("coffee").point(lambda value: 155 + value * 100 // 255).convert("RGBA")
    corners = Image.new("L", light.size, 0)
    ImageDraw.Draw(corners).rounded_rectangle((0, 0, *light.size), radius=60, fill=255)
    light.putalpha(corners)

    assert ground(encoded(light, "PNG")) == WHITE


@settings(max_examples=25)
@given(colour=COLOURS, percent=st.integers(30, 150), quality=st.integers(30, 100))
def test_copies_of_other_sizes_and_qualities_lie_on_the_same_ground(
    colour: Colour, percent: int, quality: int
) -> None:
    picture = logo(colour)
    size = (picture.width * percent // 100, picture.height * percent // 100)

    copy = encoded(picture.resize(size), "WEBP", quality=quality, method=0)

    assert ground(copy) == ground(encoded(picture, "PNG"))


@settings(max_examples=25)
@given(hidden=st.tuples(*[st.integers(0, 255)] * 3), is_light=st.booleans())
def test_what_lies_where_nothing_shows_does_not_matter(hidden: Colour, *, is_light: bool) -> None:
    colour = (250, 250, 250) if is_light else (30, 60, 90)
    one, other = (
        next(decode.decode_frames(encoded(logo(colour, behind), "PNG"), LIMITS))
        for behind in (hidden, (0, 0, 0))
    )

    assert np.array_equal(one.grey.pixels, other.grey.pixels)
    assert np.array_equal(one.pixels.rgb, other.pixels.rgb)


@pytest.mark.parametrize("colour", [(255, 255, 255), (10, 20, 30)])
@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_every_way_to_decode_sees_the_same_ground(colour: Colour, mode: str) -> None:
    picture = logo(colour)
    file = encoded(picture.quantize(64) if mode == "P" else picture.convert(mode), "PNG")

    whole = decode.decode_rgb(file, LIMITS)
    (both,) = decode.decode_frames(file, LIMITS)
    greys = [decode.decode_grey(file, LIMITS), *decode.decode_grey_frames(file, LIMITS), both.grey]
    colours = [decode.decode_rgb_reduced(file, LIMITS, 64), *decode.decode_rgb_frames(file, LIMITS)]

    for grey in greys:
        assert np.array_equal(grey.pixels, np.asarray(Image.fromarray(whole.rgb).convert("L")))
    for pixels in (*colours, both.pixels):
        assert whole.alpha is not None
        assert pixels.alpha is not None
        assert np.array_equal(pixels.rgb, whole.rgb)
        assert np.array_equal(pixels.alpha, whole.alpha)


def test_alpha_is_upright_as_the_picture_is() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    file = encoded(logo((200, 0, 0)).transpose(Image.Transpose.ROTATE_90), "PNG", exif=exif)

    turned = decode.decode_rgb(file, LIMITS)

    assert turned.alpha is not None
    assert np.array_equal(turned.alpha, np.asarray(logo((200, 0, 0)).getchannel("A")))


def test_a_channel_that_hides_nothing_is_no_alpha() -> None:
    assert decode.decode_rgb(encoded(photo("coffee").convert("RGBA"), "PNG"), LIMITS).alpha is None


@pytest.mark.parametrize("image_format", ["GIF", "WEBP", "PNG"])
def test_a_frame_lies_on_the_ground_of_its_own_still(image_format: str) -> None:
    pictures = [logo((255, 255, 255)), logo((90, 0, 0))]
    options = {"PNG": {"disposal": 1, "blend": 0}, "GIF": {"disposal": 2}, "WEBP": {}}
    file = animation(pictures, image_format, **options[image_format])

    grounds = [pixels.rgb[0, 0].tolist() for pixels in decode.decode_rgb_frames(file, LIMITS)]

    assert grounds == [BLACK, WHITE]


def test_a_light_logo_has_the_fingerprint_of_itself_on_black() -> None:
    on_black = Image.new("RGB", (240, 160))
    on_black.paste(logo((255, 255, 255)), mask=logo((255, 255, 255)))

    one, other = (
        registry.PDQ.fingerprint(decode.decode_grey(encoded(each, "PNG"), LIMITS))
        for each in (logo((255, 255, 255)), on_black)
    )

    assert one == other
    assert one.quality > 50


def test_a_picture_without_anything_to_see_is_blank() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (300, 1), (9, 9, 9, 0)).save(file, "PNG")

    assert decode.decode_rgb(file.getvalue(), LIMITS).rgb.min() == 255
