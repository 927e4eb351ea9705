"""A sheet to draw on, in fonts that most machines have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench.evaluation import lettering
from bench.evaluation.dice import Colour, Dice, Picture
from bench.evaluation.lettering import Font, Ink

# The first that is installed is used, or else Pillow's own font.
_FILES = {
    "sans": ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "Arial.ttf", "arial.ttf"),
    "bold": ("DejaVuSans-Bold.ttf", "LiberationSans-Bold.ttf", "Arial Bold.ttf", "arialbd.ttf"),
    "serif": ("DejaVuSerif.ttf", "LiberationSerif-Regular.ttf", "Times New Roman.ttf", "times.ttf"),
    "book": ("LiberationSerif-Regular.ttf", "DejaVuSerif.ttf", "Times New Roman.ttf", "times.ttf"),
    "mono": ("DejaVuSansMono.ttf", "LiberationMono-Regular.ttf", "Courier New.ttf", "cour.ttf"),
    "narrow": ("LiberationSansNarrow-Regular.ttf", "DejaVuSansCondensed.ttf", "Arial Narrow.ttf"),
    "symbol": ("DejaVuSans.ttf", "NotoSansSymbols2-Regular.ttf", "Arial Unicode.ttf"),
}
GREY: Colour = (120, 124, 130)
INK: Colour = (24, 24, 28)
WHITE: Colour = (255, 255, 255)
Place = tuple[float, float]
Box = tuple[float, float, float, float]


@lru_cache(maxsize=512)
def font(style: str, size_px: int) -> Font:
    """Return the font of a style."""
    for name in _FILES[style]:
        try:
            return ImageFont.truetype(name, size_px)
        except OSError:
            continue
    return lettering.font(size_px)


class Canvas:
    """A picture that is being drawn."""

    def __init__(self, width: int, height: int, ground: Ink = WHITE, mode: str = "RGB") -> None:
        """Start with an empty sheet; with the mode RGBA the ground may be transparent."""
        self.picture = Image.new(mode, (width, height), ground)
        self.draw = ImageDraw.Draw(self.picture)

    def text(  # noqa: PLR0917 - what every line needs
        self,
        place: Place,
        text: str,
        size_px: int = 18,
        style: str = "sans",
        ink: Ink = INK,
        anchor: str = "la",
    ) -> None:
        """Write one line; `anchor` is Pillow's."""
        self.draw.text(place, text, font=font(style, size_px), fill=ink, anchor=anchor)

    def paragraph(  # noqa: PLR0913, PLR0917
        self,
        place: Place,
        text: str,
        room_px: float,
        size_px: int = 18,
        style: str = "sans",
        ink: Ink = INK,
        gap: float = 1.35,
    ) -> float:
        """Write broken lines; return where they end, in px down."""
        x, y = place
        for line in lettering.wrapped(text, font(style, size_px), room_px):
            self.text((x, y), line, size_px, style, ink)
            y += size_px * gap
        return y

    def rows(  # noqa: PLR0913, PLR0917
        self,
        place: Place,
        rows: Iterable[Sequence[str]],
        columns: Sequence[float],
        step_px: float,
        size_px: int = 18,
        style: str = "sans",
        ink: Ink = INK,
    ) -> float:
        """Write a table without lines; return where it ends, in px down."""
        x, y = place
        for row in rows:
            for offset, cell in zip(columns, row, strict=True):
                self.text((x + offset, y), cell, size_px, style, ink)
            y += step_px
        return y

    def fields(
        self,
        place: Place,
        named: Iterable[tuple[str, str]],
        step_px: float,
        size_px: int = 22,
        style: str = "sans",
    ) -> float:
        """Write small grey names with values below them; return where they end, in px down."""
        x, y = place
        for name, value in named:
            self.text((x, y), name, max(11, size_px * 2 // 3), ink=GREY)
            self.text((x, y + size_px * 0.85), value, size_px, style)
            y += step_px
        return y

    def box(
        self, box: Box, fill: Ink | None = None, edge: Ink | None = None, width: int = 1
    ) -> None:
        """Draw a rectangle."""
        self.draw.rectangle(box, fill=fill, outline=edge, width=width)

    def pill(
        self, box: Box, radius: float, fill: Ink | None = None, edge: Ink | None = None
    ) -> None:
        """Draw a rectangle with round corners."""
        self.draw.rounded_rectangle(box, radius, fill=fill, outline=edge)

    def disc(
        self,
        middle: Place,
        radius: float,
        fill: Ink | None = None,
        edge: Ink | None = None,
        width: int = 2,
    ) -> None:
        """Draw a circle."""
        x, y = middle
        self.draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill, edge, width)

    def line(self, points: Sequence[Place], ink: Ink = INK, width: int = 1) -> None:
        """Draw a line through all points."""
        self.draw.line(list(points), fill=ink, width=width, joint="curve")

    def shape(
        self, points: Sequence[Place], fill: Ink | None = None, edge: Ink | None = None
    ) -> None:
        """Draw a polygon."""
        self.draw.polygon(list(points), fill=fill, outline=edge)

    def grid(
        self, box: Box, columns: int, rows: int, ink: Ink = (170, 170, 170), width: int = 1
    ) -> None:
        """Draw the lines of a table."""
        left, top, right, bottom = box
        for number in range(columns + 1):
            x = left + (right - left) * number / columns
            self.line(((x, top), (x, bottom)), ink, width)
        for number in range(rows + 1):
            y = top + (bottom - top) * number / rows
            self.line(((left, y), (right, y)), ink, width)

    def cross(self, middle: Place, radius: float, dice: Dice, ink: Ink = (20, 30, 120)) -> None:
        """Draw a cross by hand."""
        x, y = middle
        for side in (-1, 1):
            shake = [dice.between(-0.2, 0.2) * radius for _ in range(4)]
            start = (x - radius + shake[0], y - side * radius + shake[1])
            self.line((start, (x + radius + shake[2], y + side * radius + shake[3])), ink, 3)


def paper(width: int, height: int, dice: Dice, ground: Colour = (252, 251, 247)) -> Canvas:
    """Return a sheet of paper with its fine grain, the same tone on all of one template."""
    sheet = Canvas(width, height, ground)
    grain = dice.arrays().normal(0, 1.2, (height, width, 1))
    pixels = np.clip(np.asarray(sheet.picture) + grain, 0, 255).astype(np.uint8)
    sheet.picture = Image.fromarray(pixels)
    sheet.draw = ImageDraw.Draw(sheet.picture)
    return sheet


def face(dice: Dice, size: tuple[int, int]) -> Picture:
    """Return a drawn portrait: skin, hair, clothes, eyes, glasses and beard by chance."""
    width, height = size
    sheet = Canvas(width, height, dice.pick(((226, 230, 234), (206, 218, 228), (236, 232, 224))))
    skin = dice.pick(
        ((234, 190, 150), (150, 98, 60), (250, 220, 190), (104, 66, 44), (198, 146, 98))
    )
    hair = dice.pick(((34, 26, 20), (120, 76, 36), (214, 180, 110), (150, 150, 150), (140, 50, 26)))
    x, y, unit = width / 2, height * 0.42, width / 10
    long_hair = dice.happens(0.5)
    sheet.draw.ellipse(
        (x - 3 * unit, y - 3.6 * unit, x + 3 * unit, y + (4.6 if long_hair else 1.5) * unit),
        fill=hair,
    )
    sheet.shape(
        (
            (x - 4.4 * unit, height),
            (x - 3 * unit, y + 4.4 * unit),
            (x + 3 * unit, y + 4.4 * unit),
            (x + 4.4 * unit, height),
        ),
        bright(dice),
    )
    sheet.box((x - unit, y + 2 * unit, x + unit, y + 4.8 * unit), skin)
    chin = dice.between(3, 3.8) * unit
    sheet.draw.ellipse((x - 2.4 * unit, y - 2.6 * unit, x + 2.4 * unit, y + chin), fill=skin)
    eyes = dice.between(0.8, 1.2) * unit
    for side in (-1, 1):
        sheet.disc((x + side * eyes, y), unit * 0.3, INK)
    if dice.happens(0.4):
        for side in (-1, 1):
            sheet.disc((x + side * eyes, y), unit * 0.75, None, INK, 2)
    if dice.happens(0.35):
        sheet.draw.chord(
            (x - 1.8 * unit, y + 0.6 * unit, x + 1.8 * unit, y + chin), 10, 170, fill=hair
        )
    mouth = dice.between(0.6, 1.2) * unit
    sheet.line(
        (
            (x - mouth, y + 1.8 * unit),
            (x, y + dice.between(1.7, 2.2) * unit),
            (x + mouth, y + 1.8 * unit),
        ),
        (130, 40, 40),
        3,
    )
    return sheet.picture


def bright(dice: Dice) -> Colour:
    """Return a colour by chance, neither black nor white."""
    return dice.whole(30, 220), dice.whole(30, 220), dice.whole(30, 220)
