"""Letters and stickers over the query: which of its pixels show the item and which were painted on.

What people put on pictures is flat: letters of one white, their rims of one black. So the luma of
the pixels that differ from the item piles up in a few values that are rare elsewhere in the region.
All pixels of such values are set aside, whether they differ or not, so that what remains was not
chosen for being alike.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from matching.types import Grey

# From here on a pixel differs, in luma steps after gain and offset were fitted.
_DIFFERENCE = 40.0
# Less than this share of the region is no overlay.
_MIN_DIFFERING = 0.005
# Luma values are pooled over this many steps: compression blurs them.
_POOLED_STEPS = 13
# A painted value holds this share of all that differs, and differs in this share of its pixels.
_MIN_SHARE_OF_DIFFERING, _MIN_SHARE_DIFFERING = 0.08, 0.35
# A pixel of the smaller picture is bare while less than a quarter of it is painted.
_MAX_PAINTED = 63

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


def bare_pixels(item: Floats, query: Grey, where: Grey, agreeing: Mask) -> Grey | None:
    """Return 1 where the query was not painted on, at half size; None if nothing was.

    `item` and `query` (height, width) lie on each other where `where` is 1. `agreeing` marks pixels
    by which to fit gain and offset of the query.
    """
    expected = _fitted(item, query[agreeing], item[agreeing])
    inside = where > 0
    differing = (np.abs(query - expected) > _DIFFERENCE) & inside
    if differing.sum() < _MIN_DIFFERING * inside.sum():
        return None
    painted = _painted_values(query, differing, inside)[query] & inside
    # Letters are softened at their rims.
    wider = cv2.dilate(painted.astype(np.uint8) * np.uint8(255), np.ones((3, 3), np.uint8))
    half = (query.shape[1] // 2, query.shape[0] // 2)
    covered = cv2.resize(wider, half, interpolation=cv2.INTER_AREA)
    return (covered <= _MAX_PAINTED).astype(np.uint8)


def _fitted(item: Floats, query_sample: Grey, item_sample: Floats) -> Floats:
    sample = query_sample.astype(np.float32)
    away = item_sample - item_sample.mean()
    gain = float((away @ (sample - sample.mean())) / max(float(away @ away), 1.0))
    return np.asarray(gain * (item - item_sample.mean()) + sample.mean(), np.float32)


def _painted_values(query: Grey, differing: Mask, inside: Mask) -> Mask:
    """Return bool (256,): the luma values of which letters are made."""
    pooled = np.ones(_POOLED_STEPS)
    here = np.convolve(np.bincount(query[differing], minlength=256), pooled, "same")
    everywhere = np.convolve(np.bincount(query[inside], minlength=256), pooled, "same")
    is_common = here > _MIN_SHARE_OF_DIFFERING * differing.sum()
    return np.asarray(is_common & (here > _MIN_SHARE_DIFFERING * everywhere))
