from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.calibrate import DUPLICATE_SCORE, NEAR_SCORE_MAX, near_score, search_radius_bits

pdq_bits = st.integers(0, 256)
phash_bits = st.integers(0, 64)


@given(pdq_bits, phash_bits, st.integers(0, 64))
def test_the_score_never_rises_with_a_distance(pdq: int, phash: int, more: int) -> None:
    assert near_score(min(256, pdq + more), phash) <= near_score(pdq, phash)
    assert near_score(pdq, min(64, phash + more)) <= near_score(pdq, phash)


@given(pdq_bits, phash_bits)
def test_the_score_stays_below_that_of_identity(pdq: int, phash: int) -> None:
    assert 0 <= near_score(pdq, phash) <= NEAR_SCORE_MAX


def test_the_middle_itself_is_no_duplicate() -> None:
    assert near_score(70, 0) == near_score(50, 10) == DUPLICATE_SCORE
    assert near_score(68, 0) > DUPLICATE_SCORE


@given(st.floats(0, 1), pdq_bits, phash_bits)
def test_the_search_radius_misses_nothing(min_score: float, pdq: int, phash: int) -> None:
    if near_score(pdq, phash) >= min_score:
        assert pdq <= search_radius_bits(min_score)


@pytest.mark.parametrize("min_score", [0.1, 0.3, 0.5, 0.9])
def test_the_search_radius_is_the_smallest_such(min_score: float) -> None:
    assert near_score(search_radius_bits(min_score), 0) >= min_score


def test_nothing_but_identity_reaches_the_highest_score() -> None:
    assert search_radius_bits(1.0) == 0
    assert search_radius_bits(0.0) == 256
    assert search_radius_bits(0.3) == 84
