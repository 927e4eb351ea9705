"""How long phases took: measured where they happen, counted once."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

import pytest
import time_machine

from common import timings


class Clock:
    """A clock that goes on only when it is told to."""

    now_s = 0.0

    def perf_counter(self) -> float:
        """Return its time."""
        return self.now_s

    def go_on(self, ms: float) -> None:
        """Let time pass."""
        self.now_s += ms / 1000


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock by which phases are measured."""
    clock = Clock()
    begun_now = partial(timings.Timings, _begun_at=clock.now_s)
    monkeypatch.setattr(timings, "Timings", begun_now)
    monkeypatch.setattr("common.timings.time.perf_counter", clock.perf_counter)
    return clock


def test_a_phase_inside_another_stops_the_clock_of_the_outer_one(clock: Clock) -> None:
    with timings.collected() as spent, timings.measured("outer"):
        clock.go_on(10)
        with timings.measured("inner"):
            clock.go_on(30)
        clock.go_on(2)

    assert spent.by_phase_ms == pytest.approx({"outer": 12, "inner": 30})
    assert list(spent.by_phase_ms) == ["outer", "inner"]
    assert spent.total_ms == pytest.approx(42)


def test_a_phase_that_comes_twice_is_summed(clock: Clock) -> None:
    with timings.collected() as spent:
        for _ in range(2):
            with timings.measured("search"):
                clock.go_on(10)

    assert spent.by_phase_ms == pytest.approx({"search": 20})


def test_a_phase_that_raises_is_counted_and_ended(clock: Clock) -> None:
    with timings.collected() as spent:
        with suppress(TimeoutError), timings.measured("fetch"):
            clock.go_on(10)
            raise TimeoutError
        clock.go_on(20)
        with timings.measured("search"):
            pass

    assert spent.by_phase_ms == pytest.approx({"fetch": 10, "search": 0})
    assert spent.total_ms == pytest.approx(30)


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
