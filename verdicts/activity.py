"""What was done: decisions about pairs and acts about verdicts, newest first, as one history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.actors import Actor
from accounts.models import ApiCredential, User
from lists import selectors as lists_selectors
from lists.models import Item
from lists.pages import newest_page, row_id
from review.clusters import selectors as clusters_selectors
from review.pairs import activity
from review.pairs.activity import Deed, Wanted
from verdicts import overviews
from verdicts.kinds import DeedAct
from verdicts.models import Verdict, VerdictDeed

if TYPE_CHECKING:
    from verdicts.values import VerdictContent

# The acts of both; those about verdicts begin with this.
OF_VERDICTS = "verdict."
VERDICT_ACTS = [(OF_VERDICTS + value, label) for value, label in DeedAct.choices]
# All that was done about verdicts.
ANY_OF_VERDICTS = OF_VERDICTS
_EXPORTED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ShownVerdictDeed:
    """An act about a verdict, what the verdict says, and the item of its picture.

    Without a verdict, or out of reach, there is neither.
    """

    act: VerdictDeed
    content: VerdictContent | None
    item: Item | None


Row = Deed | ShownVerdictDeed


@dataclass(frozen=True, slots=True)
class HistoryPlace:
    """How far a history was read: the row ids of the last decision and of the last other act."""

    decision_id: int | None = None
    deed_id: int | None = None

    @classmethod
    def of(cls, text: str) -> HistoryPlace:
        """Return the place of an address; whatever else is the beginning."""
        decision, _, deed = text.partition("-")
        return cls(row_id(decision), row_id(deed))

    def __str__(self) -> str:
        return f"{self.decision_id or ''}-{self.deed_id or ''}"


@dataclass(frozen=True, slots=True)
class ActivityPage:
    """A piece of the history, and the place to go on after; empty at the end."""

    rows: Sequence[Row]
    next_after: str


def rows_page(actor: Actor, wanted: Wanted, *, after: HistoryPlace, size: int) -> ActivityPage:
    """Return what was done before a place, newest first; five queries, and six for verdicts."""
    decisions = _decisions(actor, wanted, after, size)
    acts = _acts(actor, wanted, after, size)
    both: Iterator[Deed | VerdictDeed] = merge(decisions, acts, key=_moment, reverse=True)
    found = list(both)[: size + 1]
    shown = found[:size]
    decision_ids = [each.decision.pk for each in shown if isinstance(each, Deed)]
    act_ids = [each.pk for each in shown if isinstance(each, VerdictDeed)]
    place = HistoryPlace(
        decision_ids[-1] if decision_ids else after.decision_id,
        act_ids[-1] if act_ids else after.deed_id,
    )
    own = iter(_shown(actor, [each for each in shown if isinstance(each, VerdictDeed)]))
    rows = [each if isinstance(each, Deed) else next(own) for each in shown]
    return ActivityPage(rows, str(place) if len(found) > size else "")


def rows(actor: Actor, wanted: Wanted, *, limit: int) -> Iterator[Row]:
    """Yield what was done, newest first, `limit` at most, without ever holding more than a page."""
    after = HistoryPlace()
    while limit > 0:
        page = rows_page(actor, wanted, after=after, size=min(limit, _EXPORTED_AT_ONCE))
        yield from page.rows
        limit -= len(page.rows)
        if not page.next_after:
            return
        after = HistoryPlace.of(page.next_after)


def people(actor: Actor) -> QuerySet[User]:
    """Return who has done any of it in reach, by address; also those who left since."""
    own = _deeds_for(actor).filter(user=OuterRef("pk"))
    decided = activity.decisions_for(actor).filter(user=OuterRef("pk"))
    here = Q(membership__organisation=actor.organisation_id) | Q(membership=None)
    return User.objects.filter(here, Exists(decided) | Exists(own)).order_by("email")


def credentials(actor: Actor) -> QuerySet[ApiCredential]:
    """Return the API credentials that have done any of it in reach, by name."""
    own = _deeds_for(actor).filter(credential=OuterRef("pk"))
    decided = activity.decisions_for(actor).filter(credential=OuterRef("pk"))
    here = ApiCredential.objects.filter(organisation_id=actor.organisation_id)
    return here.filter(Exists(decided) | Exists(own)).order_by("name", "pk")


def _deeds_for(actor: Actor) -> QuerySet[VerdictDeed]:
    """Return the acts that the actor may know of: of all lists, or of those within reach."""
    deeds = VerdictDeed.objects.filter(organisation=actor.organisation_id)
    if actor.is_restricted:
        deeds = deeds.filter(image_list__in=lists_selectors.lists_for(actor))
    return deeds


def _decisions(actor: Actor, wanted: Wanted, after: HistoryPlace, size: int) -> Sequence[Deed]:
    if (wanted.act or "").startswith(OF_VERDICTS):
        return []
    return activity.deeds_page(actor, wanted, after=after.decision_id, size=size + 1).rows


def _acts(actor: Actor, wanted: Wanted, after: HistoryPlace, size: int) -> Sequence[VerdictDeed]:
    act = wanted.act or ANY_OF_VERDICTS
    if not act.startswith(OF_VERDICTS) or wanted.rule_id is not None:
        return []
    asked = {
        "act": act.removeprefix(OF_VERDICTS) or None,
        "user": wanted.user_id,
        "credential": wanted.credential_id,
        "surface": wanted.surface,
        "image_list": wanted.image_list,
        "verdict__image": wanted.item.image_id if wanted.item else None,
        "created_at__gte": wanted.since,
        "created_at__lte": wanted.until,
    }
    deeds = _deeds_for(actor).filter(**{k: v for k, v in asked.items() if v is not None})
    related = deeds.select_related("user", "credential", "image_list", "verdict__image")
    return newest_page(related, after=after.deed_id, size=size + 1).rows


def _moment(row: Deed | VerdictDeed) -> dt.datetime:
    return row.decision.created_at if isinstance(row, Deed) else row.created_at


def _shown(actor: Actor, deeds: Sequence[VerdictDeed]) -> list[ShownVerdictDeed]:
    verdicts: list[Verdict] = [each.verdict for each in deeds if each.verdict]
    if not verdicts:
        return [ShownVerdictDeed(each, None, None) for each in deeds]
    contents = overviews.contents_of(verdicts)
    image_ids = {verdict.image_id for verdict in verdicts}
    items = clusters_selectors.items_by_image(actor, image_ids)
    return [
        ShownVerdictDeed(
            each,
            contents.get((each.verdict.pk, each.number or each.verdict.number)),
            next(iter(items.get(each.verdict.image_id, ())), None),
        )
        if each.verdict
        else ShownVerdictDeed(each, None, None)
        for each in deeds
    ]
