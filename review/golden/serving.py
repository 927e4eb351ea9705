"""Mixes golden pairs in among those that are handed out to review, drawn by lot."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from accounts.actors import Actor
from lists.models import List
from review.golden import selectors
from review.models import GoldenAnswer, GoldenPair, GoldenQuestion, MatchCandidate
from review.pairs import invariants
from review.queue.filters import Queue, narrowed

# Nobody is to foresee them.
LOTS: Final = random.SystemRandom()


def mixed(
    *,
    by: Actor,
    queue: Queue,
    pairs: Sequence[MatchCandidate],
    behind: MatchCandidate | None,
    held: Collection[str] = (),
) -> list[MatchCandidate]:
    """Return the pairs that are handed out next, with questions before some of them.

    The pairs follow `behind`; `held` are the public ids of what the person has already.
    """
    handed_out: list[MatchCandidate] = []
    # A program is asked nothing.
    is_mixed_in = by.user_id is not None and _is_mixed_in(queue)
    for pair in pairs:
        if is_mixed_in and _is_drawn(pair.image_list):
            have = {*held, *(each.public_id for each in handed_out)}
            question = _question(by, queue, pair.image_list, behind=behind, held=have)
            if question is not None:
                handed_out.append(selectors.stand_in_of(question))
        handed_out.append(pair)
        behind = pair
    return handed_out


def _is_drawn(image_list: List) -> bool:
    return bool(image_list.golden_one_in) and LOTS.random() * image_list.golden_one_in < 1


def _is_mixed_in(queue: Queue) -> bool:
    """Tell whether a golden pair may be in the queue: somebody asked for none of these by name."""
    plain = replace(
        queue, kind=None, text_state=None, score_from=None, score_to=None, image_list=None
    )
    return plain == Queue(order=queue.order)


@transaction.atomic
def _question(
    by: Actor,
    queue: Queue,
    image_list: List,
    *,
    behind: MatchCandidate | None,
    held: Collection[str],
) -> GoldenQuestion | None:
    """Return a question that the person has not answered, an earlier one first, or a new one."""
    # Whoever erases the pair meanwhile waits, or has done so.
    invariants.take_turn(image_list.organisation_id)
    askable = _askable(by, queue, image_list)
    is_over = GoldenAnswer.objects.filter(
        Q(undone_at=None) | Q(is_told=True), question=OuterRef("pk")
    )
    waiting = selectors.questions_of(by).filter(~Exists(is_over), golden__pair__in=askable)
    question = waiting.exclude(public_id__in=held).order_by("pk").first()
    if question is not None:
        question.behind = behind
        question.save(update_fields=["behind"])
        return question
    unasked = GoldenPair.objects.filter(pair__in=askable).exclude(questions__user=by.user_id)
    golden_ids = list(unasked.values_list("pk", flat=True))
    if not golden_ids:
        return None
    asked = {"golden_id": LOTS.choice(golden_ids), "user_id": by.user_id}
    made = GoldenQuestion.objects.create(**asked, behind=behind)
    return selectors.questions_of(by).get(pk=made.pk)


def _askable(by: Actor, queue: Queue, image_list: List) -> list[int]:
    """Return, by row id, which golden pairs of a list look like pairs of the queue.

    Who marked a pair knows its truth. A pair that waits again is not known by now, and one whose
    files are gone cannot be shown.
    """
    # A separate set, so that a database begins with these few and not with all pairs.
    marked = GoldenPair.objects.filter(retired_at=None).exclude(marked_by=by.user_id)
    pairs = MatchCandidate.objects.filter(
        pk__in=marked.values("pair"),
        image_list=image_list,
        state__in=selectors.DECIDED,
        image_low__is_stored=True,
        image_high__is_stored=True,
    )
    like_these = replace(queue, image_list=None)
    return list(narrowed(pairs, like_these, [image_list]).values_list("pk", flat=True))
