"""Rows of pairs without files, for tests that look at no picture."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from lists.models import Image, Item, List
from review.models import MatchCandidate

_EVIDENCE = {
    "algorithm_version": 7,
    "pdq_distance_bits": 12,
    "phash_distance_bits": 2,
    "orientation": "identity",
    "query_quality": 100,
    "item_quality": 100,
    "reasons": [{"code": "same_structure", "params": {"distance_bits": 12, "of_bits": 256}}],
}


def make(count: int, image_list: List) -> list[MatchCandidate]:
    """Return that many new pairs of a list, in the order of the queue."""
    first, *others = images_of(count + 1, image_list)
    return MatchCandidate.objects.bulk_create(
        _pair(first, image, image_list, 0.51 + 0.0001 * number)
        for number, image in enumerate(others)
    )


def among(letters: str, image_list: List) -> dict[str, MatchCandidate]:
    """Return every pair of as many new items as there are letters, by two letters, best first.

    The items have the letters as their custom ids.
    """
    images = dict(zip(letters, images_of(len(letters), image_list), strict=True))
    Item.objects.bulk_create(
        Item(image_list=image_list, image=image, custom_id=letter)
        for letter, image in images.items()
    )
    pairs = MatchCandidate.objects.bulk_create(
        _pair(images[low], images[high], image_list, 0.9 - 0.01 * number)
        for number, (low, high) in enumerate(combinations(letters, 2))
    )
    return {"".join(two): pair for two, pair in zip(combinations(letters, 2), pairs, strict=True)}


def again(pairs: Sequence[MatchCandidate], image_list: List) -> list[MatchCandidate]:
    """Return the pairs of the same images in another list."""
    return MatchCandidate.objects.bulk_create(
        _pair(pair.image_low, pair.image_high, image_list, pair.score) for pair in pairs
    )


def images_of(count: int, image_list: List) -> list[Image]:
    """Return that many new images without files, of the organisation of a list."""
    have = Image.objects.count()
    return Image.objects.bulk_create(
        Image(
            organisation_id=image_list.organisation_id,
            sha256=f"{number:064x}",
            format="jpeg",
            width=4,
            height=3,
            byte_size=1,
        )
        for number in range(have, have + count)
    )


def _pair(low: Image, high: Image, image_list: List, score: float) -> MatchCandidate:
    return MatchCandidate(
        image_list=image_list,
        image_low=low,
        image_high=high,
        query_image=high,
        score=score,
        kind="near",
        evidence=_EVIDENCE,
    )
