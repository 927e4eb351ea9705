"""All that a worker does with one picture; only small results leave it."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

from PIL import Image

from intake.limits import Limits
from matching import decode
from matching.hashers import registry
from matching.types import Pixels, QueryFingerprints

# For queues and lists, and for looking at a picture on a page.
THUMBNAIL_SIDES = (256, 960)
_WEBP_QUALITY = 80
_WEBP_METHOD = 4
# Averages whole blocks first and filters the rest: as good to the eye and several times as fast.
_REDUCING_GAP = 3.0


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a search needs to know of a picture; `width` and `height` in px as it lies upright."""

    image_format: str
    width: int
    height: int
    frames: int
    query: QueryFingerprints


@dataclass(frozen=True, slots=True)
class Examination:
    """What is kept of a picture beside its bytes; `thumbnails` are WebP files by longest side."""

    sighting: Sighting
    pixel_sha256: str
    thumbnails: dict[int, bytes]


def look(data: bytes, limits: Limits) -> Sighting:
    """Fingerprint a picture; raises the errors of `matching.errors`."""
    grey = decode.decode_grey(data, limits)
    return Sighting(
        image_format=grey.image_format,
        width=grey.width,
        height=grey.height,
        frames=grey.frames,
        query=registry.query_fingerprints(grey),
    )


def examine(data: bytes, limits: Limits) -> Examination:
    """Fingerprint a picture, hash its pixels and make its thumbnails; errors as `look`."""
    sighting = look(data, limits)
    pixels = decode.decode_rgb(data, limits)
    return Examination(sighting, pixel_sha256(pixels), thumbnails(pixels))


def pixel_sha256(pixels: Pixels) -> str:
    """Return the SHA-256 of size and pixels: equal for a PNG and a BMP of the same picture."""
    digest = hashlib.sha256(f"RGB {pixels.width} {pixels.height} ".encode())
    digest.update(pixels.rgb.data)
    return digest.hexdigest()


def thumbnails(pixels: Pixels) -> dict[int, bytes]:
    """Return WebP files without metadata, no side longer than its key, never enlarged."""
    image = Image.fromarray(pixels.rgb)
    files = {}
    for side in sorted(THUMBNAIL_SIDES, reverse=True):
        image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=_REDUCING_GAP)
        file = io.BytesIO()
        image.save(file, "WEBP", quality=_WEBP_QUALITY, method=_WEBP_METHOD)
        files[side] = file.getvalue()
    return files
