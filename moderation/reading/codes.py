"""QR codes: what they say and where they are, by zxing-cpp."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import cv2
import numpy as np

from matching.types import Pixels
from moderation.reading.installed import require_codes
from moderation.reading.places import TextPlace
from moderation.types import Code, CodeReading

# More than anybody shows; the rest is told, and not read.
MAX_CODES = 50
_FORMATS = ("QRCode", "MicroQRCode", "RMQRCode")
_CORNERS = ("top_left", "top_right", "bottom_right", "bottom_left")


def read(pixels: Pixels, frame: int) -> CodeReading:
    """Read the QR codes of a frame, from the top down; raise ReaderNotInstalled.

    Those of which a corner or a part of the data is lost are left out, as nobody knows what they
    say.
    """
    found = [
        Code(text, place.quad(pixels.width, pixels.height))
        for text, place in _found(pixels)
        if text
    ]
    in_order = sorted(found, key=lambda code: (code.quad[0][1], code.quad[0][0], code.text))
    return CodeReading(frame, tuple(in_order[:MAX_CODES]), is_whole=len(in_order) <= MAX_CODES)


def places(pixels: Pixels) -> list[TextPlace]:
    """Return where the QR codes of a frame are; raise as `read` does."""
    return [place for _, place in _found(pixels)]


def not_looked_at(frame: int) -> CodeReading:
    """Return the reading of a frame for which no time was left."""
    return CodeReading(frame, (), is_whole=False)


def warm_up() -> None:
    """Load the library; raise ReaderNotInstalled without it."""
    require_codes()
    import_module("zxingcpp")


def _found(pixels: Pixels) -> Iterator[tuple[str, TextPlace]]:
    require_codes()
    zxing = import_module("zxingcpp")
    grey = cv2.cvtColor(pixels.rgb, cv2.COLOR_RGB2GRAY)
    formats = [getattr(zxing.BarcodeFormat, each) for each in _FORMATS]
    for each in zxing.read_barcodes(grey, formats=formats, text_mode=zxing.TextMode.Plain):
        corners = [getattr(each.position, name) for name in _CORNERS]
        yield each.text, TextPlace(np.array([(at.x, at.y) for at in corners], np.float32), 1.0)
