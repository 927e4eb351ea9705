"""Fitting the score to pairs that are known to match or not: a logistic regression in numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from matching import calibrate
from matching.evidence import Signals
from matching.score import FEATURES, ScoreModel

Doubles = npt.NDArray[np.float64]

# The weight of a coefficient's square, as one pair's loss counts: keeps rare features in bounds.
_L2 = 1.0
_MAX_STEPS = 100
_MAX_HALVINGS = 30
_SMALL_GAIN = 1e-10
_PRIOR_DECISIONS = 20.0
_SMALL_STEP = 1e-8
# However people decide, more agreement never means a lower score.
_MIN_SCALE = 0.1


def fit(
    signals: Sequence[Signals],
    labels: Sequence[bool],
    weights: Sequence[float] | None = None,
    provenance: Mapping[str, Any] | None = None,
) -> ScoreModel:
    """Return the model most likely to give these labels, True for pairs that match.

    More of a feature never lowers the score: features that would are left out, the worst first,
    for they only balance others on these very pairs. The score of 0.5 is where matching is as
    likely as not; `moved` puts it elsewhere. Raise ValueError when there are not pairs of both
    kinds.
    """
    wanted = np.asarray(labels, np.float64)
    if not 0 < wanted.sum() < len(wanted):
        raise ValueError("pairs that match and pairs that do not are both needed")
    rows = features_of(signals)
    middle, spread = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-6)
    counts = np.ones(len(wanted)) if weights is None else np.asarray(weights, np.float64)
    solved = _rising((rows - middle) / spread, wanted, counts)
    slopes = solved[1:] / spread
    return ScoreModel(
        offset=float(solved[0] - slopes @ middle),
        coefficients={
            name: slope for name, slope in zip(FEATURES, slopes.tolist(), strict=True) if slope
        },
        algorithm_version=calibrate.ALGORITHM_VERSION,
        provenance=provenance or {},
    )


def refitted(model: ScoreModel, signals: Sequence[Signals], labels: Sequence[bool]) -> ScoreModel:
    """Return the model stretched and shifted to fit people's decisions, True for a match.

    Only pairs that the model suggested were ever decided, so its coefficients keep their ratios
    and two numbers are learned: a scale and a shift of the logit (Platt 1999). Both are drawn to
    what they are, with the weight of `_PRIOR_DECISIONS`, so that a few decisions change little.
    Raise ValueError when there are not decisions of both kinds.
    """
    wanted = np.asarray(labels, np.float64)
    if not 0 < wanted.sum() < len(wanted):
        raise ValueError("pairs that match and pairs that do not are both needed")
    logits = np.array([model.logit(each) for each in signals])
    design = np.stack([logits, np.ones_like(logits)], axis=1)
    fixed = np.array([1.0, 0.0])
    solved = fixed.copy()
    for _ in range(_MAX_STEPS):
        likely = _sigmoid(design @ solved)
        gradient = design.T @ (likely - wanted) + _PRIOR_DECISIONS * (solved - fixed)
        weights = likely * (1 - likely)
        curvature = (design.T * weights) @ design + _PRIOR_DECISIONS * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        solved = solved - step * min(1.0, 1.0 / max(1e-12, float(np.abs(step).max())))
        if float(np.abs(step).max()) < _SMALL_STEP:
            break
    scale, shift = max(_MIN_SCALE, float(solved[0])), float(solved[1])
    coefficients = {name: scale * each for name, each in model.coefficients.items()}
    return ScoreModel(
        model.offset * scale + shift, coefficients, model.algorithm_version, model.provenance
    )


def moved(model: ScoreModel, logit: float) -> ScoreModel:
    """Return the model whose score is 0.5 where this one's logit is as given."""
    return ScoreModel(
        model.offset - logit, model.coefficients, model.algorithm_version, model.provenance
    )


def features_of(signals: Sequence[Signals]) -> Doubles:
    """Return float64 (pairs, features), the columns in the order of `FEATURES`."""
    return np.array([[feature(each) for feature in FEATURES.values()] for each in signals])


def _rising(rows: Doubles, wanted: Doubles, counts: Doubles) -> Doubles:
    """Return offset and coefficients, none of them negative."""
    kept = np.arange(rows.shape[1])
    while True:
        solved = _newton(rows[:, kept], wanted, counts)
        if not len(kept) or solved[1:].min() >= 0:
            break
        kept = np.delete(kept, solved[1:].argmin())
    coefficients = np.zeros(rows.shape[1] + 1)
    coefficients[0] = solved[0]
    coefficients[kept + 1] = solved[1:]
    return coefficients


def _newton(rows: Doubles, wanted: Doubles, counts: Doubles) -> Doubles:
    """Return the offset and the coefficients of the least penalised loss (Newton, with halving)."""
    design = np.hstack([np.ones((len(rows), 1)), rows])
    penalty = np.full(design.shape[1], _L2)
    penalty[0] = 1e-9
    solved = np.zeros(design.shape[1])
    loss = _loss(design, solved, wanted, counts, penalty)
    for _ in range(_MAX_STEPS):
        likely = _sigmoid(design @ solved)
        gradient = design.T @ (counts * (likely - wanted)) + penalty * solved
        curvature = (design.T * (counts * likely * (1 - likely))) @ design + np.diag(penalty)
        step = np.linalg.solve(curvature, gradient)
        before = loss
        for _ in range(_MAX_HALVINGS):
            loss = _loss(design, solved - step, wanted, counts, penalty)
            if loss <= before:
                break
            step = step / 2
        solved = solved - step
        if before - loss < _SMALL_GAIN * max(1.0, before):
            break
    return solved


def _loss(
    design: Doubles, solved: Doubles, wanted: Doubles, counts: Doubles, penalty: Doubles
) -> float:
    logits = design @ solved
    losses = np.logaddexp(0.0, logits) - wanted * logits
    return float((counts * losses).sum() + 0.5 * (penalty * solved * solved).sum())


def _sigmoid(logits: Doubles) -> Doubles:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -500.0, 500.0))))
