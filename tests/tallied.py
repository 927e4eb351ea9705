"""What the counts on items have to be, counted pair by pair."""

from __future__ import annotations

from collections import Counter

from lists.models import Item
from review.models import MatchCandidate, State
from review.scopes import Scope


def check() -> None:
    """Fail unless every item, removed or not, carries the number of its picture's pairs."""
    copies: Counter[tuple[int, int]] = Counter()
    waiting: Counter[tuple[int, int]] = Counter()
    for pair in MatchCandidate.objects.all():
        for image_id in (pair.image_low_id, pair.image_high_id):
            place = (pair.image_list_id, image_id)
            copies[place] += (pair.state, pair.scope) == (State.CONFIRMED, Scope.WHOLE)
            waiting[place] += pair.state == State.SUGGESTED and pair.blocked_by_id is None
    for item in Item.objects.all():
        place = (item.image_list_id, item.image_id)
        assert (item.copies, item.to_review) == (copies[place], waiting[place]), item.custom_id
