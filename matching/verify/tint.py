"""Colour as evidence: does each colour of the item have one place in the query's colours?

Luma says nothing about a package of another flavour or a shirt of another colour. So the colours of
two pictures that lie on each other are compared once as a whole is allowed for: light, saturation
and hue of all of the picture may change, as filters and cameras do. What a colour of the item turns
into all over the picture, and the others do not, is another thing.

That allows for too much where there are two colours only: some turn and shift takes any two to any
two. So hues are compared once more with nothing allowed for but the cast of the light, which is
read from what is grey in the item, and what stays is told beside what turns.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from matching.types import Rgb
from matching.verify import outline
from matching.verify.geometry import Matrix3

# The longer side of the item, as colours are compared.
_SIDE_PX = 96
_MIN_VALID_PX = 200
# A colour of the item: a cell of this many steps of CIELAB, and the least share of the region.
_COLOUR_STEPS = (25.0, 20.0, 20.0)
_LEAST_SHARE = 0.02
# Chroma that is off by more than this is another colour: CIE 1976, in the plane of a* and b*.
_OTHER_CHROMA = 18.0
# A colour deviates when this share of its pixels does: what covers the picture takes some of each.
_MOST_OF_COLOUR = 0.65
_ROUNDS, _MIN_FITTED_PX = 4, 50
# Chroma up to which a pixel of the item is grey, and that stays so in the query; from which it has
# a hue. What is nearly black says nothing of the light.
_GREY_CHROMA, _HUE_CHROMA, _MIN_LIGHTNESS = 8.0, 12.0, 10.0
# Share of the region that must be grey for the cast to be read from it.
_LEAST_GREY_SHARE = 0.05
# A pixel is flat when lightness changes by less than this around it, in steps of CIELAB.
_FLAT_STEPS = 4.0
# The rim is this part of each side.
_RIM_PART = 16
# A hue turned from here on, and stayed below there; turned together with most within so much.
_TURNED_DEGREES, _STAYING_DEGREES, _TOGETHER_DEGREES = 20.0, 12.0, 20.0

Lab = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Hues:
    """Which hues stay and which turn, once the cast of the light is taken away.

    Shares of the region, 0..1: `turned` has another hue nearly everywhere where its colour is,
    `staying` has its own, `grey` is grey in both pictures. `together` is the share of what has a
    hue in both that turns by one angle. `item_degrees` and `query_degrees` are the circular
    standard deviations of the hues: a few degrees where there is one hue only. `cast` is the chroma
    of the light, `rim_turned` the share of the item's rim that turned. `turned_cells` are the
    pixels of the reduced item that turned, bool (h, w).
    """

    turned_cells: Mask
    turned: float = 0.0
    staying: float = 0.0
    grey: float = 0.0
    together: float = 0.0
    item_degrees: float = 0.0
    query_degrees: float = 0.0
    cast: float = 0.0
    rim_turned: float = 0.0


@dataclass(frozen=True, slots=True)
class Tint:
    """How the colours of two pictures differ where both are.

    `deviating` is the share of the region whose colour turned into another one although the rest
    of the picture did not, 0..1. `saturation` is that of the query over that of the item,
    `hue_degrees` by how much all hues are turned. `spread` is how far the query's chroma lies
    beside the line that it lies along, as a standard deviation. `colours` counts the item's.
    `flat` is the share of the region where the item is of one tone, 0..1.
    """

    deviating: float
    saturation: float
    hue_degrees: float
    spread: float
    colours: int
    flat: float
    hues: Hues


def look(item: Rgb, query: Rgb, matrix: Matrix3) -> Tint | None:
    """Compare the colours; None where too little of both is seen.

    `matrix` takes the unit square of the query to that of the item; both are uint8 (h, w, 3).
    """
    small = _reduced(item, _SIDE_PX)
    height, width = small.shape[:2]
    laid, valid = _laid(query, matrix, (height, width))
    if valid.sum() < _MIN_VALID_PX:
        return None
    one, other = _lab(small)[valid], _lab(laid)[valid]
    turned = _turn(one[:, 1:], other[:, 1:])
    is_off = _off(one[:, 1:], other[:, 1:], turned) > _OTHER_CHROMA
    deviating, colours = _deviating(one, is_off)
    return Tint(
        deviating=deviating,
        saturation=float(np.hypot(turned[0, 0], turned[0, 1])),
        hue_degrees=float(np.degrees(np.arctan2(turned[0, 1], turned[0, 0]))),
        spread=float(np.linalg.eigvalsh(np.cov(other[:, 1:].T))[0].clip(0) ** 0.5),
        colours=colours,
        flat=_flat_share(small, valid),
        hues=_hues(one, other, valid),
    )


def _flat_share(item: Rgb, valid: Mask) -> float:
    scaled = item.astype(np.float32) / 255
    lightness = cv2.cvtColor(scaled, cv2.COLOR_RGB2LAB)[..., 0]
    steps = cv2.morphologyEx(lightness, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    return float((steps[valid] < _FLAT_STEPS).mean())


def _reduced(rgb: Rgb, side_px: int) -> Rgb:
    height, width = rgb.shape[:2]
    scale = min(1.0, side_px / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)


def _laid(query: Rgb, matrix: Matrix3, shape: tuple[int, int]) -> tuple[Rgb, Mask]:
    """Return the query on the pixels of the item, and where it is."""
    height, width = shape
    # Twice as fine as its place, so that the warp needs no more of it than it gives.
    linear = np.abs(np.linalg.det(matrix[:2, :2])) ** 0.5
    source = _reduced(query, round(2 * max(shape) / max(linear, 0.05)))
    size = source.shape[1], source.shape[0]
    in_px = outline.scaled(matrix, size, (width, height))
    picture = cv2.warpPerspective(source, in_px, (width, height), flags=cv2.INTER_AREA)
    where = cv2.warpPerspective(
        np.ones(source.shape[:2], np.uint8), in_px, (width, height), flags=cv2.INTER_NEAREST
    )
    return np.asarray(picture, np.uint8), cv2.erode(where, np.ones((3, 3), np.uint8)) > 0


def _lab(rgb: Rgb) -> Lab:
    softened = cv2.GaussianBlur(rgb, (0, 0), 1.0)
    return np.asarray(
        cv2.cvtColor(softened.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32
    )


def _turn(item: Lab, query: Lab) -> Lab:
    """Return the (3, 2) by which chroma of the item, (n, 2) and a 1, gives that of the query.

    It turns and scales the plane of a* and b* and shifts it, so that most pixels get their colour.
    """
    unchanged = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]], np.float32)
    near = _off(item, query, unchanged) <= _OTHER_CHROMA
    starts = (near, np.ones(len(item), bool))
    turns = [_refined(item, query, start) for start in starts if start.sum() > _MIN_FITTED_PX]
    fitting = [int((_off(item, query, each) <= _OTHER_CHROMA).sum()) for each in turns]
    return turns[int(np.argmax(fitting))]


def _refined(item: Lab, query: Lab, kept: Mask) -> Lab:
    """Fit by least squares, and set aside what deviates from one round to the next."""
    turned = np.zeros((3, 2), np.float32)
    for _ in range(_ROUNDS):
        one, other = item[kept] - item[kept].mean(axis=0), query[kept] - query[kept].mean(axis=0)
        # A little energy more holds the map of a grey picture, which says nothing, to no change.
        energy = float((one * one).sum()) + len(one)
        scale = (float((one * other).sum()) + len(one)) / energy
        turn = float((one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]).sum()) / energy
        turned[:2] = (scale, turn), (-turn, scale)
        turned[2] = query[kept].mean(axis=0) - item[kept].mean(axis=0) @ turned[:2]
        off = _off(item, query, turned)
        kept = off <= max(_OTHER_CHROMA / 2, float(np.percentile(off, 50)))
    return turned


def _off(item: Lab, query: Lab, turned: Lab) -> Lab:
    """Return how far the chroma of each pixel is from what the map expects."""
    return np.asarray(np.hypot(*(item @ turned[:2] + turned[2] - query).T), np.float32)


def _deviating(item: Lab, is_off: Mask) -> tuple[float, int]:
    """Return the share of the pixels whose colour deviates nearly everywhere, and the colours."""
    steps = np.floor(item / np.array(_COLOUR_STEPS, np.float32)).astype(np.int64)
    codes = steps @ np.array([10_000, 100, 1])
    _, labels = np.unique(codes, return_inverse=True)
    counts = np.bincount(labels)
    off = np.bincount(labels, weights=is_off)
    is_colour = counts >= _LEAST_SHARE * len(item)
    deviates = is_colour & (off >= _MOST_OF_COLOUR * counts)
    return float(counts[deviates].sum() / len(item)), int(is_colour.sum())


def _hues(item: Lab, query: Lab, valid: Mask) -> Hues:
    """Compare the hues of pixels, both (n, 3): those of the reduced item that are `valid`."""
    cells = np.zeros(valid.shape, bool)
    chroma = np.hypot(*item[:, 1:].T)
    is_grey = (chroma < _GREY_CHROMA) & (item[:, 0] > _MIN_LIGHTNESS)
    cast = np.zeros(2, np.float32)
    if is_grey.mean() >= _LEAST_GREY_SHARE:
        cast = np.median(query[is_grey, 1:], axis=0)
    one, other = _complex(item[:, 1:]), _complex(query[:, 1:] - cast)
    has_hue = (chroma > _HUE_CHROMA) & (np.abs(other) > _HUE_CHROMA)
    if not has_hue.any():
        return Hues(cells, cast=float(np.hypot(*cast)))
    degrees = np.degrees(np.angle(other * one.conj()))
    # As far apart as both are at the lesser chroma: bleaching and boosting turn no hue.
    apart = 2 * np.minimum(np.abs(one), np.abs(other)) * np.sin(np.radians(np.abs(degrees)) / 2)
    is_turned = has_hue & (apart > _OTHER_CHROMA) & (np.abs(degrees) > _TURNED_DEGREES)
    cells[valid] = is_turned
    return Hues(
        cells,
        turned=_deviating(item, is_turned)[0],
        staying=float((has_hue & (np.abs(degrees) < _STAYING_DEGREES)).mean()),
        grey=float((is_grey & (np.abs(other) < _GREY_CHROMA)).mean()),
        together=_together(degrees[has_hue]),
        item_degrees=_spread_degrees(one[has_hue]),
        query_degrees=_spread_degrees(other[has_hue]),
        cast=float(np.hypot(*cast)),
        rim_turned=_rim_share(cells, valid),
    )


def _rim_share(turned: Mask, valid: Mask) -> float:
    rim = valid.copy()
    height, width = rim.shape
    rows, columns = max(1, height // _RIM_PART), max(1, width // _RIM_PART)
    rim[rows : height - rows, columns : width - columns] = False
    return float(turned[rim].mean()) if rim.any() else 1.0


def _complex(chroma: Lab) -> npt.NDArray[np.complex64]:
    return np.asarray(chroma[:, 0] + 1j * chroma[:, 1], np.complex64)


def _together(degrees: Lab) -> float:
    """Return the share of the turns that are near the most frequent one."""
    counts, edges = np.histogram(degrees, bins=36, range=(-180, 180))
    around = counts + np.roll(counts, 1) + np.roll(counts, -1)
    common = edges[int(np.argmax(around))] + 5
    return float((np.abs((degrees - common + 180) % 360 - 180) < _TOGETHER_DEGREES).mean())


def _spread_degrees(chroma: npt.NDArray[np.complex64]) -> float:
    length = np.abs((chroma / np.abs(chroma)).mean()).clip(1e-6, 1)
    return float(np.degrees(np.sqrt(-2 * np.log(length))))
