"""What the decisions about one pair say, by themselves: how it stands, and who agreed with whom."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from insights.models import Said
from review.models import Act

SAID = {
    Act.CONFIRM.value: Said.MATCH,
    Act.CONFIRM_IMAGE.value: Said.CLAIM,
    Act.DISSOCIATE.value: Said.NONE,
}


class PairDeed(NamedTuple):
    """A decision: `user_id` is empty for programs, and `undoes_id` for all but an undo."""

    pk: int
    act: str
    user_id: int | None
    undoes_id: int | None
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class PairFacts:
    """What a pair is counted by."""

    list_id: int
    kind: str
    score: float
    is_sample: bool

    @property
    def hundredths(self) -> int:
        """Return the score in hundredths, rounded down; 0.99 for what is identical."""
        return hundredths(self.score)


class OutcomeKey(NamedTuple):
    """The columns of an `OutcomeCount`."""

    list_id: int
    day: dt.date
    kind: str
    hundredths: int
    is_sample: bool
    is_match: bool


class AgreementKey(NamedTuple):
    """The columns of an `AgreementCount`."""

    list_id: int
    day: dt.date
    first: int
    second: int
    first_said: str
    second_said: str


def hundredths(score: float) -> int:
    """Return a score in hundredths, rounded down, 0..99."""
    # 0.29 times 100 is a little less than 29.
    return min(int(score * 100 + 1e-9), 99)


def outcome(facts: PairFacts, deeds: Sequence[PairDeed]) -> Counter[OutcomeKey]:
    """Return where the decision is counted that stands, if one does; deeds are in their order."""
    undone = {deed.undoes_id for deed in deeds if deed.undoes_id is not None}
    standing = [deed for deed in deeds if deed.act in SAID and deed.pk not in undone]
    if not standing:
        return Counter()
    last = standing[-1]
    is_match = SAID[last.act] != Said.NONE
    at = last.at.date()
    key = (facts.list_id, at, facts.kind, facts.hundredths, facts.is_sample, is_match)
    return Counter([OutcomeKey(*key)])


def agreements(list_id: int, deeds: Sequence[PairDeed]) -> Counter[AgreementKey]:
    """Return what two people said one after the other about the pair.

    What somebody took back themselves was not said.
    """
    counted = Counter[AgreementKey]()
    for first, second in pairwise(_sayings(deeds)):
        if first.user_id != second.user_id and first.user_id and second.user_id:
            said = SAID[first.act], SAID[second.act]
            people = first.user_id, second.user_id
            counted[AgreementKey(list_id, second.at.date(), *people, *said)] += 1
    return counted


def seconds_taken(last_at: dt.datetime | None, at: dt.datetime) -> int | None:
    """Return how long a decision took, from the one before; None where that tells nothing."""
    if last_at is None:
        return None
    taken_s = (at - last_at).total_seconds()
    return round(taken_s) if SHORTEST_S <= taken_s <= LONGEST_S else None


# What follows faster was decided together with the one before, as many at once are.
SHORTEST_S = 0.3
# Who takes longer did something else meanwhile.
LONGEST_S = 300.0


def _sayings(deeds: Iterable[PairDeed]) -> Iterator[PairDeed]:
    by_id = {deed.pk: deed for deed in deeds}
    taken_back = {
        deed.undoes_id
        for deed in by_id.values()
        if deed.undoes_id in by_id and by_id[deed.undoes_id].user_id == deed.user_id
    }
    for deed in by_id.values():
        if deed.act in SAID and deed.user_id is not None and deed.pk not in taken_back:
            yield deed
