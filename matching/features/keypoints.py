"""Keypoints and their gradient histograms in one work picture (SIFT: Lowe 2004, in OpenCV)."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from matching.features import Keypoints
from matching.types import Grey

HISTOGRAM_BINS = 128

Histograms = npt.NDArray[np.float32]

# Half of Lowe's 0.04: pictures that were made dark, flat or small keep their keypoints.
_CONTRAST_THRESHOLD = 0.02
# Lowe's is 10; a little more along edges helps drawings.
_EDGE_THRESHOLD = 12
# Keypoints are taken evenly from the cells of this grid, so that a caption or a face that holds
# all strong ones does not leave the rest of the picture without.
_GRID_CELLS = 6
# SIFT's layout: rows and columns of the patch, directions of the gradient.
_PATCH_CELLS = 4
_DIRECTIONS = 8


@dataclass(frozen=True, slots=True)
class Seen:
    """The keypoints of a work picture of `width` x `height` px.

    `keypoints` is float32 (n, 4) as in `LocalFeatures`; `histograms` is float32 (n, 128), 0..255.
    """

    keypoints: Keypoints
    histograms: Histograms
    width: int
    height: int


def look(grey: Grey, *, max_keypoints: int) -> Seen:
    """Return at most `max_keypoints` of a uint8 picture, spread over it and strong for their place.

    The strongest come first in each cell of the grid; equals in the order in which SIFT finds them.
    """
    height, width = grey.shape
    sift = cv2.SIFT.create(
        contrastThreshold=_CONTRAST_THRESHOLD,
        edgeThreshold=_EDGE_THRESHOLD,
        # Without it positions lie a quarter of a pixel aside, and mirrored ones half a pixel.
        enable_precise_upscale=True,
    )
    found = sift.detect(grey, None)
    places = np.array([each.pt for each in found]).reshape(-1, 2) / (width, height)
    kept = _spread(places, np.array([each.response for each in found]), max_keypoints)
    # Describing all that is found and choosing then is as fast for a usual picture, and three times
    # as slow for one that is fine texture all over.
    points, histograms = sift.compute(grey, [found[number] for number in kept])
    if not points:
        histograms = np.empty((0, HISTOGRAM_BINS), np.float32)
    keypoints = np.array([(*each.pt, each.size, np.deg2rad(each.angle)) for each in points])
    return Seen(
        keypoints.reshape(-1, 4).astype(np.float32),
        histograms.astype(np.float32, copy=False),
        width,
        height,
    )


def mirrored(seen: Seen) -> Seen:
    """Return what would be seen of the mirror image, left and right having changed places.

    The patches lie along their keypoint's angle, so a mirrored patch has its rows in reverse and
    its directions negated: no second extraction is needed.
    """
    keypoints = seen.keypoints.copy()
    keypoints[:, 0] = seen.width - 1 - keypoints[:, 0]
    keypoints[:, 3] = (np.pi - keypoints[:, 3]) % (2 * np.pi)
    patches = seen.histograms.reshape(-1, _PATCH_CELLS, _PATCH_CELLS, _DIRECTIONS)
    negated = -np.arange(_DIRECTIONS) % _DIRECTIONS
    histograms = patches[:, ::-1, :, negated].reshape(-1, HISTOGRAM_BINS)
    return Seen(keypoints, np.ascontiguousarray(histograms), seen.width, seen.height)


def _spread(
    places: npt.NDArray[np.float64], strengths: npt.NDArray[np.float64], most: int
) -> npt.NDArray[np.intp]:
    """Return the indices of at most `most` points: strong, and spread over the grid.

    `places` is (n, 2), 0..1. A point comes the earlier the fewer stronger ones its cell holds in
    units of a fair share, plus the share of all points that are stronger.
    """
    count = len(strengths)
    if count <= most:
        return np.arange(count)
    order = np.argsort(-strengths, kind="stable")
    columns, rows = np.clip((places[order] * _GRID_CELLS).astype(int), 0, _GRID_CELLS - 1).T
    rank_in_cell = _ranks(rows * _GRID_CELLS + columns)
    fair_share = most / _GRID_CELLS**2
    lateness = rank_in_cell / fair_share + np.arange(count) / count
    return order[np.argsort(lateness, kind="stable")[:most]]


def _ranks(cells: npt.NDArray[np.int_]) -> npt.NDArray[np.int_]:
    """Return for each element how many equal ones precede it."""
    grouped = np.argsort(cells, kind="stable")
    _, starts, counts = np.unique(cells[grouped], return_index=True, return_counts=True)
    ranks = np.empty(len(cells), np.int_)
    ranks[grouped] = np.arange(len(cells)) - np.repeat(starts, counts)
    return ranks
