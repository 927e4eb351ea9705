"""Borders of queries: found when they are flat, left alone when they are picture."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageOps

from matching import decode, trim
from matching.hashers import registry
from matching.types import DecodedGrey, DecodeLimits
from tests.photos import encoded, photo

LIMITS = DecodeLimits()


def seen(image: Image.Image) -> DecodedGrey:
    """Return the picture as a query's JPEG is decoded."""
    return decode.decode_grey(encoded(image, "JPEG", quality=60), LIMITS)


def framed(image: Image.Image, sides: tuple[int, int, int, int], colour: str) -> Image.Image:
    """Return the picture with a border of left, top, right, bottom px."""
    return ImageOps.expand(image, sides, fill=colour)


@pytest.mark.parametrize("colour", ["white", "black", "teal"])
@pytest.mark.parametrize(
    "sides", [(40, 40, 40, 40), (0, 120, 0, 120), (90, 0, 90, 0), (10, 200, 10, 30)]
)
@pytest.mark.parametrize("name", ["coffee", "astronaut", "motorcycle_left"])
def test_a_picture_without_its_border_is_the_picture(
    name: str, sides: tuple[int, int, int, int], colour: str
) -> None:
    image = photo(name)

    found = trim.trimmed(seen(framed(image, sides, colour)))

    assert found is not None
    assert abs(found.width - image.width) <= 8
    assert abs(found.height - image.height) <= 8
    distance = registry.fingerprint(found).pdq.distance_bits(registry.fingerprint(seen(image)).pdq)
    assert distance <= 31


def test_a_frame_within_a_letterbox_goes_too() -> None:
    image = photo("coffee")
    both = framed(framed(image, (20, 20, 20, 20), "white"), (0, 150, 0, 150), "black")

    found = trim.trimmed(seen(both))

    assert found is not None
    assert abs(found.width - image.width) <= 8


@pytest.mark.parametrize("name", ["coffee", "motorcycle_left", "chelsea"])
def test_a_picture_without_a_border_is_left_alone(name: str) -> None:
    assert trim.trimmed(seen(photo(name))) is None


def test_nothing_is_left_of_a_flat_picture_in_a_frame() -> None:
    assert (
        trim.trimmed(seen(framed(Image.new("RGB", (400, 300), "white"), (50,) * 4, "black")))
        is None
    )


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (40, 33), (2, 2)])
def test_odd_sizes_are_taken(size: tuple[int, int]) -> None:
    grey = decode.decode_grey(encoded(Image.new("RGB", size, "red"), "PNG"), LIMITS)

    trim.trimmed(grey)


def test_each_of_the_two_cuts_leaves_55_percent() -> None:
    pixels = np.zeros((400, 400), np.uint8)
    pixels[395:, :] = np.random.default_rng(1).integers(0, 256, (5, 400))

    found = trim.trimmed(decode.decode_grey(encoded(Image.fromarray(pixels), "PNG"), LIMITS))

    assert found is not None
    assert (found.width, found.height) == (400, 121)
