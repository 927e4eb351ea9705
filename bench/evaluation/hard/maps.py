"""One map of a town, with other pins and routes."""

from __future__ import annotations

import random

from bench.evaluation.dice import Dice, Picture
from bench.evaluation.hard import words
from bench.evaluation.hard.drawing import GREY, WHITE, Canvas


def _streets(size: tuple[int, int]) -> Canvas:
    width, height = size
    sheet, town = Canvas(width, height, (240, 237, 228)), Dice(random.Random("one town"))
    sheet.shape(
        (
            (0, 300),
            (180, 340),
            (420, 250),
            (width, 330),
            (width, 400),
            (420, 330),
            (180, 420),
            (0, 370),
        ),
        (164, 204, 232),
    )
    for _ in range(5):
        x, y = town.whole(0, width), town.whole(0, height)
        sheet.box((x, y, x + town.whole(50, 120), y + town.whole(50, 110)), (200, 226, 184))
    for _ in range(13):
        x, tilt = town.whole(0, width), town.whole(-120, 120)
        sheet.line(((x, 0), (x + tilt, height)), WHITE, town.pick((5, 8, 13)))
    for _ in range(11):
        y, tilt = town.whole(0, height), town.whole(-90, 90)
        sheet.line(((0, y), (width, y + tilt)), WHITE, town.pick((5, 8, 13)))
    for _ in range(14):
        sheet.text(
            (town.whole(0, width - 90), town.whole(0, height)),
            words.title(town, 1) + " St",
            14,
            ink=GREY,
        )
    return sheet


def map_pin(dice: Dice) -> Picture:
    """Draw one map with a pin at another place."""
    sheet = _streets((560, 640))
    x, y = dice.whole(60, 500), dice.whole(90, 600)
    sheet.shape(((x, y), (x - 21, y - 42), (x + 21, y - 42)), (220, 40, 40))
    sheet.disc((x, y - 50), 24, (220, 40, 40))
    sheet.disc((x, y - 50), 9, WHITE)
    return sheet.picture


def map_route(dice: Dice) -> Picture:
    """Draw one map with another route and its card below."""
    sheet = _streets((480, 720))
    points = [(dice.whole(30, 450), 80 + 90 * step + dice.whole(-20, 20)) for step in range(6)]
    sheet.line(points, (40, 110, 240), 9)
    sheet.disc(points[0], 11, WHITE, (40, 110, 240), 5)
    sheet.disc(points[-1], 11, (220, 40, 40))
    sheet.box((0, 600, 480, 720), WHITE)
    sheet.text((24, 620), f"{dice.whole(4, 95)} min", 34, "bold", (20, 140, 60))
    sheet.text(
        (24, 668),
        f"{dice.whole(10, 999) / 10} km · via {words.title(dice, 1)} Street",
        20,
        ink=GREY,
    )
    return sheet.picture
