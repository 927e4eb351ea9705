"""Hashes of cosine coefficients turned in all eight ways without their picture.

Mirroring a picture changes the sign of every other coefficient and of no other; transposing it
transposes them. A bit tells whether a coefficient is above the median, which lies near 0: so the
bits of the mirrored picture are nearly those that follow. Of photographs 5 to 15 of 256 bits of PDQ
differ, and 3 of 64 of pHash; a transposed picture has exactly the bits that follow.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Bits = npt.NDArray[np.bool_]


def turned(bits: Bits, *, first_frequency: int) -> tuple[Bits, ...]:
    """Return the bits of the picture turned by each of `ORIENTATIONS`, in order.

    `bits` is bool (n, n), rows down and columns across, from `first_frequency` on.
    """
    changes = (np.arange(len(bits)) + first_frequency) % 2 == 1
    mirrored = bits ^ changes
    flipped = bits ^ changes[:, np.newaxis]
    half = mirrored ^ changes[:, np.newaxis]
    return bits, flipped.T, half, mirrored.T, mirrored, flipped, bits.T, half.T
