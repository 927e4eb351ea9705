"""What an item looks like: its pairs, seen from its side."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.actors import Actor
from lists.models import Item
from lists.pages import Page
from lists.services import Place
from review.models import MatchCandidate
from review.pairs import selectors
from review.pairs.selectors import ShownPair, Side


@dataclass(frozen=True, slots=True)
class Relation:
    """A pair of an item; `shown` has the item as A."""

    shown: ShownPair

    @property
    def pair(self) -> MatchCandidate:
        """Return the pair's row."""
        return self.shown.pair

    @property
    def other(self) -> Side:
        """Return the picture beside the item."""
        return self.shown.item


def pairs_at(places: Collection[Place]) -> QuerySet[MatchCandidate]:
    """Return the pairs, in any state, that have one of the images in its list."""
    of_list: dict[int, set[int]] = {}
    for list_id, image_id in places:
        of_list.setdefault(list_id, set()).add(image_id)
    has_one = Q(pk__in=[])
    for list_id, image_ids in of_list.items():
        has_image = Q(image_low__in=image_ids) | Q(image_high__in=image_ids)
        has_one |= Q(has_image, image_list=list_id)
    return MatchCandidate.objects.filter(has_one)


def pairs_with(item: Item) -> QuerySet[MatchCandidate]:
    """Return the pairs of the item's image in the item's list, in any state."""
    return pairs_at([(item.image_list_id, item.image_id)])


def relations_page(
    actor: Actor, item: Item, *, after: MatchCandidate | None, size: int
) -> Page[Relation]:
    """Return the item's pairs that follow `after`, best score first; `next_after` is a row id."""
    pairs = selectors.pairs_for(actor).filter(pk__in=pairs_with(item).values("pk"))
    page = selectors.best_page(pairs, after=after, size=size)
    return page.showing(
        [Relation(shown.beginning_with(item.image_id)) for shown in selectors.with_sides(page.rows)]
    )
