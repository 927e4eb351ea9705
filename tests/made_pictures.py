"""Stored copies of photographs and the pairs between them, as a matcher would have found them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from PIL import Image as Picture
from PIL import ImageDraw

from lists.models import Image, Item, List
from review.models import MatchCandidate
from tests import made_pairs, photos

_SHOWN_WIDTH = 480


def copies(name: str, count: int, image_list: List, context: Any = None) -> list[Item]:
    """Put that many copies of a photograph of `tests.photos` into a list, the oldest first."""
    return [_copy(name, number, image_list, context) for number in range(count)]


def pair(older: Item, newer: Item, score: float, kind: str = "near") -> MatchCandidate:
    """Put the pair of two items into the queue; the newer one came in."""
    low, high = sorted((older.image, newer.image), key=lambda image: image.pk)
    return MatchCandidate.objects.create(
        image_list=newer.image_list,
        image_low=low,
        image_high=high,
        query_image=newer.image,
        score=score,
        kind=kind,
        evidence=_evidence(),
    )


def all_pairs(items: Sequence[Item], score: float = 0.9) -> list[MatchCandidate]:
    """Put every pair of items, the oldest first, into the queue."""
    return [pair(*two, score=score) for two in combinations(items, 2)]


def _copy(name: str, number: int, image_list: List, context: Any) -> Item:
    photo = photos.photo(name)
    height = round(photo.height * _SHOWN_WIDTH / photo.width)
    copy = photo.resize((_SHOWN_WIDTH - 20 * number, height))
    ImageDraw.Draw(copy).text((10, 10), f"{name} {number}", fill="white", font_size=30)
    image = store(copy, image_list)
    return Item.objects.create(
        image_list=image_list, image=image, name=f"{name}-{number}.jpg", context=context or {}
    )


def store(picture: Picture.Image, image_list: List) -> Image:
    """Put a picture where the pages find it."""
    return made_pairs.stored_image(picture, image_list)


def _evidence() -> dict[str, Any]:
    return {
        "algorithm_version": 7,
        "pdq_distance_bits": 12,
        "phash_distance_bits": 2,
        "orientation": "identity",
        "query_quality": 100,
        "item_quality": 100,
        "reasons": [{"code": "same_structure", "params": {"distance_bits": 12, "of_bits": 256}}],
    }
