"""QR codes: what they say and where they are, by zxing-cpp."""

from __future__ import annotations

from importlib import import_module

import cv2

from matching.types import Pixels
from moderation.reading.installed import require_codes
from moderation.types import Code, CodeReading, Quad

# More than anybody shows; the rest is told, and not read.
MAX_CODES = 50
_FORMATS = ("QRCode", "MicroQRCode", "RMQRCode")
_SHARE_DIGITS = 5


def read(pixels: Pixels, frame: int) -> CodeReading:
    """Read the QR codes of a frame, from the top down; raise ReaderNotInstalled.

    Those of which a corner or a part of the data is lost are left out, as nobody knows what they
    say.
    """
    require_codes()
    zxing = import_module("zxingcpp")
    grey = cv2.cvtColor(pixels.rgb, cv2.COLOR_RGB2GRAY)
    formats = [getattr(zxing.BarcodeFormat, each) for each in _FORMATS]
    found = [
        Code(each.text, _quad(each.position, pixels))
        for each in zxing.read_barcodes(grey, formats=formats, text_mode=zxing.TextMode.Plain)
        if each.text
    ]
    in_order = sorted(found, key=lambda code: (code.quad[0][1], code.quad[0][0], code.text))
    return CodeReading(frame, tuple(in_order[:MAX_CODES]), is_whole=len(in_order) <= MAX_CODES)


def not_looked_at(frame: int) -> CodeReading:
    """Return the reading of a frame for which no time was left."""
    return CodeReading(frame, (), is_whole=False)


def warm_up() -> None:
    """Load the library; raise ReaderNotInstalled without it."""
    require_codes()
    import_module("zxingcpp")


def _quad(position: object, pixels: Pixels) -> Quad:
    names = ("top_left", "top_right", "bottom_right", "bottom_left")
    corners = [getattr(position, name) for name in names]
    shares = [
        (
            round(each.x / pixels.width, _SHARE_DIGITS),
            round(each.y / pixels.height, _SHARE_DIGITS),
        )
        for each in corners
    ]
    return shares[0], shares[1], shares[2], shares[3]
