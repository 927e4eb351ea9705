"""What a rule would have done with what people decided, before it does anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from accounts.actors import Actor
from common.intervals import Interval, wilson
from lists import selectors as lists_selectors
from review.automation import criteria as criteria_of_rules
from review.automation import selectors
from review.automation.criteria import Criteria
from review.models import Act, Decision, MatchCandidate, Rule, RuleAct, State
from review.pairs import selectors as pairs_selectors
from review.pairs.tallies import WAITING
from review.scopes import Scope

SHOWN_DECIDED = 200
# The latest decisions that are looked through for those that a rule would have taken.
LOOKED_THROUGH = 10_000
_AT_ONCE = 1_000
# What waits is counted up to this.
MOST_WAITING = 500
_ACTS = (Act.CONFIRM, Act.CONFIRM_IMAGE, Act.DISSOCIATE)


@dataclass(frozen=True, slots=True)
class TriedPair:
    """A pair that people decided, how, and whether the rule would have been wrong about it."""

    pair: MatchCandidate
    decision: Decision
    is_wrong: bool


@dataclass(frozen=True, slots=True)
class RulePreview:
    """The latest decided pairs that a rule would have decided, newest first.

    `looked_through` decisions of people were looked at for them. Of what waits now the rule would
    take `waiting` pairs, counted up to `MOST_WAITING`; `disputed` of these two kinds another rule
    would decide otherwise, so neither does.
    """

    tried: Sequence[TriedPair] = ()
    looked_through: int = 0
    waiting: int = 0
    disputed: int = 0
    waiting_pairs: Sequence[MatchCandidate] = field(default=())

    @property
    def wrong(self) -> list[TriedPair]:
        """Return those that people decided otherwise."""
        return [each for each in self.tried if each.is_wrong]

    @property
    def interval(self) -> Interval:
        """Return between which shares that of wrong decisions lies, with 95 % confidence."""
        return wilson(len(self.wrong), len(self.tried))


def preview(
    actor: Actor, criteria: Criteria, *, rule: Rule | None, size: int = SHOWN_DECIDED
) -> RulePreview:
    """Try what a rule looks for on what people decided, and on what waits; nothing is written.

    `rule` is the one that is tried; the others that are at work count as they are. At most `size`
    decided pairs are returned.
    """
    others = selectors.others_at_work(actor.organisation_id, rule)
    tried, looked, disputed = _tried(actor, criteria, others, size)
    waiting, disputed_waiting = _waiting(actor, criteria, others)
    return RulePreview(
        tried=tried,
        looked_through=looked,
        waiting=len(waiting),
        disputed=disputed + disputed_waiting,
        waiting_pairs=waiting,
    )


def is_wrong(act: RuleAct, decision: Decision) -> bool:
    """Tell whether somebody decided otherwise than a rule with this act would have."""
    if act == RuleAct.CONFIRM:
        return (decision.to_state, decision.to_scope) != (State.CONFIRMED, Scope.WHOLE)
    return decision.to_state != State.DISSOCIATED


def _tried(
    actor: Actor, criteria: Criteria, others: Sequence[Criteria], size: int
) -> tuple[list[TriedPair], int, int]:
    tried: list[TriedPair] = []
    looked = disputed_count = 0
    for decisions in _latest_decisions(actor):
        looked += len(decisions)
        ids = [each.candidate_id for each in decisions]
        pairs = criteria_of_rules.fitting(
            criteria, pairs_selectors.pairs_for(actor).filter(pk__in=ids)
        )
        disputed = criteria_of_rules.disputed_ids(criteria, [each.pk for each in pairs], others)
        disputed_count += len(disputed)
        fitting = {each.pk: each for each in pairs if each.pk not in disputed}
        tried += [
            TriedPair(fitting[each.candidate_id], each, is_wrong(criteria.act, each))
            for each in decisions
            if each.candidate_id in fitting
        ]
        if len(tried) >= size:
            break
    return tried[:size], looked, disputed_count


def _latest_decisions(actor: Actor) -> Iterator[list[Decision]]:
    """Yield what people and programs decided and what stands of it, newest first, in pieces."""
    standing = Decision.objects.filter(
        act__in=_ACTS,
        undone_by=None,
        rule_run=None,
        candidate__state__in=[State.CONFIRMED, State.DISSOCIATED],
        candidate__image_list__in=lists_selectors.lists_for(actor),
    )
    latest = standing.select_related("user", "credential").order_by("-pk")
    seen: set[int] = set()
    after: int | None = None
    for _piece in range(LOOKED_THROUGH // _AT_ONCE):
        rows = latest if after is None else latest.filter(pk__lt=after)
        piece = list(rows[:_AT_ONCE])
        # Of several decisions that stand about a pair the latest counts.
        fresh = []
        for each in piece:
            if each.candidate_id not in seen:
                seen.add(each.candidate_id)
                fresh.append(each)
        yield fresh
        if len(piece) < _AT_ONCE:
            return
        after = piece[-1].pk


def _waiting(
    actor: Actor, criteria: Criteria, others: Sequence[Criteria]
) -> tuple[list[MatchCandidate], int]:
    waiting = selectors.free(
        MatchCandidate.objects.filter(WAITING, image_list__in=lists_selectors.lists_for(actor))
    )
    ids = criteria_of_rules.narrowed(criteria, waiting).order_by("-score", "-pk")
    few = MatchCandidate.objects.filter(
        pk__in=list(ids.values_list("pk", flat=True)[:MOST_WAITING])
    )
    fitting = criteria_of_rules.fitting(criteria, few.order_by("-score", "-pk"))
    disputed = criteria_of_rules.disputed_ids(criteria, [each.pk for each in fitting], others)
    return [each for each in fitting if each.pk not in disputed], len(disputed)
