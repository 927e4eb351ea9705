"""Reads of the demo: how it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from accounts.actors import Actor
from demo import photographs
from demo.models import Demo, DemoList, DemoState
from lists import selectors as lists_selectors
from lists.models import Item, List

# A picture takes a second or two: whoever said nothing for so long has given up.
_STALLED_AFTER = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class DemoStanding:
    """How the demo stands; without a state there is none."""

    state: DemoState | None = None
    done: int = 0
    total: int = 0
    image_list: List | None = None
    is_stalled: bool = False

    @property
    def without_photographs(self) -> bool:
        """Tell whether the package that has the photographs is missing here."""
        return not photographs.photographs()

    @property
    def is_at_work(self) -> bool:
        """Tell whether this changes by itself."""
        return self.state in {DemoState.LOADING, DemoState.REMOVING} and not self.is_stalled

    @property
    def may_load(self) -> bool:
        """Tell whether loading would begin, or go on where it broke off."""
        return self.state in {None, DemoState.FAILED} or (
            self.is_stalled and self.state == DemoState.LOADING
        )


def standing(actor: Actor) -> DemoStanding:
    """Return how the demo of the actor's organisation stands, and its first list in service."""
    demo = Demo.objects.filter(organisation=actor.organisation_id).first()
    if demo is None:
        return DemoStanding()
    lists = List.objects.filter(pk__in=demo.lists.values("image_list"), removed_at=None)
    return DemoStanding(
        state=DemoState(demo.state),
        done=demo.done,
        total=demo.total,
        image_list=lists.order_by("pk").first(),
        is_stalled=demo.changed_at < timezone.now() - _STALLED_AFTER,
    )


def demo_lists(list_ids: Collection[int]) -> set[int]:
    """Return those of the row ids whose lists are the demo's."""
    rows = DemoList.objects.filter(image_list__in=list_ids)
    return set(rows.values_list("image_list", flat=True))


def own_lists(actor: Actor) -> QuerySet[List]:
    """Return the lists in service that the actor may reach and that are no part of the demo."""
    parts = DemoList.objects.filter(demo=actor.organisation_id)
    return lists_selectors.lists_for(actor).exclude(pk__in=parts.values("image_list"))


def has_own_images(actor: Actor) -> bool:
    """Tell whether there is an image in a list that is no part of the demo."""
    return Item.objects.filter(image_list__in=own_lists(actor), removed_at=None).exists()
