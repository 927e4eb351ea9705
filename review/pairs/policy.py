"""What a list's policy confirms without an analyst, and when."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from lists import texts as lists_texts
from lists.models import List
from matching.evidence import IDENTICAL_KINDS, Kind
from review.models import MatchCandidate, PairText
from review.pairs import connected

# What texts may be to each other where a pair confirms by itself: nothing else is known to agree.
SAME_TEXTS = frozenset({PairText.AGREES, PairText.NONE})

# Of which a person may say that they say the same: nothing else is known of them.
_UNKNOWN_TEXTS = frozenset({"", PairText.WAITING, PairText.UNREAD, PairText.UNSURE})


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
    reads = Q(image_list__in=lists_texts.lists_that_read()) & ~Q(kind__in=IDENTICAL_KINDS)
    unread = Q(text_state="") & ~reads
    return ~Q(kind=Kind.OTHER_TEXT) & (Q(text_state__in=SAME_TEXTS) | unread)


def may_carry() -> Q:
    """Return which pairs carry a verdict by their texts: as they were read, or as a person says."""
    said = Q(words_agree=True, text_state__in=_UNKNOWN_TEXTS) & ~Q(kind=Kind.OTHER_TEXT)
    return may_follow() | said


def texts_carry(pair: MatchCandidate) -> bool:
    """Tell the same of one pair; its list is known."""
    if pair.kind == Kind.OTHER_TEXT:
        return False
    if pair.text_state in SAME_TEXTS:
        return True
    if not pair.text_state and not waits_for_texts(pair.kind, pair.image_list):
        return True
    return pair.words_agree and not texts_stand_against(pair)


def texts_stand_against(pair: MatchCandidate) -> bool:
    """Tell whether the texts of a pair were read, and certainly are not the same."""
    return pair.kind == Kind.OTHER_TEXT or pair.text_state not in {*_UNKNOWN_TEXTS, *SAME_TEXTS}


def letting_follow(pairs: Collection[MatchCandidate]) -> set[int]:
    """Return the row ids of those of the pairs that may follow; a query for each piece of them."""
    may: set[int] = set()
    for ids in connected.in_pieces([pair.pk for pair in pairs]):
        own = MatchCandidate.objects.filter(may_follow(), pk__in=ids)
        may |= set(own.values_list("pk", flat=True))
    return may
