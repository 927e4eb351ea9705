"""Edits that lose detail or add what was not there: blur, noise, few tones, few pixels."""

from __future__ import annotations

import math

import cv2
import numpy as np
from PIL import Image, ImageFilter

from bench.evaluation.colour import floats, from_floats
from bench.evaluation.dice import Dice, Edit, Picture
from bench.evaluation.files import jpeg, reopened


def longer_side(side_px: int) -> Edit:
    """Return the edit that scales the longer side to so many px."""

    def edit(picture: Picture, _: Dice) -> Picture:
        return scaled(picture, side_px / max(picture.size))

    return edit


def scaled(picture: Picture, scale: float) -> Picture:
    """Return the picture with both sides multiplied."""
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    return picture.resize(size, Image.Resampling.LANCZOS)


def shrunk_and_grown(side_px: int) -> Edit:
    """Return the edit that makes it small and blows it up again to the old size."""

    def edit(picture: Picture, dice: Dice) -> Picture:
        small = longer_side(side_px)(picture, dice)
        return small.resize(picture.size, Image.Resampling.BILINEAR)

    return edit


def squeezed(width_share: float) -> Edit:
    """Return the edit that changes the width and keeps the height."""

    def edit(picture: Picture, _: Dice) -> Picture:
        size = round(picture.width * width_share), picture.height
        return picture.resize(size, Image.Resampling.BICUBIC)

    return edit


def jagged_half(picture: Picture, _: Dice) -> Picture:
    """Halve the sides by leaving pixels out."""
    size = max(1, picture.width // 2), max(1, picture.height // 2)
    return picture.resize(size, Image.Resampling.NEAREST)


def blurred(share: float) -> Edit:
    """Return the Gaussian blur of a radius that is this share of the longer side."""

    def edit(picture: Picture, _: Dice) -> Picture:
        return picture.filter(ImageFilter.GaussianBlur(share * max(picture.size)))

    return edit


def motion_blur(picture: Picture, dice: Dice) -> Picture:
    """Smear along a line, as a moving hand does."""
    length = max(5, round(max(picture.size) * dice.between(0.02, 0.03)))
    angle = dice.between(0, math.pi)
    kernel = np.zeros((length, length), np.float32)
    middle = (length - 1) / 2
    for step in np.linspace(-middle, middle, 4 * length):
        row, column = middle + step * math.sin(angle), middle + step * math.cos(angle)
        kernel[round(row), round(column)] = 1
    return Image.fromarray(cv2.filter2D(np.asarray(picture), -1, kernel / kernel.sum()))


def noise(deviation: float) -> Edit:
    """Return the edit that adds Gaussian noise, half of it the same in all channels."""

    def edit(picture: Picture, dice: Dice) -> Picture:
        arrays = dice.arrays()
        shape = picture.height, picture.width
        grain = arrays.normal(0, deviation, (*shape, 1)) + arrays.normal(0, deviation, (*shape, 3))
        return from_floats(floats(picture) + np.float32(math.sqrt(0.5)) * grain.astype(np.float32))

    return edit


def salt_and_pepper(picture: Picture, dice: Dice) -> Picture:
    """Make every twentieth pixel white or black."""
    arrays = dice.arrays()
    pixels = np.array(picture)
    drawn = arrays.random(pixels.shape[:2])
    pixels[drawn < 0.025] = 0
    pixels[drawn > 0.975] = 255
    return Image.fromarray(pixels)


def painted(picture: Picture, _: Dice) -> Picture:
    """Smooth the surfaces and keep the edges, as beautifying and "painting" filters do."""
    smooth = np.asarray(picture)
    for _round in range(3):
        smooth = cv2.bilateralFilter(smooth, 9, 60, 9).astype(np.uint8)
    return Image.fromarray(smooth).filter(ImageFilter.ModeFilter(5))


def oversharp(picture: Picture, _: Dice) -> Picture:
    """Sharpen until light seams show, as "HDR" filters do."""
    wide = picture.filter(ImageFilter.UnsharpMask(radius=12, percent=110, threshold=0))
    return wide.filter(ImageFilter.UnsharpMask(radius=2, percent=180, threshold=0))


def posterised(levels: int) -> Edit:
    """Return the edit that leaves so many tones in each channel."""

    def edit(picture: Picture, _: Dice) -> Picture:
        step = 255 / (levels - 1)
        return picture.point([round(round(value / step) * step) for value in range(256)] * 3)

    return edit


def photocopied(picture: Picture, dice: Dice) -> Picture:
    """Leave black and white only, with the threshold near the median."""
    luma = np.asarray(picture.convert("L"))
    threshold = float(np.median(luma)) + dice.between(-12, 12)
    return Image.fromarray(np.where(luma > threshold, 255, 0).astype(np.uint8)).convert("RGB")


def dithered(picture: Picture, _: Dice) -> Picture:
    """Leave black and white only, with error diffusion, as faxes and thermal printers do."""
    return picture.convert("1").convert("RGB")


def mosaic(picture: Picture, _: Dice) -> Picture:
    """Make it of squares, 80 along the longer side."""
    small = scaled(picture, 80 / max(picture.size))
    return small.resize(picture.size, Image.Resampling.NEAREST)


def low_bandwidth(picture: Picture, dice: Dice) -> Picture:
    """Send it as a messenger does on a bad line: small, and coded hard."""
    small = longer_side(dice.whole(280, 360))(picture, dice)
    return reopened(jpeg(dice.whole(12, 20)))(small, dice)
