"""The rows behind the indexes' keys: items, and what is kept of their frames."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Protocol

from django.db.models import Prefetch, Q

from lists import frame_keys
from lists.models import ImageFeatures, ImageFingerprint, Item
from matching import engine
from matching.features import FEATURE_VERSION, ItemFeatures, codec
from matching.frames import Scene
from matching.hashers import registry
from matching.hashers.registry import PDQ
from matching.types import Fingerprint, FingerprintSet


class KeptRows(Protocol):
    """Where a search takes from what its index found: this module, or what is kept elsewhere."""

    def items_of(self, keys: Iterable[int], /) -> dict[int, Item]: ...

    def fingerprints_of(self, item: Item, frame: int, /) -> FingerprintSet | None: ...

    def scenes_of(self, image_ids: Iterable[int], /) -> dict[int, list[Scene]]: ...

    def features_of(
        self, frames: Collection[tuple[int, int]], /
    ) -> dict[tuple[int, int], ItemFeatures]: ...


def items_of(keys: Iterable[int]) -> dict[int, Item]:
    """Return the live items of these keys by row id, with the fingerprints of these frames."""
    asked = [(frame_keys.item_of(key), frame_keys.frame_of(key)) for key in keys]
    frames = ImageFingerprint.objects.filter(frame__in={frame for _, frame in asked})
    items = Item.objects.filter(pk__in={item_id for item_id, _ in asked}, removed_at=None)
    with_frames = items.select_related("image", "image_list").prefetch_related(
        Prefetch("image__fingerprints", frames)
    )
    return {item.pk: item for item in with_frames}


def fingerprints_of(item: Item, frame: int) -> FingerprintSet | None:
    """Return those of one frame, of the present hashers; None when it has no PDQ of today.

    `image.fingerprints` should have been prefetched.
    """
    return registry.kept(
        _fingerprint(row) for row in item.image.fingerprints.all() if row.frame == frame
    )


def scenes_of(image_ids: Iterable[int]) -> dict[int, list[Scene]]:
    """Return the kept frames with enough to see of each image, known by today's PDQ."""
    rows = ImageFingerprint.objects.filter(
        image__in=(scenes := {image_id: list[Scene]() for image_id in image_ids}),
        algorithm=PDQ.algorithm,
        version=PDQ.version,
        quality__gte=engine.MIN_QUALITY,
    )
    for row in rows.order_by("frame"):
        scenes[row.image_id].append([_fingerprint(row)])
    return scenes


def features_of(frames: Collection[tuple[int, int]]) -> dict[tuple[int, int], ItemFeatures]:
    """Return the local features of frames, by (image row id, frame), that are of this version."""
    frames_by_image = defaultdict[int, set[int]](set)
    for image_id, frame in frames:
        frames_by_image[image_id].add(frame)
    asked = [Q(image=image_id, frame__in=few) for image_id, few in frames_by_image.items()]
    if not asked:
        return {}
    rows = ImageFeatures.objects.filter(Q(*asked, _connector=Q.OR), version=FEATURE_VERSION)
    return {
        (row.image_id, row.frame): codec.from_bytes(bytes(row.content))
        for row in rows.only("image_id", "frame", "content")
    }


def _fingerprint(row: ImageFingerprint) -> Fingerprint:
    return Fingerprint(
        algorithm=row.algorithm, version=row.version, bits=bytes(row.bits), quality=row.quality
    )
