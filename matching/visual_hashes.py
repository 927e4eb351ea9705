"""The two hashes that Ximilar's image matching names bmh1 and phash, and how far apart two are.

Both are OpenCV's own (its module img_hash): BlockMeanHash in mode 1, after Yang, Gu and Niu, "Block
Mean Value Based Image Perceptual Hashing" (2006), and PHash. They are written out byte by byte, the
highest bit of each byte first, as Ximilar's documented example is.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import cv2
import numpy as np
from cv2.typing import MatLike

from matching.types import Pixels

_DISTANCE_DIGITS = 1
_BLOCK_MEAN_MODE = 1


class HashType(StrEnum):
    """The name of a visual hash."""

    BMH1 = "bmh1"
    PHASH = "phash"


# In characters. Of bmh1 the last 7 bits pad 31 x 31 bits to whole bytes and are always 0.
LENGTHS: Final = {HashType.BMH1: 968, HashType.PHASH: 64}
_INFORMATION_BITS: Final = {HashType.BMH1: 31 * 31, HashType.PHASH: 64}

VisualHashes = dict[HashType, str]


def visual_hashes(pixels: Pixels) -> VisualHashes:
    """Return every visual hash of an upright picture, as text of 0 and 1."""
    bgr = np.ascontiguousarray(pixels.rgb[:, :, ::-1])
    hashers: dict[HashType, cv2.img_hash.ImgHashBase] = {
        HashType.BMH1: cv2.img_hash.BlockMeanHash.create(_BLOCK_MEAN_MODE),
        HashType.PHASH: cv2.img_hash.PHash.create(),
    }
    return {hash_type: _text(hasher.compute(bgr)) for hash_type, hasher in hashers.items()}


def percent_distance(one: str, other: str, hash_type: HashType) -> float:
    """Return how much of two hashes differs, in percent: 0.0 for equal ones, up to 100.0.

    The unit is read out of the documented distances 0.0, 0.1 and 26.0: no count of bits is 0.1,
    and one bit of 961 is 0.104 percent.
    """
    differing_bits = (int(one, 2) ^ int(other, 2)).bit_count()
    return 100 * differing_bits / _INFORMATION_BITS[hash_type]


def shown(distance: float) -> float:
    """Return a distance as it is told to clients, to a tenth of a percent."""
    return round(distance, _DISTANCE_DIGITS)


def _text(packed: MatLike) -> str:
    return "".join(map(str, np.unpackbits(np.asarray(packed, np.uint8))))
