"""How many pairs an item has, written on the item: a list of any size is filtered by it.

`Item.copies` are the matches of its picture in its list that carry the claim too, `Item.to_review`
the pairs there that wait for a decision. Whatever changes a pair counts anew, in its transaction.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce

from lists.models import Item
from review.models import MatchCandidate, State
from review.pairs import connected
from review.scopes import Scope

# What somebody can decide now.
WAITING = Q(state=State.SUGGESTED, blocked_by=None)
_MATCHES = MatchCandidate.objects.filter(state=State.CONFIRMED, scope=Scope.WHOLE)


def recount(image_ids: Collection[int]) -> None:
    """Count the pairs of the images' items, in all lists and removed ones too.

    The caller's transaction changed the pairs, and has taken its turn (`invariants.take_turn`).
    """
    for ids in connected.in_pieces(sorted(image_ids)):
        Item.objects.filter(image__in=ids).update(
            copies=_count(_MATCHES), to_review=_count(MatchCandidate.objects.filter(WAITING))
        )


def recount_of(pairs: Collection[MatchCandidate]) -> None:
    """Count the pairs of the items on both sides of these."""
    recount({side for pair in pairs for side in (pair.image_low_id, pair.image_high_id)})


def count_new(item: Item) -> None:
    """Count the pairs that are there already for a new item: its picture was in the list before.

    Who decides one of them meanwhile does not see the item yet: the pairs are held until it is
    there. The caller has locked the image, as everybody does before pairs.
    """
    held = MatchCandidate.objects.none()
    for side in ("image_low", "image_high"):
        held |= MatchCandidate.objects.filter(
            image_list=item.image_list_id, **{side: item.image_id}
        )
    if held.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True):
        recount([item.image_id])


def _count(pairs: QuerySet[MatchCandidate]) -> CombinedExpression:
    """Return the number of an item's pairs among these; no pair has one image on both sides."""
    low, high = (
        Coalesce(
            Subquery(
                pairs.filter(image_list=OuterRef("image_list"), **{side: OuterRef("image")})
                .order_by()
                .values("image_list")
                .annotate(number=Count("pk"))
                .values("number")
            ),
            0,
        )
        for side in ("image_low", "image_high")
    )
    return low + high
