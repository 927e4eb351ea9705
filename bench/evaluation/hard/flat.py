"""Pictures of a few plain fields: flags, crests, signs, marks, faces, icons."""

from __future__ import annotations

import math
from collections.abc import Callable

from bench.evaluation.dice import Colour, Dice, Picture
from bench.evaluation.hard import words
from bench.evaluation.hard.drawing import INK, WHITE, Canvas, Place, bright

_CLOTH: tuple[Colour, ...] = (
    (200, 16, 46),
    (0, 56, 147),
    (0, 122, 61),
    (252, 209, 22),
    WHITE,
    (20, 20, 20),
    (0, 156, 222),
    (244, 130, 32),
)


def _cloth(dice: Dice, count: int) -> list[Colour]:
    """Return colours for neighbouring fields."""
    return dice.source.sample(_CLOTH, count)


def striped_flag(dice: Dice) -> Picture:
    """Draw a flag of three stripes, standing or lying."""
    sheet, colours, is_lying = Canvas(480, 320), _cloth(dice, 3), dice.happens(0.5)
    for number, colour in enumerate(colours):
        if is_lying:
            sheet.box((0, 107 * number, 479, 107 * number + 106), colour)
        else:
            sheet.box((160 * number, 0, 160 * number + 159, 319), colour)
    return sheet.picture


def cross_flag(dice: Dice) -> Picture:
    """Draw a flag with a cross that is set off to the left."""
    ground, cross, core = _cloth(dice, 3)
    sheet = Canvas(480, 340, ground)
    for colour, half in ((cross, 40), (core, 18)):
        sheet.box((170 - half, 0, 170 + half, 340), colour)
        sheet.box((0, 170 - half, 480, 170 + half), colour)
    return sheet.picture


def emblem_flag(dice: Dice) -> Picture:
    """Draw a flag of two fields with a star, a disc or a crescent."""
    upper, lower, mark = _cloth(dice, 3)
    sheet = Canvas(480, 320, upper)
    sheet.box((0, 160, 480, 320), lower)
    kind, place = dice.whole(0, 3), (dice.pick((120, 240)), 160)
    if kind == 0:
        sheet.shape(star(place, 80, 5), mark)
    elif kind == 1:
        sheet.disc(place, 70, mark)
    elif kind == 2:
        sheet.disc(place, 74, mark)
        sheet.disc((place[0] + 30, 160), 60, upper)
    else:
        sheet.shape(((0, 0), (200, 160), (0, 320)), mark)
    return sheet.picture


def star(middle: Place, radius: float, points: int, inner: float = 0.4) -> list[Place]:
    """Return the corners of a star that stands on two of its points."""
    x, y = middle
    steps = [math.pi * step / points - math.pi / 2 for step in range(2 * points)]
    sizes = [radius * (inner if step % 2 else 1) for step in range(2 * points)]
    return [
        (x + size * math.cos(angle), y + size * math.sin(angle))
        for angle, size in zip(steps, sizes, strict=True)
    ]


def _shield(middle: Place, unit: float) -> list[Place]:
    x, y = middle
    corners = ((-1, -1.2), (1, -1.2), (1, 0.3), (0.6, 0.9), (0, 1.3), (-0.6, 0.9), (-1, 0.3))
    return [(x + unit * across, y + unit * down) for across, down in corners]


def crest(dice: Dice) -> Picture:
    """Draw the crest of a club: shield, band, mark, initials."""
    ground, band, mark = _cloth(dice, 3)
    sheet = Canvas(440, 500, WHITE)
    sheet.shape(_shield((220, 230), 178), INK)
    sheet.shape(_shield((220, 230), 168), ground)
    if dice.happens(0.5):
        sheet.box((52, 180, 388, 250), band)
    else:
        sheet.box((186, 30, 254, 440), band)
    sheet.shape(star((220, 130), 56, dice.whole(4, 8)), mark, INK)
    sheet.text((220, 320), words.letters(dice, 2), 96, "bold", mark, "mm")
    return sheet.picture


def speed_sign(dice: Dice) -> Picture:
    """Draw a round road sign with a number."""
    sheet = Canvas(420, 420, (140, 176, 210))
    sheet.disc((210, 210), 180, (200, 20, 30))
    sheet.disc((210, 210), 140, WHITE)
    sheet.text((210, 210), str(dice.whole(2, 26) * 5), 130, "bold", anchor="mm")
    return sheet.picture


def warning_sign(dice: Dice) -> Picture:
    """Draw a triangular road sign with two or three simple marks."""
    sheet = Canvas(460, 420, (226, 228, 230))
    sheet.shape(((230, 20), (440, 390), (20, 390)), (200, 20, 30))
    sheet.shape(((230, 80), (388, 358), (72, 358)), WHITE)
    for _ in range(dice.whole(2, 3)):
        x, y, size = 230 + dice.whole(-50, 50), 270 + dice.whole(-50, 50), dice.whole(18, 40)
        kind = dice.whole(0, 3)
        if kind == 0:
            sheet.disc((x, y), size, INK)
        elif kind == 1:
            sheet.box((x - size, y - 9, x + size, y + 9), INK)
        elif kind == 2:
            sheet.shape(star((x, y), size, 3, 0.5), INK)
        else:
            sheet.box((x - 9, y - size, x + 9, y + size), INK)
    return sheet.picture


def direction_sign(dice: Dice) -> Picture:
    """Draw a blue sign at a motorway: two places, their distances, an exit."""
    sheet = Canvas(600, 380, (0, 70, 150))
    sheet.box((12, 12, 588, 368), None, WHITE, 6)
    for row, town in enumerate(words.towns(dice, 2)):
        sheet.text((40, 50 + 90 * row), town, 46, "bold", WHITE)
        sheet.text((560, 50 + 90 * row), str(dice.whole(2, 320)), 46, "bold", WHITE, "ra")
    sheet.text((40, 270), f"Exit {dice.whole(1, 90)}", 52, "bold", (250, 220, 60))
    sheet.shape(((500, 250), (560, 310), (500, 350)), WHITE)
    return sheet.picture


def emoji_face(dice: Dice) -> Picture:
    """Draw a yellow face with other eyes and another mouth."""
    sheet = Canvas(360, 360, WHITE)
    sheet.disc((180, 180), 160, (255, 204, 50), (230, 160, 20), 6)
    eye, gaze = dice.pick(_EYES), dice.pick((-14, 0, 14))
    for x in (125, 235):
        eye(sheet, x, gaze)
    dice.pick(_MOUTHS)(sheet)
    if dice.happens(0.3):
        sheet.disc((290, 90), 22, (90, 170, 240))
    return sheet.picture


def _looking_eye(sheet: Canvas, x: int, gaze: int) -> None:
    sheet.disc((x, 145), 32, WHITE, INK, 4)
    sheet.disc((x + gaze, 145), 13, INK)


_EYES: tuple[Callable[[Canvas, int, int], None], ...] = (
    lambda sheet, x, _: sheet.disc((x, 145), 20, INK),
    lambda sheet, x, _: sheet.draw.arc((x - 26, 125, x + 26, 175), 180, 360, INK, 10),
    lambda sheet, x, _: sheet.shape(star((x, 145), 36, 5), (220, 40, 60)),
    lambda sheet, x, _: sheet.line(((x - 24, 130), (x + 24, 145), (x - 24, 160)), INK, 9),
    _looking_eye,
    _looking_eye,
)
_MOUTHS: tuple[Callable[[Canvas], None], ...] = (
    lambda sheet: sheet.draw.arc((100, 150, 260, 280), 20, 160, INK, 12),
    lambda sheet: sheet.draw.arc((110, 230, 250, 330), 200, 340, INK, 12),
    lambda sheet: sheet.disc((180, 250), 30, (120, 40, 30)),
    lambda sheet: sheet.draw.chord((100, 160, 260, 300), 10, 170, (120, 40, 30)),
    lambda sheet: sheet.line(((120, 250), (240, 250)), INK, 12),
)
_BLUE: Colour = (40, 110, 230)


def app_icon(dice: Dice) -> Picture:
    """Draw an icon: a white mark on a round square of one blue."""
    sheet = Canvas(400, 400, WHITE)
    sheet.pill((10, 10, 390, 390), 80, _BLUE)
    dice.pick((_star_icon, _clock_icon, _bars_icon, _letter_icon, _mail_icon, _dots_icon))(
        sheet, dice
    )
    return sheet.picture


def _star_icon(sheet: Canvas, dice: Dice) -> None:
    sheet.shape(star((200, 200), 120, dice.whole(4, 9)), WHITE)


def _clock_icon(sheet: Canvas, dice: Dice) -> None:
    sheet.disc((200, 200), 110, None, WHITE, 34)
    sheet.box((190, dice.pick((110, 150)), 210, 210), WHITE)
    sheet.box((190, 190, dice.pick((230, 280)), 210), WHITE)


def _bars_icon(sheet: Canvas, dice: Dice) -> None:
    for bar in range(4):
        sheet.box((90 + 60 * bar, 310 - 30 * dice.whole(1, 7), 130 + 60 * bar, 310), WHITE)


def _letter_icon(sheet: Canvas, dice: Dice) -> None:
    sheet.text((200, 200), words.letters(dice, 1), 230, "bold", WHITE, "mm")


def _mail_icon(sheet: Canvas, dice: Dice) -> None:
    sheet.pill((80, 120, 320, 280), 20, WHITE)
    sheet.line(((80, 130), (200, dice.pick((160, 200, 250))), (320, 130)), _BLUE, 14)


def _dots_icon(sheet: Canvas, dice: Dice) -> None:
    for dot in dice.source.sample(range(9), dice.whole(3, 7)):
        sheet.disc((110 + 90 * (dot % 3), 110 + 90 * (dot // 3)), 32, WHITE)


def company_mark(dice: Dice) -> Picture:
    """Draw a firm's mark: rings, bars or leaves in two colours, and its name below."""
    sheet = Canvas(520, 420, WHITE)
    first, second = bright(dice), bright(dice)
    kind, count = dice.whole(0, 2), dice.whole(3, 8)
    for number in range(count):
        angle = 2 * math.pi * number / count
        x, y = 260 + 70 * math.cos(angle), 160 + 70 * math.sin(angle)
        colour = second if number % 2 else first
        if kind == 0:
            sheet.disc((x, y), 46, None, colour, 12)
        elif kind == 1:
            sheet.shape(((260, 160), (x - 30, y + 20), (x + 30, y - 20)), colour)
        else:
            sheet.disc((x, y), 34, colour)
    sheet.text((260, 350), words.title(dice, 1).upper(), 60, "bold", first, "mm")
    return sheet.picture


def poster_art(dice: Dice) -> Picture:
    """Draw a poster of hills, a sun and a house in plain colours."""
    sheet = Canvas(440, 600, dice.pick(((250, 220, 180), (30, 34, 70), (180, 220, 240))))
    sheet.disc((dice.whole(90, 350), dice.whole(80, 220)), dice.whole(36, 80), (250, 200, 60))
    for layer in range(3):
        shade = bright(dice)
        heights = [300 + 80 * layer + dice.whole(-70, 70) for _ in range(6)]
        points = [(88 * step, height) for step, height in enumerate(heights)]
        sheet.shape([(0, 600), *points, (440, 600)], shade)
    x = dice.whole(60, 320)
    sheet.box((x, 470, x + 70, 540), WHITE)
    sheet.shape(((x - 10, 470), (x + 35, 430), (x + 80, 470)), (190, 50, 40))
    return sheet.picture
