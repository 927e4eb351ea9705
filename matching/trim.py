"""Cutting flat borders off a query: the frames and letterboxes that phones and posts add.

Only the query is cut. An item that carries a border itself is found by queries with the same one.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from matching.types import DecodedGrey, Grey

# Luma steps within a border, and between its lines: what JPEG at low quality does to flat colour.
_TOLERANCE = 14
# Of the lines of a border, the share that must be within the tolerance: specks do not end it.
_FLAT_SHARE = 0.99
_MAX_CUT_SHARE = 0.45
# Less is no border: the fingerprint of the whole is as good.
_MIN_CUT_SHARE = 0.02
_MIN_SIDE = 32


def trimmed(grey: DecodedGrey) -> DecodedGrey | None:
    """Return the picture without the flat lines at its edges; None when there is no border.

    It cuts twice, so that a frame within a letterbox goes too, each time at most 45 % a side.
    """
    window = inner_window(grey.pixels)
    return _window(grey, *window) if window else None


def inner_window(pixels: Grey) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Return the rows and columns, each from and to, within the border; None without a border."""
    top, bottom, left, right = 0, pixels.shape[0], 0, pixels.shape[1]
    for _ in range(2):
        window = pixels[top:bottom, left:right]
        above, below = _flat_lines(window)
        before, after = _flat_lines(window[above : len(window) - below].T)
        top, bottom = top + above, bottom - below
        left, right = left + before, right - after
    kept_share = min((bottom - top) / pixels.shape[0], (right - left) / pixels.shape[1])
    if 1 - kept_share < _MIN_CUT_SHARE or min(bottom - top, right - left) < _MIN_SIDE:
        return None
    return (top, bottom), (left, right)


def _flat_lines(window: Grey) -> tuple[int, int]:
    """Return how many rows at the start and at the end are one flat colour, 45 % each at most."""
    most = int(len(window) * _MAX_CUT_SHARE)
    return _run(window[:most]), _run(window[::-1][:most])


def _run(rows: npt.NDArray[np.uint8]) -> int:
    """Return how many rows from the first on have the colour of the first one throughout."""
    if not rows.size:
        return 0
    colour = int(np.median(rows[0]))
    is_flat = (np.abs(rows.astype(np.int16) - colour) <= _TOLERANCE).mean(axis=1) >= _FLAT_SHARE
    return len(rows) if is_flat.all() else int(is_flat.argmin())


def _window(grey: DecodedGrey, rows: tuple[int, int], columns: tuple[int, int]) -> DecodedGrey:
    return replace(
        grey,
        pixels=np.ascontiguousarray(grey.pixels[rows[0] : rows[1], columns[0] : columns[1]]),
        width=min(grey.width, columns[1] * grey.scale) - columns[0] * grey.scale,
        height=min(grey.height, rows[1] * grey.scale) - rows[0] * grey.scale,
    )
