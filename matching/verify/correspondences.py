"""Which local features of two pictures belong together, judged one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.features import Descriptors, LocalFeatures
from matching.verify.kernels import mutual_nearest

# Lowe's ratio of the nearest to the second nearest, on unit vectors.
MAX_RATIO = 0.82
# Features this near each other in the item are one place seen twice, not rivals.
_FAR_PX = 4.0
# Fewer say nothing about a picture.
MIN_FEATURES = 3

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Correspondences:
    """The n pairs of keypoints that were matched: float32 (n, 4) each, in px of the work pictures.

    Columns are x, y, size and angle in radians.
    """

    query: Floats
    item: Floats

    def __len__(self) -> int:
        return len(self.query)


def unit_rows(descriptors: Descriptors) -> Floats:
    """Return the descriptors as float32 rows of length one; rows of zeros stay."""
    rows = descriptors.astype(np.float32)
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    rows /= np.maximum(lengths, 1e-6)[:, np.newaxis]
    return rows


def correspond(query: LocalFeatures, item: LocalFeatures, similarities: Floats) -> Correspondences:
    """Return the pairs that are nearest both ways and much nearer than any other place.

    `similarities` are the cosines (n, m) of both descriptors.
    """
    if min(similarities.shape) < MIN_FEATURES:
        return Correspondences(query.keypoints[:0], item.keypoints[:0])
    nearest, ratios = mutual_nearest(similarities, item.keypoints, _FAR_PX)
    kept = np.flatnonzero((nearest >= 0) & (ratios < MAX_RATIO))
    return Correspondences(query.keypoints[kept], item.keypoints[nearest[kept]])
