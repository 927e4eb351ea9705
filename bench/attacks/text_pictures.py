"""Pictures that are hard on a reader of text: large, long, full of small lines, of many frames."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_NUMBER = "Call +1 800 222 2408"
_SEED = 20_041


def caption(text: str = _NUMBER, *, side_px: int = 40) -> bytes:
    """Return a PNG with one line of text."""
    font = ImageFont.load_default(side_px)
    picture = Image.new("RGB", (round(font.getlength(text)) + 60, 3 * side_px), "white")
    ImageDraw.Draw(picture).text((30, side_px), text, fill="black", font=font)
    return _png(picture)


def small_lines(count: int, *, columns: int, high_px: int, begin: int = 0) -> bytes:
    """Return a PNG that is full of lines, numbered, the letters of each about as high as told."""
    font = ImageFont.load_default(high_px)
    rows = -(-count // columns)
    wide, high = round(font.getlength(_line(0))) + 3 * high_px, round(1.6 * high_px)
    picture = Image.new("RGB", (columns * wide + 40, rows * high + 40), "white")
    draw = ImageDraw.Draw(picture)
    for number in range(count):
        column, row = divmod(number, rows)
        place = 20 + column * wide, 20 + row * high
        draw.text(place, _line(begin + number), fill="black", font=font)
    return _png(picture)


def noise(side_px: int, quality: int = 100) -> bytes:
    """Return a JPEG of noise."""
    pixels = np.random.default_rng(_SEED).integers(0, 256, (side_px, side_px, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def flat(wide_px: int, high_px: int) -> bytes:
    """Return a PNG of one grey."""
    return _png(Image.new("L", (wide_px, high_px), 128))


def long_line(wide_px: int, *, upright: bool = False) -> bytes:
    """Return a PNG with a line of text from one end to the other, across or upwards."""
    picture = Image.new("L", (wide_px, 60), 255)
    font = ImageFont.load_default(30)
    words = f"{_NUMBER}   " * (wide_px // round(font.getlength(f"{_NUMBER}   ")))
    ImageDraw.Draw(picture).text((10, 12), words, fill=0, font=font)
    return _png(picture.transpose(Image.Transpose.ROTATE_90) if upright else picture)


def frames(count: int, *, distinct: bool = True) -> bytes:
    """Return a GIF whose frames each have another text, or all the same."""
    font = ImageFont.load_default(24)
    pictures = []
    for number in range(count):
        picture = Image.new("L", (320, 60), 255)
        ImageDraw.Draw(picture).text((8, 14), f"Number {number if distinct else 0}", 0, font)
        pictures.append(picture)
    buffer = io.BytesIO()
    pictures[0].save(buffer, "GIF", save_all=True, append_images=pictures[1:], duration=40)
    return buffer.getvalue()


PICTURES: Mapping[str, Callable[[], bytes]] = {
    "one line": caption,
    "3,000 lines of 10 px": partial(small_lines, 3000, columns=6, high_px=10),
    "3,000 lines of 5 px": partial(small_lines, 3000, columns=6, high_px=5),
    "300 lines of 9 px": partial(small_lines, 300, columns=3, high_px=9),
    "20 MB of noise": partial(noise, 3900),
    "1 x 10,000 px": partial(flat, 1, 10_000),
    "10,000 x 1 px": partial(flat, 10_000, 1),
    "a line of 20,000 px": partial(long_line, 20_000),
    "the same upright": partial(long_line, 20_000, upright=True),
    "1,000 frames, each another": partial(frames, 1000),
    "1,000 frames, all alike": partial(frames, 1000, distinct=False),
    "60 frames, each another": partial(frames, 60),
}


def _line(number: int) -> str:
    return f"{number:04} call +1 800 222 {2000 + number:04}"


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()
