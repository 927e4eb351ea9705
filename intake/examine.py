"""What a worker does with one picture's bytes; only small values come back from it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass

from PIL import Image

from intake.limits import Limits
from matching import decode, engine, trim
from matching.hashers import registry
from matching.types import DecodedGrey, Pixels, QueryFingerprints

THUMBNAIL_SIDES_PX = (256, 960)
# Smaller than JPEG at the same look, and at this effort 0.7 of the time of the best one.
_WEBP_QUALITY = 80
_WEBP_EFFORT = 4


@dataclass(frozen=True, slots=True)
class View:
    """One way to see a picture: whole, or without its border; size in px and fingerprints."""

    width: int
    height: int
    query: QueryFingerprints
    is_trimmed: bool = False

    @property
    def has_detail(self) -> bool:
        """Tell whether there is enough to see for the fingerprints to be evidence."""
        return engine.is_evidence(self.query.upright.pdq)


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one look at a picture tells: its upright size in px, and its fingerprints.

    `trimmed` is there when the picture has a flat border.
    """

    image_format: str
    width: int
    height: int
    frames: int
    query: QueryFingerprints
    trimmed: View | None = None

    @property
    def views(self) -> tuple[View, ...]:
        """Return every way to see the picture that has enough detail to match by."""
        whole = View(self.width, self.height, self.query)
        return tuple(view for view in (whole, self.trimmed) if view and view.has_detail)


@dataclass(frozen=True, slots=True)
class Examination:
    """What decoding in full adds: the hash of the pixels, and WebP thumbnails by longer side."""

    sighting: Sighting
    pixel_sha256: str
    thumbnails: Mapping[int, bytes]


def look(data: bytes, limits: Limits) -> Sighting:
    """Fingerprint a picture from a reduced grey decode; raise the errors of `matching.errors`."""
    grey = decode.decode_grey(data, limits)
    without_border = trim.trimmed(grey)
    return Sighting(
        image_format=grey.image_format,
        width=grey.width,
        height=grey.height,
        frames=grey.frames,
        query=registry.query_fingerprints(grey),
        trimmed=_trimmed_view(without_border) if without_border else None,
    )


def _trimmed_view(grey: DecodedGrey) -> View:
    query = registry.query_fingerprints(grey)
    return View(grey.width, grey.height, query, is_trimmed=True)


def examine(data: bytes, limits: Limits) -> Examination:
    """Look at a picture and decode it in full; raise the errors of `matching.errors`."""
    sighting = look(data, limits)
    pixels = decode.decode_rgb(data, limits)
    return Examination(
        sighting=sighting,
        pixel_sha256=pixel_sha256(pixels),
        thumbnails=thumbnails(pixels),
    )


def pixel_sha256(pixels: Pixels) -> str:
    """Return the SHA-256 of the size and the upright 8-bit sRGB pixels."""
    digest = hashlib.sha256(f"RGB {pixels.width} {pixels.height} ".encode())
    digest.update(pixels.rgb.data)
    return digest.hexdigest()


def thumbnails(pixels: Pixels) -> dict[int, bytes]:
    """Return WebP files by side: the longer side is at most that many px, never enlarged."""
    picture = Image.fromarray(pixels.rgb)
    made = {}
    for side_px in sorted(THUMBNAIL_SIDES_PX, reverse=True):
        # Each smaller one is made from the larger one: one pass over the full picture.
        picture.thumbnail((side_px, side_px), Image.Resampling.LANCZOS, reducing_gap=3.0)
        buffer = io.BytesIO()
        picture.save(buffer, "WEBP", quality=_WEBP_QUALITY, method=_WEBP_EFFORT)
        made[side_px] = buffer.getvalue()
    return made
