"""What our own API reads about rules."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import OneOf, StrictBoolean, StrictInteger, StrictText, optional_text
from review.automation import selectors
from review.automation.criteria import ACTS, DEVIATIONS, KINDS, TEXTS
from review.automation.selectors import MAX_PROPOSED
from review.automation.services import MAX_NAME_LENGTH

_MAX_LISTS = 500
_MAX_VERSION = 2**31 - 1
_ID_LENGTH = 64


class RuleCriteria(serializers.Serializer[Any]):
    """What a rule looks for and decides; what is left out stays as it is."""

    act = OneOf(required=False, choices=ACTS)
    kinds = serializers.ListField(
        required=False, min_length=1, max_length=len(KINDS), child=OneOf(choices=KINDS)
    )
    score_from = serializers.FloatField(required=False, min_value=0, max_value=1)
    score_to = serializers.FloatField(required=False, min_value=0, max_value=1)
    lists = serializers.ListField(
        required=False,
        allow_null=True,
        min_length=1,
        max_length=_MAX_LISTS,
        child=StrictText(max_length=_ID_LENGTH),
        help_text="Ids of the lists; null: every list, now and later.",
    )
    text = OneOf(
        required=False,
        choices=TEXTS,
        help_text="Pairs whose texts differ or are unread are never decided.",
    )
    left_out = serializers.ListField(
        required=False,
        max_length=len(DEVIATIONS),
        child=OneOf(choices=DEVIATIONS),
        help_text="Pairs that differ in this wait for people.",
    )
    least_size_percent = StrictInteger(
        required=False,
        min_value=0,
        max_value=100,
        help_text="How many pixels the smaller picture has at least, of those of the larger one.",
    )
    most_shape_percent = StrictInteger(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=100,
        help_text="By how much their proportions differ at most; null: any shape.",
    )
    same_format = StrictBoolean(required=False)


class RuleChange(RuleCriteria):
    """What can be changed of a rule."""

    name = StrictText(required=False, max_length=MAX_NAME_LENGTH)
    version = StrictInteger(
        required=False,
        min_value=1,
        max_value=_MAX_VERSION,
        help_text="The version that you saw: a rule that has another one by now answers 409.",
    )


class NewRule(RuleCriteria):
    """A rule to write."""

    name = StrictText(max_length=MAX_NAME_LENGTH)
    act = OneOf(choices=ACTS)
    kinds = serializers.ListField(min_length=1, max_length=len(KINDS), child=OneOf(choices=KINDS))


class PreviewRequest(RuleCriteria):
    """A rule to try: one that is there, with what differs, or one that is not written yet."""

    rule = optional_text(_ID_LENGTH, "Id of a rule; without one, `act` and `kinds` are needed.")


class RuleModeChange(serializers.Serializer[Any]):
    """What a rule is to do."""

    mode = OneOf(choices=selectors.MODES)
    version = StrictInteger(min_value=1, max_value=_MAX_VERSION, help_text="The one that you saw.")


class ProposedMatch(serializers.Serializer[Any]):
    """A match that was proposed, as it was seen."""

    id = StrictText(max_length=_ID_LENGTH)
    version = StrictInteger(
        required=False, allow_null=True, default=None, min_value=1, max_value=_MAX_VERSION
    )


class Acceptance(serializers.Serializer[Any]):
    """Which of the proposed matches the rule may decide, and which it never may."""

    version = StrictInteger(
        min_value=1, max_value=_MAX_VERSION, help_text="The rule's, as you saw it."
    )
    matches = serializers.ListField(max_length=MAX_PROPOSED, child=ProposedMatch(), default=list)
    taken_out = serializers.ListField(
        max_length=MAX_PROPOSED,
        child=StrictText(max_length=_ID_LENGTH),
        default=list,
        help_text="Ids of matches that wait for people: no rule decides them.",
    )
    key = serializers.RegexField(
        r"\A[\w-]{8,32}\Z",
        error_messages={"invalid": "Write 8 to 32 letters, digits, '_' and '-'."},
        help_text="Your own name of this request: sent again it decides nothing twice.",
    )
