"""Makes letters of one colour readable that hardly differ from the photograph behind them.

What lies behind a line changes along it, and is here darker and there brighter than the letters;
their colour is the one that is there from its start to its end. Each px is shown by how far it is
from that colour: letters come out black, and whatever is behind them white.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from matching.types import Rgb

# As high as the recogniser takes it.
_HEIGHT_PX: Final = 48
# Where most of the letters are; at head and foot is more of what is behind them.
_MIDDLE, _HEAD, _FOOT = slice(8, 40), slice(0, 5), slice(-5, None)
_EDGE_WEIGHT = 0.7
# Levels of red, green and blue: the steps in which colours are counted, what belongs to a peak,
# what is a letter's colour, and what is none of it any more.
_STEP, _PEAK, _NEAR, _FAR = 8, 10, 16.0, 60.0
_MOST_COLOURS = 16
# Letters cover so much of their line.
_LEAST_SHARE, _MOST_SHARE = 0.03, 0.6
# All but a fifth of the line has the colour: letters are thin in places, or apart.
_POOREST_PERCENT = 20

Colour = npt.NDArray[np.float32]
Levels = npt.NDArray[np.float32]


def of_one_colour(crop: Rgb) -> Rgb | None:
    """Return a line as the distance from its letters' colour; None where no colour is like that."""
    levels = _levelled(crop)
    rated = [
        (rating, number, colour)
        for number, colour in enumerate(_colours(levels))
        if (rating := _rating(levels, colour)) is not None
    ]
    if not rated:
        return None
    *_, colour = max(rated, key=lambda each: (each[0], -each[1]))
    far = np.clip(_distance(levels, colour) * (255 / _FAR), 0, 255).astype(np.uint8)
    return np.dstack([far] * 3)


def _levelled(crop: Rgb) -> Levels:
    high, wide = crop.shape[:2]
    way = cv2.INTER_AREA if high > _HEIGHT_PX else cv2.INTER_CUBIC
    size = (max(_STEP, round(wide * _HEIGHT_PX / high)), _HEIGHT_PX)
    return cv2.GaussianBlur(cv2.resize(crop, size, interpolation=way), (0, 0), 0.7).astype(
        np.float32
    )


def _colours(levels: Levels) -> Iterator[Colour]:
    """Yield the colours that the line has most of, and that differ."""
    bins = 256 // _STEP
    counts = cv2.calcHist([levels.astype(np.uint8)], [0, 1, 2], None, [bins] * 3, [0, 256] * 3)
    for axis in range(3):
        counts = counts + (np.roll(counts, 1, axis) + np.roll(counts, -1, axis)) / 2
    for _ in range(_MOST_COLOURS):
        peak = np.unravel_index(int(counts.argmax()), counts.shape)
        if counts[peak] <= 0:
            return
        counts[tuple(slice(max(0, each - 1), each + 2) for each in peak)] = 0
        middle = (np.array(peak, np.float32) + 0.5) * _STEP
        belonging = np.abs(levels - middle).max(axis=2) < _PEAK
        yield levels[belonging].mean(axis=0) if belonging.any() else middle


def _rating(levels: Levels, colour: Colour) -> float | None:
    """Return how evenly the colour goes through the line; None for too much or too little of it."""
    near = _distance(levels, colour) < _NEAR
    if not _LEAST_SHARE < near.mean() < _MOST_SHARE:
        return None
    columns = near[_MIDDLE].mean(axis=0, keepdims=True).astype(np.float32)
    along = cv2.blur(columns, (_HEIGHT_PX, 1))
    edge = (near[_HEAD].mean() + near[_FOOT].mean()) / 2
    return float(np.percentile(along, _POOREST_PERCENT) - _EDGE_WEIGHT * edge)


def _distance(levels: Levels, colour: Colour) -> Levels:
    return np.asarray(np.sqrt(((levels - colour) ** 2).sum(axis=2)), np.float32)
