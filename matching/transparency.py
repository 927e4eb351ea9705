"""Which ground a picture with transparent parts is seen on, and how much of it shows.

Viewers choose the ground, files do not. White is the usual one, and a light logo vanishes on it.
Such a picture is seen on black instead, by a rule that every copy of it follows: other sizes, other
encodings and what lies where nothing shows do not matter. Each frame of an animation is seen by
itself, so that it is found by a still copy of it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from matching.types import Grey

# Raise it when pictures with transparent parts come to be seen otherwise: what is kept of them is
# then renewed by `manage.py refingerprint`.
VERSION = 1
# These never have transparent parts.
OPAQUE_FORMATS = frozenset({"JPEG"})

_WHITE, _BLACK = 255, 0
# Of one flat colour, luma 182 and more then lies on black: between the usual cyan and sky blue,
# where few logos are, and a third of the way from white is still seen well on it.
_MORE_ON_BLACK = 2.5
# The side of the picture that the ground is chosen by: alike for all sizes of a picture.
_JUDGED_SIDE_PX = 64
# Of more pixels a mean takes long, and says the same as that of a sample.
_SAMPLED_SIDE_PX = 8 * _JUDGED_SIDE_PX

Floats = npt.NDArray[np.float32]


def may_be_in(image: Image.Image) -> bool:
    """Tell whether the image has an alpha channel or a transparent colour."""
    # Deep grey is scaled as a whole; its one transparent value is not looked at.
    return image.has_transparency_data and not image.mode.startswith(("I", "F"))


def alpha_of(image: Image.Image) -> Grey | None:
    """Return how much of each pixel shows, uint8 (height, width); None where all of it does."""
    if not may_be_in(image):
        return None
    alpha = image.convert("RGBA").getchannel("A")
    return None if alpha.getextrema()[0] == _WHITE else np.asarray(alpha)


def over_ground(image: Image.Image) -> Image.Image:
    """Return an image of mode RGBA as RGB, over the ground on which it shows."""
    alpha = image.getchannel("A")
    if alpha.getextrema()[0] == _WHITE:
        return image.convert("RGB")
    flat = Image.new("RGB", image.size, 3 * (_ground(image),))
    flat.paste(image, mask=alpha)
    return flat


def _ground(image: Image.Image) -> int:
    """Return white, or black where that shows far more of what there is to see."""
    sampled = _within(image, _SAMPLED_SIDE_PX, Image.Resampling.NEAREST)
    judged = _within(sampled, _JUDGED_SIDE_PX, Image.Resampling.BOX)
    luma = np.asarray(judged.convert("RGB").convert("L"), np.float32)
    alpha = np.asarray(judged.getchannel("A"), np.float32)
    on_black = luma * (alpha / np.float32(_WHITE))
    on_white = on_black + (_WHITE - alpha)
    is_lost_on_white = _variation(on_black) > _MORE_ON_BLACK * _variation(on_white)
    return _BLACK if is_lost_on_white else _WHITE


def _within(image: Image.Image, side_px: int, method: Image.Resampling) -> Image.Image:
    """Return the image with a longer side of at most that."""
    shrink = min(1, side_px / max(image.size))
    width, height = (max(1, round(side * shrink)) for side in image.size)
    return image.resize((width, height), method)


def _variation(luma: Floats) -> float:
    """Return the sum of all steps between neighbours: what there is to see."""
    return float(np.abs(np.diff(luma, axis=0)).sum() + np.abs(np.diff(luma, axis=1)).sum())
