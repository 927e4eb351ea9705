"""Which pairs a queue holds and in which order, and how that narrows a query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from lists.models import Item, List
from lists.selectors import searchable
from matching.evidence import Kind
from review.models import MatchCandidate, PairText, State
from review.pairs.tallies import WAITING
from review.scopes import Scope

# A text that more pictures than these carry finds the pairs of the newest of them.
MOST_PICTURES_OF_A_TEXT = 200


class Order(TextChoices):
    """What comes first in a queue."""

    CLOSEST = "closest", _("Closest calls first")
    SCORE = "score", _("Highest score first")
    NEWEST = "newest", _("Newest first")


@dataclass(frozen=True, slots=True)
class Queue:
    """Which pairs are looked at, and in which order; what is empty asks nothing.

    Pairs that are blocked wait for nobody: they are in a queue of their own (`only_blocked`). The
    scores are both included, the times `since` and not `until`. `assigned_to` is the row id of
    a person; `text` is an id of a pair or item, or a part of the client's own id or of a name.
    """

    image_list: List | None = None
    only_unsure: bool = False
    only_blocked: bool = False
    state: State = State.SUGGESTED
    scope: Scope | None = None
    kind: Kind | None = None
    text_state: PairText | None = None
    score_from: float | None = None
    score_to: float | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    assigned_to: int | None = None
    only_unassigned: bool = False
    text: str = ""
    order: Order = Order.CLOSEST


def standing(queue: Queue) -> Q:
    """Return which pairs stand as the queue wants them."""
    if queue.state != State.SUGGESTED:
        return Q(state=queue.state)
    return Q(blocked_by__isnull=False) if queue.only_blocked else WAITING


def narrowed(
    pairs: QuerySet[MatchCandidate], queue: Queue, lists: Collection[List] | QuerySet[List]
) -> QuerySet[MatchCandidate]:
    """Return those of the pairs that belong to the queue, in whatever state.

    `lists` are those whose items a text is looked for in.
    """
    asked = {
        "image_list": queue.image_list,
        "is_unsure": queue.only_unsure or None,
        "scope": queue.scope,
        "kind": queue.kind,
        "text_state": queue.text_state,
        "score__gte": queue.score_from,
        "score__lte": queue.score_to,
        "created_at__gte": queue.since,
        "created_at__lt": queue.until,
        "assigned_to": queue.assigned_to,
        "assigned_to__isnull": queue.only_unassigned or None,
    }
    found = pairs.filter(**{name: value for name, value in asked.items() if value is not None})
    return found.filter(pk__in=_named(queue.text, lists)) if queue.text else found


def _named(text: str, lists: Collection[List] | QuerySet[List]) -> QuerySet[MatchCandidate, Any]:
    """Return the row ids of pairs that a text names, by themselves or by one of their items.

    They are a separate set, so that a database begins with these few and not with all pairs.
    """
    sought = searchable(text)
    named = Q(public_id=sought) | Q(custom_id__icontains=sought) | Q(name__icontains=sought)
    items = Item.objects.filter(named, image_list__in=lists).order_by("-pk")
    images = items.values("image")[:MOST_PICTURES_OF_A_TEXT]
    pairs = MatchCandidate.objects.order_by().values("pk")
    return pairs.filter(public_id=sought).union(
        pairs.filter(image_low__in=images), pairs.filter(image_high__in=images)
    )
