"""Captions on photographs, in the styles that people use."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

_BOLD, _PLAIN, _SERIF = "LiberationSans-Bold.ttf", "LiberationSans-Regular.ttf", "DejaVuSerif.ttf"
_CHINESE = "NotoSansCJK-Regular.ttc"
_WITHOUT_BLANKS = "zh"
_LINE = 1.25
# Of the picture's width.
_ROOM = 0.86
# What is halved has letters that can be read still.
_SMALLEST_PX, _MOST_LINES = 20, 5
_BOXES = (("#7a1020", "#ffe9a0"), ("#ffd600", "black"), ("#1a4fa0", "white"), ("black", "white"))


@dataclass(frozen=True, slots=True)
class Layout:
    """How a photograph's captions are set: all of its claims in one way.

    `lines` is how many, at most; `place` and `tone` are 0..1.
    """

    style: str
    lines: int
    place: float
    tone: float


def layout(number: int, chance: random.Random) -> Layout:
    """Return how the captions of the photograph of that number are set."""
    style = [*STYLES][number % len(STYLES)]
    return Layout(style, chance.choice((1, 2, 2, 3)), chance.random(), chance.random())


def captioned(photo: Image.Image, text: str, language: str, how: Layout) -> Image.Image:
    """Return the photograph with a caption; `language` decides on fonts and blanks."""
    drawn = photo.copy()
    STYLES[how.style](drawn, text, how, language)
    return drawn


def _meme(picture: Image.Image, text: str, how: Layout, language: str) -> None:
    """Outlined capitals, above and below if there are two lines."""
    lines, font = _set(picture, text.upper(), how, (1 / 15, _BOLD), language)
    size = font.size
    tops = [
        picture.height - (1.6 + _LINE * (len(lines) - each - 1)) * size
        for each in range(len(lines))
    ]
    if how.place < 2 / 3:
        tops[0] = size / 3
    for line, top in zip(lines, tops, strict=True):
        ImageDraw.Draw(picture).text(
            (picture.width / 2, top), line, "white", font, "ma",
            stroke_width=max(2, round(size / 13)), stroke_fill="black",
        )  # fmt: skip


def _bar(picture: Image.Image, text: str, how: Layout, language: str) -> None:
    """A bar of one colour across the head or the foot."""
    lines, font = _set(
        picture, text, how, (1 / 22, _PLAIN if how.tone < 1 / 2 else _SERIF), language
    )
    ground, ink = ("white", "black") if how.tone < 3 / 4 else ("black", "white")
    height = font.size * (_LINE * len(lines) + 0.8)
    top = 0 if how.place < 1 / 3 else picture.height - height
    ImageDraw.Draw(picture).rectangle((0, top, picture.width, top + height), ground)
    _write(picture, lines, (font.size, top + font.size * 0.4), font, ink)


def _box(picture: Image.Image, text: str, how: Layout, language: str) -> None:
    """A box of colour somewhere on the photograph."""
    lines, font = _set(picture, text, how, (1 / 28, _BOLD), language)
    ground, ink = _BOXES[int(how.tone * len(_BOXES))]
    width = max(font.getlength(line) for line in lines) + font.size
    height = font.size * (_LINE * len(lines) + 0.7)
    left = (picture.width - width) * (0.1 + 0.8 * how.tone)
    top = (picture.height - height) * (0.05 + 0.9 * how.place)
    ImageDraw.Draw(picture).rectangle((left, top, left + width, top + height), ground)
    _write(picture, lines, (left + font.size / 2, top + font.size * 0.35), font, ink)


def _subtitle(picture: Image.Image, text: str, how: Layout, language: str) -> None:
    """Small letters with a thin outline, in the middle above the foot."""
    lines, font = _set(picture, text, how, (1 / 34, _PLAIN), language)
    ink = "white" if how.tone < 2 / 3 else "#ffe94d"
    top = picture.height - font.size * (_LINE * len(lines) + 1)
    for number, line in enumerate(lines):
        ImageDraw.Draw(picture).text(
            (picture.width / 2, top + number * _LINE * font.size), line, ink, font, "ma",
            stroke_width=2, stroke_fill="black",
        )  # fmt: skip


STYLES: dict[str, Callable[[Image.Image, str, Layout, str], None]] = {
    "meme": _meme,
    "bar": _bar,
    "box": _box,
    "subtitle": _subtitle,
}


def broken(text: str, lines: int, language: str) -> list[str]:
    """Return a text in so many lines of about one length."""
    parts = [*text] if language == _WITHOUT_BLANKS else text.split(" ")
    blank = "" if language == _WITHOUT_BLANKS else " "
    broken_text: list[str] = []
    line = ""
    for part in parts:
        longer = f"{line}{blank}{part}" if line else part
        if line and len(longer) > len(text) / lines + 2 and len(broken_text) < lines - 1:
            broken_text.append(line)
            longer = part
        line = longer
    return [*broken_text, line]


def _write(
    picture: Image.Image,
    lines: list[str],
    place: tuple[float, float],
    font: ImageFont.FreeTypeFont,
    ink: str,
) -> None:
    for number, line in enumerate(lines):
        place_of_line = (place[0], place[1] + number * _LINE * font.size)
        ImageDraw.Draw(picture).text(place_of_line, line, ink, font)


def _set(
    picture: Image.Image, text: str, how: Layout, font: tuple[float, str], language: str
) -> tuple[list[str], ImageFont.FreeTypeFont]:
    """Return the lines, more of them where they would be too small, and the font for them.

    `font` is the size as a share of the picture's width, less where the lines need it, and a file.
    """
    share, name = font
    count = how.lines
    lines, widest = _widest(picture, broken(text, count, language), name, language)
    while widest < _SMALLEST_PX and count < _MOST_LINES:
        count += 1
        lines, widest = _widest(picture, broken(text, count, language), name, language)
    return lines, _font(
        name, round(min(max(_SMALLEST_PX, share * picture.width), widest)), language
    )


def _widest(
    picture: Image.Image, lines: list[str], name: str, language: str
) -> tuple[list[str], float]:
    """Return the lines, and the size in which they are as wide as there is room."""
    width = max(_font(name, 100, language).getlength(line) for line in lines)
    return lines, _ROOM * picture.width / width * 100


@lru_cache(maxsize=512)
def _font(name: str, size: int, language: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_CHINESE if language == _WITHOUT_BLANKS else name, size)
