"""Reads of receipts, and of what an erasure would take."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.actors import Actor
from accounts.permissions import Permission
from common.errors import NotFound
from lists.models import Item, List
from lists.pages import Page, newest_page
from lists.selectors import searchable
from review.models import Erasure


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was erased, by whom and why; `finished_at` is empty while the background is at work."""

    erasure: Erasure
    finished_at: dt.datetime | None
    counts: Mapping[str, int]
    sha256s: Sequence[str]

    def as_json(self) -> dict[str, Any]:
        """Return the receipt as it is handed out."""
        return {
            "id": self.erasure.public_id,
            "kind": self.erasure.kind,
            "subject": self.erasure.subject,
            "by": self.erasure.by,
            "reason": self.erasure.reason,
            "at": self.erasure.created_at.isoformat(),
            "finished_at": self.finished_at and self.finished_at.isoformat(),
            "counts": dict(self.counts),
            "sha256": list(self.sha256s),
        }


def receipts_page(actor: Actor, *, after: int | None, size: int) -> Page[Receipt]:
    """Return the receipts of the organisation, newest first."""
    actor.require(Permission.CHANGE_LISTS)
    own = Erasure.objects.filter(organisation_row=actor.organisation_id)
    page = newest_page(own.prefetch_related("steps"), after=after, size=size)
    return page.showing([receipt_of(erasure) for erasure in page.rows])


def receipt_for(actor: Actor, public_id: str) -> Receipt:
    """Return one receipt; raise NotFound for an id that is unknown or somebody else's."""
    actor.require(Permission.CHANGE_LISTS)
    own = Erasure.objects.filter(organisation_row=actor.organisation_id)
    found = own.filter(public_id=searchable(public_id)).first()
    if found is None:
        raise NotFound("There is no such receipt.")
    return receipt_of(found)


def receipt_of(erasure: Erasure) -> Receipt:
    """Add up the steps of an erasure."""
    steps = sorted(erasure.steps.all(), key=lambda step: step.pk)
    counts: Counter[str] = Counter()
    for step in steps:
        counts += Counter(step.counts)
    ended = [step.created_at for step in steps if step.is_last]
    sha256s = [sha256 for step in steps for sha256 in step.sha256s]
    return Receipt(erasure, ended[0] if ended else None, counts, sha256s)


def other_lists_with(item: Item) -> list[List]:
    """Return the other lists that have the item's picture, or could have it back."""
    others = Item.objects.filter(image=item.image_id, purged_at=None).exclude(pk=item.pk)
    return list(List.objects.filter(items__in=others).distinct().order_by("name"))
