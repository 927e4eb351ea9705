"""What review stores, one module for each room above."""

from __future__ import annotations

from review.models.clusters import ReferenceChoice
from review.models.counts import CheckCount
from review.models.erasures import Erased, Erasure, ErasureStep
from review.models.golden import GoldenAnswer, GoldenPair, GoldenQuestion
from review.models.pairs import Act, Decision, DecisionReason, MatchCandidate, PairText, State
from review.models.queue import QueueView
from review.models.rules import (
    Rule,
    RuleAct,
    RuleMode,
    RuleProposal,
    RuleRun,
    RuleText,
    RuleVersion,
)
from review.models.submissions import Batch, BatchImage, Feedback

__all__ = [
    "Act",
    "Batch",
    "BatchImage",
    "CheckCount",
    "Decision",
    "DecisionReason",
    "Erased",
    "Erasure",
    "ErasureStep",
    "Feedback",
    "GoldenAnswer",
    "GoldenPair",
    "GoldenQuestion",
    "MatchCandidate",
    "PairText",
    "QueueView",
    "ReferenceChoice",
    "Rule",
    "RuleAct",
    "RuleMode",
    "RuleProposal",
    "RuleRun",
    "RuleText",
    "RuleVersion",
    "State",
]
