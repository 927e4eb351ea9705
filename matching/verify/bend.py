"""What no map of lines straightens: pictures bent by a cheap lens, a curved screen or a loose page.

Patches of one picture are looked for around their places in the other, first far and at half the
size, then near. Where the whole picture is bent, their shifts lie on one smooth surface, a cubic as
in the common models of lenses (D. C. Brown, Decentering Distortion of Lenses, 1966), and another
name or number in a form is no part of it.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from matching.types import Grey

# The sizes at which places are looked for, as shares, and how far around them, in px there.
_SCALES = (0.5, 1.0)
_REACH_PX, _PATCH_PX, _PATCHES = 8, 28, 9
_MIN_CORRELATION = 0.75
# So many patches lie on the surface, and that is most of those that were found.
_MIN_ON_SURFACE, _MIN_SHARE, _ON_SURFACE_PX = 24, 0.7, 1.2
_TRIMS = 4
# Below this, in px, nothing is bent.
_MIN_BEND_PX = 1.0

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]


def straightened(item: Grey, query: Grey, where: Grey) -> tuple[Grey, Grey] | None:
    """Return the query, and where it is (0, 1), bent as the item is; None where nothing is bent.

    All are uint8 (height, width) on the same pixels.
    """
    is_bent = False
    for scale in _SCALES:
        surface = _surface(item, query, where, scale)
        if surface is None:
            continue
        is_bent = True
        query, where = (
            _moved(query, surface, cv2.INTER_LINEAR),
            _moved(where, surface, cv2.INTER_NEAREST),
        )
    return (query, where) if is_bent else None


def _surface(item: Grey, query: Grey, where: Grey, scale: float) -> Doubles | None:
    """Return the coefficients (10, 2) of the shifts, as shares of the sides; None for no bend."""
    small = [_reduced(picture, scale) for picture in (item, query, where)]
    found = np.array(list(_shifts(*small)), np.float64).reshape(-1, 4)
    height, width = small[0].shape
    terms, shifts = _terms(found[:, 0] / width, found[:, 1] / height), found[:, 2:]
    on_surface = np.ones(len(found), bool)
    coefficients: Doubles = np.zeros((terms.shape[1], 2))
    for _ in range(_TRIMS):
        if on_surface.sum() < max(_MIN_ON_SURFACE, _MIN_SHARE * len(found)):
            return None
        fitted = np.linalg.lstsq(terms[on_surface], shifts[on_surface], rcond=None)[0]
        coefficients = np.asarray(fitted, np.float64)
        on_surface = np.hypot(*(terms @ coefficients - shifts).T) < _ON_SURFACE_PX
    if on_surface.sum() < max(_MIN_ON_SURFACE, _MIN_SHARE * len(found)):
        return None
    bend_px = np.hypot(*(terms @ coefficients).T).max() / scale
    return coefficients / (width, height) if bend_px >= _MIN_BEND_PX else None


def _reduced(picture: Grey, scale: float) -> Grey:
    if scale == 1:
        return picture
    size = tuple(max(1, round(side * scale)) for side in picture.shape[::-1])
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _shifts(item: Grey, query: Grey, where: Grey) -> Iterator[tuple[int, int, float, float]]:
    """Yield the place (x, y) of a patch in the item, and how far off it is in the query."""
    half, margin = _PATCH_PX // 2, _PATCH_PX // 2 + _REACH_PX
    height, width = item.shape
    for y in np.linspace(margin, height - margin, _PATCHES).astype(int).tolist():
        for x in np.linspace(margin, width - margin, _PATCHES).astype(int).tolist():
            around = slice(max(0, y - margin), y + margin), slice(max(0, x - margin), x + margin)
            patch = item[y - half : y + half, x - half : x + half]
            if query[around].shape != (2 * margin, 2 * margin) or not where[around].all():
                continue
            if patch.std() < 8:
                continue
            fits = np.asarray(
                cv2.matchTemplate(query[around], patch, cv2.TM_CCOEFF_NORMED), np.float32
            )
            row, column = divmod(int(fits.argmax()), fits.shape[1])
            if fits[row, column] >= _MIN_CORRELATION and not {row, column} & {0, 2 * _REACH_PX}:
                yield x, y, float(column - _REACH_PX), float(row - _REACH_PX)


def _terms(x: Doubles, y: Doubles) -> Doubles:
    """Return the terms (n, 10) of a cubic in two shares."""
    return np.stack([x**i * y**j for i in range(4) for j in range(4 - i)], axis=-1)


def _moved(picture: Grey, surface: Doubles, flags: int) -> Grey:
    height, width = picture.shape
    y, x = np.mgrid[0:height, 0:width]
    shifts = _terms(x / width, y / height) @ surface
    columns = (x + shifts[..., 0] * width).astype(np.float32)
    rows = (y + shifts[..., 1] * height).astype(np.float32)
    return np.asarray(
        cv2.remap(picture, columns, rows, flags, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )
