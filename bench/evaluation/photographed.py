"""Edits that photograph the picture: from a screen, or printed on paper."""

from __future__ import annotations

import math

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from bench.evaluation import degrade, geometry, lettering
from bench.evaluation.colour import Floats, floats, from_floats
from bench.evaluation.dice import Dice, Edit, Picture, Size


def of_screen(picture: Picture, dice: Dice) -> Picture:
    """Photograph it from a monitor: moire, another gamma, perspective, glare, blur, noise."""
    shown = picture.resize(_at_least(picture.size, 640), Image.Resampling.BICUBIC)
    glowing = from_floats(_moire(floats(shown), dice) ** np.float32(dice.between(0.93, 1.05)))
    screen = ImageOps.expand(glowing, round(max(shown.size) * 0.03), (12, 12, 14))
    size = round(screen.width * 1.08), round(screen.height * 1.08)
    wall = Image.new("RGB", size, tuple(dice.whole(20, 110) for _ in range(3)))
    photo = geometry.placed(screen, seen_from_a_side(size, dice), wall)
    lit = _glare(floats(photo), dice) * np.array(
        [dice.between(0.85, 1.05), dice.between(0.92, 1.0), dice.between(0.95, 1.12)], np.float32
    )
    soft = from_floats(lit).filter(ImageFilter.GaussianBlur(max(size) / 700))
    return degrade.noise(dice.between(4, 9))(soft, dice)


def _at_least(size: Size, side_px: int) -> Size:
    scale = max(1.0, side_px / max(size))
    return round(size[0] * scale), round(size[1] * scale)


def seen_from_a_side(size: Size, dice: Dice) -> geometry.Corners:
    shaken = geometry.shaken_corners(size, 0.07, dice)
    angle = math.radians(dice.between(-4, 4))
    x_middle, y_middle = size[0] / 2, size[1] / 2
    return [
        (
            x_middle + 0.95 * ((x - x_middle) * math.cos(angle) - (y - y_middle) * math.sin(angle)),
            y_middle + 0.95 * ((x - x_middle) * math.sin(angle) + (y - y_middle) * math.cos(angle)),
        )
        for x, y in shaken
    ]


def _moire(pixels: Floats, dice: Dice) -> Floats:
    """Multiply by slow coloured waves and by the fine lines of the screen itself."""
    height, width = pixels.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    angle, period = dice.between(0, math.pi), dice.between(14, 40)
    bend = dice.between(0.2, 0.6) * np.sin(2 * math.pi * y / (height * 0.7))
    phase = 2 * math.pi * (x * math.cos(angle) + y * math.sin(angle)) / period + bend * 4
    depth = dice.between(0.05, 0.11)
    waves = np.stack([np.sin(phase + channel * 2.1) for channel in range(3)], axis=2)
    lines = 1 - 0.08 * (y.astype(np.int32) % 3 == 0)
    result: Floats = pixels * (1 + depth * waves) * lines[..., np.newaxis]
    return np.maximum(result.astype(np.float32), 0)


def _glare(pixels: Floats, dice: Dice) -> Floats:
    """Add the reflection of a lamp: a wide soft spot, or a slanted band."""
    height, width = pixels.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x = x / width - dice.between(0.15, 0.85)
    y = y / height - dice.between(0.1, 0.9)
    if dice.happens(0.5):
        spot = np.exp(-(x**2 + y**2) / (2 * dice.between(0.08, 0.16) ** 2))
    else:
        spot = np.exp(-((x + y * dice.between(-0.8, 0.8)) ** 2) / (2 * 0.06**2))
    result: Floats = pixels + dice.between(60, 130) * spot[..., np.newaxis]
    return result.astype(np.float32)


def of_print(picture: Picture, dice: Dice) -> Picture:
    """Photograph it from a printed page: pale ink, paper, text around, shadow, perspective."""
    page = _printed_page(picture, dice)
    size = round(page.width * 1.1), round(page.height * 1.1)
    photo = geometry.placed(page, seen_from_a_side(size, dice), table(size, dice))
    pixels = shadow(floats(photo), dice)
    soft = from_floats(pixels).filter(ImageFilter.GaussianBlur(max(size) / 900))
    return degrade.noise(dice.between(3, 7))(soft, dice)


def _printed_page(picture: Picture, dice: Dice) -> Picture:
    margin = round(picture.width * 0.09)
    text_height = round(picture.width * 0.3)
    size = picture.width + 2 * margin, picture.height + 2 * margin + text_height
    page = Image.new("RGB", size, (244, 240, 228))
    page.paste(_inked(picture), (margin, margin))
    draw = ImageDraw.Draw(page)
    size_px = max(9, picture.width // 32)
    text = " ".join(dice.source.sample(lettering.SENTENCES, 5))
    place = margin, picture.height + margin * 1.4
    lettering.paragraph(draw, place, text, size_px=size_px, room_px=picture.width, ink=(50, 48, 46))
    grain = dice.arrays().normal(0, 3.5, (size[1], size[0], 1)).astype(np.float32)
    return from_floats(floats(page) + cv2.GaussianBlur(grain, (0, 0), 0.8)[..., np.newaxis])


def _inked(picture: Picture) -> Picture:
    """Return less contrast and colour, and a raster of dots that the ink leaves."""
    pixels = floats(picture)
    luma = pixels.mean(axis=2, keepdims=True)
    pale = 38 + 0.76 * (luma + 0.75 * (pixels - luma))
    y, x = np.mgrid[0 : picture.height, 0 : picture.width].astype(np.float32)
    dots = np.sin(0.9 * (x + y)) * np.sin(0.9 * (x - y))
    return from_floats((pale + 9 * dots[..., np.newaxis]).astype(np.float32))


def table(size: Size, dice: Dice) -> Picture:
    """Return boards of wood: long grains of one brown."""
    width, height = size
    grain = dice.arrays().normal(0, 1, (height, width)).astype(np.float32)
    grain = cv2.GaussianBlur(grain, (0, 0), sigmaX=width / 12, sigmaY=1.2).astype(np.float32)
    grain /= np.float32(max(1e-6, float(grain.std())))
    brown = np.array(dice.pick(((120, 84, 54), (88, 62, 44), (170, 140, 105))), np.float32)
    return from_floats(brown + 14 * grain[..., np.newaxis])


def shadow(pixels: Floats, dice: Dice) -> Floats:
    """Darken one side softly, as the hand and the telephone do."""
    height, width = pixels.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    angle = dice.between(0, 2 * math.pi)
    along = (x / width - 0.5) * math.cos(angle) + (y / height - 0.5) * math.sin(angle)
    edge = 1 / (1 + np.exp(-(along - dice.between(-0.1, 0.25)) * dice.between(10, 40)))
    result: Floats = pixels * (1 - dice.between(0.2, 0.42) * edge[..., np.newaxis])
    return result.astype(np.float32)


def crumpled(share: float) -> Edit:
    """Return the edit that waves the paper by up to this share of the width."""

    def edit(picture: Picture, dice: Dice) -> Picture:
        width, height = picture.size
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        phase = dice.between(0, 2 * math.pi)
        columns = x + share * width * np.sin(2 * math.pi * y / (height * 0.8) + phase)
        rows = y + share * height * np.sin(2 * math.pi * x / (width * 0.9) - phase)
        pixels = cv2.remap(
            np.asarray(picture),
            columns.astype(np.float32),
            rows.astype(np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return Image.fromarray(pixels.astype(np.uint8))

    return edit
