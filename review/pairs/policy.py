"""What a list's policy confirms without an analyst, and when."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from lists import texts as lists_texts
from lists.models import List
from matching.evidence import IDENTICAL_KINDS, Kind
from review.models import MatchCandidate, PairText

# What texts may be to each other where a pair confirms by itself: nothing else is known to agree.
SAME_TEXTS = frozenset({PairText.AGREES, PairText.NONE})


def confirms(score: float, kind: str, image_list: List) -> bool:
    """Tell whether the policy confirms such a pair, if its texts do not stand against it."""
    return score > image_list.duplicate_threshold and kind in image_list.auto_confirmed_kinds


def confirms_at_once(score: float, kind: str, image_list: List) -> bool:
    """Tell whether the policy confirms such a pair before anything is read."""
    return confirms(score, kind, image_list) and not waits_for_texts(kind, image_list)


def waits_for_texts(kind: str, image_list: List) -> bool:
    """Tell whether the texts of such a pair are read: pictures that are identical say the same."""
    return kind not in IDENTICAL_KINDS and lists_texts.are_read_for(image_list)


def may_follow() -> Q:
    """Return which pairs are confirmed because others imply it: not where texts may differ."""
    unread = Q(text_state="")
    if lists_texts.is_available():
        unread &= Q(image_list__reads_text=False) | Q(kind__in=IDENTICAL_KINDS)
    return ~Q(kind=Kind.OTHER_TEXT) & (Q(text_state__in=SAME_TEXTS) | unread)


def letting_follow(pairs: Collection[MatchCandidate]) -> set[int]:
    """Return the row ids of those of the pairs that may follow; alike ones are asked about once."""
    lets: dict[tuple[object, ...], bool] = {}
    for pair in pairs:
        # Nothing else counts; a few kinds and states of texts are all there are.
        alike = (pair.image_list_id, pair.kind, pair.text_state)
        if alike not in lets:
            lets[alike] = lets_follow(pair)
    return {pair.pk for pair in pairs if lets[pair.image_list_id, pair.kind, pair.text_state]}


def lets_follow(pair: MatchCandidate) -> bool:
    """Tell the same of one pair."""
    if pair.kind == Kind.OTHER_TEXT:
        return False
    if pair.text_state:
        return pair.text_state in SAME_TEXTS
    return not waits_for_texts(pair.kind, pair.image_list)
