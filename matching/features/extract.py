"""Local features of upright luma: SIFT on small work pictures (Lowe 2004), for items and queries.

Items are kept small, queries looked at a little larger: a query is often a part of a larger
picture, so its copy of an item's detail is smaller. The same pixels always give the same features.

An animation has a budget: its first scenes would be looked at like pictures, and when they are
many, all of them are looked at smaller and with fewer keypoints.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from matching.features import ItemFeatures, LocalFeatures, QueryFeatures, projection, vocabulary
from matching.features.keypoints import Histograms, Seen, look, mirrored
from matching.types import Grey

# One picture is looked at by one thread: the callers are processes that share the processors.
cv2.setNumThreads(1)


@dataclass(frozen=True, slots=True)
class _WorkSize:
    """How large a work picture is on its longer side, and how many keypoints are kept of it."""

    side_px: int
    max_keypoints: int

    def among(self, views: int) -> _WorkSize:
        """Return the size for each of so many views of one picture, which share a budget.

        With fewer keypoints less is to be seen: time falls as their number does, and more slowly.
        """
        share = min(1.0, VIEWS_IN_FULL / views)
        return _WorkSize(_side_px(self.side_px, views), int(self.max_keypoints * share))


# With these two 99.5 % of 1,040 edited copies are among the first 20 candidates; 28 KB an item.
_ITEM = _WorkSize(side_px=320, max_keypoints=400)
_QUERY = _WorkSize(side_px=400, max_keypoints=500)
# So many views of one picture are looked at like a picture each; more share what those have.
VIEWS_IN_FULL = 8
_SIDE_EXPONENT = 0.25
# Below this icons and thumbnails have hardly a keypoint.
_MIN_WORK_SIDE_PX = 300
# SIFT's smallest blur needs this much on the shorter side of a very long picture.
_MIN_SHORT_SIDE_PX = 8
_PICTURE_SIDE_PX = 640
_THUMBNAIL_SIDE_PX = 160
# A query's descriptor near the border between words is looked for in each; 5 words find no more.
_WORDS_PER_QUERY_FEATURE = 3


def item_features(grey: Grey, *, views: int = 1) -> ItemFeatures:
    """Return what is kept of a picture; `grey` is upright luma, uint8 (height, width), any size.

    It is one of so many `views` that are kept together. A picture without any keypoint has arrays
    of length 0.
    """
    seen = _seen(grey, _ITEM.among(views))
    thumbnail = _resized(grey, _THUMBNAIL_SIDE_PX / max(grey.shape), min_side_px=1)
    return ItemFeatures(_features(seen, words_per_feature=1), thumbnail)


def query_features(grey: Grey, *, views: int = 1) -> QueryFeatures:
    """Return what is seen of a picture to look for; `grey` and `views` as for items."""
    picture = reduced(grey, views=views)
    seen = _seen(picture, _QUERY.among(views))
    return QueryFeatures(
        upright=_features(seen, words_per_feature=_WORDS_PER_QUERY_FEATURE),
        mirrored=_features(mirrored(seen), words_per_feature=_WORDS_PER_QUERY_FEATURE),
        picture=picture,
    )


def reduced(grey: Grey, *, views: int = 1) -> Grey:
    """Return all that features are taken from: at most 640 px on the longer side, less of many."""
    side_px = _side_px(_PICTURE_SIDE_PX, views)
    return _resized(grey, min(1, side_px / max(grey.shape)), min_side_px=1)


def item_histograms(grey: Grey) -> Histograms:
    """Return the SIFT histograms of an item before any projection, float32 (n, 128)."""
    return _seen(grey, _ITEM).histograms


def query_histograms(grey: Grey) -> Histograms:
    """Return the SIFT histograms of a query before any projection, float32 (n, 128)."""
    return _seen(grey, _QUERY).histograms


def _side_px(side_px: int, views: int) -> int:
    scale: float = min(1.0, VIEWS_IN_FULL / views) ** _SIDE_EXPONENT
    return round(side_px * scale)


def _seen(grey: Grey, size: _WorkSize) -> Seen:
    longer = max(grey.shape)
    scale = np.clip(longer, _MIN_WORK_SIDE_PX, size.side_px) / longer
    work = _resized(grey, float(scale), min_side_px=_MIN_SHORT_SIDE_PX)
    return look(work, max_keypoints=size.max_keypoints)


def _features(seen: Seen, *, words_per_feature: int) -> LocalFeatures:
    descriptors = projection.projected(seen.histograms)
    words, signatures = vocabulary.assigned(descriptors, words_per_feature)
    return LocalFeatures(
        keypoints=seen.keypoints,
        descriptors=descriptors,
        words=words,
        signatures=signatures,
        width=seen.width,
        height=seen.height,
    )


def _resized(grey: Grey, scale: float, *, min_side_px: int) -> Grey:
    """Return the picture reduced by the mean of areas or enlarged smoothly; a copy if need be."""
    height, width = (max(min_side_px, round(side * scale)) for side in grey.shape)
    if (height, width) == grey.shape:
        return np.ascontiguousarray(grey)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.resize(grey, (width, height), interpolation=method).astype(np.uint8, copy=False)
