"""What people took back of what a rule decided, and when that is too much."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from accounts import audit
from accounts.audit import AuditAct, Subject, SubjectKind
from common.intervals import Interval, wilson
from review.models import Decision, Rule, RuleMode, RuleVersion, State

# The latest decisions of a version that are looked at.
WATCHED = 200
# A rule stops once more than this share of them was surely taken back: the lower end of the 95 %
# interval is above it. That is 1 of up to 17, 2 of up to 55, 3 of up to 102, 4 of up to 156.
MOST_TAKEN_BACK = 0.01


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How many of the latest decisions of a version stand no longer as the rule left them."""

    count: int
    of: int

    @property
    def interval(self) -> Interval:
        """Return between which shares the true one lies."""
        return wilson(self.count, self.of)

    @property
    def is_too_much(self) -> bool:
        """Tell whether the version may decide nothing more by itself."""
        return self.of > 0 and self.interval.low > MOST_TAKEN_BACK


def taken_back(version: RuleVersion) -> TakenBack:
    """Count what stands otherwise by now: undone, or decided in another way by somebody."""
    # By the latest runs, each of at least one decision, which an index finds among all decisions.
    runs = version.runs.filter(decided_count__gt=0).order_by("-pk")
    run_ids = list(runs.values_list("pk", flat=True)[:WATCHED])
    decided = Decision.objects.filter(rule_run__in=run_ids)
    # A picture that left its list closes no pair that is decided; a pair that waits again may be.
    latest = decided.exclude(candidate__state=State.SUPERSEDED).order_by("-pk")
    rows = latest.values_list("to_state", "to_scope", "candidate__state", "candidate__scope")
    stands = [row[:2] == row[2:] for row in rows[:WATCHED]]
    return TakenBack(stands.count(False), len(stands))


def stop_where_needed(version: RuleVersion) -> bool:
    """Stop a rule that works by itself if too much was taken back; tell whether it was stopped.

    The caller has taken its turn.
    """
    if version.rule.mode != RuleMode.ALONE:
        return False
    watched = taken_back(version)
    if watched.is_too_much:
        _stop(version.rule, watched)
    return watched.is_too_much


def subject_of(rule: Rule) -> Subject:
    """Return a rule as the audit names it."""
    return Subject(SubjectKind.RULE, rule.public_id, rule.name)


def _stop(rule: Rule, watched: TakenBack) -> None:
    rule.mode, rule.stopped_at = RuleMode.OFF, timezone.now()
    rule.save(update_fields=["mode", "stopped_at"])
    audit.record(
        act=AuditAct.RULE_STOPPED,
        about=subject_of(rule),
        organisation_id=rule.organisation_id,
        details={"taken_back": watched.count, "of": watched.of},
    )
