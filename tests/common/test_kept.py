"""What was made last is kept, as much as fits."""

from __future__ import annotations

import threading
from functools import partial

from common.kept import KeptByWeight
from tests.threads import PATIENCE_S, run_threads


class Maker:
    """Makes words, and notes which."""

    def __init__(self, max_letters: int) -> None:
        self.made: list[str] = []
        self._kept = KeptByWeight[str](max_letters, weigh=len)

    def get(self, word: str) -> str:
        return self._kept.get(word, partial(self._make, word))

    def _make(self, word: str) -> str:
        self.made.append(word)
        return word


def test_what_is_kept_is_made_once() -> None:
    maker = Maker(max_letters=6)
    assert [maker.get(each) for each in ("one", "two", "one", "two")] == ["one", "two"] * 2
    assert maker.made == ["one", "two"]


def test_what_was_asked_for_longest_ago_goes_when_all_weigh_too_much() -> None:
    maker = Maker(max_letters=6)
    for each in ("one", "two", "one", "six"):
        maker.get(each)
    maker.made.clear()
    for each in ("one", "six", "two"):
        maker.get(each)
    assert maker.made == ["two"]


def test_many_light_ones_go_for_a_heavy_one() -> None:
    maker = Maker(max_letters=6)
    for each in ("a", "b", "c", "d", "eleven", "eleven"):
        maker.get(each)
    assert maker.made == ["a", "b", "c", "d", "eleven"]
    maker.get("d")
    assert maker.made[-1] == "d"


def test_what_weighs_too_much_by_itself_is_kept_alone() -> None:
    maker = Maker(max_letters=6)
    for each in ("one", "thousand", "thousand", "one"):
        maker.get(each)
    assert maker.made == ["one", "thousand", "one"]


def test_threads_that_ask_at_once_have_it_made_once() -> None:
    maker = Maker(max_letters=6)
    begin = threading.Barrier(4, timeout=PATIENCE_S)

    def ask() -> None:
        begin.wait()
        maker.get("one")

    run_threads(*[ask] * 4)
    assert maker.made == ["one"]
