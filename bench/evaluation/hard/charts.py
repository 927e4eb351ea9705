"""Charts of one template with other values."""

from __future__ import annotations

from bench.evaluation.dice import Dice, Picture
from bench.evaluation.hard import words
from bench.evaluation.hard.drawing import GREY, INK, WHITE, Canvas

_COLOURS = (
    (31, 119, 180),
    (255, 127, 14),
    (44, 160, 44),
    (214, 39, 40),
    (148, 103, 189),
    (140, 86, 75),
)


def _axes(title: str, width: int = 640, height: int = 440) -> Canvas:
    sheet = Canvas(width, height, WHITE)
    sheet.text((width / 2, 14), title, 24, "bold", anchor="ma")
    for row in range(6):
        y = 70 + (height - 130) * row / 5
        sheet.line(((60, y), (width - 20, y)), (224, 226, 230))
        sheet.text((52, y), str(100 - 20 * row), 15, ink=GREY, anchor="rm")
    return sheet


def bar_chart(dice: Dice) -> Picture:
    """Draw a bar chart of the same eight places."""
    sheet = _axes("Sales by region, in %")
    for column in range(8):
        x, height = 80 + 67 * column, 3.1 * dice.whole(5, 100)
        sheet.box((x, 380 - height, x + 44, 380), _COLOURS[0])
        sheet.text(
            (x + 22, 388), ("N", "NE", "E", "SE", "S", "SW", "W", "NW")[column], 17, anchor="ma"
        )
    return sheet.picture


def grouped_bars(dice: Dice) -> Picture:
    """Draw bars of three colours for each of five years."""
    sheet = _axes("Visitors per quarter")
    for column in range(5):
        for bar in range(3):
            x, height = 80 + 108 * column + 26 * bar, 3.1 * dice.whole(5, 100)
            sheet.box((x, 380 - height, x + 24, 380), _COLOURS[bar])
        sheet.text((80 + 108 * column + 38, 388), str(2020 + column), 17, anchor="ma")
    return sheet.picture


def line_chart(dice: Dice) -> Picture:
    """Draw two curves."""
    sheet = _axes("Index since January")
    for colour in _COLOURS[2:4]:
        value, points = dice.whole(20, 80), []
        for step in range(25):
            value = min(98, max(2, value + dice.whole(-14, 14)))
            points.append((62 + 23 * step, 380 - 3.1 * value))
        sheet.line(points, colour, 3)
    for step in range(0, 25, 6):
        sheet.text((62 + 23 * step, 388), words.MONTHS[step // 6 * 2][:3], 16, anchor="ma")
    return sheet.picture


def area_chart(dice: Dice) -> Picture:
    """Draw stacked areas."""
    sheet = _axes("Share of traffic")
    lower = [0.0] * 13
    for colour in _COLOURS[:3]:
        upper = [low + dice.whole(8, 33) for low in lower]
        points = [(62 + 46 * step, 380 - 3.1 * value) for step, value in enumerate(upper)]
        back = [(62 + 46 * step, 380 - 3.1 * value) for step, value in enumerate(lower)]
        sheet.shape([*points, *reversed(back)], colour)
        lower = upper
    return sheet.picture


def pie_chart(dice: Dice) -> Picture:
    """Draw a pie of five parts with its legend."""
    sheet = Canvas(600, 440, WHITE)
    sheet.text((300, 12), "Household budget", 26, "bold", anchor="ma")
    shares = [dice.whole(5, 40) for _ in range(5)]
    start = -90.0
    for row, (share, colour) in enumerate(zip(shares, _COLOURS, strict=False)):
        end = start + 360 * share / sum(shares)
        sheet.draw.pieslice((40, 70, 380, 410), start, end, fill=colour, outline="white", width=3)
        sheet.box((420, 100 + 44 * row, 444, 124 + 44 * row), colour)
        name = ("Rent", "Food", "Travel", "Energy", "Other")[row]
        sheet.text((456, 100 + 44 * row), f"{name} {round(100 * share / sum(shares))}%", 19)
        start = end
    return sheet.picture


def scatter(dice: Dice) -> Picture:
    """Draw a cloud of points."""
    sheet = _axes("Weight against height")
    slope = dice.between(-0.8, 0.8)
    for _ in range(60):
        x = dice.between(0, 1)
        y = min(0.98, max(0.02, 0.5 + slope * (x - 0.5) + dice.between(-0.25, 0.25)))
        sheet.disc((66 + 540 * x, 380 - 310 * y), 6, _COLOURS[4])
    return sheet.picture


def heat_map(dice: Dice) -> Picture:
    """Draw a table of coloured cells with values."""
    sheet = Canvas(600, 480, WHITE)
    sheet.text((300, 10), "Load by hour and day", 24, "bold", anchor="ma")
    for row in range(7):
        sheet.text((20, 66 + 58 * row), ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")[row], 18)
        for column in range(9):
            value = dice.whole(0, 99)
            shade = 255 - round(1.9 * value)
            x, y = 60 + 58 * column, 50 + 58 * row
            sheet.box((x, y, x + 56, y + 56), (255, shade, shade))
            sheet.text(
                (x + 28, y + 28), str(value), 18, anchor="mm", ink=INK if value < 70 else WHITE
            )
    return sheet.picture


def gantt(dice: Dice) -> Picture:
    """Draw the plan of a project: bars that begin and end elsewhere."""
    sheet = Canvas(700, 440, WHITE)
    sheet.text((20, 10), "Project plan", 24, "bold")
    sheet.grid((160, 50, 680, 430), 13, 1, (226, 228, 232))
    for row in range(9):
        y = 60 + 41 * row
        sheet.text((16, y + 4), f"Task {row + 1}", 18)
        start = dice.whole(0, 9)
        x = 160 + 40 * start
        sheet.pill((x, y, x + 40 * dice.whole(1, 13 - start), y + 28), 6, _COLOURS[row % 6])
    return sheet.picture


def gauges(dice: Dice) -> Picture:
    """Draw four dials of one dashboard."""
    sheet = Canvas(640, 460, (28, 32, 40))
    for number, name in enumerate(("CPU", "Memory", "Disk", "Network")):
        x, y = 170 + 300 * (number % 2), 120 + 220 * (number // 2)
        value = dice.whole(1, 99)
        sheet.draw.arc((x - 80, y - 80, x + 80, y + 80), 135, 405, fill=(60, 66, 78), width=20)
        sheet.draw.arc(
            (x - 80, y - 80, x + 80, y + 80), 135, 135 + 2.7 * value, fill=(60, 200, 160), width=20
        )
        sheet.text((x, y), f"{value}%", 36, "bold", WHITE, "mm")
        sheet.text((x, y + 70), name, 20, ink=(180, 186, 196), anchor="mm")
    return sheet.picture
