"""Pictures with QR codes, drawn."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

import numpy as np
from PIL import Image

from tests.conftest import encoded
from tests.photos import animation

_MODULE_PX = 4
_MARGIN_PX = 40


def code(content: str, module_px: int = _MODULE_PX) -> Image.Image:
    """Return a QR code with the white around it that belongs to it."""
    zxing = import_module("zxingcpp")
    made = zxing.create_barcode(content, zxing.BarcodeFormat.QRCode)
    return Image.fromarray(np.array(made.to_image(scale=module_px))).convert("RGB")


def page(*contents: str) -> Image.Image:
    """Return QR codes beside each other on grey."""
    codes = [code(each) for each in contents]
    width = sum(each.width + _MARGIN_PX for each in codes) + 200
    picture = Image.new(
        "RGB", (width, max((each.height for each in codes), default=0) + 200), "#aaa"
    )
    left = _MARGIN_PX
    for each in codes:
        picture.paste(each, (left, _MARGIN_PX))
        left += each.width + _MARGIN_PX
    return picture


def coded(*contents: str) -> bytes:
    """Return the codes as a PNG."""
    return encoded(page(*contents), "PNG")


def coded_frames(frames: Sequence[Sequence[str]]) -> bytes:
    """Return an animation of pages, each of which looks like no other."""
    return animation([page(*contents).resize((700, 400)) for contents in frames], "GIF")
