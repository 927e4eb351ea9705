"""Reads of the queue: a page of it, what is next, how many wait."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, F, OuterRef, Q

from accounts.actors import Actor
from lists import selectors as lists_selectors
from lists.models import List
from lists.pages import Page
from matching.evidence import Kind
from review.models import MatchCandidate, State
from review.pairs.selectors import best_page, pairs_for
from review.pairs.tallies import WAITING
from review.queue import ordering
from review.queue.counting import CappedCount
from review.queue.filters import Queue, narrowed


@dataclass(frozen=True, slots=True)
class OtherPairs:
    """What waits of a pair's incoming picture besides the pair.

    `count` pairs with other pictures of the same list; `above` of them are duplicates by its
    threshold.
    """

    count: int = 0
    above: int = 0


def pairs_page(
    actor: Actor,
    *,
    queue: Queue,
    after: MatchCandidate | None,
    size: int,
    state: State | None = None,
    kind: Kind | None = None,
) -> Page[MatchCandidate]:
    """Return the pairs that follow `after`, best score first; `next_after` is a row id."""
    pairs = pairs_for(actor)
    if kind is not None:
        pairs = pairs.filter(kind=kind)
    if state is not None:
        pairs = pairs.filter(state=state)
    pairs = narrowed(pairs, queue, lists_selectors.lists_for(actor))
    return best_page(pairs, after=after, size=size)


def next_suggested(
    actor: Actor, *, queue: Queue, behind: MatchCandidate | None
) -> MatchCandidate | None:
    """Return the pair to review after `behind`; from the top again when the end is reached."""
    lists = lists_of(actor, queue)
    others = Q() if behind is None else ~Q(pk=behind.pk)
    for after in [behind, None] if behind is not None else [None]:
        found = ordering.first_after(lists, queue, after=after, size=1, also=others)
        if found:
            return found[0]
    return None


def lists_of(actor: Actor, queue: Queue) -> list[List]:
    """Return the lists that a queue draws on."""
    if queue.image_list is not None:
        return [queue.image_list]
    return list(lists_selectors.lists_for(actor))


def suggested_counts(actor: Actor) -> dict[int, int]:
    """Return the number of pairs to review by list row id, each counted up to `MOST_COUNTED`."""
    waiting = MatchCandidate.objects.filter(WAITING, image_list=OuterRef("pk"))
    rows = lists_selectors.lists_for(actor).annotate(waiting=CappedCount(waiting))
    return {row_id: count for row_id, count in rows.values_list("pk", "waiting") if count}


def others_waiting(pairs: Collection[MatchCandidate]) -> dict[int, OtherPairs]:
    """Return, by row id, what else waits of each pair's incoming picture; by one query."""
    queries = {pair.query_image_id for pair in pairs}
    rows = MatchCandidate.objects.filter(
        WAITING,
        # The pairs of a picture are found by either side, which have an index.
        Q(image_low__in=queries) | Q(image_high__in=queries),
        query_image__in=queries,
        image_list__in={pair.image_list_id for pair in pairs},
    ).order_by()
    is_above = Q(score__gt=F("image_list__duplicate_threshold"))
    grouped = rows.values_list("image_list", "query_image").annotate(
        waiting=Count("pk"), above=Count("pk", filter=is_above)
    )
    counts = {(list_id, image_id): (count, above) for list_id, image_id, count, above in grouped}
    return {pair.pk: _besides(pair, *counts.get(_of_query(pair), (0, 0))) for pair in pairs}


def _of_query(pair: MatchCandidate) -> tuple[int, int]:
    return pair.image_list_id, pair.query_image_id


def _besides(pair: MatchCandidate, count: int, above: int) -> OtherPairs:
    """Return the counts without the pair itself, if it is one of those that wait."""
    waits = pair.is_open and pair.blocked_by_id is None
    is_above = waits and pair.score > pair.image_list.duplicate_threshold
    return OtherPairs(count - waits, above - is_above)
