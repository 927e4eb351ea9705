"""Reads of the queue: a page of it, what is next, how many wait."""

from __future__ import annotations

from django.db.models import OuterRef, Q

from accounts.actors import Actor
from lists import selectors as lists_selectors
from lists.models import List
from lists.pages import Page
from matching.evidence import Kind
from review.models import MatchCandidate, State
from review.pairs.selectors import best_page, pairs_for
from review.queue import ordering
from review.queue.counting import CappedCount
from review.queue.filters import WAITING, Queue, narrowed


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
