"""What an item looks like: its pairs, seen from its side."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.actors import Actor
from lists.models import Item
from lists.pages import Page
from review.models import MatchCandidate
from review.pairs import selectors
from review.pairs.selectors import Side


@dataclass(frozen=True, slots=True)
class Relation:
    """A pair of an item: the pair, and its other side."""

    pair: MatchCandidate
    other: Side


def pairs_with(item: Item) -> QuerySet[MatchCandidate]:
    """Return the pairs of the item's image in the item's list, in any state."""
    return MatchCandidate.objects.filter(
        Q(image_low=item.image_id) | Q(image_high=item.image_id), image_list=item.image_list_id
    )


def relations_page(
    actor: Actor, item: Item, *, after: MatchCandidate | None, size: int
) -> Page[Relation]:
    """Return the item's pairs that follow `after`, best score first; `next_after` is a row id."""
    pairs = selectors.pairs_for(actor).filter(pk__in=pairs_with(item).values("pk"))
    page = selectors.best_page(pairs, after=after, size=size)
    return page.showing(
        [
            Relation(shown.pair, shown.item if shown.query.image == item.image else shown.query)
            for shown in selectors.with_sides(page.rows)
        ]
    )
