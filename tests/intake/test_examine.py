from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from intake.examine import examine, look
from intake.limits import Limits
from tests.photos import encoded, photo

LIMITS = Limits()


def thumbnail(file: bytes, side: int) -> Image.Image:
    opened = Image.open(io.BytesIO(examine(file, LIMITS).thumbnails[side]))
    opened.load()
    return opened


@pytest.mark.parametrize("image_format", ["BMP", "TIFF", "GIF"])
def test_the_same_pixels_in_another_format_have_the_same_digest(image_format):
    palette = photo("coffee").quantize(64)
    as_png = encoded(palette if image_format == "GIF" else photo("coffee"), "PNG")
    other = encoded(palette if image_format == "GIF" else photo("coffee"), image_format)

    assert examine(as_png, LIMITS).pixel_sha256 == examine(other, LIMITS).pixel_sha256


def test_other_pixels_sizes_and_turns_have_another_digest():
    image = photo("coffee")
    changed = image.copy()
    changed.putpixel((5, 5), (1, 2, 3))
    flat = Image.new("RGB", (60, 40))
    pictures = [image, changed, image.rotate(180), flat, flat.rotate(90, expand=True)]

    digests = {examine(encoded(each, "PNG"), LIMITS).pixel_sha256 for each in pictures}

    assert len(digests) == 5


def test_the_digest_is_that_of_the_upright_picture():
    exif = Image.Exif()
    exif[0x0112] = 3
    turned = encoded(photo("coffee").rotate(180), "PNG", exif=exif)

    upright = examine(encoded(photo("coffee"), "PNG"), LIMITS)

    assert examine(turned, LIMITS).pixel_sha256 == upright.pixel_sha256


def test_thumbnails_fit_their_sides_and_are_never_enlarged():
    file = encoded(photo("retina").resize((1400, 1000)), "JPEG")
    small = encoded(photo("retina").resize((140, 100)), "JPEG")

    assert thumbnail(file, 960).size == (960, 686)
    assert thumbnail(file, 256).size == (256, 183)
    assert thumbnail(small, 960).size == thumbnail(small, 256).size == (140, 100)


def test_thumbnails_are_upright_webp_without_metadata():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "where I live"
    file = encoded(photo("coffee").transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif)

    made = thumbnail(file, 256)

    assert (made.format, made.size) == ("WEBP", (256, 171))
    assert not made.getexif()
    assert "icc_profile" not in made.info
    assert b"where I live" not in examine(file, LIMITS).thumbnails[256]
    expected = np.asarray(photo("coffee").resize((256, 171)), float)
    assert np.abs(np.asarray(made.convert("RGB"), float) - expected).mean() < 8


@pytest.mark.parametrize("size", [(1, 1), (1, 10_000), (10_000, 1)])
def test_tiny_and_thin_pictures_are_examined(size):
    examination = examine(encoded(Image.new("RGB", size, "red"), "PNG"), LIMITS)

    assert (examination.sighting.width, examination.sighting.height) == size
    assert examination.sighting.query.quality == 0
    assert set(examination.thumbnails) == {256, 960}


def test_a_search_and_an_item_have_the_same_fingerprints():
    file = encoded(photo("retina"), "JPEG")

    assert look(file, LIMITS) == examine(file, LIMITS).sighting
