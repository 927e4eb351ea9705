"""The pictures of the simulation: those of the demo, changed a little differently each time."""

from __future__ import annotations

import random

from PIL import Image, ImageOps

from demo.photographs import EDITS, Edit, edited, photographs

_NAMES = ("astronaut", "chelsea", "coffee", "rocket", "motorcycle_left", "hubble_deep_field")
# Of these people are sure to find that they show the same.
_EDITS = ("half", "brighter", "mirrored", "watermarked", "grey", "cropped", "captioned")
_MAX_TRIM_PX = 8
_MIN_QUALITY, _MAX_QUALITY = 60, 90


def names() -> tuple[str, ...]:
    """Return the names of the pictures that there are."""
    there = {path.stem for path in photographs()}
    return tuple(name for name in _NAMES if name in there)


def copy_of(name: str, chance: random.Random) -> bytes:
    """Return a copy as it comes around: edited, trimmed by some pixels, and compressed again."""
    path = next(path for path in photographs() if path.stem == name)
    edit = _trimmed(EDITS[chance.choice(_EDITS)], chance.randint(0, _MAX_TRIM_PX))
    return edited(path, edit, quality=chance.randint(_MIN_QUALITY, _MAX_QUALITY))


def _trimmed(edit: Edit, trim_px: int) -> Edit:
    def trimmed(picture: Image.Image) -> Image.Image:
        return edit(ImageOps.crop(picture, trim_px))

    return trimmed
