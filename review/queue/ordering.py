"""The order of a queue, one page at a time; a page costs the same however long the queue is.

The pair that is worth most comes first: the closest to its list's threshold, where a decision
teaches most, then the oldest. Closeness depends on a threshold that may change, so no index holds
it. But on either side of one list's threshold the pairs lie in the order of an index, so a page is
put together from the beginnings of these branches: what is read grows with the number of lists and
not with the number of pairs. A page goes on after a pair and never counts how many came before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import F, FloatField, Q, QuerySet, Value
from django.db.models.expressions import RawSQL

from lists.models import List
from review.models import MatchCandidate
from review.queue.filters import Order, Queue, narrowed, standing

# SQLite takes at most 500 parts in one query, and a list has up to four.
_LISTS_AT_ONCE = 100
# Wider than any rounding of a sum of two scores: only where an index may begin.
_SLACK = 1e-9
_RELATED = ("image_list", "image_low", "image_high", "claimed_by", "assigned_to", "blocked_by")

Place = tuple[float, ...]
Branch = QuerySet[MatchCandidate]


def first_after(
    lists: Sequence[List],
    queue: Queue,
    *,
    after: MatchCandidate | None,
    size: int,
    also: Q | None = None,
) -> list[MatchCandidate]:
    """Return up to `size` pairs of the lists, in the queue's order, from `after` on.

    `also` is a further condition, such as that nobody else looks at them.
    """
    found: list[MatchCandidate] = []
    chosen = [each for each in lists if queue.image_list in (None, each)]
    for start in range(0, len(chosen), _LISTS_AT_ONCE):
        piece = chosen[start : start + _LISTS_AT_ONCE]
        branches = [
            branch
            for image_list in piece
            for branch in _branches(_of_list(image_list, queue, also), image_list, queue, after)
        ]
        found += _beginnings_of(branches, size)
    return sorted(found, key=lambda pair: place_of(pair, queue.order))[:size]


def place_of(pair: MatchCandidate, order: Order) -> Place:
    """Return what orders a queue: of two pairs the one with the lower place comes first."""
    if order == Order.NEWEST:
        return (-pair.pk,)
    if order == Order.SCORE:
        return -pair.score, -pair.pk
    distance, is_below = _side(pair.score, pair.image_list.duplicate_threshold)
    away = -pair.score if is_below else pair.score
    return distance, is_below, away, pair.pk


def _side(score: float, threshold: float) -> tuple[float, bool]:
    """Return how far a score is from a threshold, and whether it is below."""
    is_below = score < threshold
    return (threshold - score if is_below else score - threshold), is_below


def _of_list(image_list: List, queue: Queue, also: Q | None) -> Branch:
    waiting = MatchCandidate.objects.filter(standing(queue), image_list=image_list)
    found = narrowed(waiting, queue, [image_list])
    return found.filter(also) if also is not None else found


def _branches(
    pairs: Branch, image_list: List, queue: Queue, after: MatchCandidate | None
) -> Iterator[Branch]:
    """Yield queries that have the pairs after `after` between them, each in an index's order."""
    if queue.order == Order.NEWEST:
        older = pairs if after is None else pairs.filter(pk__lt=after.pk)
        yield older.order_by("-pk")
    elif queue.order == Order.SCORE:
        yield from _lower(pairs.order_by("-score", "-pk"), after)
    else:
        threshold = image_list.duplicate_threshold
        above = pairs.filter(score__gte=threshold).order_by("score", "pk")
        below = pairs.filter(score__lt=threshold).order_by("-score", "pk")
        yield from _farther(above, threshold, after, is_below=False)
        yield from _farther(below, threshold, after, is_below=True)


def _lower(pairs: Branch, after: MatchCandidate | None) -> Iterator[Branch]:
    if after is None:
        yield pairs
        return
    yield pairs.filter(score=after.score, pk__lt=after.pk)
    yield pairs.filter(score__lt=after.score)


def _farther(
    pairs: Branch, threshold: float, after: MatchCandidate | None, *, is_below: bool
) -> Iterator[Branch]:
    """Yield the pairs on one side of a threshold that come after a pair, which may be anywhere."""
    if after is None:
        yield pairs
        return
    distance, after_is_below = _side(after.score, after.image_list.duplicate_threshold)
    beyond = "score__lt" if is_below else "score__gt"
    if (distance, after_is_below) == _side(after.score, threshold) and after_is_below == is_below:
        yield pairs.filter(score=after.score, pk__gt=after.pk)
        yield pairs.filter(**{beyond: after.score})
        return
    # Computed as the place is, to the last bit; the loose bound lets an index skip what is closer.
    away = Value(threshold, FloatField()) - F("score")
    away = away if is_below else F("score") - Value(threshold, FloatField())
    not_closer = (
        Q(score__lte=threshold - distance + _SLACK)
        if is_below
        else Q(score__gte=threshold + distance - _SLACK)
    )
    as_far = Q(away=distance)
    if is_below == after_is_below:
        as_far &= Q(**{beyond: after.score})
    elif not is_below:
        as_far = Q(pk__in=[])
    yield pairs.alias(away=away).filter(not_closer, Q(away__gt=distance) | as_far)


def _beginnings_of(branches: Sequence[Branch], size: int) -> list[MatchCandidate]:
    """Return the first pairs of each branch, in one query, in no order.

    The branches are put together by hand: Django does not write limits within a union for SQLite.
    """
    parts = [branch.values("pk")[:size].query.sql_with_params() for branch in branches]
    if not parts:
        return []
    sql = " UNION ALL ".join(
        f"SELECT * FROM ({part}) AS branch_{number}"  # noqa: S608 - see below
        for number, (part, _) in enumerate(parts)
    )
    parameters = [value for _, values in parts for value in values]
    chosen = RawSQL(sql, parameters)  # noqa: S611 - Django's own SQL, its values still apart
    return list(MatchCandidate.objects.filter(pk__in=chosen).select_related(*_RELATED))
