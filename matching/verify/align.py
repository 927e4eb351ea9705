"""The second look in full: how does the query lie on the item, and do they agree there?"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from matching import trim
from matching.features import ItemFeatures, LocalFeatures, QueryFeatures
from matching.types import Orientation
from matching.verify import agreement, geometry, kernels, outline
from matching.verify.agreement import Agreement
from matching.verify.correspondences import correspond, unit_rows
from matching.verify.geometry import Matrix3
from matching.verify.outline import Overlap, Polygon
from matching.verify.pyramid import Pyramid, pyramid

# What an inlier is worth in agreeing blocks when alignments compete.
_BLOCKS_PER_INLIER = 0.5
# No other alignment is tried once one has this many inliers, agreeing blocks and share of them.
_CERTAIN_INLIERS, _CERTAIN_BLOCKS, _CERTAIN_SHARE = 20, 30, 0.9
# Keypoints count from the middle of the first pixel, maps from its corner.
_KEYPOINT_OFFSET_PX = 0.5
# A feature is recovered by one of at least this cosine this near its place in the item.
_RECOVERED_PX = 6.0
_RECOVERED_SIMILARITY = 0.7

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PreparedQuery:
    """A query and what every comparison needs of it: `prepare` makes it once.

    `upright_rows` and `mirrored_rows` are descriptors as unit vectors, float32 (n, 64). `frames`
    take the whole picture to the unit square and, if it has a border, what lies within it.
    """

    features: QueryFeatures
    upright_rows: Floats
    mirrored_rows: Floats
    pictures: Pyramid
    frames: tuple[Matrix3, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """The best of the alignments that were tried.

    `matrix` takes the unit square of the query to that of the item (see `matching.verify.outline`)
    and is None when none was possible. `inliers` of `tentative` correspondences agree with it; it
    has 0 of 0 when the orientation of the fingerprints proposed it. Within the overlap the picture
    with fewer features has `features`, of which `recovered` have a like one near their place.
    """

    matrix: Matrix3 | None = None
    overlap: Overlap = outline.NOTHING
    agreement: Agreement = agreement.NOTHING
    inliers: int = 0
    tentative: int = 0
    features: int = 0
    recovered: int = 0

    @property
    def weight(self) -> float:
        """Return how much speaks for the alignment, in blocks."""
        blocks = self.agreement.agreeing * self.agreement.share
        return blocks + _BLOCKS_PER_INLIER * self.inliers


@dataclass(frozen=True, slots=True)
class _Side:
    """The query as it lies or its mirror image, and the cosines of its features to the item's."""

    local: LocalFeatures
    similarities: Floats


@dataclass(frozen=True, slots=True)
class _Proposal:
    matrix: Matrix3
    side: _Side
    inliers: int = 0
    tentative: int = 0


def prepare(query: QueryFeatures) -> PreparedQuery:
    """Return the query with all that comparisons with many items share."""
    return PreparedQuery(
        features=query,
        upright_rows=unit_rows(query.upright.descriptors),
        mirrored_rows=unit_rows(query.mirrored.descriptors),
        pictures=pyramid(query.picture),
        frames=tuple(_frames(query)),
    )


def verify(
    query: PreparedQuery, item: ItemFeatures, orientations: Collection[Orientation]
) -> Verification:
    """Align the query with the item in every way that suggests itself, and return the best.

    `orientations` are those in which the fingerprints are near. Pictures without features, texture
    or size give an empty verification.
    """
    rows = unit_rows(item.local.descriptors)
    upright = _Side(query.features.upright, query.upright_rows @ rows.T)
    mirrored = _Side(query.features.mirrored, query.mirrored_rows @ rows.T)
    best, chosen = Verification(), None
    for proposal in _proposals(query, item, (upright, mirrored), orientations):
        seen = _seen(proposal, query, item)
        if chosen is None or seen.weight > best.weight:
            best, chosen = seen, proposal
        if _is_beyond_doubt(best):
            break
    if chosen is None or best.matrix is None:
        return best
    blocks = agreement.look_beside_letters(
        best.agreement, best.matrix, best.overlap, query.pictures, item.thumbnail
    )
    return _recovered(replace(best, agreement=blocks), chosen, item.local)


def _proposals(
    query: PreparedQuery,
    item: ItemFeatures,
    sides: tuple[_Side, _Side],
    orientations: Collection[Orientation],
) -> Iterator[_Proposal]:
    upright, mirrored = sides
    yield from _by_features(upright, item.local)
    for proposal in _by_features(mirrored, item.local):
        yield replace(proposal, matrix=outline.mirrored_query(proposal.matrix))
    for orientation in orientations:
        side = mirrored if orientation.is_mirrored else upright
        for frame in query.frames:
            yield _Proposal(outline.oriented_map(orientation) @ frame, side)


def _is_beyond_doubt(seen: Verification) -> bool:
    return (
        seen.inliers >= _CERTAIN_INLIERS
        and seen.agreement.agreeing >= _CERTAIN_BLOCKS
        and seen.agreement.share >= _CERTAIN_SHARE
    )


def _frames(query: QueryFeatures) -> Iterator[Matrix3]:
    yield np.eye(3)
    window = trim.inner_window(query.picture)
    if window is not None:
        height, width = query.picture.shape
        (top, bottom), (left, right) = window
        inner = np.eye(3)
        inner[0] = width / (right - left), 0.0, -left / (right - left)
        inner[1] = 0.0, height / (bottom - top), -top / (bottom - top)
        yield inner


def _by_features(side: _Side, item: LocalFeatures) -> Iterator[_Proposal]:
    found = correspond(side.local, item, side.similarities)
    fit = geometry.estimate(found)
    if fit is not None:
        from_corner, to_corner = np.eye(3), np.eye(3)
        to_corner[:2, 2], from_corner[:2, 2] = _KEYPOINT_OFFSET_PX, -_KEYPOINT_OFFSET_PX
        in_px = to_corner @ fit.matrix @ from_corner
        sizes = (1 / side.local.width, 1 / side.local.height), (1 / item.width, 1 / item.height)
        yield _Proposal(outline.scaled(in_px, *sizes), side, fit.support, len(found))


def _seen(proposal: _Proposal, query: PreparedQuery, item: ItemFeatures) -> Verification:
    region = outline.overlap(proposal.matrix)
    if not region.item:
        return Verification()
    seen = agreement.agree(proposal.matrix, region, query.pictures, item.thumbnail)
    return Verification(proposal.matrix, region, seen, proposal.inliers, proposal.tentative)


def _recovered(best: Verification, proposal: _Proposal, item: LocalFeatures) -> Verification:
    """Count the features in the overlap, and those that the other picture has in their place."""
    local = proposal.side.local
    if best.matrix is None or not min(len(local), len(item)):
        return best
    places = local.keypoints[:, :2].astype(np.float64) + _KEYPOINT_OFFSET_PX
    if np.linalg.det(best.matrix[:2, :2]) < 0:
        places[:, 0] = local.width - places[:, 0]
    in_query = _inside(places / (local.width, local.height), best.overlap.query)
    item_places = item.keypoints[:, :2] + np.float32(_KEYPOINT_OFFSET_PX)
    in_item = _inside(item_places / (item.width, item.height), best.overlap.item)
    in_px = outline.scaled(best.matrix, (local.width, local.height), (item.width, item.height))
    mapped = geometry.mapped(in_px, places)
    mapped[~in_query] = np.nan
    recovered = kernels.recovered(
        proposal.side.similarities, mapped, item_places, _RECOVERED_PX, _RECOVERED_SIMILARITY
    )
    features = min(int(in_query.sum()), int(in_item.sum()))
    return replace(best, features=features, recovered=recovered)


def _inside(places: npt.NDArray[np.floating], polygon: Polygon) -> npt.NDArray[np.bool_]:
    """Tell which places (n, 2) lie in a convex polygon, its corners in either order."""
    corners = np.array(polygon)
    sides = np.roll(corners, -1, axis=0) - corners
    away = places[:, np.newaxis] - corners
    crosses = sides[:, 0] * away[:, :, 1] - sides[:, 1] * away[:, :, 0]
    slack = 1e-6
    return np.asarray((crosses >= -slack).all(axis=1) | (crosses <= slack).all(axis=1))
