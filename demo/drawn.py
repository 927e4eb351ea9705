"""Pictures that are drawn by code: no file, no network, and the same pixels each time."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

_SIZE_PX = (800, 560)
_PAPER = "#e9dfc9"
_SKIES = (("#7fb4e0", "#f3dcc0"), ("#32507c", "#e8936a"), ("#9fb3bd", "#dfe3df"))
_WALLS = ("#b5523b", "#d8a25e", "#e4d2b0", "#6f8a9c", "#8c6b58", "#a9b38a", "#c9837a")
_LEAVES = ("#3f6b3a", "#567f3f", "#2f5840", "#6d8f49")


@dataclass(frozen=True, slots=True)
class Day:
    """What differs between two pictures of one street: the sky, and who is on it."""

    sky: int = 0
    passers_seed: int = 0


def street(seed: int, day: Day | None = None) -> Image.Image:
    """Return a street of houses under a sky; a seed is one place, a day a moment there."""
    day = day or Day(sky=seed % len(_SKIES), passers_seed=seed)
    place = random.Random(seed)  # noqa: S311 - draws, guards nothing
    picture = _sky(*_SKIES[day.sky])
    draw = ImageDraw.Draw(picture)
    _hills(draw, place)
    x_px = -20
    while x_px < _SIZE_PX[0]:
        x_px += _house(draw, place, x_px)
    draw.rectangle((0, 470, *_SIZE_PX), "#5c5a58")
    _passers(draw, random.Random(day.passers_seed + 1000))  # noqa: S311
    return _grained(picture, seed)


def receipt(shop: str, lines: tuple[tuple[str, str], ...], total: str) -> Image.Image:
    """Return a till receipt: one template, whatever was bought."""
    picture = Image.new("RGB", (460, 700), "#f6f3ea")
    draw = ImageDraw.Draw(picture)
    draw.text((230, 50), shop, "black", ImageFont.load_default(40), anchor="mm")
    draw.text((230, 94), "14 Harbour Street", "black", ImageFont.load_default(22), anchor="mm")
    draw.text((230, 124), "VAT 0451-882-119", "black", ImageFont.load_default(22), anchor="mm")
    draw.line((30, 156, 430, 156), "black", 3)
    for row, (what, price) in enumerate(lines):
        y_px = 180 + 44 * row
        draw.text((36, y_px), what, "black", ImageFont.load_default(26))
        draw.text((424, y_px), price, "black", ImageFont.load_default(26), anchor="ra")
    draw.line((30, 470, 430, 470), "black", 3)
    draw.text((36, 488), "TOTAL", "black", ImageFont.load_default(36))
    draw.text((424, 488), total, "black", ImageFont.load_default(36), anchor="ra")
    _bars(draw, random.Random(7))  # noqa: S311
    draw.text(
        (230, 678), "Thank you. Come again.", "black", ImageFont.load_default(20), anchor="mm"
    )
    return picture


def poster(scene: Image.Image, words: str) -> Image.Image:
    """Return a picture with words in large letters on a band below it."""
    picture = Image.new("RGB", (scene.width, scene.height + 130), "#141414")
    picture.paste(scene, (0, 0))
    draw = ImageDraw.Draw(picture)
    middle = (scene.width // 2, scene.height + 65)
    draw.text(middle, words, "white", ImageFont.load_default(48), anchor="mm")
    return picture


def worn(picture: Image.Image) -> Image.Image:
    """Return a small, faded and blurred part of a picture in a frame: hard to recognise."""
    width_px, height_px = picture.size
    part = picture.crop((width_px // 2, height_px // 3, width_px, height_px * 5 // 6))
    part = part.filter(ImageFilter.GaussianBlur(2)).resize((300, 200))
    framed = Image.new("RGB", (520, 400), _PAPER)
    framed.paste(part.rotate(4, expand=True, fillcolor=_PAPER), (40, 40))
    return framed


def _sky(top: str, bottom: str) -> Image.Image:
    pair = Image.new("RGB", (1, 2))
    pair.putpixel((0, 0), _rgb(top))
    pair.putpixel((0, 1), _rgb(bottom))
    return pair.resize(_SIZE_PX, Image.Resampling.BILINEAR)


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def _hills(draw: ImageDraw.ImageDraw, place: random.Random) -> None:
    for depth, colour in enumerate(("#8fa39a", "#6f8a78")):
        phase, waves = place.random() * 6, place.uniform(1.5, 4)
        top = [
            (x, 230 + 40 * depth + 50 * math.sin(phase + waves * x / _SIZE_PX[0] * math.pi))
            for x in range(0, _SIZE_PX[0] + 10, 10)
        ]
        draw.polygon([(0, _SIZE_PX[1]), *top, _SIZE_PX], colour)


def _house(draw: ImageDraw.ImageDraw, place: random.Random, x_px: int) -> int:
    """Draw a house or a tree, and return how far it reaches."""
    if place.random() < 0.22:
        return _tree(draw, place, x_px)
    width_px, height_px = place.randint(80, 150), place.randint(140, 270)
    top_px = 470 - height_px
    draw.rectangle((x_px, top_px, x_px + width_px, 470), place.choice(_WALLS), "#3a332e", 2)
    roof_px = place.randint(24, 60)
    draw.polygon(
        [
            (x_px - 8, top_px),
            (x_px + width_px // 2, top_px - roof_px),
            (x_px + width_px + 8, top_px),
        ],
        place.choice(("#5a3a32", "#44484f", "#7b4b36")),
    )
    for y_px in range(top_px + 18, 420, 52):
        for window_px in range(x_px + 12, x_px + width_px - 24, place.randint(30, 42)):
            light = place.choice(("#f2e3a1", "#2e3b46", "#c7dbe5", "#fdf6df"))
            draw.rectangle((window_px, y_px, window_px + 18, y_px + 28), light, "#2a2522", 2)
            draw.line((window_px, y_px + 14, window_px + 18, y_px + 14), "#2a2522")
    return width_px + place.randint(4, 18)


def _tree(draw: ImageDraw.ImageDraw, place: random.Random, x_px: int) -> int:
    draw.rectangle((x_px + 30, 360, x_px + 40, 470), "#4d3927")
    for _ in range(26):
        left, top = x_px + place.randint(-4, 50), place.randint(270, 380)
        draw.ellipse((left, top, left + 26, top + 22), place.choice(_LEAVES))
    return 78


def _passers(draw: ImageDraw.ImageDraw, moment: random.Random) -> None:
    for _ in range(9):
        x_px, colour = moment.randint(10, 770), moment.choice(_WALLS)
        draw.ellipse((x_px + 5, 436, x_px + 19, 450), "#caa07f")
        draw.rectangle((x_px, 450, x_px + 24, 500), colour, "#2a2522")
    x_px = moment.randint(40, 560)
    draw.rounded_rectangle((x_px, 476, x_px + 180, 530), 16, moment.choice(_WALLS), "#22211f", 3)
    for wheel_px in (x_px + 26, x_px + 120):
        draw.ellipse((wheel_px, 512, wheel_px + 36, 548), "#1b1a19", "#8a8783", 4)


def _bars(draw: ImageDraw.ImageDraw, code: random.Random) -> None:
    x_px = 60
    while x_px < 400:
        width_px = code.choice((2, 3, 5, 8))
        draw.rectangle((x_px, 560, x_px + width_px, 650), "black")
        x_px += width_px + code.choice((3, 4, 7))


def _grained(picture: Image.Image, seed: int) -> Image.Image:
    """Return the picture with the grain of a photograph, where nothing is quite flat."""
    noise = np.random.default_rng(seed).normal(0, 7, (picture.height, picture.width, 1))
    pixels = np.clip(np.asarray(picture, np.float64) + noise, 0, 255)
    return Image.fromarray(pixels.astype(np.uint8))
