"""The small pictures that are kept beside an original, for people to look at."""

from __future__ import annotations

import io

from PIL import Image

from matching.types import Pixels

# The longer sides.
THUMBNAIL_SIDES_PX = (256, 960)
# Smaller than JPEG at the same look. Effort 3 and more take twice the time of 2, for files that are
# 3 % smaller and 0.3 dB nearer.
_WEBP_QUALITY = 80
_WEBP_EFFORT = 2
# BICUBIC after a mean of whole blocks takes two thirds of the time of LANCZOS, less for large
# pictures, and differs from it by an eighth of what WebP loses.
_REDUCING_GAP = 2.0


def thumbnails(pixels: Pixels, full_size: tuple[int, int]) -> dict[int, bytes]:
    """Return WebP files by side, each of the `thumbnail_size` of a picture of `full_size`.

    `pixels` may be of a fraction of that, as long as no thumbnail is larger.
    """
    picture = Image.fromarray(pixels.rgb)
    made = {}
    for side_px in sorted(THUMBNAIL_SIDES_PX, reverse=True):
        # Each smaller one is made from the larger one: one pass over the full picture.
        size = thumbnail_size(full_size, side_px)
        picture = picture.resize(size, Image.Resampling.BICUBIC, reducing_gap=_REDUCING_GAP)
        buffer = io.BytesIO()
        picture.save(buffer, "WEBP", quality=_WEBP_QUALITY, method=_WEBP_EFFORT)
        made[side_px] = buffer.getvalue()
    return made


def thumbnail_size(full_size: tuple[int, int], side_px: int) -> tuple[int, int]:
    """Return width and height in px: the longer side is at most `side_px`, never enlarged."""
    width, height = full_size
    shrink = min(1.0, side_px / max(width, height, 1))
    return max(1, round(width * shrink)), max(1, round(height * shrink))
