"""Real photographs for tests, from the wheels of scikit-image and scikit-learn, and their files."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import skimage
import sklearn
from PIL import Image

_SKIMAGE = Path(skimage.__file__).parent / "data"
_SKLEARN = Path(sklearn.__file__).parent / "datasets" / "images"

PHOTOS = (
    _SKIMAGE / "astronaut.png",
    _SKIMAGE / "camera.png",
    _SKIMAGE / "chelsea.png",
    _SKIMAGE / "coffee.png",
    _SKIMAGE / "coins.png",
    _SKIMAGE / "hubble_deep_field.jpg",
    _SKIMAGE / "ihc.png",
    _SKIMAGE / "moon.png",
    _SKIMAGE / "motorcycle_left.png",
    _SKIMAGE / "retina.jpg",
    _SKIMAGE / "rocket.jpg",
    _SKLEARN / "china.jpg",
    _SKLEARN / "flower.jpg",
)


@cache
def photo(name: str) -> Image.Image:
    """Return the photograph of this file stem as RGB; do not change it in place."""
    path = next(each for each in PHOTOS if each.stem == name)
    with Image.open(path) as image:
        pixels = image.convert("RGB")
    pixels.info.clear()  # one of them has a colour profile, which would be written again
    return pixels


def encoded(image: Image.Image, image_format: str, **options: Any) -> bytes:
    """Return the file of `image`."""
    file = io.BytesIO()
    image.save(file, image_format, **options)
    return file.getvalue()


def animation(pictures: Sequence[Image.Image], image_format: str, **options: Any) -> bytes:
    """Return the file of an animation of these frames, which have one size."""
    # Encoders leave their settings in what they write.
    first, *others = (picture.copy() for picture in pictures)
    return encoded(first, image_format, save_all=True, append_images=others, **options)
