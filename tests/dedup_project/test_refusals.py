"""Refusals of a client that does not wait are held back, and nobody else's are."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from dedup_project import refusals
from dedup_project.refusals import LONGEST_S, Pace
from tests.dedup_project.test_edge import Exchange, made_edge


class Clock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_client_that_waits_is_refused_at_once_each_time(clock: Clock) -> None:
    pace = Pace(clock)
    held_s = []
    for _ in range(50):
        held_s += [pace.hold_s("a", 1000) for _ in range(10)]
        clock.now_s += 2

    assert max(held_s) < 0.01


def test_a_client_that_asks_again_at_once_waits_and_others_do_not(clock: Clock) -> None:
    pace = Pace(clock)
    held_s = [pace.hold_s("a", 0) for _ in range(60)]

    assert held_s == sorted(held_s)
    assert held_s[-1] == pytest.approx(4.9)
    assert pace.hold_s("b", 0) == 0


def test_a_refusal_costs_by_what_was_sent_in_vain_and_nobody_is_held_for_long(
    clock: Clock,
) -> None:
    pace = Pace(clock)
    small, large = [
        [pace.hold_s(client, size_bytes) for _ in range(9)][-1]
        for client, size_bytes in (("a", 0), ("b", 40_000_000))
    ]

    assert small == 0
    assert large == LONGEST_S


def test_clients_that_have_waited_are_forgotten(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "_MOST_KNOWN", 3)
    pace = Pace(clock)
    for client in "abcde":
        pace.hold_s(client, 0)
        clock.now_s += 1

    assert len(pace._next_at_s) <= 3


@pytest.mark.parametrize("status", ["429 Too Many Requests", "413 Request Entity Too Large"])
def test_the_edge_holds_refusals_back_by_who_sent_them(
    status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def hold_s(_: Pace, client: str, size_bytes: int) -> float:
        asked.append((client, size_bytes))
        return 7.0

    async def sleep(seconds: float) -> None:
        held_s.append(seconds)

    def refusing(environ: dict[str, Any], start: Any) -> Sequence[bytes]:
        start(status, [])
        return [b"no"]

    held_s: list[float] = []
    monkeypatch.setattr(Pace, "hold_s", hold_s)
    monkeypatch.setattr(asyncio, "sleep", sleep)
    around = made_edge(refusing)
    for exchange in (
        Exchange(b"body", content_length="4", authorization="Bearer a.b"),
        Exchange(b"body", content_length="4"),
    ):
        asyncio.run(around(exchange.scope, exchange.receive, exchange.send))
        assert exchange.body == b"no"

    assert asked == [("Bearer a.b", 4), ("127.0.0.1", 4)]
    assert held_s == [7.0, 7.0]


def test_other_answers_are_not_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def hold_s(*_: object) -> float:
        raise AssertionError("It was held.")

    monkeypatch.setattr(Pace, "hold_s", hold_s)
    exchange = Exchange()

    asyncio.run(made_edge(exchange.application)(exchange.scope, exchange.receive, exchange.send))

    assert exchange.status == 200
