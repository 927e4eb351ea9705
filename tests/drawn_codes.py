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


def page(*contents: str) -> Image.Image:
    """Return QR codes beside each other on grey."""
    zxing = import_module("zxingcpp")
    codes = [
        Image.fromarray(np.array(made.to_image(scale=_MODULE_PX)))
        for made in (zxing.create_barcode(each, zxing.BarcodeFormat.QRCode) for each in contents)
    ]
    width = sum(code.width + _MARGIN_PX for code in codes) + 200
    picture = Image.new(
        "RGB", (width, max((code.height for code in codes), default=0) + 200), "#aaa"
    )
    left = _MARGIN_PX
    for code in codes:
        picture.paste(code, (left, _MARGIN_PX))
        left += code.width + _MARGIN_PX
    return picture


def coded(*contents: str) -> bytes:
    """Return the codes as a PNG."""
    return encoded(page(*contents), "PNG")


def coded_frames(frames: Sequence[Sequence[str]]) -> bytes:
    """Return an animation of pages, each of which looks like no other."""
    return animation([page(*contents).resize((700, 400)) for contents in frames], "GIF")
