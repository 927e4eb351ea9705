"""bmh1 and phash by their definition, in plain numpy: slow, and independent of OpenCV.

Both resize each channel with bilinear interpolation that is not antialiased (pixel centres at
halves, edges repeated), rounded to 8 bits, and then take the luma of BT.601 in 15-bit fixed point.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.fft import dctn

Rgb = npt.NDArray[np.uint8]


def bmh1(rgb: Rgb) -> str:
    """Return which of the 31 x 31 means of windows of 16 px, 8 px apart, reach the global mean."""
    grey = luma(resized(rgb, 256))
    starts = range(0, 241, 8)
    means = [[grey[y : y + 16, x : x + 16].mean() for x in starts] for y in starts]
    return written(np.asarray(means).ravel() >= grey.mean())


def phash(rgb: Rgb) -> str:
    """Return which of the 8 x 8 lowest frequencies, the first of them 0, exceed their mean."""
    grey = luma(resized(rgb, 32)).astype(np.float64)
    low = dctn(grey, norm="ortho")[:8, :8].copy()
    low[0, 0] = 0
    return written(low.ravel() > low.mean())


def luma(rgb: Rgb) -> Rgb:
    """Return the grey of an array (height, width, 3)."""
    weighted = rgb.astype(np.int64) @ np.array([9798, 19235, 3735])
    grey: Rgb = ((weighted + (1 << 14)) >> 15).astype(np.uint8)
    return grey


def resized(rgb: Rgb, side: int) -> Rgb:
    """Return a square of `side` px."""
    upper, lower, down = neighbours(rgb.shape[0], side)
    left, right, along = neighbours(rgb.shape[1], side)
    exact = rgb.astype(np.float64)
    across = exact[:, left] * (1 - along)[:, None] + exact[:, right] * along[:, None]
    square = across[upper] * (1 - down)[:, None, None] + across[lower] * down[:, None, None]
    rounded: Rgb = np.floor(square + 0.5).clip(0, 255).astype(np.uint8)
    return rounded


def neighbours(
    size: int, side: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return the pixels before and after each sample, and how far it lies between them."""
    centre = (np.arange(side) + 0.5) * size / side - 0.5
    before = np.floor(centre).astype(np.int64)
    clipped = before.clip(0, size - 1)
    return clipped, (before + 1).clip(0, size - 1), centre - before


def written(bits: npt.NDArray[np.bool_]) -> str:
    """Return the bits as text: packed from the lowest, each byte shown from the highest."""
    packed = np.packbits(bits, bitorder="little")
    return "".join(f"{byte:08b}" for byte in packed)
