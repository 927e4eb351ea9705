"""Reads of golden pairs: those of an organisation, and the questions that a person is asked.

A person sees a question as a pair that is no row (`MatchCandidate.is_stand_in`): its id is the
question's, it stands as the person answered, and neither history nor clusters tell the truth.
"""

from __future__ import annotations

from collections.abc import Collection
from copy import copy
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from accounts.actors import Actor
from accounts.permissions import Permission
from lists import selectors as lists_selectors
from lists.models import List
from lists.pages import Page, newest_page
from review.models import (
    Act,
    GoldenAnswer,
    GoldenPair,
    GoldenQuestion,
    MatchCandidate,
    State,
)
from review.pairs import selectors as pairs_selectors
from review.pairs.selectors import MatchNotFound, ShownPair
from review.scopes import Scope

DECIDED = (State.CONFIRMED, State.DISSOCIATED)
# What counts of a person: what they said before they were told, unless they took it back unseen.
COUNTED = Q(is_late=False) & (Q(undone_at=None) | Q(is_told=True))
RIGHT = Q(act=F("question__golden__truth"))

_PAIR = "golden__pair"
_RELATED = (
    f"{_PAIR}__image_list",
    f"{_PAIR}__image_low",
    f"{_PAIR}__image_high",
    "behind__image_list",
)
_STANDS: dict[str, tuple[State, Scope]] = {
    Act.CONFIRM: (State.CONFIRMED, Scope.WHOLE),
    Act.CONFIRM_IMAGE: (State.CONFIRMED, Scope.IMAGE_ONLY),
    Act.DISSOCIATE: (State.DISSOCIATED, Scope.WHOLE),
}


@dataclass(frozen=True, slots=True)
class ShownGolden:
    """A golden pair with its sides, how many people answered, and how many of them rightly.

    `is_disputed` tells that the pair is decided otherwise by now.
    """

    golden: GoldenPair
    shown: ShownPair
    answered: int
    right: int

    @property
    def is_disputed(self) -> bool:
        """Tell whether the pair stands otherwise than its truth says."""
        pair = self.golden.pair
        return (pair.state, pair.scope) != _STANDS[self.golden.truth]


def golden_page(actor: Actor, *, after: int | None, size: int) -> Page[ShownGolden]:
    """Return the golden pairs that people are asked about, those marked last first."""
    actor.require(Permission.CHANGE_LISTS)
    marked = GoldenPair.objects.filter(
        retired_at=None, pair__image_list__in=lists_selectors.lists_for(actor)
    ).select_related("pair__image_list", "pair__image_low", "pair__image_high", "marked_by")
    page = newest_page(marked, after=after, size=size)
    shown = pairs_selectors.with_sides([golden.pair for golden in page.rows])
    counts = _counts([golden.pk for golden in page.rows])
    return page.showing(
        [
            ShownGolden(golden, sides, *counts.get(golden.pk, (0, 0)))
            for golden, sides in zip(page.rows, shown, strict=True)
        ]
    )


def lists_that_mix(actor: Actor) -> QuerySet[List]:
    """Return the lists within reach that mix golden pairs in, by name."""
    return lists_selectors.lists_for(actor).filter(golden_one_in__gt=0).order_by("name")


def golden_of(pair: MatchCandidate) -> GoldenPair | None:
    """Return what is marked of a pair, None for one that is not golden or not any more."""
    return GoldenPair.objects.filter(pair=pair, retired_at=None).first()


def truth_of(pair: MatchCandidate) -> str:
    """Return the truth that a pair's decision says, empty for an open pair."""
    stands = (pair.state, pair.scope)
    return next((str(Act(act)) for act, each in _STANDS.items() if each == stands), "")


def questions_of(actor: Actor) -> QuerySet[GoldenQuestion]:
    """Return the questions of a person about pairs that they may reach; of a program none."""
    return GoldenQuestion.objects.filter(
        user=actor.user_id or 0, golden__pair__image_list__in=lists_selectors.lists_for(actor)
    ).select_related(*_RELATED)


def questions_named(actor: Actor, public_ids: Collection[str]) -> list[GoldenQuestion]:
    """Return the person's questions of these ids."""
    sought = [lists_selectors.searchable(public_id) for public_id in public_ids]
    return list(questions_of(actor).filter(public_id__in=sought)) if sought else []


def pair_or_question(actor: Actor, public_id: str) -> MatchCandidate:
    """Return a pair, or what stands for the question of that id; raise MatchNotFound."""
    try:
        return pairs_selectors.pair_for(actor, public_id)
    except MatchNotFound:
        for question in questions_named(actor, [public_id]):
            return stand_in_of(question)
        raise


def place_of(actor: Actor, public_id: str) -> tuple[MatchCandidate | None, bool]:
    """Return after which pair a queue goes on behind an id, and whether that is a question's.

    What is gone has no place: then the queue begins anew.
    """
    known = pairs_selectors.pairs_named(actor, [public_id]).get(public_id)
    if known is not None:
        return known, False
    asked = questions_named(actor, [public_id])
    return (asked[0].behind, True) if asked else (None, False)


def stand_in_of(question: GoldenQuestion) -> MatchCandidate:
    """Return what is shown of a question: its pair as nobody but the person has decided it."""
    answer = standing_answer(question)
    pair = copy(question.golden.pair)
    pair.pk = -question.pk
    pair.public_id = question.public_id
    pair.state, pair.scope = _STANDS.get(
        answer.act if answer else "", (State.SUGGESTED, Scope.WHOLE)
    )
    pair.is_unsure = answer is not None and answer.act == Act.UNSURE
    pair.words_agree = False
    pair.version = 1
    pair.claimed_by = pair.claimed_until = pair.assigned_to = None
    pair.is_on_screen = False
    pair.follows_from = pair.blocked_by = None
    return pair


def standing_answer(question: GoldenQuestion) -> GoldenAnswer | None:
    """Return the answer that stands."""
    return question.answers.filter(undone_at=None).first()


def answers_of(actor: Actor) -> QuerySet[GoldenAnswer]:
    """Return a person's answers within reach."""
    return GoldenAnswer.objects.filter(question__in=questions_of(actor).order_by()).select_related(
        *(f"question__{name}" for name in _RELATED)
    )


def counted_answers(list_ids: Collection[int]) -> QuerySet[GoldenAnswer]:
    """Return the answers about pairs of some lists, by row id, that count of a person."""
    return GoldenAnswer.objects.filter(COUNTED, question__golden__pair__image_list__in=list_ids)


def _counts(golden_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    rows = GoldenAnswer.objects.filter(COUNTED, question__golden__in=golden_ids).exclude(
        act=Act.UNSURE
    )
    sums = (
        rows.order_by()
        .values_list("question__golden")
        .annotate(answered=Count("pk"), right=Count("pk", filter=RIGHT))
    )
    return {golden_id: (answered, right) for golden_id, answered, right in sums}
