"""What the queue page counts; a count costs the same at any size: nobody reads more than "999+"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import IntegerField, QuerySet, Subquery
from django.utils import timezone

from accounts.actors import Actor
from lists import selectors as lists_selectors
from review.models import Act, Decision, MatchCandidate, State
from review.queue.filters import Queue, narrowed, standing
from review.scopes import Scope

# One more than is shown, so that "999+" is known.
MOST_COUNTED = 1000
HIGH_SCORE = 0.8
_DECISIONS = (Act.CONFIRM, Act.CONFIRM_IMAGE, Act.DISSOCIATE, Act.UNSURE)


class CappedCount(Subquery):
    """The number of rows of a query, which may name the outer one, up to `MOST_COUNTED`."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(_capped(rows))


def capped_counts(queries: Sequence[QuerySet[Any]]) -> list[int]:
    """Return the number of rows of each query, up to `MOST_COUNTED`, asking the database once."""
    parts = [_capped(rows).query.sql_with_params() for rows in queries]
    columns = ", ".join(
        f"(SELECT COUNT(*) FROM ({sql}) AS counted_{number})"  # noqa: S608 - Django's own SQL
        for number, (sql, _) in enumerate(parts)
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}", [value for _, values in parts for value in values])
        return list(cursor.fetchone())


def _capped(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.order_by().values("pk")[:MOST_COUNTED]


@dataclass(frozen=True, slots=True)
class LiveCounts:
    """What changes while somebody works: what waits, what waits for them, what they did today."""

    to_review: int
    mine: int
    today: int


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """The live counts, how many pairs each built-in view holds, and the queue that is shown."""

    live: LiveCounts
    high_score: int
    second_look: int
    other_claim: int
    shown: int


def live_counts(actor: Actor) -> LiveCounts:
    """Return the counts that a page asks for again and again, in one query."""
    return LiveCounts(*capped_counts(_live(actor)))


def queue_counts(actor: Actor, queue: Queue) -> QueueCounts:
    """Return everything that the queue page counts, in one query."""
    views = [
        Queue(score_from=HIGH_SCORE),
        Queue(only_unsure=True),
        Queue(state=State.CONFIRMED, scope=Scope.IMAGE_ONLY),
        queue,
    ]
    counts = capped_counts([*_live(actor), *(_in(actor, view) for view in views)])
    return QueueCounts(LiveCounts(*counts[:3]), *counts[3:])


def count_in(actor: Actor, queue: Queue) -> int:
    """Return the number of pairs in a queue that wait for a decision."""
    (count,) = capped_counts([_in(actor, replace(queue, state=State.SUGGESTED))])
    return count


def _live(actor: Actor) -> list[QuerySet[MatchCandidate] | QuerySet[Decision]]:
    return [
        _in(actor, Queue()),
        _in(actor, Queue(assigned_to=actor.user_id or 0)),
        _today(actor),
    ]


def _in(actor: Actor, queue: Queue) -> QuerySet[MatchCandidate]:
    lists = lists_selectors.lists_for(actor)
    in_state = MatchCandidate.objects.filter(standing(queue), image_list__in=lists)
    return narrowed(in_state, queue, lists)


def _today(actor: Actor) -> QuerySet[Decision]:
    """Return what the person decided since midnight and did not take back."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    own = Decision.objects.filter(user=actor.user_id or 0, created_at__gte=midnight)
    return own.filter(act__in=_DECISIONS, undone_by=None)
