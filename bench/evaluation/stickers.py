"""Small coloured drawings that people strew over pictures; no font is needed for them."""

from __future__ import annotations

import math
from collections.abc import Callable

from PIL import Image, ImageDraw

from bench.evaluation.dice import Dice, Picture

_SIDE_PX = 240
_SKIN = (255, 214, 72)
_DARK = (92, 62, 22)


def sticker(dice: Dice, side_px: int) -> Picture:
    """Return one of the drawings, a little turned, on a transparent ground."""
    canvas = Image.new("RGBA", (_SIDE_PX, _SIDE_PX))
    dice.pick(_DRAWINGS)(ImageDraw.Draw(canvas))
    leaning = canvas.rotate(dice.between(-25, 25), Image.Resampling.BICUBIC)
    return leaning.resize((side_px, side_px), Image.Resampling.LANCZOS)


def _head(draw: ImageDraw.ImageDraw) -> None:
    draw.ellipse((10, 10, 230, 230), fill=_SKIN, outline=(214, 160, 30), width=5)


def _laughing(draw: ImageDraw.ImageDraw) -> None:
    _head(draw)
    for x in (74, 166):
        draw.arc((x - 26, 70, x + 26, 122), 190, 350, fill=_DARK, width=12)
        draw.ellipse(
            (x - 52 if x < 120 else x + 16, 108, x - 16 if x < 120 else x + 52, 156),
            fill=(90, 180, 250),
        )
    draw.chord((62, 96, 178, 212), 8, 172, fill=(130, 40, 40))


def _angry(draw: ImageDraw.ImageDraw) -> None:
    draw.ellipse((10, 10, 230, 230), fill=(238, 92, 66))
    draw.line((60, 78, 104, 104), fill=_DARK, width=12)
    draw.line((180, 78, 136, 104), fill=_DARK, width=12)
    for x in (88, 152):
        draw.ellipse((x - 13, 106, x + 13, 132), fill=_DARK)
    draw.arc((78, 152, 162, 214), 195, 345, fill=_DARK, width=11)


def _shocked(draw: ImageDraw.ImageDraw) -> None:
    _head(draw)
    for x in (84, 156):
        draw.ellipse((x - 26, 66, x + 26, 118), fill="white", outline=_DARK, width=4)
        draw.ellipse((x - 8, 84, x + 8, 100), fill=_DARK)
    draw.rounded_rectangle((92, 138, 148, 206), 26, fill=_DARK)


def _heart(draw: ImageDraw.ImageDraw) -> None:
    red = (226, 36, 72)
    draw.ellipse((20, 36, 124, 140), fill=red)
    draw.ellipse((116, 36, 220, 140), fill=red)
    draw.polygon(((29, 116), (211, 116), (120, 222)), fill=red)


def _star(draw: ImageDraw.ImageDraw) -> None:
    points = []
    for turn in range(10):
        radius = 110 if turn % 2 == 0 else 46
        angle = math.pi * turn / 5 - math.pi / 2
        points.append((120 + radius * math.cos(angle), 120 + radius * math.sin(angle)))
    draw.polygon(points, fill=(255, 200, 30), outline=(220, 140, 0), width=4)


def _flame(draw: ImageDraw.ImageDraw) -> None:
    draw.polygon(
        ((120, 8), (196, 128), (176, 214), (64, 214), (44, 132), (84, 92)), fill=(240, 90, 30)
    )
    draw.polygon(((124, 96), (160, 160), (148, 214), (92, 214), (82, 164)), fill=(255, 200, 60))


def _hundred(draw: ImageDraw.ImageDraw) -> None:
    red = (210, 20, 40)
    draw.line((40, 70, 58, 52, 58, 160), fill=red, width=16)
    for x in (78, 148):
        draw.ellipse((x, 50, x + 62, 160), outline=red, width=16)
    draw.line((36, 190, 212, 176), fill=red, width=12)
    draw.line((60, 216, 196, 204), fill=red, width=12)


def _balloon(draw: ImageDraw.ImageDraw) -> None:
    draw.rounded_rectangle((12, 30, 228, 168), 50, fill="white", outline="black", width=8)
    draw.polygon(((70, 160), (120, 160), (60, 226)), fill="white", outline="black", width=6)
    for x in (78, 120, 162):
        draw.ellipse((x - 12, 88, x + 12, 112), fill="black")


_DRAWINGS: tuple[Callable[[ImageDraw.ImageDraw], None], ...] = (
    _laughing,
    _angry,
    _shocked,
    _heart,
    _star,
    _flame,
    _hundred,
    _balloon,
)
