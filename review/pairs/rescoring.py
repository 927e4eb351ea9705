"""Learning from decisions: fitting the score to them, and scoring stored pairs anew.

Both work on the signals that were stored with every pair; no picture is looked at again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from lists import transactions
from matching import fit, score
from matching.evidence import Kind, Signals
from matching.score import ScoreModel
from review.models import Act, MatchCandidate, State

_FULL = "blocks_textured"
_BATCH = 500
_CHANGED = 0.0001


# Decisions that tell a model anything: a doubt and an explanation do not.
JUDGEMENTS = (Act.CONFIRM, Act.CONFIRM_IMAGE, Act.DISSOCIATE)


@dataclass(frozen=True, slots=True)
class Decided:
    """The pairs that people decided and that were compared in full: signals, True for a match."""

    signals: Sequence[Signals]
    labels: Sequence[bool]


@dataclass(frozen=True, slots=True)
class ScoreAgreement:
    """How a model's scores agree with people: pairs above 0.5 among both kinds of decision."""

    confirmed: int
    confirmed_above: int
    dissociated: int
    dissociated_above: int


def decided_pairs(*, organisation_id: int | None = None) -> Decided:
    """Return what people decided, of one organisation or of all."""
    decided = MatchCandidate.objects.filter(
        state__in=[State.CONFIRMED, State.DISSOCIATED],
        is_unsure=False,
        follows_from=None,
        decisions__act__in=JUDGEMENTS,
        decisions__user__isnull=False,
    ).distinct()
    if organisation_id is not None:
        decided = decided.filter(image_list__organisation_id=organisation_id)
    pairs = [
        (evidence.get("signals", {}), state == State.CONFIRMED)
        for evidence, state in decided.order_by("pk").values_list("evidence", "state")
        if _is_known_to_model(evidence.get("signals", {}))
    ]
    return Decided([signals for signals, _ in pairs], [label for _, label in pairs])


def agreement(*, model: ScoreModel, decided: Decided) -> ScoreAgreement:
    """Return how the model's scores agree with the decisions."""
    above = [
        score.full_score(signals, model) > score.DUPLICATE_SCORE for signals in decided.signals
    ]
    pairs = list(zip(above, decided.labels, strict=True))
    return ScoreAgreement(
        confirmed=sum(label for _, label in pairs),
        confirmed_above=sum(high and label for high, label in pairs),
        dissociated=sum(not label for _, label in pairs),
        dissociated_above=sum(high and not label for high, label in pairs),
    )


def refit(*, decided: Decided) -> ScoreModel:
    """Return the model in use, fitted to the decisions; raise ValueError without both kinds."""
    return fit.refitted(score.model(), decided.signals, decided.labels)


def rescore_suggested() -> int:
    """Score every suggested pair anew by the model in use; return how many scores changed.

    Decided pairs keep the score that people saw, and identical pixels need no model.
    """
    changed = 0
    last = 0
    while batch := _suggested_after(last):
        last = batch[-1].pk
        changed += _rescore(batch)
    return changed


def _is_known_to_model(signals: Signals) -> bool:
    """Tell whether a comparison in full measured all that the model in use weighs.

    Evidence is kept for years, and earlier versions measured less.
    """
    if _FULL not in signals:
        return False
    try:
        score.model().logit(signals)
    except KeyError:
        return False
    return True


def _suggested_after(row_id: int) -> list[MatchCandidate]:
    suggested = MatchCandidate.objects.filter(state=State.SUGGESTED, pk__gt=row_id)
    return list(suggested.exclude(kind=Kind.PIXELS).order_by("pk")[:_BATCH])


@transactions.tried_again
@transaction.atomic
def _rescore(batch: list[MatchCandidate]) -> int:
    changed = []
    for pair in _locked(batch):
        signals = pair.evidence.get("signals")
        if not signals or (_FULL in signals and not _is_known_to_model(signals)):
            continue
        anew = score.score(signals)
        if abs(anew - pair.score) >= _CHANGED:
            pair.score = anew
            changed.append(pair)
    MatchCandidate.objects.bulk_update(changed, ["score"])
    return len(changed)


def _locked(batch: list[MatchCandidate]) -> QuerySet[MatchCandidate]:
    """Return those that are suggested still, locked in the order of their rows as everywhere."""
    suggested = MatchCandidate.objects.filter(state=State.SUGGESTED)
    return suggested.filter(pk__in=[each.pk for each in batch]).select_for_update().order_by("pk")
