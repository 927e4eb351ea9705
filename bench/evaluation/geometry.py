"""Edits that move pixels: crops, turns, mirrors, shears, lenses."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from bench.evaluation.dice import Colour, Dice, Edit, Picture, Size

Corners = Sequence[tuple[float, float]]  # from the top left one clockwise, in px
_FILLS: tuple[Colour, ...] = ((255, 255, 255), (0, 0, 0), (128, 128, 128), (40, 60, 90))


def crop(area: float) -> Edit:
    """Return the edit that keeps this share of the area, anywhere, with another aspect ratio."""

    def edit(picture: Picture, dice: Dice) -> Picture:
        aspect = dice.between(0.88, 1.14)
        width = min(1.0, math.sqrt(area) * aspect)
        return cut(picture, dice, width, min(1.0, area / width))

    return edit


def cut(picture: Picture, dice: Dice, width_share: float, height_share: float) -> Picture:
    """Return a part of these shares of width and height, anywhere."""
    width, height = round(picture.width * width_share), round(picture.height * height_share)
    left, top = dice.whole(0, picture.width - width), dice.whole(0, picture.height - height)
    return picture.crop((left, top, left + width, top + height))


def corner(area: float) -> Edit:
    """Return the edit that keeps a corner of this share of the area."""

    def edit(picture: Picture, dice: Dice) -> Picture:
        width, height = (round(side * math.sqrt(area)) for side in picture.size)
        left = dice.pick((0, picture.width - width))
        top = dice.pick((0, picture.height - height))
        return picture.crop((left, top, left + width, top + height))

    return edit


def left_or_right_half(picture: Picture, dice: Dice) -> Picture:
    """Keep one half of the width."""
    left = dice.pick((0, picture.width // 2))
    return picture.crop((left, 0, left + picture.width // 2, picture.height))


def upper_or_lower_half(picture: Picture, dice: Dice) -> Picture:
    """Keep one half of the height."""
    top = dice.pick((0, picture.height // 2))
    return picture.crop((0, top, picture.width, top + picture.height // 2))


def crop_to_aspect(width: int, height: int) -> Edit:
    """Return the edit that cuts the middle out in this aspect ratio."""

    def edit(picture: Picture, _: Dice) -> Picture:
        scale = min(picture.width / width, picture.height / height)
        kept_width, kept_height = round(width * scale), round(height * scale)
        left, top = (picture.width - kept_width) // 2, (picture.height - kept_height) // 2
        return picture.crop((left, top, left + kept_width, top + kept_height))

    return edit


def turned(degrees: float) -> Edit:
    """Return the edit that turns to either side; the corners stand out over a plain ground."""

    def edit(picture: Picture, dice: Dice) -> Picture:
        angle = dice.sign() * degrees
        return picture.rotate(
            angle, Image.Resampling.BICUBIC, expand=True, fillcolor=dice.pick(_FILLS)
        )

    return edit


def turned_and_cropped(degrees: float) -> Edit:
    """Return the edit that turns to either side and keeps the largest upright part inside."""

    def edit(picture: Picture, dice: Dice) -> Picture:
        whole = picture.rotate(dice.sign() * degrees, Image.Resampling.BICUBIC)
        sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
        width, height = picture.size
        scale = min(
            width / (width * cosine + height * sine), height / (width * sine + height * cosine)
        )
        kept_width, kept_height = math.floor(width * scale), math.floor(height * scale)
        left, top = (width - kept_width) // 2, (height - kept_height) // 2
        return whole.crop((left, top, left + kept_width, top + kept_height))

    return edit


def transposed(method: Image.Transpose) -> Edit:
    """Return the edit that mirrors or turns by right angles."""

    def edit(picture: Picture, _: Dice) -> Picture:
        return picture.transpose(method)

    return edit


quarter_left = transposed(Image.Transpose.ROTATE_90)
quarter_right = transposed(Image.Transpose.ROTATE_270)
half_turn = transposed(Image.Transpose.ROTATE_180)
mirrored = transposed(Image.Transpose.FLIP_LEFT_RIGHT)
upside_down = transposed(Image.Transpose.FLIP_TOP_BOTTOM)
mirrored_quarter = transposed(Image.Transpose.TRANSPOSE)


def corners_of(size: Size) -> Corners:
    """Return the corners of a picture of this size."""
    width, height = size
    return ((0, 0), (width, 0), (width, height), (0, height))


def homography(source: Corners, target: Corners) -> npt.NDArray[np.float64]:
    """Return the 3 x 3 matrix that takes four points to four others."""
    matrix: npt.NDArray[np.float64] = cv2.getPerspectiveTransform(
        np.array(source, np.float32), np.array(target, np.float32)
    ).astype(np.float64)
    return matrix


def warped(picture: Picture, target: Corners, size: Size, fill: Colour) -> Picture:
    """Return a picture of this size in which the corners lie at `target`, over a plain ground."""
    matrix = homography(corners_of(picture.size), target)
    return Image.fromarray(
        cv2.warpPerspective(
            np.asarray(picture), matrix, size, flags=cv2.INTER_AREA, borderValue=fill
        ).astype(np.uint8)
    )


def placed(picture: Picture, target: Corners, ground: Picture) -> Picture:
    """Return the ground with the picture on it, its corners at `target`."""
    on_black = warped(picture, target, ground.size, (0, 0, 0))
    mask = warped(Image.new("RGB", picture.size, "white"), target, ground.size, (0, 0, 0))
    result = ground.copy()
    result.paste(on_black, (0, 0), mask.convert("L"))
    return result


def shaken_corners(size: Size, share: float, dice: Dice) -> Corners:
    """Return the corners, each moved inwards by up to this share of the sides."""
    width, height = size
    inwards = ((1, 1), (-1, 1), (-1, -1), (1, -1))
    return [
        (x + to_x * dice.between(0, share) * width, y + to_y * dice.between(0, share) * height)
        for (x, y), (to_x, to_y) in zip(corners_of(size), inwards, strict=True)
    ]


def tilted(share: float) -> Edit:
    """Return the edit that looks at the picture from a side: one edge is shorter by this share."""

    def edit(picture: Picture, dice: Dice) -> Picture:
        width, height = picture.size
        dx, dy = share * width / 2, share * height / 2
        edges: tuple[Corners, ...] = (
            ((dx, dy / 2), (width - dx, dy / 2), (width, height), (0, height)),
            ((0, 0), (width, 0), (width - dx, height - dy / 2), (dx, height - dy / 2)),
            ((dx / 2, dy), (width, 0), (width, height), (dx / 2, height - dy)),
            ((0, 0), (width - dx / 2, dy), (width - dx / 2, height - dy), (0, height)),
        )
        return warped(picture, dice.pick(edges), picture.size, dice.pick(_FILLS))

    return edit


def skewed(picture: Picture, dice: Dice) -> Picture:
    """Move every corner on its own and cut the plain ground off, as document scanners do."""
    moved = shaken_corners(picture.size, 0.09, dice)
    matrix = homography(moved, corners_of(picture.size))
    pixels = cv2.warpPerspective(np.asarray(picture), matrix, picture.size)
    return Image.fromarray(pixels.astype(np.uint8))


def sheared(picture: Picture, dice: Dice) -> Picture:
    """Lean to one side, as italic letters do."""
    lean = dice.sign() * dice.between(0.12, 0.2)
    shift = abs(lean) * picture.height
    upper, lower = (shift, 0.0) if lean > 0 else (0.0, shift)
    target = (
        (upper, 0.0),
        (picture.width + upper, 0.0),
        (picture.width + lower, float(picture.height)),
        (lower, float(picture.height)),
    )
    size = round(picture.width + shift), picture.height
    return warped(picture, target, size, dice.pick(_FILLS))


def bulged(picture: Picture, dice: Dice) -> Picture:
    """Bend outwards or inwards, as cheap lenses and curved screens do."""
    strength = np.float32(dice.sign() * dice.between(0.08, 0.14))
    width, height = picture.size
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    across, down = 2 * x / width - 1, 2 * y / height - 1
    radius = 1 + strength * (across**2 + down**2 - 1)
    columns, rows = (across * radius + 1) * width / 2, (down * radius + 1) * height / 2
    pixels = cv2.remap(np.asarray(picture), columns, rows, cv2.INTER_LINEAR)
    return Image.fromarray(pixels.astype(np.uint8))
