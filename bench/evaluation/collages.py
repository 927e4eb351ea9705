"""Edits that show the picture together with others: grids, strips, pictures in pictures."""

from __future__ import annotations

import math

from PIL import Image, ImageDraw

from bench.evaluation import lettering
from bench.evaluation.dice import Dice, Edit, Picture

_SHAPES = ((960, 640), (640, 960), (800, 800))


def grid(columns: int, rows: int, gutter_share: float) -> Edit:
    """Return the edit that makes it one cell of a grid of pictures; it keeps its aspect ratio."""

    def edit(picture: Picture, dice: Dice) -> Picture:
        scale = min(1.0, 440 / max(picture.size))
        width, height = round(picture.width * scale), round(picture.height * scale)
        gutter = round(gutter_share * (width + height) / 2)
        size = columns * width + (columns + 1) * gutter, rows * height + (rows + 1) * gutter
        page = Image.new("RGB", size, dice.pick(("white", "black", "silver")))
        mine = dice.whole(0, columns * rows - 1)
        for cell in range(columns * rows):
            row, column = divmod(cell, columns)
            shown = dice.other((width, height))
            if cell == mine:
                shown = picture.resize((width, height), Image.Resampling.LANCZOS)
            place = gutter + column * (width + gutter), gutter + row * (height + gutter)
            page.paste(shown, place)
        return page

    return edit


def before_after(picture: Picture, dice: Dice) -> Picture:
    """Set it beside another one with a word on each."""
    width, height = picture.size
    page = Image.new("RGB", (2 * width + 6, height), "white")
    first = dice.happens(0.5)
    page.paste(picture, (0 if first else width + 6, 0))
    page.paste(dice.other(picture.size), (width + 6 if first else 0, 0))
    draw = ImageDraw.Draw(page)
    words = dice.pick((("BEFORE", "AFTER"), ("2009", "2024"), ("they say", "reality")))
    for side, word in enumerate(words):
        x, size_px = side * (width + 6) + width * 0.04, round(height * 0.08)
        chosen = lettering.fitted([word], size_px, width * 0.5)
        box = draw.textbbox((x, height * 0.04), word, font=chosen)
        draw.rectangle((box[0] - 8, box[1] - 8, box[2] + 8, box[3] + 8), fill="black")
        draw.text((x, height * 0.04), word, font=chosen, fill="white")
    return page


def inset(area: float) -> Edit:
    """Return the edit that lays it over another picture; it takes this share of the area."""

    def edit(picture: Picture, dice: Dice) -> Picture:
        width, height = dice.pick(_SHAPES)
        page = dice.other((width, height))
        scale = math.sqrt(area * width * height / (picture.width * picture.height))
        scale = min(scale, 0.98 * width / picture.width, 0.98 * height / picture.height)
        size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
        left, top = dice.whole(0, width - size[0]), dice.whole(0, height - size[1])
        if dice.happens(0.5):
            edge = dice.pick(("white", "black", "gold"))
            ImageDraw.Draw(page).rectangle(
                (left - 4, top - 4, left + size[0] + 3, top + size[1] + 3), fill=edge
            )
        page.paste(picture.resize(size, Image.Resampling.LANCZOS), (left, top))
        return page

    return edit
