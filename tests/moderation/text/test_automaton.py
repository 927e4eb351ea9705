"""Compiled word lists are kept, as many as fit into a process."""

from __future__ import annotations

import weakref
from itertools import combinations

import pytest

from common.kept import KeptByWeight
from moderation.text import automaton
from moderation.text.automaton import Compiled
from moderation.text.engine import judge
from moderation.types import EntryList, ListEntry, Options

ROOM = 6_000


@pytest.fixture(autouse=True)
def _small_room(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = KeptByWeight[Compiled](ROOM, weigh=lambda lists: lists.weight)
    monkeypatch.setattr(automaton, "_kept", kept)


def many(entries: int, version: int = 1) -> EntryList:
    texts = (f"brand {number}" for number in range(entries))
    return EntryList(
        "tli_1",
        version,
        is_allow=False,
        entries=tuple(ListEntry(text, text, "all", is_exact=True, category="") for text in texts),
    )


def test_lists_are_compiled_once_for_each_version() -> None:
    first = automaton.compiled(("fi", "da"), (many(1),))
    assert automaton.compiled(("da", "fi"), (many(1),)) is first
    assert automaton.compiled(("da", "fi"), (many(1, version=2),)) is not first


def test_combinations_of_languages_take_no_more_room_than_there_is() -> None:
    made = []
    for languages in combinations(("fi", "da", "tl", "ko"), 2):
        judge("a text", Options(languages=languages))
        made.append(weakref.ref(automaton.compiled(languages, ())))
    left = [each for ref in made if (each := ref()) is not None]
    assert 1 <= len(left) < len(made)
    assert sum(each.weight for each in left) <= ROOM


def test_entries_of_custom_lists_take_room_too() -> None:
    few, plenty = (automaton.compiled(("fi",), (many(n, version=n),)) for n in (1, 2_001))
    assert plenty.weight - few.weight >= 2_000
