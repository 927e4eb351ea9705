"""Pictures shrunk to the few pixels that simple hashes are made of, turned in all eight ways."""

from __future__ import annotations

import numpy as np
from PIL import Image

from matching.orient import oriented
from matching.types import ORIENTATIONS, DecodedGrey, Grey


def shrunk(grey: DecodedGrey, width: int, height: int) -> Grey:
    """Return uint8 (height, width), scaled by LANCZOS as `imagehash` does."""
    picture = Image.fromarray(grey.pixels)
    return np.asarray(picture.resize((width, height), Image.Resampling.LANCZOS))


def turned(grey: DecodedGrey, width: int, height: int) -> Grey:
    """Return uint8 (8, height, width): the picture turned by each of `ORIENTATIONS`, in order."""
    lying = shrunk(grey, width, height)
    standing = lying if width == height else shrunk(grey, height, width)
    return np.stack(
        [
            oriented(standing if orientation.degrees % 180 else lying, orientation)
            for orientation in ORIENTATIONS
        ]
    )
