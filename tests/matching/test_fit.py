from __future__ import annotations

import numpy as np
import pytest

from matching import fit
from matching.score import full_score
from tests.matching_signals import pairs_of_signals


def test_a_fitted_model_tells_matching_pairs_from_others() -> None:
    signals, labels = pairs_of_signals(200)

    model = fit.fit(signals, labels)
    scores = np.array([full_score(each, model) for each in signals])

    assert ((scores > 0.5) == labels).mean() > 0.97


def test_a_pair_weighs_as_much_as_it_is_told_to() -> None:
    signals, labels = pairs_of_signals(50)
    copies = np.where(labels, 3, 1)

    weighted = fit.fit(signals, labels, copies.tolist())
    repeated = fit.fit(
        [each for each, count in zip(signals, copies, strict=True) for _ in range(count)],
        np.repeat(labels, copies).tolist(),
    )

    apart = [abs(weighted.logit(each) - repeated.logit(each)) for each in signals]
    # The spread of the features differs between the two, and with it the penalty.
    assert max(apart) < 1.5


def test_more_of_a_feature_never_lowers_the_score() -> None:
    signals, labels = pairs_of_signals(60)

    assert min(fit.fit(signals, labels).coefficients.values()) > 0


def test_moving_a_model_moves_its_middle() -> None:
    signals, labels = pairs_of_signals(50)
    model = fit.fit(signals, labels)

    moved = fit.moved(model, 2.0)

    assert moved.logit(signals[0]) == pytest.approx(model.logit(signals[0]) - 2)


@pytest.mark.parametrize("label", [True, False])
def test_pairs_of_one_kind_fit_nothing(label: bool) -> None:
    signals, labels = pairs_of_signals(20)

    with pytest.raises(ValueError, match="both"):
        fit.fit(signals, [label] * len(labels))


def test_separable_pairs_give_a_finite_model() -> None:
    signals, _ = pairs_of_signals(40)
    ordered = sorted(signals, key=lambda each: each["inliers"])

    model = fit.fit(ordered, [False] * 20 + [True] * 20)

    assert np.isfinite([model.offset, *model.coefficients.values()]).all()
