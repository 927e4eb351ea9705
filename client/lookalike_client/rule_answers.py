"""What the server answers about rules that decide matches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lookalike_client import answers
from lookalike_client.answers import Match
from lookalike_client.reading import known, moment


@dataclass(frozen=True)
class ShareInterval:
    """Between which shares, 0 to 1, the true one lies with 95 % confidence."""

    low: float
    high: float


@dataclass(frozen=True)
class TakenBack:
    """How many `of` the latest decisions stand no longer as the rule left them."""

    count: int
    of: int
    share: ShareInterval


@dataclass(frozen=True)
class Rule:
    """A rule with its version of now; `lists` are None for every list.

    `mode` is off, asks (it proposes) or alone (it decides by itself).
    """

    id: str
    name: str
    mode: str
    version: int
    act: str
    kinds: tuple[str, ...]
    score_from: float
    score_to: float
    lists: tuple[str, ...] | None
    text: str
    left_out: tuple[str, ...]
    least_size_percent: int
    most_shape_percent: int | None
    same_format: bool
    stopped: bool
    proposed: int
    decided: int
    taken_back: TakenBack
    by: str | None
    created_at: dt.datetime
    changed_at: dt.datetime


@dataclass(frozen=True)
class RulePreview:
    """What a rule would have decided of what people decided, and what it would of what waits."""

    looked_through: int
    decided: int
    wrong: int
    wrong_share: ShareInterval
    wrong_matches: tuple[str, ...]
    waiting: int
    waiting_matches: tuple[str, ...]
    disputed: int


@dataclass(frozen=True)
class RuleProposals:
    """What a version of a rule proposes, the oldest first."""

    version: int
    matches: tuple[Match, ...]


@dataclass(frozen=True)
class LeftMatch:
    """A match that stays as it is, and why."""

    id: str
    code: str
    message: str


@dataclass(frozen=True)
class AcceptedProposals:
    """What became of proposals; `run` undoes all of it, None where nothing could be decided."""

    run: str | None
    decided: int
    left: tuple[LeftMatch, ...]


@dataclass(frozen=True)
class RuleRun:
    """What a rule decided in one go; `by` is None where it decided by itself."""

    id: str
    rule: str
    version: int
    act: str
    decided: int
    by: str | None
    surface: str
    created_at: dt.datetime
    undone_at: dt.datetime | None


def rule(answer: Mapping[str, Any]) -> Rule:
    """Return a rule."""
    lists, taken_back = answer["lists"], answer["taken_back"]
    return known(
        Rule,
        answer,
        kinds=tuple(answer["kinds"]),
        left_out=tuple(answer["left_out"]),
        lists=None if lists is None else tuple(lists),
        taken_back=known(TakenBack, taken_back, share=known(ShareInterval, taken_back["share"])),
        created_at=moment(answer["created_at"]),
        changed_at=moment(answer["changed_at"]),
    )


def preview(answer: Mapping[str, Any]) -> RulePreview:
    """Return what a rule would have decided."""
    return known(
        RulePreview,
        answer,
        wrong_share=known(ShareInterval, answer["wrong_share"]),
        wrong_matches=tuple(answer["wrong_matches"]),
        waiting_matches=tuple(answer["waiting_matches"]),
    )


def proposals(answer: Mapping[str, Any]) -> RuleProposals:
    """Return what a rule proposes."""
    return RuleProposals(answer["version"], tuple(map(answers.match, answer["results"])))


def accepted(answer: Mapping[str, Any]) -> AcceptedProposals:
    """Return what became of proposals."""
    return known(AcceptedProposals, answer, left=tuple(map(_left, answer["left"])))


def run(answer: Mapping[str, Any]) -> RuleRun:
    """Return what a rule decided in one go."""
    undone_at = answer["undone_at"]
    return known(
        RuleRun,
        answer,
        created_at=moment(answer["created_at"]),
        undone_at=None if undone_at is None else moment(undone_at),
    )


def _left(answer: Mapping[str, Any]) -> LeftMatch:
    # A match that was already where it was to go has no error.
    error = answer["error"] or {"code": "", "message": ""}
    return LeftMatch(answer["id"], error["code"], error["message"])
