"""How likely a picture shows nudity, by the small network of nsfwjs.

Its classes are Drawing, Hentai, Neutral, Porn and Sexy: raw is Porn and Hentai, partial is Sexy,
and safe the other two. Where the network is from: `weights/nudity.json`.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from matching.networks import runtime
from matching.networks.manifest import NOTHING_BROUGHT
from matching.networks.network import Floats
from matching.types import Rgb
from moderation.vision import installed, offers
from moderation.vision.seen import Scores

RAW, PARTIAL, SAFE = KEYS = ("raw", "partial", "safe")
SIDE_PX: Final = 224
_INPUT, _CLASSES, _FEATURES = "picture", "classes", "features"
_DRAWING, _HENTAI, _NEUTRAL, _PORN, _SEXY = range(5)


def scores(rgb: Rgb) -> Scores:
    """Return the probabilities of raw, partial and safe, which add up to 1.

    Raise ModelNotInstalled.
    """
    of = [float(each) for each in _told(rgb, _CLASSES)]
    values = (of[_PORN] + of[_HENTAI], of[_SEXY], of[_NEUTRAL] + of[_DRAWING])
    return tuple(zip(KEYS, values, strict=True))


def features(rgb: Rgb) -> Floats:
    """Return the 256 numbers of the network's first dense layer, 0 and more; raise as above."""
    return _told(rgb, _FEATURES)


def warm_up() -> None:
    """Load the network and have it run once; raise ModelNotInstalled without it."""
    scores(np.zeros((SIDE_PX, SIDE_PX, 3), np.uint8))


def _told(rgb: Rgb, output: str) -> Floats:
    installed.require([offers.NUDITY], NOTHING_BROUGHT)
    small = cv2.resize(rgb, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
    batch = np.ascontiguousarray(small.transpose(2, 0, 1)[np.newaxis], np.float32) / 255
    (told,) = runtime.session(installed.NUDITY_FILE).run([output], {_INPUT: batch})
    return np.asarray(told[0], np.float32)
