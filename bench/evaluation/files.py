"""How an edited picture is written, and what encoders alone do to a picture."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from bench.evaluation.dice import Dice, Edit, Picture

_EXIF_ORIENTATION = 0x0112
# The turn of the stored pixels that each value of the tag takes back.
_STORED_TURNS = {
    3: Image.Transpose.ROTATE_180,
    6: Image.Transpose.ROTATE_90,
    8: Image.Transpose.ROTATE_270,
}


@dataclass(frozen=True, slots=True)
class Encoding:
    """A file format with Pillow's options for it, and the number of colours if it is reduced."""

    image_format: str
    extension: str
    options: dict[str, Any] = field(default_factory=dict)
    colours: int | None = None
    dither: Image.Dither = Image.Dither.NONE

    def file(self, picture: Picture) -> bytes:
        """Return the file of the picture."""
        if self.colours is not None:
            # quantize ignores `dither` unless it is given a palette.
            palette = picture.quantize(self.colours)
            picture = picture.quantize(palette=palette, dither=self.dither)
        file = io.BytesIO()
        picture.save(file, self.image_format, **self.options)
        return file.getvalue()


@dataclass(frozen=True, slots=True)
class TurnedByExif:
    """A JPEG stored lying or upside down, with the tag that makes it upright."""

    tag: int
    extension: str = "jpg"

    def file(self, picture: Picture) -> bytes:
        """Return the file of the picture."""
        exif = Image.Exif()
        exif[_EXIF_ORIENTATION] = self.tag
        stored = picture.transpose(_STORED_TURNS[self.tag])
        return jpeg(85, exif=exif).file(stored)


def jpeg(quality: int, **options: Any) -> Encoding:  # noqa: ANN401 - Pillow's
    """Return JPEG of this quality."""
    return Encoding("JPEG", "jpg", {"quality": quality, **options})


def webp(quality: int) -> Encoding:
    """Return lossy WebP of this quality."""
    return Encoding("WEBP", "webp", {"quality": quality, "method": 2})


def avif(quality: int) -> Encoding:
    """Return AVIF of this quality, encoded by one thread: more would change the bytes."""
    return Encoding("AVIF", "avif", {"quality": quality, "speed": 9, "max_threads": 1})


def reopened(encoding: Encoding) -> Edit:
    """Return the edit that writes the picture and reads it again."""

    def edit(picture: Picture, _: Dice) -> Picture:
        with Image.open(io.BytesIO(encoding.file(picture))) as image:
            return image.convert("RGB")

    return edit


def generations(count: int) -> Edit:
    """Return the edit that saves as JPEG again and again, each time a little smaller or larger."""

    def edit(picture: Picture, dice: Dice) -> Picture:
        for _ in range(count):
            scale = dice.between(0.88, 1.08)
            size = round(picture.width * scale), round(picture.height * scale)
            smaller = picture.resize(size, Image.Resampling.BILINEAR)
            picture = reopened(jpeg(dice.whole(35, 75)))(smaller, dice)
        return picture

    return edit
