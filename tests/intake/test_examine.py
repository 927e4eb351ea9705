"""What a worker returns: fingerprints, the hash of the pixels, and what else is wanted."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageOps

from intake import examine
from intake.examine import Want
from intake.limits import Limits
from tests.conftest import encoded, opened

LIMITS = Limits()


def test_a_look_tells_the_upright_size(coffee: bytes) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = encoded(opened(coffee), exif=exif)

    seen = examine.examine(turned, LIMITS).sighting

    assert (seen.image_format, seen.width, seen.height, seen.frames) == ("JPEG", 400, 600, 1)


def test_the_fingerprints_are_the_same_whatever_else_is_wanted(coffee: bytes) -> None:
    everything = Want.PIXELS | Want.FEATURES | Want.FILES

    seen = examine.examine(coffee, LIMITS)

    assert examine.examine(coffee, LIMITS, everything).sighting == seen.sighting


def test_only_what_is_wanted_is_made(coffee: bytes) -> None:
    seen = examine.examine(coffee, LIMITS)
    hashed = examine.examine(coffee, LIMITS, Want.PIXELS)

    assert (seen.pixel_sha256, seen.features, seen.thumbnails) == ("", (), {})
    assert (hashed.features, hashed.thumbnails, hashed.properties) == ((), {}, None)


@pytest.mark.parametrize("part", [Want.PIXELS, Want.FILES, Want.PIXELS | Want.PROPERTIES])
def test_what_is_made_later_is_what_is_made_at_once(coffee: bytes, part: Want) -> None:
    seen = examine.examine(coffee, LIMITS)

    later = examine.examine(coffee, LIMITS, part, seen.sighting)

    assert seen.joined(later) == examine.examine(coffee, LIMITS, part)


def test_the_same_pixels_in_any_lossless_file_have_one_hash(coffee: bytes) -> None:
    picture = opened(coffee)
    hashes = {
        examine.examine(encoded(picture, image_format), LIMITS, Want.PIXELS).pixel_sha256
        for image_format in ("PNG", "BMP", "TIFF")
    }

    assert len(hashes) == 1


def test_one_pixel_or_another_shape_is_another_hash() -> None:
    grey = np.full((40, 60, 3), 128, dtype=np.uint8)
    dotted = grey.copy()
    dotted[7, 9, 1] += 1
    hashes = [
        examine.examine(encoded(Image.fromarray(pixels), "PNG"), LIMITS, Want.PIXELS).pixel_sha256
        for pixels in (grey, dotted, grey.reshape(60, 40, 3))
    ]

    assert len(set(hashes)) == 3


def test_a_picture_that_breaks_off_never_has_the_hash_of_the_whole_one() -> None:
    # White where it breaks off, as is what stands for missing rows.
    noise = np.random.default_rng(1).integers(0, 256, (160, 120, 3), dtype=np.uint8)
    noise[80:] = 255
    for image_format in ("PNG", "JPEG"):
        file = encoded(Image.fromarray(noise), image_format, quality=95)
        seen = [
            examine.examine(data, LIMITS, Want.PIXELS | Want.FILES)
            for data in (file, file[:-40], file[:-39])
        ]

        assert [each.sighting.is_truncated for each in seen] == [False, True, True]
        assert seen[0].pixel_sha256 != seen[1].pixel_sha256
        assert all(seen[1].thumbnails.values())


def transparent(alpha: int = 0, hidden: str = "black") -> Image.Image:
    """Return a red square, and around it `hidden` of that alpha."""
    picture = Image.new("RGBA", (60, 40), hidden)
    picture.putalpha(alpha)
    picture.paste("red", (10, 10, 30, 30))
    return picture


def pixel_sha256(picture: Image.Image, image_format: str = "PNG") -> str:
    """Return the hash of the pixels of a picture in a lossless file."""
    file = encoded(picture, image_format, lossless=True, exact=True)
    return examine.examine(file, LIMITS, Want.PIXELS).pixel_sha256


@pytest.mark.parametrize("image_format", ["PNG", "WEBP", "TIFF"])
def test_what_nothing_shows_of_does_not_change_the_hash(image_format: str) -> None:
    hashes = {pixel_sha256(transparent(hidden=each), image_format) for each in ("black", "green")}

    assert hashes == {pixel_sha256(transparent())}


def test_equal_colours_of_another_transparency_are_another_picture() -> None:
    on_white = Image.new("RGBA", (60, 40), "white")
    on_white.alpha_composite(transparent())
    hashes = {
        pixel_sha256(each)
        for each in (transparent(), on_white, transparent(9, "white"), transparent(10, "white"))
    }

    assert len(hashes) == 4


def test_an_opaque_picture_has_one_hash_with_and_without_an_alpha_channel(coffee: bytes) -> None:
    assert pixel_sha256(opened(coffee).convert("RGBA")) == pixel_sha256(opened(coffee))


def test_a_picture_with_a_border_is_seen_whole_and_without_it(coffee: bytes) -> None:
    framed = ImageOps.expand(opened(coffee), 60, fill="white")

    whole, trimmed = examine.examine(encoded(framed), LIMITS).sighting.views

    assert (whole.width, whole.height, whole.is_trimmed) == (720, 520, False)
    assert trimmed.is_trimmed
    assert abs(trimmed.width - 600) <= 8


def test_a_flat_picture_has_no_view_to_match_by() -> None:
    white = encoded(Image.new("RGB", (400, 300), "white"), "PNG")

    assert examine.examine(white, LIMITS).sighting.views == ()
