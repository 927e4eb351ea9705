"""Who is looking at which pair: leases, so that two people are not handed the same one.

A person has one pair on the screen and the next few ahead. Both are leased; that somebody looks at
it is said of the one on the screen alone.

A lease steers who is handed what and forbids nothing: anybody who opens a pair by its address may
decide it, and of two who do the second is told. A lease that has ended is as good as none. Pairs
that are assigned to a colleague are handed to nobody else who has not asked for that person's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Membership
from accounts.permissions import Permission
from lists import transactions
from lists.models import List
from review.models import MatchCandidate
from review.pairs import selectors as pairs_selectors
from review.pairs.tallies import WAITING
from review.queue import ordering, selectors
from review.queue.filters import Queue

LEASE = dt.timedelta(minutes=5)
# The picture on the screen and those ahead, with all their candidates.
MAX_AT_ONCE = 125
_LOOKED_AT_ONCE = 20


@transaction.atomic
def take_next(
    *,
    by: Actor,
    queue: Queue,
    behind: MatchCandidate | None = None,
    held: Collection[str] = (),
    count: int = 1,
    is_on_screen: bool = False,
) -> list[MatchCandidate]:
    """Claim the next pairs of a queue that nobody else looks at, and return them.

    `held` are public ids that the person has on the screen or ahead; `is_on_screen` says that the
    first that is handed out is shown at once. However many people ask at once, each pair goes to
    one: on PostgreSQL they skip rows that another has locked, on SQLite a transaction has the only
    write lock from its beginning.
    """
    by.require(Permission.DECIDE_MATCHES)
    lists = selectors.lists_of(by, queue)
    free = free_for(by) & ~Q(public_id__in=held)
    if queue.assigned_to is None:
        free &= not_of_colleagues(by)
    taken: list[MatchCandidate] = []
    if behind is not None:
        free &= ~Q(pk=behind.pk)
        taken = _taken(lists, queue, after=behind, free=free, count=count)
    if len(taken) < count:
        rest = free & ~Q(pk__in=[pair.pk for pair in taken])
        taken += _taken(lists, queue, after=None, free=rest, count=count - len(taken))
    claim(pairs=taken, by=by)
    if is_on_screen and taken:
        put_on_screen(pair=taken[0], by=by)
    return taken


@transaction.atomic
def renew(*, by: Actor, match_ids: Collection[str], shown_id: str = "") -> list[str]:
    """Claim these pairs, or claim them for longer; return the ids that are the person's now.

    `shown_id` is the one of them that is on the screen. What another request of the person has
    locked at this moment stays theirs until the next time.
    """
    by.require(Permission.DECIDE_MATCHES)
    asked = pairs_selectors.pairs_for(by).filter(
        WAITING, free_for(by), public_id__in=list(match_ids)[:MAX_AT_ONCE]
    )
    mine = lock_first(asked.order_by("pk"), MAX_AT_ONCE)
    claim(pairs=mine, by=by)
    on_screen = next((each for each in mine if each.public_id == shown_id), None)
    if on_screen is not None:
        put_on_screen(pair=on_screen, by=by)
    if len(mine) == len(match_ids):
        return [pair.public_id for pair in mine]
    still = asked.filter(claimed_by=by.user_id, claimed_until__gt=timezone.now())
    ids = still.values_list("public_id", flat=True)
    return list({*ids, *(pair.public_id for pair in mine)})


@transactions.tried_again
@transaction.atomic
def release(*, by: Actor, match_ids: Collection[str], is_leaving: bool = False) -> None:
    """Give up the person's claims on these pairs.

    Who leaves the page gives up all that is ahead too: some may be on its way to a page that is
    gone. Another page of the same person claims again what it has when it renews.
    """
    by.require(Permission.DECIDE_MATCHES)
    given_up = Q(public_id__in=list(match_ids)[:MAX_AT_ONCE])
    if is_leaving:
        given_up |= Q(is_on_screen=False)
    own = MatchCandidate.objects.filter(given_up, claimed_by=by.user_id)
    # An update alone would lock the rows in any order, and could wait in a circle with others.
    locked = list(own.select_for_update().order_by("pk").values_list("pk", flat=True))
    MatchCandidate.objects.filter(pk__in=locked).update(
        claimed_by=None, claimed_until=None, is_on_screen=False
    )


def free_for(actor: Actor) -> Q:
    """Return which pairs nobody else looks at."""
    expired = Q(claimed_until=None) | Q(claimed_until__lte=timezone.now())
    return expired | Q(claimed_by=actor.user_id)


def not_of_colleagues(actor: Actor) -> Q:
    """Return which pairs are not assigned to somebody else."""
    # Who has left the organisation decides nothing more. Asked of the few that are assigned, not
    # joined to all.
    members = Membership.objects.filter(user=OuterRef("assigned_to"))
    return Q(assigned_to=None) | Q(assigned_to=actor.user_id) | Q(~Exists(members))


def _taken(
    lists: Sequence[List], queue: Queue, *, after: MatchCandidate | None, free: Q, count: int
) -> list[MatchCandidate]:
    """Return the first free pairs, locked; those that another takes at this moment are left out."""
    taken: list[MatchCandidate] = []
    while len(taken) < count:
        offered = ordering.first_after(lists, queue, after=after, size=_LOOKED_AT_ONCE, also=free)
        taken += _locked_of(offered, free, count - len(taken))
        if len(offered) < _LOOKED_AT_ONCE:
            break
        after = offered[-1]
    return taken


def _locked_of(offered: Sequence[MatchCandidate], free: Q, count: int) -> list[MatchCandidate]:
    """Lock the first of the offered pairs that are free still, in the order of the offer."""
    if not offered:
        return []
    places = [When(pk=pair.pk, then=Value(n)) for n, pair in enumerate(offered)]
    still_free = MatchCandidate.objects.filter(WAITING, free, pk__in=[pair.pk for pair in offered])
    locked = lock_first(still_free.order_by(Case(*places)), count)
    as_offered = {pair.pk: pair for pair in offered}
    return [as_offered[pair.pk] for pair in locked]


def lock_first(pairs: QuerySet[MatchCandidate], count: int) -> list[MatchCandidate]:
    """Lock the first of the pairs that nobody else has locked."""
    return list(pairs.select_for_update(of=("self",), skip_locked=True)[:count])


def claim(*, pairs: Sequence[MatchCandidate], by: Actor) -> None:
    """Claim locked pairs, or claim them for longer."""
    MatchCandidate.objects.filter(pk__in=[pair.pk for pair in pairs]).update(
        claimed_by=by.user_id, claimed_until=timezone.now() + LEASE, is_on_screen=False
    )


@transaction.atomic
def put_on_screen(*, pair: MatchCandidate, by: Actor) -> None:
    """Mark a pair as the one that the person looks at, and no other.

    One that is locked is being decided, which takes it off the screen.
    """
    others = MatchCandidate.objects.filter(claimed_by=by.user_id, is_on_screen=True)
    seen = lock_first(others.order_by("pk"), MAX_AT_ONCE)
    MatchCandidate.objects.filter(pk__in=[each.pk for each in seen]).update(is_on_screen=False)
    MatchCandidate.objects.filter(pk=pair.pk).update(is_on_screen=True)
