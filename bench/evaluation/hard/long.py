"""Long pages and panoramas, and what is left of them: most of it, a half, a single screen."""

from __future__ import annotations

import math
from collections.abc import Mapping

from PIL import Image, ImageOps

from bench.evaluation import files
from bench.evaluation.dice import Dice, Edit, Picture
from bench.evaluation.hard import copies, words
from bench.evaluation.hard.copies import Copy
from bench.evaluation.hard.drawing import GREY, INK, WHITE, Canvas, bright, face

_WIDTH_PX = 400


def _height(dice: Dice) -> int:
    """Return a height of 4 to 30 widths, most of them short."""
    return round(_WIDTH_PX * 4 * math.pow(7.5, dice.between(0, 1)))


def long_article(dice: Dice) -> Picture:
    """Draw a page of text with headlines."""
    height = _height(dice)
    sheet, y = Canvas(_WIDTH_PX, height), 20.0
    sheet.text((20, y), "THE LONG READ", 26, "bold", (150, 20, 30))
    y = 66
    while y < height:
        sheet.text((20, y), words.title(dice, 3), 22, "bold")
        y = sheet.paragraph((20, y + 34), words.text(dice, dice.whole(2, 6)), 360, 17, "serif") + 20
    return sheet.picture


def long_chat(dice: Dice) -> Picture:
    """Draw a conversation without an end."""
    height = _height(dice)
    sheet, y = Canvas(_WIDTH_PX, height, (226, 232, 240)), 16.0
    while y < height:
        mine, text = dice.happens(0.5), words.sentence(dice, 3, 20)
        x = 90 if mine else 14
        tall = 26 * (1 + len(text) // 29) + 20
        sheet.pill((x, y, x + 296, y + tall), 12, (200, 230, 255) if mine else WHITE)
        sheet.paragraph((x + 12, y + 8), text, 272, 18)
        y += tall + 12
    return sheet.picture


def long_feed(dice: Dice) -> Picture:
    """Draw posts with portraits and coloured drawings."""
    height = _height(dice)
    sheet, y = Canvas(_WIDTH_PX, height), 14.0
    while y < height:
        sheet.picture.paste(face(dice, (48, 48)), (16, round(y)))
        sheet.text((76, y + 10), words.person(dice), 20, "bold")
        y = sheet.paragraph((16, y + 60), words.text(dice, 1), 368, 18) + 8
        sheet.box((16, y, 384, y + 220), bright(dice))
        for _ in range(6):
            x, down = dice.whole(30, 330), dice.whole(10, 150)
            sheet.disc((x + 20, y + down + 30), dice.whole(10, 40), bright(dice))
        y += 250
        sheet.line(((0, y - 14), (400, y - 14)), (220, 222, 226), 2)
    return sheet.picture


def long_price_list(dice: Dice) -> Picture:
    """Draw a list of goods and prices."""
    height = _height(dice)
    sheet, y, number = Canvas(_WIDTH_PX, height), 12, 1
    while y < height:
        if number % 2:
            sheet.box((0, y - 6, 400, y + 30), (240, 244, 248))
        sheet.text((12, y), f"{number}.", 17, ink=GREY)
        sheet.text((60, y), f"{words.word(dice).capitalize()} {dice.pick(words.GOODS)}", 18)
        sheet.text((388, y), words.money(dice, 90), 18, "mono", INK, "ra")
        y, number = y + 36, number + 1
    return sheet.picture


def panorama(dice: Dice) -> Picture:
    """Set real pictures beside each other, with soft seams."""
    tiles = []
    for path in dice.others:
        with Image.open(path) as image:
            tiles.append(ImageOps.fit(image.convert("RGB"), (380, 300), Image.Resampling.BICUBIC))
    page = Image.new("RGB", (340 * len(tiles) + 40, 300))
    seam = Image.linear_gradient("L").rotate(90).resize((40, 300))
    mask = Image.new("L", (380, 300), 255)
    mask.paste(seam, (0, 0))
    for number, tile in enumerate(tiles):
        page.paste(tile, (340 * number, 0), mask if number else None)
    return page


def lost(share: float) -> Edit:
    """Return the edit that loses this share of the longer side, at one end."""

    def edit(picture: Picture, dice: Dice) -> Picture:
        return _window(picture, 1 - share, dice.pick((0.0, 1.0)))

    return edit


def one_screen(picture: Picture, dice: Dice) -> Picture:
    """Cut what one screen shows of it: at least a tenth of the whole."""
    shorter, longer = sorted(picture.size)
    return _window(picture, max(0.1, 1.8 * shorter / longer), dice.between(0, 1))


def _window(picture: Picture, share: float, place: float) -> Picture:
    width, height = picture.size
    if height >= width:
        top = round(place * height * (1 - share))
        return picture.crop((0, top, width, top + round(height * share)))
    left = round(place * width * (1 - share))
    return picture.crop((left, 0, left + round(width * share), height))


COPIES: Mapping[str, Copy] = {
    "small_70": copies.written(copies.scaled_by(0.7), files.jpeg(60)),
    "lost_tenth": copies.written(lost(0.1)),
    "lost_quarter": copies.written(lost(0.25)),
    "lost_half": copies.written(lost(0.5)),
    "one_screen": copies.written(one_screen),
    "screen_in_phone": copies.written(
        lambda picture, dice: copies.in_phone(one_screen(picture, dice), dice)
    ),
}
