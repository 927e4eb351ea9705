"""Writes of rules: written, changed, set to work, their proposals accepted, their runs undone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.actors import Actor
from accounts.audit import AuditAct
from accounts.permissions import Permission
from common.errors import Conflict, InvalidInput
from common.sentences import Sentence
from lists import list_settings, transactions
from lists import selectors as lists_selectors
from review import bulk
from review.automation import arriving, running, selectors, trying, watching
from review.automation.criteria import KINDS_OF_ACT, Criteria, criteria_of
from review.automation.watching import subject_of
from review.bulk import BulkOutcome, PairOutcome, SeenPair
from review.models import Rule, RuleAct, RuleMode, RuleProposal, RuleRun, RuleVersion, State
from review.pairs import invariants
from review.pairs import selectors as pairs_selectors

MAX_NAME_LENGTH = 60
MAX_RULES = 50
# By itself a rule says “not a match” only when at most this share of such decisions can be wrong,
# by the upper end of the 95 % interval: with no error at all, from 73 decided pairs on.
MOST_WRONG = 0.05
_AT_ONCE = 25


class RuleNameTaken(Conflict):
    """Another rule of the organisation has the name."""

    code = "rule_name_taken"


class TooManyRules(Conflict):
    """The organisation has as many rules as it may."""

    code = "too_many_rules"


class RuleChanged(Conflict):
    """The rule is another one than was seen, or is at work no more."""

    code = "rule_changed"


class NotAcceptedYet(Conflict):
    """Nobody has accepted anything that this version proposed."""

    code = "not_accepted_yet"


class NotShownYet(Conflict):
    """Too few decisions of people tell how often this version would be wrong."""

    code = "not_shown_yet"


class TakenBackTooOften(Conflict):
    """Too much of what this version decided was taken back."""

    code = "taken_back_too_often"


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of accepted proposals; `run` is None where nothing could be decided."""

    run: RuleRun | None
    decided: int = 0
    left: Sequence[PairOutcome] = ()


@transaction.atomic
def create_rule(*, by: Actor, name: str, criteria: Criteria) -> Rule:
    """Write a rule that is off; raise InvalidInput for what no rule may look for."""
    by.require(Permission.CHANGE_RULES)
    invariants.take_turn(by.organisation_id)
    check(by=by, criteria=criteria)
    if selectors.rules_for(by).count() >= MAX_RULES:
        raise TooManyRules(Sentence("An organisation has at most %(most)s rules.", most=MAX_RULES))
    rule = Rule(organisation_id=by.organisation_id, name=_checked_name(by, name))
    rule.save()
    _write_version(by, rule, criteria, number=1)
    audit.record(by=by, act=AuditAct.RULE_CREATED, about=subject_of(rule), details=_told(criteria))
    return rule


@transaction.atomic
def change_rule(
    *, by: Actor, rule: Rule, name: str, criteria: Criteria, number: int | None = None
) -> Rule:
    """Rename a rule, or give it a new version, which is proposed anew if it is at work.

    What it proposed before is proposed no more; what it decided stays, and keeps its version.
    Raise RuleChanged when `number`, if there is one, is not the version that counts.
    """
    by.require(Permission.CHANGE_RULES)
    invariants.take_turn(by.organisation_id)
    locked, version = _locked(rule)
    if number not in {None, version.number}:
        raise _rule_changed()
    check(by=by, criteria=criteria)
    before, was_named = criteria_of(version), locked.name
    locked.name = _checked_name(by, name, but=locked)
    details: dict[str, Any] = {}
    if locked.name != was_named:
        details["name"] = [was_named, locked.name]
    if criteria != before:
        _forget_proposals(locked)
        version = _write_version(by, locked, criteria, number=version.number + 1)
        details |= _changes(before, criteria) | {"version": version.number}
        locked.stopped_at = None
        if locked.mode == RuleMode.ALONE:
            locked.mode = RuleMode.ASKS
    locked.save(update_fields=["name", "mode", "stopped_at"])
    if criteria != before and locked.mode == RuleMode.ASKS:
        arriving.try_waiting_later(version=version)
    if details:
        audit.record(by=by, act=AuditAct.RULE_CHANGED, about=subject_of(locked), details=details)
    return locked


@transaction.atomic
def set_mode(*, by: Actor, rule: Rule, mode: RuleMode, number: int) -> Rule:
    """Set a version to work, or switch the rule off.

    Raise RuleChanged when `number` is not the version that counts; by itself a version decides only
    what was accepted before (NotAcceptedYet), was not taken back too often (TakenBackTooOften)
    and, where it says “not a match”, was hardly ever wrong (NotShownYet).
    """
    by.require(Permission.CHANGE_RULES)
    invariants.take_turn(by.organisation_id)
    locked, version = _locked(rule)
    if version.number != number:
        raise _rule_changed()
    if locked.mode == mode:
        return locked
    if mode == RuleMode.ALONE:
        _require_trusted(by, version)
    was, locked.mode, locked.stopped_at = locked.mode, mode, None
    locked.save(update_fields=["mode", "stopped_at"])
    _forget_proposals(locked)
    if mode != RuleMode.OFF:
        arriving.try_waiting_later(version=version)
    told = {"mode": [was, mode], "version": version.number}
    audit.record(by=by, act=AuditAct.RULE_CHANGED, about=subject_of(locked), details=told)
    return locked


@transaction.atomic
def remove_rule(*, by: Actor, rule: Rule) -> None:
    """Remove a rule; what it decided stays, and can still be undone."""
    by.require(Permission.CHANGE_RULES)
    invariants.take_turn(by.organisation_id)
    locked, _version = _locked(rule)
    locked.mode, locked.stopped_at, locked.removed_at = RuleMode.OFF, None, timezone.now()
    locked.save(update_fields=["mode", "stopped_at", "removed_at"])
    _forget_proposals(locked)
    audit.record(by=by, act=AuditAct.RULE_REMOVED, about=subject_of(locked))


def accept(
    *,
    by: Actor,
    version: RuleVersion,
    seen: Sequence[SeenPair],
    taken_out: Collection[str] = (),
    key: str,
) -> Accepted:
    """Let a rule decide what it proposed, each pair as it was seen or not at all.

    Pairs that were taken out, by their ids, wait for people: no rule decides them. Sent again under
    the same key it counts once. Raise RuleChanged when the version is at work no more.
    """
    by.require(Permission.DECIDE_MATCHES)
    if len(seen) > selectors.MAX_PROPOSED:
        raise InvalidInput(f"At most {selectors.MAX_PROPOSED} pairs at once.", field="pair")
    run = _begin(by, version, taken_out, key)
    decided, left = 0, []
    for start in range(0, len(seen), _AT_ONCE):
        outcome = _accept_some(by, version, run, seen[start : start + _AT_ONCE])
        decided += outcome.done_count
        left += outcome.left
    run.refresh_from_db()
    if run.decided_count:
        told = {"decided": decided, "taken_out": len(taken_out), "version": version.number}
        about = subject_of(version.rule)
        audit.record(by=by, act=AuditAct.RULE_ACCEPTED, about=about, details=told)
    return Accepted(run if run.decided_count else None, decided, left)


def undo_run(*, by: Actor, run: RuleRun) -> BulkOutcome:
    """Take back what a rule decided in one go, but for pairs that were decided again since."""
    by.require(Permission.DECIDE_MATCHES)
    selectors.rules_for(by)
    actor = selectors.actor_of_run(run, organisation_id=by.organisation_id)
    names = list(run.decisions.order_by("pk").values_list("candidate__public_id", flat=True))
    # Under one key more may have been accepted than can be taken back at once: the latest first.
    pieces = [names[max(0, end - bulk.MAX_AT_ONCE) : end] for end in _ends_of_pieces(len(names))]
    outcomes = [
        bulk.undo(by=by, match_ids=piece, key=run.public_id, decided_by=actor) for piece in pieces
    ]
    outcome = BulkOutcome([each for some in reversed(outcomes) for each in some.pairs])
    _note_undone(by, run, outcome)
    return outcome


def _ends_of_pieces(count: int) -> range:
    return range(count, 0, -bulk.MAX_AT_ONCE)


@transactions.tried_again
@transaction.atomic
def _note_undone(by: Actor, run: RuleRun, outcome: BulkOutcome) -> None:
    invariants.take_turn(by.organisation_id)
    if run.undone_at is None:
        run.undone_at = timezone.now()
        run.save(update_fields=["undone_at"])
    if outcome.done_count:
        about = subject_of(run.version.rule)
        told = {"run": run.public_id, "undone": outcome.done_count}
        audit.record(by=by, act=AuditAct.RULE_UNDONE, about=about, details=told)
    current = selectors.version_of(run.version.rule)
    if current.pk == run.version_id:
        watching.stop_where_needed(current)


@transactions.tried_again
@transaction.atomic
def _begin(by: Actor, version: RuleVersion, taken_out: Collection[str], key: str) -> RuleRun:
    invariants.take_turn(by.organisation_id)
    _require_asking(version)
    open_proposals = RuleProposal.objects.filter(version=version, taken_out_at=None)
    # What was decided since is proposed no more.
    open_proposals.exclude(pair__state=State.SUGGESTED).delete()
    open_proposals.filter(pair__public_id__in=list(taken_out)).update(
        taken_out_by=by.user_id, taken_out_at=timezone.now()
    )
    run, _is_new = RuleRun.objects.get_or_create(
        version=version,
        key=key,
        defaults={
            "user_id": by.user_id,
            "credential_id": by.credential_id,
            "surface": by.surface,
        },
    )
    return run


@transactions.tried_again
@transaction.atomic
def _accept_some(
    by: Actor, version: RuleVersion, run: RuleRun, seen: Sequence[SeenPair]
) -> BulkOutcome:
    invariants.take_turn(by.organisation_id)
    _require_asking(version)
    known = pairs_selectors.pairs_named(by, [each.match_id for each in seen])
    ids = [pair.pk for pair in known.values()]
    proposed = selectors.proposed_pairs(version, for_user=by.user_id, among=ids)
    versions = {each.match_id: each.version for each in seen}
    asked = [pair for pair in proposed if versions[pair.public_id] in {None, pair.version}]
    outcome = running.decide(version=version, run=run, pairs=asked)
    missing = [each.match_id for each in seen if each.match_id not in {a.public_id for a in asked}]
    unchanged = [PairOutcome(each, known.get(each), _no_longer_proposed()) for each in missing]
    return BulkOutcome([*outcome.pairs, *unchanged], follows=outcome.follows)


def _require_asking(version: RuleVersion) -> None:
    locked, current = _locked(version.rule)
    if current.pk != version.pk or locked.mode != RuleMode.ASKS:
        raise _rule_changed()


def _require_trusted(by: Actor, version: RuleVersion) -> None:
    accepted = version.runs.exclude(key="").filter(decided_count__gt=0)
    if not accepted.exists():
        raise NotAcceptedYet(
            Sentence("Let the rule ask first, and accept something that it proposes.")
        )
    if watching.taken_back(version).is_too_much:
        raise TakenBackTooOften(
            Sentence("Too many of its decisions were taken back. Change the rule first.")
        )
    if version.act == RuleAct.DISSOCIATE:
        found = trying.preview(by, criteria_of(version), rule=version.rule)
        if found.interval.high > MOST_WRONG:
            raise NotShownYet(
                Sentence(
                    "Too little is known to let it say “not a match” by itself: it may be wrong "
                    "about more than %(most)s%% of the pairs.",
                    most=round(100 * MOST_WRONG),
                )
            )


def _locked(rule: Rule) -> tuple[Rule, RuleVersion]:
    locked = Rule.objects.select_for_update().filter(pk=rule.pk, removed_at=None).first()
    if locked is None:
        raise selectors.RuleNotFound(Sentence("There is no such rule."))
    return locked, selectors.version_of(locked)


def _rule_changed() -> RuleChanged:
    return RuleChanged(
        Sentence("This rule has changed meanwhile, or does not ask any more. Load the page again.")
    )


def _no_longer_proposed() -> RuleChanged:
    return RuleChanged(Sentence("This pair is not proposed any more. It stays as it is."))


def _write_version(by: Actor, rule: Rule, criteria: Criteria, *, number: int) -> RuleVersion:
    return RuleVersion.objects.create(
        rule=rule,
        number=number,
        user_id=by.user_id,
        credential_id=by.credential_id,
        surface=by.surface,
        **asdict(criteria),
    )


def _forget_proposals(rule: Rule) -> None:
    """Forget what a rule proposes; what people took out of it stays taken out."""
    RuleProposal.objects.filter(version__rule=rule, taken_out_at=None).delete()


def _checked_name(by: Actor, name: str, *, but: Rule | None = None) -> str:
    name = name.strip()
    if not list_settings.is_seen(name) or len(name) > MAX_NAME_LENGTH or "\x00" in name:
        raise InvalidInput(
            Sentence("A name has 1 to %(most)s characters.", most=MAX_NAME_LENGTH), field="name"
        )
    same = selectors.rules_for(by).filter(name=name).exclude(pk=but.pk if but else 0)
    if same.exists():
        raise RuleNameTaken(Sentence("Another rule has this name."))
    return name


def check(*, by: Actor, criteria: Criteria) -> None:
    """Raise InvalidInput for what no rule may look for."""
    if not criteria.kinds:
        raise InvalidInput(Sentence("Choose at least one kind."), field="kinds")
    if not set(criteria.kinds) <= set(KINDS_OF_ACT[criteria.act]):
        raise InvalidInput(
            Sentence("A rule does not decide this about pairs of such a kind."), field="kinds"
        )
    if not 0 <= criteria.score_from <= criteria.score_to <= 1:
        raise InvalidInput(
            Sentence("Scores are from 0 to 1, the lower one first."), field="score_from"
        )
    if criteria.list_ids is not None:
        known = set(lists_selectors.lists_for(by).values_list("pk", flat=True))
        if not criteria.list_ids or not set(criteria.list_ids) <= known:
            raise InvalidInput(Sentence("Choose lists, or all of them."), field="lists")


def _told(criteria: Criteria) -> dict[str, Any]:
    return {name: value for name, value in asdict(criteria).items() if value not in (None, (), 0)}


def _changes(before: Criteria, after: Criteria) -> dict[str, Any]:
    was, now = asdict(before), asdict(after)
    return {name: [was[name], now[name]] for name in now if was[name] != now[name]}
