"""Who is looking at which pair: leases, so that two people are not handed the same one.

A lease steers who is handed what and forbids nothing: whoever opens a pair by its address may
decide it, and of two who do the second is told. A lease that has ended is as good as none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.actors import Actor
from accounts.permissions import Permission
from review import selectors
from review.models import MatchCandidate, State
from review.selectors import Queue

LEASE = dt.timedelta(minutes=5)
MAX_AT_ONCE = 20


@transaction.atomic
def take_next(
    *,
    by: Actor,
    queue: Queue,
    behind: MatchCandidate | None = None,
    held: Collection[str] = (),
    count: int = 1,
) -> list[MatchCandidate]:
    """Claim the next pairs of a queue that nobody else looks at, and return them.

    `held` are public ids that the person has on the screen or ahead. However many people ask at
    once, each pair goes to one: on PostgreSQL they skip rows that another has locked, on SQLite a
    transaction has the only write lock from its beginning.
    """
    by.require(Permission.DECIDE_MATCHES)
    free = selectors.best_first(selectors.waiting_in(by, queue))
    free = free.filter(_free_for(by)).exclude(public_id__in=held)
    taken: list[MatchCandidate] = []
    if behind is not None:
        free = free.exclude(pk=behind.pk)
        taken = _locked(free.filter(selectors.is_behind(behind)), count)
    if len(taken) < count:
        rest = free.exclude(pk__in=[candidate.pk for candidate in taken])
        taken += _locked(rest, count - len(taken))
    _claim(MatchCandidate.objects.filter(pk__in=[candidate.pk for candidate in taken]), by)
    return taken


@transaction.atomic
def renew(*, by: Actor, match_ids: Collection[str]) -> list[str]:
    """Claim these pairs, or claim them for longer; return the ids that are the person's now."""
    by.require(Permission.DECIDE_MATCHES)
    asked = selectors.candidates_for(by).filter(
        _free_for(by), state=State.SUGGESTED, public_id__in=list(match_ids)[:MAX_AT_ONCE]
    )
    mine = _locked(asked.order_by("pk"), MAX_AT_ONCE)
    _claim(MatchCandidate.objects.filter(pk__in=[candidate.pk for candidate in mine]), by)
    return [candidate.public_id for candidate in mine]


def release(*, by: Actor, match_ids: Collection[str]) -> None:
    """Give up the person's claims on these pairs."""
    by.require(Permission.DECIDE_MATCHES)
    own = MatchCandidate.objects.filter(claimed_by=by.user_id)
    own.filter(public_id__in=list(match_ids)[:MAX_AT_ONCE]).update(
        claimed_by=None, claimed_until=None
    )


def _free_for(actor: Actor) -> Q:
    expired = Q(claimed_until=None) | Q(claimed_until__lte=timezone.now())
    return expired | Q(claimed_by=actor.user_id)


def _locked(candidates: QuerySet[MatchCandidate], count: int) -> list[MatchCandidate]:
    return list(candidates.select_for_update(of=("self",), skip_locked=True)[:count])


def _claim(candidates: QuerySet[MatchCandidate], by: Actor) -> None:
    candidates.update(claimed_by=by.user_id, claimed_until=timezone.now() + LEASE)
