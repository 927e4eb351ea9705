"""Files of every kind, each with the upright RGB pixels that they show, told without a decoder."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from PIL import Image

from tests.photos import encoded, photo

Rgb = npt.NDArray[np.uint8]
_ORIENTATION = 0x0112


def all_pictures() -> dict[str, tuple[bytes, Rgb]]:
    """Return the files and their pixels by name."""
    return {name: (file, pixels) for name, file, pixels in [*_photographs(), *_drawn()]}


def _photographs() -> Iterator[tuple[str, bytes, Rgb]]:
    for name in ("astronaut", "coffee", "chelsea", "rocket", "motorcycle_left"):
        yield name, encoded(photo(name), "PNG"), np.asarray(photo(name))
    for name in ("camera", "coins", "moon"):
        grey = photo(name).convert("L")
        yield f"{name} in grey", encoded(grey, "PNG"), _from_grey(np.asarray(grey))
    jpeg = encoded(photo("coffee"), "JPEG", quality=60)
    yield "a JPEG", jpeg, np.asarray(Image.open(io.BytesIO(jpeg)))
    small = photo("chelsea").resize((48, 31))
    yield "smaller than the hash", encoded(small, "PNG"), np.asarray(small)
    yield from _turned(photo("astronaut"))
    yield from _of_other_modes(photo("coffee"))


def _turned(upright: Image.Image) -> Iterator[tuple[str, bytes, Rgb]]:
    stored_as = {
        3: Image.Transpose.ROTATE_180,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
    }
    cropped = upright.crop((0, 0, 400, 300))
    for number, transposition in stored_as.items():
        exif = Image.Exif()
        exif[_ORIENTATION] = number
        stored = cropped.transpose(transposition)
        yield f"EXIF orientation {number}", encoded(stored, "PNG", exif=exif), np.asarray(cropped)


def _of_other_modes(picture: Image.Image) -> Iterator[tuple[str, bytes, Rgb]]:
    cmyk = picture.convert("CMYK")
    yield "CMYK", encoded(cmyk, "TIFF"), np.asarray(cmyk.convert("RGB"))
    palette = picture.quantize(64)
    yield "a palette", encoded(palette, "PNG"), np.asarray(palette.convert("RGB"))
    yield "a GIF", encoded(palette, "GIF"), np.asarray(palette.convert("RGB"))
    dithered = picture.convert("1")
    yield "1 bit", encoded(dithered, "PNG"), _from_grey(np.asarray(dithered) * np.uint8(255))
    grey = np.asarray(picture.convert("L"))
    deep = Image.fromarray(grey.astype(np.uint16) * 257)
    yield "16 bits", encoded(deep, "PNG"), _from_grey(grey)
    transparent = picture.copy()
    rows = np.arange(picture.height) >= picture.height // 2
    alpha = np.repeat((rows * 255).astype(np.uint8)[:, None], picture.width, axis=1)
    transparent.putalpha(Image.fromarray(alpha))
    over_white = np.where(alpha[:, :, None] == 255, np.asarray(picture), np.uint8(255))
    yield "alpha", encoded(transparent, "PNG"), over_white


def _drawn() -> Iterator[tuple[str, bytes, Rgb]]:
    for name, colour in (("black", 0), ("mid-grey", 128), ("white", 255)):
        yield f"flat {name}", *_lossless(np.full((40, 60, 3), colour, np.uint8))
    yield "one pixel", *_lossless(np.array([[[10, 200, 30]]], np.uint8))
    noise = np.random.default_rng(7).integers(0, 256, (300, 200, 3), np.uint8)
    yield "noise", *_lossless(noise)
    yield "one column", *_lossless(noise.reshape(-1, 1, 3)[:5_000])
    rising = np.linspace(0, 255, 256).astype(np.uint8)
    yield "a gradient", *_lossless(_from_grey(np.tile(rising, (128, 1))))
    squares = (np.add.outer(np.arange(320) // 40, np.arange(320) // 40) % 2 * 255).astype(np.uint8)
    yield "a chessboard", *_lossless(_from_grey(squares))


def _lossless(rgb: Rgb) -> tuple[bytes, Rgb]:
    return encoded(Image.fromarray(rgb), "PNG"), rgb


def _from_grey(grey: npt.NDArray[np.uint8]) -> Rgb:
    return np.repeat(grey[:, :, None], 3, axis=2)
