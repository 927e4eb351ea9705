"""Real photographs for tests, from the wheel of scikit-image, and their files."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from PIL import Image

# What makes the stored picture of this EXIF orientation from the upright one.
STORED_AS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def _package(name: str) -> Path:
    """Return a package's folder without importing it, which takes seconds."""
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


_SKIMAGE = _package("skimage") / "data"

PHOTOS = (
    _SKIMAGE / "astronaut.png",
    _SKIMAGE / "brick.png",
    _SKIMAGE / "camera.png",
    _SKIMAGE / "chelsea.png",
    _SKIMAGE / "coffee.png",
    _SKIMAGE / "coins.png",
    _SKIMAGE / "gravel.png",
    _SKIMAGE / "hubble_deep_field.jpg",
    _SKIMAGE / "ihc.png",
    _SKIMAGE / "moon.png",
    _SKIMAGE / "motorcycle_left.png",
    _SKIMAGE / "retina.jpg",
    _SKIMAGE / "rocket.jpg",
)


@cache
def photo(name: str) -> Image.Image:
    """Return the photograph of this file stem as RGB; do not change it in place."""
    path = next(each for each in PHOTOS if each.stem == name)
    with Image.open(path) as image:
        pixels = image.convert("RGB")
    pixels.info.clear()  # one of them has a colour profile, which would be written again
    return pixels


@cache
def file_of(name: str, image_format: str, **options: Any) -> bytes:
    """Return the file of a photograph, which is encoded once."""
    return encoded(photo(name), image_format, **options)


def encoded(image: Image.Image, image_format: str, **options: Any) -> bytes:
    """Return the file of `image`; what is compressed without loss is so in haste."""
    file = io.BytesIO()
    image.save(file, image_format, **{"compress_level": 1, **options})
    return file.getvalue()


def animation(pictures: Sequence[Image.Image], image_format: str, **options: Any) -> bytes:
    """Return the file of an animation of these frames, which have one size."""
    # Encoders leave their settings in what they write.
    first, *others = (
        _in_colours_of_a_palette(picture) if image_format == "GIF" else picture.copy()
        for picture in pictures
    )
    return encoded(first, image_format, save_all=True, append_images=others, **options)


def _in_colours_of_a_palette(picture: Image.Image) -> Image.Image:
    """Return a copy with 256 colours, found in a hurry: Pillow's own way takes 20 times as long."""
    if picture.mode != "RGB" or picture.getcolors(256):  # those are kept as they are
        return picture.copy()
    return picture.quantize(method=Image.Quantize.FASTOCTREE)
