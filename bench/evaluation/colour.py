"""Edits of tone and colour that leave every pixel at its place."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageEnhance, ImageOps

from bench.evaluation.dice import Colour, Dice, Edit, Picture

Floats = npt.NDArray[np.float32]
Points = Sequence[tuple[int, int]]

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_SEPIA = np.array([[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]], np.float32)
_DUOTONES: tuple[tuple[Colour, Colour], ...] = (
    ((30, 10, 90), (250, 210, 120)),
    ((0, 40, 50), (240, 120, 160)),
    ((60, 0, 20), (180, 240, 230)),
)


def floats(picture: Picture) -> Floats:
    """Return the pixels as float32 (height, width, 3), 0 to 255."""
    return np.asarray(picture, np.float32)


def from_floats(pixels: Floats) -> Picture:
    """Return the picture of pixels as above; what lies outside of 0 to 255 is cut off."""
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def grey(picture: Picture, _: Dice) -> Picture:
    """Take the colour away."""
    return picture.convert("L").convert("RGB")


def sepia(picture: Picture, _: Dice) -> Picture:
    """Make it look like an old print."""
    return from_floats(floats(picture) @ _SEPIA.T)


def duotone(picture: Picture, dice: Dice) -> Picture:
    """Map the tones between two colours."""
    dark, light = (np.array(colour, np.float32) for colour in dice.pick(_DUOTONES))
    luma = (floats(picture) @ _LUMA)[..., np.newaxis] / 255
    return from_floats(dark + luma * (light - dark))


def curves(red: Points, green: Points, blue: Points) -> Edit:
    """Return the edit that sends every channel along a line through these points."""
    table: list[int] = []
    for points in (red, green, blue):
        inputs, outputs = zip(*points, strict=True)
        table += np.interp(np.arange(256), inputs, outputs).round().astype(int).tolist()

    def edit(picture: Picture, _: Dice) -> Picture:
        return picture.point(table)

    return edit


warm_filter = curves(
    [(0, 20), (90, 120), (180, 225), (255, 255)],
    [(0, 10), (128, 132), (255, 245)],
    [(0, 25), (128, 100), (255, 200)],
)
cold_faded_filter = curves(
    [(0, 45), (110, 95), (255, 215)],
    [(0, 50), (128, 130), (255, 225)],
    [(0, 75), (128, 150), (255, 235)],
)
harsh_filter = curves(
    [(0, 0), (70, 25), (170, 225), (255, 255)],
    [(0, 0), (80, 35), (180, 220), (255, 255)],
    [(0, 15), (80, 60), (180, 190), (255, 240)],
)


def hue_shift(picture: Picture, dice: Dice) -> Picture:
    """Turn the wheel of hues by 40 to 120 degrees."""
    hsv = cv2.cvtColor(np.asarray(picture), cv2.COLOR_RGB2HSV)
    half_degrees = dice.sign() * dice.whole(20, 60)
    hsv[..., 0] = (hsv[..., 0].astype(np.int16) + half_degrees) % 180
    return Image.fromarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB))


def exposure(stops: float) -> Edit:
    """Return the edit that exposes by so many stops more; lights are cut off."""

    def edit(picture: Picture, _: Dice) -> Picture:
        linear = [(value / 255) ** 2.2 * 2**stops for value in range(256)]
        return picture.point([round(255 * min(1.0, light) ** (1 / 2.2)) for light in linear] * 3)

    return edit


def vignette(picture: Picture, dice: Dice) -> Picture:
    """Darken the corners."""
    y = np.linspace(-1, 1, picture.height, dtype=np.float32)[:, np.newaxis]
    x = np.linspace(-1, 1, picture.width, dtype=np.float32)
    falloff = 1 - dice.between(0.35, 0.48) * (x**2 + y**2)
    return from_floats(floats(picture) * falloff[..., np.newaxis])


def equalised(picture: Picture, _: Dice) -> Picture:
    """Spread the tones of every channel evenly, as "auto levels" at its worst."""
    return ImageOps.equalize(picture)


def flat(picture: Picture, _: Dice) -> Picture:
    """Take most of the contrast and colour away and lift the blacks."""
    pale = ImageEnhance.Color(picture).enhance(0.35)
    return from_floats(floats(pale) * 0.38 + 120)


def vivid(picture: Picture, _: Dice) -> Picture:
    """Push colour and contrast, as telephones do to food."""
    bright = ImageEnhance.Color(picture).enhance(2.1)
    return ImageEnhance.Contrast(bright).enhance(1.5)


def inverted(picture: Picture, _: Dice) -> Picture:
    """Make the negative."""
    return ImageOps.invert(picture)


def solarised(picture: Picture, dice: Dice) -> Picture:
    """Invert the lighter tones only."""
    return ImageOps.solarize(picture, dice.whole(120, 170))
