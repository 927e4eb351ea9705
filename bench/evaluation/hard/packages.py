"""Packages of one brand in other flavours, garments of one cut in other colours."""

from __future__ import annotations

import colorsys
import random
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from bench.evaluation.colour import Floats, floats, from_floats
from bench.evaluation.dice import Colour, Dice, Picture
from bench.evaluation.hard.drawing import INK, WHITE, Canvas
from bench.evaluation.hard.flat import star
from bench.evaluation.photographed import shadow, table

_CUT_PX = 240
_LEAST_SHARE, _MOST_SHARE, _MOST_RIM = 0.25, 0.75, 0.12  # of a thing that is seen as a whole
_FLAVOURS = (
    "Cherry Lemon Mint Vanilla Cocoa Mango Ginger Almond Peach Apple Coffee Banana Orange Hazelnut"
    " Coconut Cinnamon Blueberry Strawberry Caramel Pistachio Raspberry Melon Plum Walnut"
)


def _flavour(dice: Dice) -> tuple[str, Colour, Colour]:
    """Return a name, its colour and a dark tone of it."""
    hue = dice.between(0, 1)
    red, green, blue = colorsys.hsv_to_rgb(hue, dice.between(0.55, 0.95), dice.between(0.6, 0.95))
    colour = round(255 * red), round(255 * green), round(255 * blue)
    dark = colour[0] // 2, colour[1] // 2, colour[2] // 2
    return dice.pick(_FLAVOURS.split()), colour, dark


def _in_a_shop(sheet: Canvas) -> Picture:
    """Light it from the left and add the grain of a camera, the same for the whole family."""
    light = Dice(random.Random("the light of one shop"))
    pixels = shadow(floats(sheet.picture), light)
    grain = light.arrays().normal(0, 2.5, pixels.shape).astype(np.float32)
    return from_floats(pixels + grain)


def tea_box(dice: Dice) -> Picture:
    """Draw a box of tea: brand, cup and layout stay, colour, flavour and weight change."""
    name, colour, dark = _flavour(dice)
    sheet = Canvas(480, 620, (206, 200, 192))
    sheet.shape(((60, 60), (400, 60), (400, 580), (60, 580)), colour)
    sheet.shape(((400, 60), (440, 30), (440, 550), (400, 580)), dark)
    sheet.shape(((60, 60), (100, 30), (440, 30), (400, 60)), WHITE)
    sheet.box((60, 110, 400, 200), WHITE)
    sheet.text((230, 155), "Willowby", 64, "serif", dark, "mm")
    sheet.draw.ellipse((140, 250, 320, 300), fill=WHITE)
    sheet.draw.pieslice((140, 190, 320, 370), 0, 180, fill=WHITE)
    sheet.draw.ellipse((155, 258, 305, 292), fill=dark)
    sheet.disc((330, 300), 26, None, WHITE, 10)
    sheet.text((230, 430), name, 52, "bold", WHITE, "mm")
    sheet.text((230, 490), f"{dice.pick((20, 25, 40, 50, 80))} tea bags", 28, "sans", WHITE, "mm")
    return _in_a_shop(sheet)


def yoghurt_cup(dice: Dice) -> Picture:
    """Draw a cup of yoghurt."""
    name, colour, dark = _flavour(dice)
    sheet = Canvas(440, 520, (222, 226, 230))
    sheet.shape(((70, 110), (370, 110), (330, 480), (110, 480)), WHITE)
    sheet.draw.ellipse((60, 80, 380, 140), fill=(200, 204, 210))
    sheet.draw.ellipse((76, 88, 364, 132), fill=colour)
    sheet.text((220, 190), "alpina", 62, "bold", (20, 60, 150), "mm")
    sheet.shape(((84, 240), (356, 240), (340, 390), (100, 390)), colour)
    sheet.text((220, 290), name, 44, "bold", WHITE, "mm")
    for number in range(5):
        sheet.disc((140 + 40 * number, 350), 18, dark)
    sheet.text((220, 434), f"{dice.pick((125, 150, 180, 250, 500))} g", 30, "sans", INK, "mm")
    return _in_a_shop(sheet)


def crisps_bag(dice: Dice) -> Picture:
    """Draw a bag of crisps."""
    name, colour, dark = _flavour(dice)
    sheet = Canvas(440, 600, (236, 232, 224))
    sheet.shape(((50, 40), (390, 40), (404, 300), (390, 560), (50, 560), (36, 300)), colour)
    for edge in (40, 536):
        sheet.box((50, edge, 390, edge + 24), dark)
    sheet.shape(star((220, 170), 120, 14, 0.8), (255, 214, 40))
    sheet.text((220, 170), "CRUNCHO", 42, "bold", (180, 20, 30), "mm")
    for number in range(7):
        x, y = 110 + 38 * number, 400 + 22 * (number % 3)
        sheet.draw.ellipse((x - 34, y - 22, x + 34, y + 22), fill=(246, 206, 110), outline=dark)
    sheet.text((220, 310), name, 46, "bold", WHITE, "mm")
    sheet.text((220, 500), f"{dice.pick((50, 90, 150, 175, 200))} g", 28, "bold", WHITE, "mm")
    return _in_a_shop(sheet)


def soap_bottle(dice: Dice) -> Picture:
    """Draw a bottle of soap."""
    name, colour, dark = _flavour(dice)
    sheet = Canvas(380, 640, (214, 222, 226))
    sheet.pill((90, 180, 290, 610), 40, colour)
    sheet.box((160, 110, 220, 184), dark)
    sheet.shape(((130, 80), (250, 80), (250, 112), (90, 112)), dark)
    sheet.pill((112, 260, 268, 520), 18, WHITE)
    sheet.text((190, 310), "Puro", 54, "serif", dark, "mm")
    sheet.disc((190, 390), 34, colour)
    sheet.text((190, 450), name, 25, "bold", dark, "mm")
    sheet.text((190, 490), f"{dice.pick((250, 300, 400, 500, 750))} ml", 22, "sans", INK, "mm")
    return _in_a_shop(sheet)


def _shirt(sheet: Canvas, colour: Colour, dark: Colour) -> None:
    body = ((150, 90), (330, 90), (440, 180), (390, 250), (345, 215), (345, 540), (135, 540))
    sheet.shape((*body, (135, 215), (90, 250), (40, 180)), colour, dark)
    sheet.draw.chord((195, 60, 285, 130), 0, 180, fill=dark)
    for x in (180, 240, 300):
        sheet.line(((x, 300), (x + 12, 420), (x, 530)), dark, 2)


def shirt_on_bed(dice: Dice) -> Picture:
    """Draw the same shirt on the same bed, in another colour and with another print."""
    bed = table((480, 600), Dice(random.Random("one bed")))
    sheet = Canvas(480, 600)
    sheet.picture.paste(bed)
    name, colour, dark = _flavour(dice)
    _shirt(sheet, colour, dark)
    sheet.text((240, 260), name.upper(), 34, "bold", WHITE, "mm")
    return _in_a_shop(sheet)


def patterned_shirt(dice: Dice) -> Picture:
    """Draw the same shirt on a white ground with stripes, dots or checks."""
    _, colour, dark = _flavour(dice)
    kind, step = dice.whole(0, 2), dice.whole(16, 44)
    cloth = Canvas(480, 600, colour)
    for offset in range(0, 600, step):
        if kind in {0, 2}:
            cloth.box((0, offset, 480, offset + step // 3), dark)
        if kind == 2:
            cloth.box((offset, 0, offset + step // 3, 600), WHITE)
        if kind == 1:
            for x in range(0, 480, step):
                cloth.disc((x, offset), step / 4, WHITE)
    shape = Canvas(480, 600, (0, 0, 0))
    _shirt(shape, WHITE, WHITE)
    sheet = Canvas(480, 600, (244, 244, 244))
    sheet.picture.paste(cloth.picture, (0, 0), shape.picture.convert("L"))
    return _in_a_shop(sheet)


def recoloured(dice: Dice) -> Picture:
    """Give the thing in the middle of a real picture another colour, and leave the rest.

    Of the pictures of the content, the first is taken in which such a thing can be seen.
    """
    picture, mask = _one_thing(dice)
    tone = np.array(colorsys.hsv_to_rgb(dice.whole(0, 7) / 8, 0.75, 1), np.float32)
    luma = floats(picture).mean(axis=2, keepdims=True)
    painted = np.minimum(255, (30 + 1.1 * luma) * tone)
    return from_floats((floats(picture) * (1 - mask) + painted * mask).astype(np.float32))


def _one_thing(dice: Dice) -> tuple[Picture, Floats]:
    seen = (_in_the_middle(path) for path in dice.others)
    picture, mask, _ = next((each for each in seen if each[2]), _in_the_middle(dice.others[0]))
    soft = cv2.GaussianBlur(mask, (0, 0), 1.5)
    return picture, soft[..., np.newaxis].astype(np.float32)


def _in_the_middle(path: Path) -> tuple[Picture, Floats, bool]:
    """Return a picture, 1 where GrabCut sees a thing in it, and whether it sees all of it."""
    with Image.open(path) as image:
        picture = image.convert("RGB")
    picture.thumbnail((720, 720), Image.Resampling.LANCZOS)
    cv2.setRNGSeed(1)
    pixels = np.asarray(picture)
    height, width = pixels.shape[:2]
    scale = _CUT_PX / max(height, width)
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    rows, columns = small.shape[:2]
    top, left = rows // 12, columns // 12
    box = left, top, columns - 2 * left, rows - 2 * top
    found = np.zeros((rows, columns), np.uint8)
    cv2.grabCut(small, found, box, np.zeros((1, 65)), np.zeros((1, 65)), 2, cv2.GC_INIT_WITH_RECT)
    seen = np.isin(found, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float32)
    inside = seen[top : rows - top, left : columns - left]
    rim = np.concatenate((inside[0], inside[-1], inside[:, 0], inside[:, -1])).mean()
    is_whole = bool(_LEAST_SHARE < inside.mean() < _MOST_SHARE and rim < _MOST_RIM)
    mask = cv2.resize(seen, (width, height), interpolation=cv2.INTER_LINEAR)
    return picture, mask.astype(np.float32), is_whole
