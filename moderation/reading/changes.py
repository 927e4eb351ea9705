"""Which frames of an animation may say something that no frame before them says.

New words in a caption leave a picture the same to every fingerprint. So frames are compared place
by place: each place must look as it does in one and the same earlier frame.
"""

from __future__ import annotations

import cv2

from matching.types import DecodedGrey, Grey

# Letters that come or go change the luma by more than this where they stand, on the mean of a
# square; dithering and lossy compression change it by less.
_SQUARE_PX = 5
_MAX_CHANGE = 12


class LookedAt:
    """The frames that were looked at, kept as small as fingerprints see them."""

    def __init__(self) -> None:
        self._kept: list[Grey] = []

    def __len__(self) -> int:
        """Return how many they are."""
        return len(self._kept)

    def add(self, frame: DecodedGrey) -> None:
        """Keep a frame."""
        self._kept.append(frame.pixels)

    def shows(self, frame: DecodedGrey) -> bool:
        """Tell whether a frame looks everywhere as one of these does, the latest asked first."""
        return any(_are_alike(frame.pixels, each) for each in reversed(self._kept))


def _are_alike(one: Grey, other: Grey) -> bool:
    if one.shape != other.shape:
        return False
    change = cv2.blur(cv2.absdiff(one, other), (_SQUARE_PX, _SQUARE_PX))
    return bool(change.max() <= _MAX_CHANGE)
