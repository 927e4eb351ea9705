"""How long phases took: measured where they happen, counted once."""

from __future__ import annotations

import time
from contextlib import suppress

import time_machine

from common import timings


def test_a_phase_inside_another_stops_the_clock_of_the_outer_one() -> None:
    with timings.collected() as spent, timings.measured("outer"):
        time.sleep(0.01)
        with timings.measured("inner"):
            time.sleep(0.03)

    by_phase = spent.by_phase_ms
    assert list(by_phase) == ["outer", "inner"]
    assert by_phase["outer"] >= 10
    assert by_phase["inner"] >= 30
    assert sum(by_phase.values()) <= spent.total_ms


def test_a_phase_that_comes_twice_is_summed() -> None:
    with timings.collected() as spent:
        for _ in range(2):
            with timings.measured("search"):
                time.sleep(0.01)

    assert spent.by_phase_ms["search"] >= 20


def test_a_phase_that_raises_is_counted_and_ended() -> None:
    with timings.collected() as spent:
        with suppress(TimeoutError), timings.measured("fetch"):
            time.sleep(0.01)
            raise TimeoutError
        time.sleep(0.02)
        with timings.measured("search"):
            pass

    assert 10 <= spent.by_phase_ms["fetch"] <= spent.total_ms - 20


def test_nobody_asking_costs_nothing_and_what_nobody_measured_has_no_figure() -> None:
    with timings.measured("search"):
        pass
    with timings.collected() as spent:
        pass

    assert spent.by_phase_ms == {}


def test_a_clock_that_is_set_back_changes_no_figure() -> None:
    with timings.collected() as spent, time_machine.travel("2001-01-01"), timings.measured("look"):
        pass

    assert spent.by_phase_ms["look"] >= 0
