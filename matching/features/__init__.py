"""Local features: what is kept of a picture so that crops, screenshots and turns of it are found.

Features of different versions never meet: the version names the extraction, the projection and the
vocabulary together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.types import Grey

FEATURE_VERSION = 1
# Which views of a picture have features: with 1 the whole, and of an animation eight scenes; with 2
# the tiles of a long picture as well, and every kept scene. Features of all these versions meet.
VIEWS_VERSION = 2
# Other pictures have had the same views and features since then.
USUAL_VIEWS_SINCE = 1

Keypoints = npt.NDArray[np.float32]
Descriptors = npt.NDArray[np.int8]
Words = npt.NDArray[np.uint16]
Signatures = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class LocalFeatures:
    """The n keypoints of one work picture of `width` x `height` px.

    `keypoints` is float32 (n, 4): x, y and size in px of the work picture, angle in radians.
    `descriptors` is int8 (n, 64). `words` is uint16 (n, w) and `signatures` uint64 (n, w): the
    nearest cells of the vocabulary and the place within each; w is 1 for items, more for queries.
    """

    keypoints: Keypoints
    descriptors: Descriptors
    words: Words
    signatures: Signatures
    width: int
    height: int

    def __len__(self) -> int:
        return len(self.keypoints)


@dataclass(frozen=True, slots=True)
class Postings:
    """What the index needs of an item: `words` uint16 (n,) and `signatures` uint64 (n,)."""

    words: Words
    signatures: Signatures

    @classmethod
    def of(cls, features: LocalFeatures) -> Postings:
        """Return the nearest word of each feature, and its place there."""
        return cls(features.words[:, 0], features.signatures[:, 0])

    def __len__(self) -> int:
        return len(self.words)


@dataclass(frozen=True, slots=True)
class ItemFeatures:
    """What is kept for one picture: features, and luma of 160 px on the longer side, uint8."""

    local: LocalFeatures
    thumbnail: Grey


@dataclass(frozen=True, slots=True)
class QueryFeatures:
    """What is seen of a picture to look for.

    `mirrored` are the features of its mirror image (left and right change places). `picture` is
    luma, uint8, at most 640 px on the longer side; the work pictures of both are reduced from it.
    """

    upright: LocalFeatures
    mirrored: LocalFeatures
    picture: Grey

    @classmethod
    def of_kept(cls, kept: ItemFeatures) -> QueryFeatures:
        """Return what is left to look for of a picture that is an item, without the picture.

        It finds whole copies and crops nearly as well, and no crop of a mirror image.
        """
        local = kept.local
        none = slice(0, 0)
        nothing = LocalFeatures(
            keypoints=local.keypoints[none],
            descriptors=local.descriptors[none],
            words=local.words[none],
            signatures=local.signatures[none],
            width=local.width,
            height=local.height,
        )
        return cls(upright=local, mirrored=nothing, picture=kept.thumbnail)
