"""The Check dialect's distance for our score."""

from __future__ import annotations

import pytest

from api.check import distance


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (1.0, 1),
        (0.999, 2),
        (0.9, 2),
        (0.7, 4),
        (0.51, 6),
        (0.5, 6),
        (0.499, 7),
        (0.2, 20),
        (0.1, 42),
        (0.0, 64),
    ],
)
def test_a_score_has_a_distance_rounded_up(score: float, expected: int) -> None:
    assert distance.from_score(score) == expected


def test_the_same_picture_is_at_distance_0() -> None:
    assert distance.from_score(1.0, is_identical=True) == 0


def test_distances_never_grow_with_the_score() -> None:
    distances = [distance.from_score(thousandth / 1000) for thousandth in range(1001)]

    assert distances == sorted(distances, reverse=True)


@pytest.mark.parametrize("threshold", range(1, 65))
def test_the_lowest_score_is_the_last_one_within_the_distance(threshold: int) -> None:
    lowest = distance.lowest_score(threshold)

    assert distance.from_score(lowest) <= threshold
    if lowest > 0:
        assert distance.from_score(max(lowest - 1e-6, 0)) > threshold


def test_only_the_same_picture_is_within_distance_0() -> None:
    assert distance.lowest_score(0) == 1.0
