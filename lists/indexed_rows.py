"""The rows behind the indexes' keys: items, and what is kept of their frames."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Prefetch

from lists import frame_keys
from lists.models import ImageFeatures, ImageFingerprint, Item
from matching.features import FEATURE_VERSION, ItemFeatures, codec
from matching.hashers import registry
from matching.types import Fingerprint, FingerprintSet


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
        Fingerprint(
            algorithm=row.algorithm,
            version=row.version,
            bits=bytes(row.bits),
            quality=row.quality,
        )
        for row in item.image.fingerprints.all()
        if row.frame == frame
    )


def features_of(items: Iterable[Item]) -> dict[tuple[int, int], ItemFeatures]:
    """Return the local features of these items by (image row id, frame), in today's version."""
    rows = ImageFeatures.objects.filter(
        image__in={item.image_id for item in items}, version=FEATURE_VERSION
    )
    return {
        (row.image_id, row.frame): codec.from_bytes(bytes(row.content))
        for row in rows.only("image_id", "frame", "content")
    }
