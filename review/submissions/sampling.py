"""The audit of what is never shown: a few pairs below a list's threshold, drawn by lot.

A list that samples has one in a hundred of the pairs that a search compared, and that score below
the suggestion threshold, put up for review, marked as such. Whether a pair is drawn depends on its
two pictures alone, so that looking again changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from lists.models import List
from lists.search import Findings, ItemMatch

SHARE = 0.01
_LOTS = 2**64


def drawn(findings: Findings, image_list: List, *, sha256: str) -> list[ItemMatch]:
    """Return what was drawn of all that a picture was compared with in a list."""
    if not image_list.samples_below:
        return []
    seen = _seen(findings, image_list)
    by_image = {match.item.image_id: match for match in seen if _is_drawn(match, sha256)}
    return list(by_image.values())


def is_sample(match: ItemMatch, sha256: str) -> bool:
    """Tell whether a pair of a picture is one of those that are drawn, if its list draws any."""
    image_list = match.item.image_list
    is_below = match.score < image_list.suggestion_threshold
    return image_list.samples_below and is_below and _is_drawn(match, sha256)


def _seen(findings: Findings, image_list: List) -> Iterable[ItemMatch]:
    yield from findings.below.get(image_list.pk, [])
    for match in findings.by_list.get(image_list.pk, []):
        if match.score < image_list.suggestion_threshold:
            yield match


def _is_drawn(match: ItemMatch, sha256: str) -> bool:
    other = match.item.image.sha256
    if other == sha256:
        return False
    names = " ".join([match.item.image_list.public_id, *sorted((sha256, other))])
    lot = int.from_bytes(hashlib.sha256(names.encode()).digest()[:8])
    return lot < SHARE * _LOTS
