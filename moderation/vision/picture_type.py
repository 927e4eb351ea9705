"""How likely a picture is a natural photograph, by a small model of our own.

A logistic of what the first dense layer of the nudity network tells, which has learnt drawings from
photographs. `weights/type.json` has its coefficients, what they were learnt from, and how well each
kind of illustration is told that none was learnt from; `scripts/train_type.py` makes it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from matching.networks.network import Floats
from matching.types import Rgb
from moderation.vision import nudity
from moderation.vision.seen import Scores

PHOTO, ILLUSTRATION = KEYS = ("photo", "illustration")
WEIGHTS: Final = Path(__file__).with_name("weights") / "type.json"
_MOST = 50.0


@dataclass(frozen=True, slots=True)
class TypeWeights:
    """What each feature counts for a photograph, and what is added."""

    weights: Floats
    bias: float


def scores(rgb: Rgb) -> Scores:
    """Return the probabilities of a photograph and of an illustration, which add up to 1.

    Raise ModelNotInstalled.
    """
    learnt = learnt_weights()
    total = float(nudity.features(rgb) @ learnt.weights) + learnt.bias
    photo = float(1 / (1 + np.exp(-np.clip(total, -_MOST, _MOST))))
    return (PHOTO, photo), (ILLUSTRATION, 1 - photo)


@cache
def learnt_weights() -> TypeWeights:
    """Return what was learnt."""
    told = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return TypeWeights(np.array(told["weights"], np.float32), float(told["bias"]))
