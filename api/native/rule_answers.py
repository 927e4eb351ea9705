"""What our own API answers about rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.native.answers import DECIDED_MATCH, MATCH, Shown, who
from api.native.paging import page_of
from api.shapes import FLAG, INTEGER, MOMENT, NUMBER, TEXT, TEXT_OR_EMPTY, Shape, one_of
from common.intervals import Interval
from review.automation import selectors
from review.automation.criteria import ACTS, DEVIATIONS, KINDS, TEXTS
from review.automation.selectors import ShownRule
from review.automation.services import Accepted
from review.automation.trying import RulePreview
from review.automation.watching import TakenBack
from review.pairs.selectors import ShownPair

if TYPE_CHECKING:
    from review.models import Decision, RuleRun

_SHARE_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Proposals:
    """What a version of a rule proposes."""

    version: int
    matches: Sequence[Shown[ShownPair]]


INTERVAL = Shape[Interval](
    "ShareInterval",
    "Between which shares, 0 to 1, the true one lies with 95 % confidence (Wilson).",
    low=NUMBER.of(lambda interval: round(interval.low, _SHARE_DIGITS)),
    high=NUMBER.of(lambda interval: round(interval.high, _SHARE_DIGITS)),
)
TAKEN_BACK = Shape[TakenBack](
    "TakenBack",
    "How many of the latest decisions of a version stand no longer as the rule left them.",
    count=INTEGER.of(lambda taken: taken.count),
    of=INTEGER.of(lambda taken: taken.of),
    share=INTERVAL.of(lambda taken: taken.interval),
)
RULE = Shape[ShownRule](
    "Rule",
    "A rule that decides matches, with its version of now.",
    id=TEXT.of(lambda shown: shown.rule.public_id),
    name=TEXT.of(lambda shown: shown.rule.name),
    mode=one_of(selectors.MODES).of(
        lambda shown: shown.rule.mode, "`asks`: it proposes; `alone`: it decides by itself."
    ),
    version=INTEGER.of(lambda shown: shown.version.number),
    act=one_of(ACTS).of(lambda shown: shown.version.act),
    kinds=one_of(KINDS).many.of(lambda shown: shown.version.kinds),
    score_from=NUMBER.of(lambda shown: shown.version.score_from),
    score_to=NUMBER.of(lambda shown: shown.version.score_to),
    lists=TEXT.many.or_null.of(
        lambda shown: selectors.lists_named_by(shown.version),
        "null: every list. Lists that are removed are left out, and the rule finds nothing there.",
    ),
    text=one_of(TEXTS).of(lambda shown: shown.version.text),
    left_out=one_of(DEVIATIONS).many.of(lambda shown: shown.version.left_out),
    least_size_percent=INTEGER.of(lambda shown: shown.version.least_size_percent),
    most_shape_percent=INTEGER.or_null.of(lambda shown: shown.version.most_shape_percent),
    same_format=FLAG.of(lambda shown: shown.version.same_format),
    stopped=FLAG.of(
        lambda shown: shown.is_stopped, "It stopped by itself: people took back too much of it."
    ),
    proposed=INTEGER.of(lambda shown: shown.proposed, "Matches that wait to be accepted."),
    decided=INTEGER.of(lambda shown: shown.decided, "All that it ever decided."),
    taken_back=TAKEN_BACK.of(lambda shown: shown.taken_back),
    by=TEXT_OR_EMPTY.or_null.of(lambda shown: who(shown.version), "Who wrote the version."),
    created_at=MOMENT.of(lambda shown: shown.rule.created_at),
    changed_at=MOMENT.of(lambda shown: shown.version.created_at, "When the version was written."),
)
RULES = page_of(RULE)
PREVIEW = Shape[RulePreview](
    "RulePreview",
    "What a rule would have decided of what people decided, and what it would of what waits.",
    looked_through=INTEGER.of(
        lambda found: found.looked_through, "Decisions of people that were looked at, latest first."
    ),
    decided=INTEGER.of(
        lambda found: len(found.tried), "Of these, matches that the rule would have decided."
    ),
    wrong=INTEGER.of(lambda found: len(found.wrong), "Of these, decided otherwise by people."),
    wrong_share=INTERVAL.of(lambda found: found.interval),
    wrong_matches=TEXT.many.of(
        lambda found: [each.pair.public_id for each in found.wrong], "Ids, latest first."
    ),
    waiting=INTEGER.of(lambda found: found.waiting, "That wait now and fit, counted up to 500."),
    waiting_matches=TEXT.many.of(
        lambda found: [pair.public_id for pair in found.waiting_pairs], "Ids, best score first."
    ),
    disputed=INTEGER.of(
        lambda found: found.disputed, "About which another rule says the contrary: neither decides."
    ),
)
PROPOSALS = Shape[Proposals](
    "RuleProposals",
    "What a rule proposes, the oldest first, at most 100; nothing unless it asks.",
    version=INTEGER.of(lambda proposals: proposals.version, "The rule's, to accept them with."),
    results=MATCH.many.of(lambda proposals: proposals.matches),
)
ACCEPTED = Shape[Accepted](
    "AcceptedProposals",
    "What became of matches that a rule was let to decide.",
    run=TEXT.or_null.of(
        lambda accepted: accepted.run.public_id if accepted.run else None,
        "By which all of it is undone; null: nothing could be decided.",
    ),
    decided=INTEGER.of(lambda accepted: accepted.decided),
    left=DECIDED_MATCH.many.of(lambda accepted: accepted.left, "That stay as they are, and why."),
)
RUN: Shape[RuleRun] = Shape(
    "RuleRun",
    "What a rule decided in one go.",
    id=TEXT.of(lambda run: run.public_id),
    rule=TEXT.of(lambda run: run.version.rule.public_id),
    version=INTEGER.of(lambda run: run.version.number),
    act=one_of(ACTS).of(lambda run: run.version.act),
    decided=INTEGER.of(lambda run: run.decided_count),
    by=TEXT_OR_EMPTY.or_null.of(who, "Who accepted it; null: the rule decided by itself."),
    surface=TEXT.of(lambda run: run.surface),
    created_at=MOMENT.of(lambda run: run.created_at),
    undone_at=MOMENT.or_null.of(lambda run: run.undone_at),
)
RUNS = page_of(RUN)
RUN_DECISION: Shape[Decision] = Shape(
    "RuleDecision",
    "A match that a rule decided.",
    match=TEXT.of(lambda decision: decision.candidate.public_id),
    to_state=TEXT.of(lambda decision: decision.to_state),
    state=TEXT.of(lambda decision: decision.candidate.state, "As it is now."),
)
RUN_IN_FULL: Shape[RuleRun] = Shape(
    "RuleRunInFull",
    "What a rule decided in one go, with its decisions, the latest first.",
    **RUN.fields,
    decisions=RUN_DECISION.many.of(lambda run: list(selectors.decisions_of(run))),
)
