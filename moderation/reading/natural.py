"""Whether text was laid over a picture or is part of the scene: a logistic model of a few numbers.

Laid over, it has two clean colours, hard edges, lies level, and is sharper or smoother than what is
around it. `scripts/fit_artificial.py` fits the coefficients; artificial.json says from what.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from matching.types import Rgb
from moderation.reading import places
from moderation.reading.places import Corners, TextPlace

FILE: Final = Path(__file__).with_name("artificial.json")
NAMES: Final = (
    "separation",  # share of the crop's variance that its two brightnesses explain
    "ink_spread",  # standard deviation of the letters' brightness
    "ground_spread",  # and of what is between them
    "contrast",  # between the two
    "ink_from_pure",  # distance of the letters' brightness from black or white
    "ink_colour",  # how far the letters are from grey
    "edge",  # the steepest change from one px to the next, in contrasts
    "sharper",  # logarithm of the detail in the crop over that around it
    "around",  # logarithm of the detail around it
    "tilt",  # degrees from level or upright, up to 20
    "height",  # logarithm of the height as a share of the picture's shorter side
)
_LARGEST_CROP_PX = 64
_MOST_TILTED_DEGREES = 20.0
_AROUND_HEIGHTS = 1.0
_SMALLEST_PX = 4
_STEEPEST_PERCENT = 99
_LEAST = 1e-3

Features = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class OverlayModel:
    """A logistic model: of each feature its mean, its spread and its weight."""

    mean: Features
    spread: Features
    weights: Features
    bias: float

    def probability(self, features: Features) -> float:
        """Return the probability, 0..1, that the text was laid over the picture."""
        score = float(((features - self.mean) / self.spread) @ self.weights) + self.bias
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def artificial(rgb: Rgb, place: TextPlace) -> float:
    """Return the probability, 0..1, that the text at a place was laid over the picture."""
    return _model().probability(features_of(rgb, place))


def features_of(rgb: Rgb, place: TextPlace) -> Features:
    """Return what `NAMES` names of a place, float64 (n,)."""
    high = max(_SMALLEST_PX, min(_LARGEST_CROP_PX, round(place.height)))
    crop = places.crop(rgb, place, high)
    grey = _grey(crop)
    ink, ground = _ink_and_ground(grey)
    contrast = abs(grey[ink].mean() - grey[ground].mean())
    detail, around = _detail(grey), _detail(_grey(places.crop(rgb, _around(place), 2 * high)))
    tilt = abs((place.degrees + 45) % 90 - 45)
    between = ink.mean() * ground.mean() * contrast**2
    return np.array(
        [
            between / max(_LEAST, float(grey.var())),
            grey[ink].std(),
            grey[ground].std(),
            contrast,
            min(grey[ink].mean(), 1 - grey[ink].mean()),
            float(np.ptp(crop[ink].astype(np.float64) / 255, axis=1).mean()),
            _steepest(grey) / max(_LEAST, contrast),
            math.log(max(_LEAST, detail) / max(_LEAST, around)),
            math.log(max(_LEAST, around)),
            min(_MOST_TILTED_DEGREES, tilt),
            math.log(max(_LEAST, place.height / min(rgb.shape[:2]))),
        ]
    )


def _grey(rgb: Rgb) -> Features:
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.float64) / 255


def _ink_and_ground(grey: Features) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return what the letters cover, and the rest: the letters are the smaller part."""
    levels = np.round(grey * 255).astype(np.uint8)
    cut, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    bright = levels > cut
    if bright.all() or not bright.any():  # one level: there is nothing to tell
        bright = np.zeros_like(bright)
        bright[:, ::2] = True
    return (bright, ~bright) if bright.mean() <= 1 / 2 else (~bright, bright)


def _detail(grey: Features) -> float:
    return float(np.abs(cv2.Laplacian(grey, cv2.CV_64F)).mean())


def _steepest(grey: Features) -> float:
    across, down = np.abs(np.diff(grey, axis=1)), np.abs(np.diff(grey, axis=0))
    return float(max(np.percentile(each, _STEEPEST_PERCENT) for each in (across, down)))


def _around(place: TextPlace) -> TextPlace:
    """Return the place with a margin of its height on every side."""
    margin = _AROUND_HEIGHTS * place.height
    along = place.axis
    across = np.array([-along[1], along[0]])
    out = np.array([-along - across, along - across, along + across, across - along])
    corners: Corners = (place.corners + margin * out).astype(np.float32)
    return TextPlace(corners, place.confidence)


@cache
def _model() -> OverlayModel:
    told = json.loads(FILE.read_text())
    if tuple(told["features"]) != NAMES:
        raise ValueError(f"{FILE.name} is of other features: fit it anew.")
    mean, spread, weights = (
        np.array(told[name], np.float64) for name in ("mean", "spread", "weights")
    )
    return OverlayModel(mean, spread, weights, float(told["bias"]))
