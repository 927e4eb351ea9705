"""Rows of pairs without files, for tests that look at no picture."""

from __future__ import annotations

from lists.models import Image, List
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
    have = Image.objects.count()
    images = Image.objects.bulk_create(
        Image(
            organisation_id=image_list.organisation_id,
            sha256=f"{number:064x}",
            format="jpeg",
            width=4,
            height=3,
            byte_size=1,
        )
        for number in range(have, have + count + 1)
    )
    return MatchCandidate.objects.bulk_create(
        MatchCandidate(
            image_list=image_list,
            image_low=images[0],
            image_high=image,
            query_image=image,
            score=0.51 + 0.0001 * number,
            kind="near",
            evidence=_EVIDENCE,
        )
        for number, image in enumerate(images[1:])
    )
