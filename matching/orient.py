"""Turning and mirroring arrays; the one place that knows which way `Orientation` points."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from matching.types import Orientation

Scalar = TypeVar("Scalar", bound=np.generic)

# The Orientation tag of EXIF 2.32, table 4: what makes the stored picture upright.
EXIF_ORIENTATIONS = {
    1: Orientation.IDENTITY,
    2: Orientation.MIRRORED,
    3: Orientation.ROTATED_180,
    4: Orientation.FLIPPED,
    5: Orientation.TRANSPOSED,
    6: Orientation.ROTATED_90,
    7: Orientation.TRANSVERSED,
    8: Orientation.ROTATED_270,
}


def oriented(array: npt.NDArray[Scalar], orientation: Orientation) -> npt.NDArray[Scalar]:
    """Return a view of `array` (height, width, ...) turned by `orientation`."""
    upright = array[:, ::-1] if orientation.is_mirrored else array
    return np.rot90(upright, k=-orientation.degrees // 90)
