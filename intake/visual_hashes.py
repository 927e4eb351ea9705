"""What a worker does with a picture of which only the visual hashes are asked."""

from __future__ import annotations

from dataclasses import dataclass

from intake.limits import Limits
from matching import decode, visual_hashes
from matching.visual_hashes import VisualHashes


@dataclass(frozen=True, slots=True)
class HashedImage:
    """The size in px and the visual hashes of a picture's upright first frame."""

    width: int
    height: int
    hashes: VisualHashes


def hash_first_frame(data: bytes, limits: Limits) -> HashedImage:
    """Decode the first frame in full and hash it; raise the errors of `matching.errors`."""
    pixels = decode.decode_rgb(data, limits)
    return HashedImage(pixels.width, pixels.height, visual_hashes.visual_hashes(pixels))
