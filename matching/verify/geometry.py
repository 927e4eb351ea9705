"""The one map between two pictures that most of their correspondences agree with.

Nothing is drawn at random: each correspondence has a place, a size and an angle and so proposes a
similarity by itself. The best proposal is refined by least squares to a similarity, an affine map
and a homography, where there are enough points for its degrees of freedom.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from matching.verify.correspondences import Correspondences
from matching.verify.kernels import best_similarity

Matrix3 = npt.NDArray[np.float64]
Points = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Model = Callable[[Points, Points], "Matrix3 | None"]

# How far a point may lie from where the map puts it, in px of the item's work picture.
SIMILARITY_PX, AFFINE_PX, HOMOGRAPHY_PX = 9.0, 6.0, 5.0
_MIN_SIMILARITY, _MIN_AFFINE, _MIN_HOMOGRAPHY = 3, 6, 12
# An affine map needs points off the line, a homography points apart (px, the smaller spread).
_AFFINE_SPREAD_PX, _HOMOGRAPHY_SPREAD_PX = 8.0, 20.0
# A homography must explain this many times the points of the affine map, or nearly as many within
# this share of the distance.
_HOMOGRAPHY_GAIN = 1.05
_HOMOGRAPHY_KEEPS, _HOMOGRAPHY_CLOSER = 0.95, 0.7
# Of the similarity's points, the share that the affine map must keep.
_AFFINE_KEEPS = 0.7
# Inliers are counted once per cell of this size, so that repeated patterns do not count double.
_CELL_PX = 6.0

_MAX_ANISOTROPY = 4.0
_MIN_SCALE, _MAX_SCALE = 0.05, 20.0
_MAX_FORESHORTENING = 5.0


@dataclass(frozen=True, slots=True)
class Fit:
    """A map from px of the query's work picture to px of the item's, pixel centres at integers.

    `inliers` says which correspondences agree; `support` counts them once per 6-px cell.
    """

    matrix: Matrix3
    inliers: Mask
    support: int


def estimate(found: Correspondences) -> Fit | None:
    """Return the best map, or None when too few correspondences agree on any."""
    if len(found) < _MIN_SIMILARITY:
        return None
    query, item = found.query[:, :2].astype(np.float64), found.item[:, :2].astype(np.float64)
    similarity = _similarity_of(found, query, item)
    if similarity is None:
        return None
    matrix, inliers = _freer(similarity, query, item)
    if not is_sane(matrix, query[inliers]):
        return None
    return Fit(matrix, inliers, _distinct(query[inliers], item[inliers]))


def is_sane(matrix: Matrix3, points: Points) -> bool:
    """Tell whether the map neither mirrors nor squeezes, blows up or folds around the points."""
    if not np.isfinite(matrix).all() or not len(points):
        return False
    low, high = points.min(axis=0), points.max(axis=0)
    corners = np.array([low, (high[0], low[1]), high, (low[0], high[1])])
    depths = corners @ matrix[2, :2] + matrix[2, 2]
    if depths.min() <= 1e-9 or depths.max() / depths.min() > _MAX_FORESHORTENING:
        return False
    return all(_is_sane_at(matrix, corner) for corner in corners)


def mapped(matrix: Matrix3, points: Points) -> Points:
    """Return where the map puts the points (n, 2); far away where it puts them at infinity."""
    image = points @ matrix[:, :2].T + matrix[:, 2]
    depth = image[:, 2:]
    return image[:, :2] / np.where(np.abs(depth) < 1e-9, 1e-9, depth)


def jacobian(matrix: Matrix3, point: Points) -> Matrix3:
    """Return the derivative (2, 2) of the map at a point."""
    x, y, depth = matrix @ (point[0], point[1], 1.0)
    derived = matrix[:2, :2] * depth - np.outer((x, y), matrix[2, :2])
    return np.asarray(derived / (depth * depth))


def _is_sane_at(matrix: Matrix3, point: Points) -> bool:
    (a, b), (c, d) = jacobian(matrix, point)
    determinant = a * d - b * c
    if not determinant > 0 or not _MIN_SCALE < np.sqrt(determinant) < _MAX_SCALE:
        return False
    # Singular values s, t of a 2 x 2 matrix: s t = determinant, s^2 + t^2 = sum of squares.
    ratio = (a * a + b * b + c * c + d * d) / (2.0 * determinant)
    return bool(ratio + np.sqrt(max(ratio * ratio - 1.0, 0.0)) < _MAX_ANISOTROPY)


def _similarity_of(found: Correspondences, query: Points, item: Points) -> Matrix3 | None:
    proposal = best_similarity(_posed(found.query), _posed(found.item), SIMILARITY_PX)
    support, c, d, x, y = proposal
    if support <= 0:
        return None
    start = np.array([[c, -d, x], [d, c, y], [0.0, 0.0, 1.0]])
    tolerances_px = (3 * SIMILARITY_PX, 1.5 * SIMILARITY_PX, SIMILARITY_PX, SIMILARITY_PX)
    return _refined(start, fit_similarity, query, item, tolerances_px)


def _posed(keypoints: npt.NDArray[np.float32]) -> Points:
    posed = keypoints.astype(np.float64)
    posed[:, 2] = np.log(np.maximum(posed[:, 2], 1e-3))
    return posed


def _freer(similarity: Matrix3, query: Points, item: Points) -> tuple[Matrix3, Mask]:
    """Return the freest map that pays, and its inliers."""
    inliers = _errors_px(similarity, query, item) < SIMILARITY_PX
    if inliers.sum() < _MIN_AFFINE or _spread_px(item[inliers]) <= _AFFINE_SPREAD_PX:
        return similarity, inliers
    start = fit_affine(query[inliers], item[inliers])
    tolerances_px = (SIMILARITY_PX, AFFINE_PX, AFFINE_PX)
    affine = _refined(start, fit_affine, query, item, tolerances_px, _MIN_AFFINE)
    if affine is None:
        return similarity, inliers
    kept = _errors_px(affine, query, item) < AFFINE_PX
    if not is_sane(affine, query[kept]) or kept.sum() < _AFFINE_KEEPS * inliers.sum():
        return similarity, inliers
    return _homography_or(affine, kept, query, item)


def _homography_or(
    affine: Matrix3, inliers: Mask, query: Points, item: Points
) -> tuple[Matrix3, Mask]:
    if inliers.sum() < _MIN_HOMOGRAPHY or _spread_px(item[inliers]) <= _HOMOGRAPHY_SPREAD_PX:
        return affine, inliers
    tolerances_px = (2 * HOMOGRAPHY_PX, HOMOGRAPHY_PX, HOMOGRAPHY_PX)
    matrix = _refined(affine, fit_homography, query, item, tolerances_px, _MIN_HOMOGRAPHY)
    if matrix is None:
        return affine, inliers
    errors_px = _errors_px(matrix, query, item)
    kept = errors_px < HOMOGRAPHY_PX
    if not kept.any() or not is_sane(matrix, query[kept]):
        return affine, inliers
    affine_errors_px = _errors_px(affine, query[inliers], item[inliers])
    is_closer = np.median(errors_px[kept]) < _HOMOGRAPHY_CLOSER * np.median(affine_errors_px)
    gain = kept.sum() / inliers.sum()
    if gain > _HOMOGRAPHY_GAIN or (is_closer and gain > _HOMOGRAPHY_KEEPS):
        return matrix, kept
    return affine, inliers


def _refined(  # noqa: PLR0917 - a model, its points and its limits
    start: Matrix3 | None,
    fit: Model,
    query: Points,
    item: Points,
    tolerances_px: tuple[float, ...],
    min_points: int = _MIN_SIMILARITY,
) -> Matrix3 | None:
    """Fit again and again to what lies within the tolerances; None once too little does."""
    matrix = start
    for tolerance_px in tolerances_px:
        if matrix is None:
            return None
        near = _errors_px(matrix, query, item) < tolerance_px
        if near.sum() < min_points:
            return None
        matrix = fit(query[near], item[near])
    return matrix


def _errors_px(matrix: Matrix3, query: Points, item: Points) -> Points:
    away = mapped(matrix, query) - item
    return np.asarray(np.hypot(away[:, 0], away[:, 1]))


def fit_similarity(query: Points, item: Points) -> Matrix3 | None:
    """Return the similarity of least squares, None for points in one place."""
    query_middle, item_middle = query.mean(axis=0), item.mean(axis=0)
    a, b = query - query_middle, item - item_middle
    energy = (a * a).sum()
    if energy < 1e-9:
        return None
    c = (a * b).sum() / energy
    d = (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum() / energy
    return _affine_matrix(np.array([[c, -d], [d, c]]), query_middle, item_middle)


def fit_affine(query: Points, item: Points) -> Matrix3 | None:
    """Return the affine map of least squares, None for points on one line."""
    query_middle, item_middle = query.mean(axis=0), item.mean(axis=0)
    a, b = query - query_middle, item - item_middle
    (xx, xy), (_, yy) = squares = a.T @ a
    determinant = xx * yy - xy * xy
    if determinant <= 1e-9 * max(np.trace(squares) ** 2, 1e-9):
        return None
    inverse = np.array([[yy, -xy], [-xy, xx]]) / determinant
    return _affine_matrix((b.T @ a) @ inverse, query_middle, item_middle)


def fit_homography(query: Points, item: Points) -> Matrix3 | None:
    """Return the homography of least squares, None where there is none."""
    matrix, _ = cv2.findHomography(query, item, 0)
    found = np.asarray(matrix, np.float64)
    return found if found.shape == (3, 3) and np.isfinite(found).all() else None


def _affine_matrix(linear: Points, query_middle: Points, item_middle: Points) -> Matrix3:
    matrix = np.eye(3)
    matrix[:2, :2] = linear
    matrix[:2, 2] = item_middle - linear @ query_middle
    return matrix


def _spread_px(points: Points) -> float:
    """Return the standard deviation of the points along their shorter axis."""
    if len(points) < 2:
        return 0.0
    (xx, xy), (_, yy) = np.cov(points.T)
    smaller = (xx + yy) / 2 - np.hypot((xx - yy) / 2, xy)
    return float(np.sqrt(max(smaller, 0.0)))


def _distinct(query: Points, item: Points) -> int:
    """Count the points once per cell, in the picture where fewer cells are hit."""
    return min(
        len({(x, y) for x, y in (points // _CELL_PX).astype(int).tolist()})
        for points in (query, item)
    )
