"""Whether a frame shows nothing that was not in another one.

Fingerprints do not tell: a figure of a telephone number may change and leave them as they are. So
frames are compared place by place, in full size and in their colours. What compression changes from
frame to frame stays below these bounds in videos of good and of common quality; where it does not,
a frame is looked at once more than needed. `bench/video_sampling.py` measures both.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2

from matching.types import Grey

_SQUARE_PX = 5
# On the mean of a square. One figure for another, 14 px high, changes the luma by 28 and more.
_MAX_LUMA_CHANGE = 12
# Letters as bright as their ground differ from it in chroma alone, which has half the size.
_MAX_CHROMA_CHANGE = 5


@dataclass(frozen=True, slots=True)
class Planes:
    """A frame as videos store it: luma, and both kinds of chroma below each other."""

    luma: Grey
    chroma: Grey


def shows_the_same(one: Planes, other: Planes) -> bool:
    """Tell whether two frames look alike at every place."""
    return _are_alike(one.luma, other.luma, _MAX_LUMA_CHANGE) and _are_alike(
        one.chroma, other.chroma, _MAX_CHROMA_CHANGE
    )


def _are_alike(one: Grey, other: Grey, max_change: int) -> bool:
    if one.shape != other.shape:
        return False
    change = cv2.blur(cv2.absdiff(one, other), (_SQUARE_PX, _SQUARE_PX))
    return bool(change.max() <= max_change)
