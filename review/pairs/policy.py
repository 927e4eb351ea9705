"""What a list's policy confirms without an analyst, and when."""

from __future__ import annotations

from lists import texts as lists_texts
from lists.models import List
from matching.evidence import IDENTICAL_KINDS


def confirms(score: float, kind: str, image_list: List) -> bool:
    """Tell whether the policy confirms such a pair, if its texts do not stand against it."""
    return score > image_list.duplicate_threshold and kind in image_list.auto_confirmed_kinds


def confirms_at_once(score: float, kind: str, image_list: List) -> bool:
    """Tell whether the policy confirms such a pair before anything is read."""
    return confirms(score, kind, image_list) and not waits_for_texts(kind, image_list)


def waits_for_texts(kind: str, image_list: List) -> bool:
    """Tell whether the texts of such a pair are read: pictures that are identical say the same."""
    return kind not in IDENTICAL_KINDS and lists_texts.are_read_for(image_list)
